// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_VALUE_INFO_HPP
#define PITH_GRAPH_VALUE_INFO_HPP
/// What shape inference knows of a value, what forward functions are handed, and the checks they share.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../format/dtype.hpp"
#include "../format/small_float.hpp"
#include "tensor.hpp"

namespace pith {

/// Shape and element type of a value; `present` is false for an optional input that a node does not have.
struct value_info {
    shape dims;
    format::dtype type = format::dtype::f32;
    bool present = true;

    friend bool operator==(const value_info&, const value_info&) = default;
};

using value_infos = std::vector<value_info>;

/// The values of a node's inputs or outputs, or of a network's.
template <class T>
using any_tensors = std::vector<any_tensor<T>>;

/// One input of a node, looked at: real or whole elements, or neither where the node does not have it. `type`
/// matters to forward functions only where it is uint64, whose elements beyond 2^63 are held as negative
/// ones.
template <class T>
struct tensor_input {
    const tensor<T>* reals = nullptr;
    const tensor<std::int64_t>* wholes = nullptr;
    format::dtype type = format::dtype::f32;

    tensor_input() = default;
    tensor_input(const tensor<T>& t) noexcept : reals(&t) {}
    tensor_input(const tensor<std::int64_t>& t) noexcept : wholes(&t) {}
    /// A variant that may hold either, such as any_tensor or value::constant.
    template <class... Held>
    tensor_input(const std::variant<Held...>& t) noexcept
        : reals(std::get_if<tensor<T>>(&t)), wholes(std::get_if<tensor<std::int64_t>>(&t)) {}

    [[nodiscard]] bool present() const noexcept { return reals != nullptr || wholes != nullptr; }
    /// @pre present()
    [[nodiscard]] const shape& dims() const noexcept {
        return reals != nullptr ? reals->dims() : wholes->dims();
    }
};

/// What a layer's forward is given.
template <class T>
using tensor_inputs = std::span<const tensor_input<T>>;

/// Whether values of this type are held as the graph's scalar.
[[nodiscard]] constexpr bool is_real(format::dtype t) noexcept {
    return format::is_floating(t);
}

/// Maximum number of elements of a tensor.
inline constexpr std::int64_t most_elements = std::int64_t{1} << 36;

namespace detail {

[[nodiscard]] inline bool has_input(std::span<const value_info> in, std::size_t i) noexcept {
    return i < in.size() && in[i].present;
}

/// At least `least` inputs, the first `least` of them present, at most `most`.
[[nodiscard]] inline result<void> expect_inputs(std::span<const value_info> in, std::size_t least,
                                                std::size_t most) {
    for (std::size_t i = 0; i < least; ++i)
        if (!has_input(in, i))
            return fault{errc::missing, "the node lacks an input that its operator needs"};
    if (in.size() > most)
        return fault{errc::bad_shape, "the node has more inputs than its operator takes"};
    return {};
}

/// float8 and float4 are stored, moved and converted, not computed with.
[[nodiscard]] inline result<void> expect_computed(std::span<const value_info> in) {
    for (const auto& v : in)
        if (v.present && is_real(v.type) && !format::is_computed(v.type))
            return fault{errc::unsupported, "float8 and float4 numbers are not computed with; cast them"};
    return {};
}

[[nodiscard]] inline result<void> expect_real(std::span<const value_info> in) {
    for (const auto& v : in)
        if (v.present && !is_real(v.type))
            return fault{errc::unsupported, "the operator is only computed on floating point numbers"};
    return expect_computed(in);
}

/// No negative sizes, and not more elements than most_elements.
[[nodiscard]] inline result<void> expect_sane(const shape& s) {
    std::int64_t n = 1;
    for (const auto d : s) {
        if (d < 0)
            return fault{errc::bad_shape, "a size would be negative"};
        if (d > most_elements || (d > 0 && n > most_elements / d))
            return fault{errc::bad_shape, "a tensor would be too large"};
        n *= d;
    }
    return {};
}

/// The only output of a layer that has one.
[[nodiscard]] inline result<value_infos> one(shape dims, format::dtype type) {
    PITH_TRY(expect_sane(dims));
    value_infos out(1);
    out[0].dims = dims;
    out[0].type = type;
    return out;
}

template <class T>
[[nodiscard]] bool has_tensor(tensor_inputs<T> in, std::size_t i) noexcept {
    return i < in.size() && in[i].present();
}

/// @pre input i is there and holds floating point numbers
template <class T>
[[nodiscard]] const tensor<T>& reals(tensor_inputs<T> in, std::size_t i) noexcept {
    PITH_ASSERT(i < in.size() && in[i].reals != nullptr);
    return *in[i].reals;
}

/// @pre input i is there and holds whole numbers
template <class T>
[[nodiscard]] const tensor<std::int64_t>& wholes(tensor_inputs<T> in, std::size_t i) noexcept {
    PITH_ASSERT(i < in.size() && in[i].wholes != nullptr);
    return *in[i].wholes;
}

template <class T, class E>
[[nodiscard]] any_tensors<T> one_tensor(tensor<E> t) {
    any_tensors<T> out;
    out.emplace_back(std::move(t));
    return out;
}

/// Towards zero, saturating; NaN gives 0.
template <class T>
[[nodiscard]] std::int64_t truncate(T v) noexcept {
    if (v != v)
        return 0;
    if (v >= static_cast<T>(9223372036854775808.0))
        return std::numeric_limits<std::int64_t>::max();
    if (v <= static_cast<T>(-9223372036854775808.0))
        return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(v);
}

/// What is left of a whole number in an element of type `t`. A uint64 is held as the int64 of its bits.
[[nodiscard]] constexpr std::int64_t wrapped(std::int64_t v, format::dtype t) noexcept {
    switch (t) {
    case format::dtype::u8:
        return static_cast<std::uint8_t>(v);
    case format::dtype::i8:
        return static_cast<std::int8_t>(v);
    case format::dtype::i16:
        return static_cast<std::int16_t>(v);
    case format::dtype::u16:
        return static_cast<std::uint16_t>(v);
    case format::dtype::i32:
        return static_cast<std::int32_t>(v);
    case format::dtype::u32:
        return static_cast<std::uint32_t>(v);
    case format::dtype::i4:
        return static_cast<std::int64_t>((static_cast<std::uint64_t>(v) & 15U) ^ 8U) - 8;
    case format::dtype::u4:
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(v) & 15U);
    case format::dtype::boolean:
        return v != 0 ? 1 : 0;
    default:
        return v;
    }
}

/// The same as an element of type `t`: those of uint64 end at 2^64.
template <class T>
[[nodiscard]] std::int64_t truncate_to(T v, format::dtype t) noexcept {
    if (t != format::dtype::u64 || !(v >= static_cast<T>(9223372036854775808.0)))
        return wrapped(truncate(v), t);
    if (v >= static_cast<T>(18446744073709551616.0))
        return -1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(v));
}

/// Cuts elements to type `t`: whole ones wrap around, real ones of float16 and bfloat16 are rounded.
template <class T>
void fit_to(any_tensor<T>& x, format::dtype t) noexcept {
    if (auto* wholes = std::get_if<1>(&x)) {
        for (auto& v : wholes->data())
            v = wrapped(v, t);
    } else if (t == format::dtype::f16 || t == format::dtype::bf16) {
        for (auto& v : std::get<0>(x).data())
            v = format::round_float(t, v);
    }
}

/// Input i as floating point numbers, whatever it holds.
template <class T>
[[nodiscard]] tensor<T> to_reals(tensor_inputs<T> in, std::size_t i) {
    if (in[i].reals != nullptr)
        return reals<T>(in, i);
    const auto& from = wholes<T>(in, i);
    tensor<T> out(from.dims());
    for (std::size_t k = 0; k < from.size(); ++k)
        out[k] = in[i].type == format::dtype::u64 ? static_cast<T>(static_cast<std::uint64_t>(from[k]))
                                                  : static_cast<T>(from[k]);
    return out;
}

/// Calls f with input i as the tensor that it is, and makes its tensor the only output.
template <class T, class F>
[[nodiscard]] any_tensors<T> map_tensor(tensor_inputs<T> in, std::size_t i, const F& f) {
    if (in[i].reals != nullptr)
        return one_tensor<T>(f(reals<T>(in, i)));
    return one_tensor<T>(f(wholes<T>(in, i)));
}

} // namespace detail
} // namespace pith

#endif
