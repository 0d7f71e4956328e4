// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_WORDS_HPP
#define PITH_SIMD_WORDS_HPP
/// What the words of an instruction set must offer to the bodies of kernels. A group of words is a struct of
/// types, constants and static functions, compiled in a target region; bodies reach every word through the
/// name of its group. Each check stands beside the groups it is about: one error for each word that is
/// missing.

#include <cstddef>
#include <cstdint>

namespace pith::simd {

namespace detail {

template <class W>
concept names_reals = requires {
    typename W::real;
    typename W::vf;
};
template <class W>
concept names_codes = requires {
    typename W::vf;
    typename W::vi;
    typename W::vb;
};
template <class W>
concept names_dot = requires {
    typename W::vec;
    typename W::weights;
    typename W::inputs;
};
template <class W>
concept names_low_bits = requires {
    typename W::vec;
    typename W::choice;
};

template <class W>
concept names_bits = requires {
    typename W::vec;
};

} // namespace detail

/// Vectors of floating-point elements: `vf` of `width` elements `real`.
/// @tparam W a group of words
template <class W>
struct checked_reals {
    static_assert(detail::names_reals<W>, "words of floats need: real, vf");
    static constexpr bool complete = true; ///< what else is missing need not be said
};
template <detail::names_reals W>
struct checked_reals<W> {
    using real = typename W::real;
    using vf = typename W::vf;
    static_assert(
        requires(std::uint32_t n) { n = W::width; }, "words of floats need: width");
    static_assert(
        requires(std::uint32_t n) { n = W::registers; }, "words of floats need: registers");
    static_assert(
        requires(vf v) { v = W::zero(); }, "words of floats need: vf zero()");
    static_assert(
        requires(vf v, real x) { v = W::repeat(x); }, "words of floats need: vf repeat(real)");
    static_assert(
        requires(vf v, const real* p) { v = W::load(p); }, "words of floats need: vf load(const real*)");
    static_assert(
        requires(vf v, real* p) { W::store(p, v); }, "words of floats need: store(real*, vf)");
    static_assert(
        requires(vf v, const real* p, std::uint32_t n) { v = W::load_part(p, n); },
        "words of floats need: vf load_part(const real*, n), zero beyond the first n");
    static_assert(
        requires(vf v, real* p, std::uint32_t n) { W::store_part(p, v, n); },
        "words of floats need: store_part(real*, vf, n), no more than the first n");
    static_assert(
        requires(vf v) { v = W::add(v, v); }, "words of floats need: vf add(vf, vf)");
    static_assert(
        requires(vf v) { v = W::sub(v, v); }, "words of floats need: vf sub(vf, vf)");
    static_assert(
        requires(vf v) { v = W::mul(v, v); }, "words of floats need: vf mul(vf, vf)");
    static_assert(
        requires(vf v) { v = W::div(v, v); }, "words of floats need: vf div(vf, vf)");
    static_assert(
        requires(vf v) { v = W::fma(v, v, v); }, "words of floats need: vf fma(vf, vf, vf)");
    static_assert(
        requires(vf v) { v = W::min(v, v); },
        "words of floats need: vf min(vf, vf), the second where either is NaN");
    static_assert(
        requires(vf v) { v = W::max(v, v); },
        "words of floats need: vf max(vf, vf), the second where either is NaN");
    static_assert(
        requires(vf v) { v = W::where_positive(v, v); },
        "words of floats need: vf where_positive(vf sign, vf)");
    static constexpr bool complete = true;
};

/// Words of floats that also multiply a vector by a lane of another: vf fma_lane<Lane>(vf x, vf w, vf c),
/// lane `Lane` of x times w, plus c.
template <class W>
concept multiplies_lanes = requires(typename W::vf v) {
    v = W::template fma_lane<0>(v, v, v);
};

/// uint8 codes: `vi` are as many int32 as `vf` has floats, `vb` are `bytes` codes.
template <class W>
struct checked_codes {
    static_assert(detail::names_codes<W>, "words of codes need: vf, vi, vb");
    static constexpr bool complete = true; ///< what else is missing need not be said
};
template <detail::names_codes W>
struct checked_codes<W> {
    using vf = typename W::vf;
    using vi = typename W::vi;
    using vb = typename W::vb;
    static_assert(
        requires(std::uint32_t n) { n = W::bytes; }, "words of codes need: bytes");
    static_assert(
        requires(vi v, std::int32_t x) { v = W::repeat_whole(x); },
        "words of codes need: vi repeat_whole(std::int32_t)");
    static_assert(
        requires(vi v, const std::uint8_t* p) { v = W::load_whole(p); },
        "words of codes need: vi load_whole(const std::uint8_t*)");
    static_assert(
        requires(vi v) { v = W::add_whole(v, v); }, "words of codes need: vi add_whole(vi, vi)");
    static_assert(
        requires(vi v) { v = W::sub_whole(v, v); }, "words of codes need: vi sub_whole(vi, vi)");
    static_assert(
        requires(vi v) { v = W::mul_whole(v, v); }, "words of codes need: vi mul_whole(vi, vi)");
    static_assert(
        requires(vi v, vf x) { x = W::to_real(v); }, "words of codes need: vf to_real(vi)");
    static_assert(
        requires(vi v, vf x) { v = W::to_whole(x); },
        "words of codes need: vi to_whole(vf), nearest, ties to even");
    static_assert(
        requires(vf v) { v = W::apart(v); }, "words of codes need: vf apart(vf)");
    static_assert(
        requires(vi v, std::uint8_t* p, std::size_t n) { W::store_codes(p, v, n); },
        "words of codes need: store_codes(std::uint8_t*, vi, n)");
    static_assert(
        requires(vb v, const std::uint8_t* p) { v = W::load_bytes(p); },
        "words of codes need: vb load_bytes(const std::uint8_t*)");
    static_assert(
        requires(vb v, std::uint8_t* p, std::size_t n) { W::store_bytes(p, v, n); },
        "words of codes need: store_bytes(std::uint8_t*, vb, n)");
    static_assert(
        requires(vb v) { v = W::max_bytes(v, v); }, "words of codes need: vb max_bytes(vb, vb)");
    static_assert(
        requires(vb v) { v = W::min_bytes(v, v); }, "words of codes need: vb min_bytes(vb, vb)");
    static_assert(
        requires(vb v) { v = W::repeat_byte(0); }, "words of codes need: vb repeat_byte(int)");
    static constexpr bool complete = true;
};

/// What turns sums to codes on processors whose vectors have lanes of 128 bits: checked_codes, and narrowing
/// within lanes.
template <class W>
struct checked_packed_codes {
    using vi = typename W::vi;
    using vb = typename W::vb;
    static_assert(checked_codes<W>::complete);
    static_assert(
        requires(vi v, const std::int32_t* p) { v = W::load_sums(p); },
        "words of codes need: vi load_sums(const std::int32_t*)");
    static_assert(
        requires(vi v, std::int32_t* p) { W::store_sums(p, v); },
        "words of codes need: store_sums(std::int32_t*, vi)");
    static_assert(
        requires(vb v) { v = W::repeat_short(0); }, "words of codes need: vb repeat_short(int)");
    static_assert(
        requires(vb b, const vi (&v)[4]) { b = W::narrow_lanes(v, b); },
        "words of codes need: vb narrow_lanes(const vi (&)[4], vb), lane by lane of 128 bits");
    static constexpr bool complete = true;
};

/// Sums of products of four u8 and four s8 in each of `lanes` 32-bit lanes.
template <class W>
struct checked_dot {
    static_assert(detail::names_dot<W>, "words of dot products need: vec, weights, inputs");
    static constexpr bool complete = true; ///< what else is missing need not be said
};
template <detail::names_dot W>
struct checked_dot<W> {
    using vec = typename W::vec;
    using weights = typename W::weights;
    using inputs = typename W::inputs;
    static_assert(
        requires(int n) { n = W::lanes; }, "words of dot products need: lanes");
    static_assert(
        requires(int n) { n = W::wanted_chains, n = W::most_chains, n = W::unroll; },
        "words of dot products need: wanted_chains, most_chains, unroll");
    static_assert(
        requires(vec v) { v = W::none(); }, "words of dot products need: vec none()");
    static_assert(
        requires(vec v, const std::int8_t* w, const std::int32_t* s) { v = W::load(w), v = W::load(s); },
        "words of dot products need: vec load(pointer), of weights and of sums");
    static_assert(
        requires(vec v, std::int32_t* p) { W::store(p, v); },
        "words of dot products need: store(std::int32_t*, vec)");
    static_assert(
        requires(vec v) { v = W::add(v, v); }, "words of dot products need: vec add(vec, vec)");
    static_assert(
        requires(vec v, const std::uint8_t* p) { v = W::broadcast(p); },
        "words of dot products need: vec broadcast(const std::uint8_t*), four bytes to every lane");
    static_assert(
        requires(vec v, weights w) { w = W::as_weights(v); },
        "words of dot products need: weights as_weights(vec)");
    static_assert(
        requires(vec v, inputs x) { x = W::as_inputs(v); },
        "words of dot products need: inputs as_inputs(vec)");
    static_assert(
        requires(vec v, inputs x, weights w) { v = W::add_dot(v, x, w); },
        "words of dot products need: vec add_dot(vec, inputs, weights)");
    static constexpr bool complete = true;
};

/// Dot products of inputs less 128 (instructions without mixed signs): what they give lacks 128 times the sum
/// of the weights.
template <class W>
concept offsets_inputs = requires {
    requires W::offset_inputs;
};

/// Dot products that take inputs from a lane: checked_dot, the inputs of a pixel in strips of `strip_groups`
/// groups of four, and the weights of 16 outputs in groups.
template <class W>
struct checked_lane_dot {
    using vec = typename W::vec;
    static_assert(checked_dot<W>::complete);
    static_assert(
        requires(int n) { n = W::strip_groups; }, "words of dot products by lanes need: strip_groups");
    static_assert(
        requires(typename W::strip x, const std::uint8_t* p) { x = W::load_strip(p); },
        "words of dot products by lanes need: strip load_strip(const std::uint8_t*)");
    static_assert(
        requires(typename W::group g, const std::int8_t* p) { g = W::load_group(p); },
        "words of dot products by lanes need: group load_group(const std::int8_t*), 64 weights");
    static_assert(
        requires(vec v, typename W::strip x, typename W::group g) {
            v = W::template add_lane<0>(v, x, g, 0);
        },
        "words of dot products by lanes need: vec add_lane<Lane>(vec, strip, group, int vector of outputs)");
    static_assert(
        requires(bool b) { b = W::offset_inputs; }, "words of dot products by lanes need: offset_inputs");
    static_assert(
        requires(vec v, typename W::group g) { v = W::sub(v, W::take_offset(v, g, 0)); },
        "words of dot products by lanes need: vec take_offset(vec, group, int): less 128 times the weights "
        "where "
        "inputs are offset; vec sub(vec, vec)");
    static constexpr bool complete = true;
};

/// Dot products whose operands are widened to 16 bits beforehand: checked_dot, and the widening.
template <class W>
struct checked_widened_dot {
    using vec = typename W::vec;
    static_assert(checked_dot<W>::complete);
    static_assert(
        requires(std::size_t n) { n = W::step; }, "words of widened dot products need: step");
    static_assert(
        requires(typename W::weights w, const std::int8_t* p) { w = W::load_bytes(p); },
        "words of widened dot products need: weights load_bytes(const std::int8_t*)");
    static_assert(
        requires(typename W::inputs x, const std::uint8_t* p) { x = W::broadcast_four(p); },
        "words of widened dot products need: inputs broadcast_four(const std::uint8_t*)");
    static_assert(
        requires(vec v) { v = W::add_neighbours(v, v); },
        "words of widened dot products need: vec add_neighbours(vec, vec)");
    static_assert(
        requires(const std::uint8_t* x, std::int16_t* to) { W::widen_inputs(x, std::size_t{1}, to); },
        "words of widened dot products need: widen_inputs(from, count, to)");
    static_assert(
        requires(const std::int8_t* w, std::int16_t* to) { W::widen_weights(w, to); },
        "words of widened dot products need: widen_weights(from, to)");
    static constexpr bool complete = true;
};

/// Dot products of neighbouring channels: checked_dot, and bytes of four taps put together.
template <class W>
struct checked_zipped_dot {
    using vec = typename W::vec;
    static_assert(checked_dot<W>::complete);
    static_assert(
        requires(const vec (&taps)[4], vec (&out)[4]) { W::zip(taps, out); },
        "words of zipped dot products need: zip(const vec (&)[4], vec (&)[4])");
    static constexpr bool complete = true;
};

/// Planes of low-bit weights (format/low_bit.hpp) as bytes, a group in `parts` vectors.
template <class W>
struct checked_low_bits {
    static_assert(detail::names_low_bits<W>, "words of low bits need: vec, choice");
    static constexpr bool complete = true; ///< what else is missing need not be said
};
template <detail::names_low_bits W>
struct checked_low_bits<W> {
    using vec = typename W::vec;
    using choice = typename W::choice;
    static_assert(
        requires(int n) { n = W::parts; }, "words of low bits need: parts");
    static_assert(
        requires(vec v, std::int8_t* p) { W::store(p, v); },
        "words of low bits need: store(std::int8_t*, vec)");
    static_assert(
        requires(vec v) { v = W::fill(std::int8_t{0}); }, "words of low bits need: vec fill(std::int8_t)");
    static_assert(
        requires(vec v, const std::int8_t* p) { v = W::table(p); },
        "words of low bits need: vec table(const std::int8_t*)");
    static_assert(
        requires(vec v) { v = W::pick(v, v); }, "words of low bits need: vec pick(vec, vec)");
    static_assert(
        requires(vec v, choice c) { v = W::pick_where(c, v, v, v); },
        "words of low bits need: vec pick_where(choice, vec otherwise, vec table, vec index)");
    static_assert(
        requires(vec v, choice c) { v = W::choose(c, v, v); },
        "words of low bits need: vec choose(choice, vec set, vec clear)");
    static_assert(
        requires(vec v, choice c) { c = W::bit(v, 0); }, "words of low bits need: choice bit(vec, int)");
    static_assert(
        requires(vec v) { v = W::add(v, v); }, "words of low bits need: vec add(vec, vec)");
    static_assert(
        requires(vec v, choice c) { v = W::add_where(c, v, v); },
        "words of low bits need: vec add_where(choice, vec, vec)");
    static_assert(
        requires(vec v) { v = W::times_16(v); }, "words of low bits need: vec times_16(vec)");
    static_assert(
        requires(vec v, const std::uint8_t* p) { v = W::add_bytes(v, p); },
        "words of low bits need: vec add_bytes(vec, const std::uint8_t*)");
    static_assert(
        requires(vec v, const std::uint8_t* p) { v = W::nibbles(p, 0); },
        "words of low bits need: vec nibbles(const std::uint8_t*, int part)");
    static_assert(
        requires(vec v, const std::uint8_t* p) { v = W::pairs(p, 0); },
        "words of low bits need: vec pairs(const std::uint8_t*, int part)");
    static_assert(
        requires(choice c, const std::uint8_t* p) { c = W::singles(p, 0); },
        "words of low bits need: choice singles(const std::uint8_t*, int part)");
    static constexpr bool complete = true;
};

/// Words of 64 bits in each of `lanes` lanes, and how many of them differ.
template <class W>
struct checked_bits {
    static_assert(detail::names_bits<W>, "words of bits need: vec");
    static constexpr bool complete = true; ///< what else is missing need not be said
};
template <detail::names_bits W>
struct checked_bits<W> {
    using vec = typename W::vec;
    static_assert(
        requires(int n) { n = W::lanes; }, "words of bits need: lanes");
    static_assert(
        requires(vec v) { v = W::none(); }, "words of bits need: vec none()");
    static_assert(
        requires(vec v, const std::uint8_t* p) { v = W::load(p); },
        "words of bits need: vec load(const std::uint8_t*)");
    static_assert(
        requires(vec v, const std::uint8_t* p) { v = W::repeat(p); },
        "words of bits need: vec repeat(const std::uint8_t*), one word to every lane");
    static_assert(
        requires(vec v) { v = W::add_differing(v, v, v); },
        "words of bits need: vec add_differing(vec counts, vec, vec)");
    static_assert(
        requires(vec v, std::uint64_t* p) { W::store(p, v); },
        "words of bits need: store(std::uint64_t*, vec)");
    static_assert(
        requires(std::uint64_t word, const std::uint8_t* p) { word = W::below(p, std::uint8_t{1}); },
        "words of bits need: std::uint64_t below(const std::uint8_t* 64 codes, threshold)");
    static constexpr bool complete = true;
};

} // namespace pith::simd

#endif
