// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_ELEMENT_HPP
#define PITH_FORMAT_ELEMENT_HPP
/// What the formats of elements have in common: whatever stores, simulates or multiplies elements knows a
/// format by this alone, and never how its codes were chosen.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "affine.hpp"

namespace pith::format {

namespace detail {

template <class F>
inline constexpr bool is_plain = std::is_trivially_copyable_v<F>&& std::equality_comparable<F>;
template <class F>
inline constexpr bool has_bits = requires(const F& f) {
    { f.bits() } -> std::same_as<unsigned>;
};
template <class F>
inline constexpr bool has_codes = requires(const F& f) {
    { f.codes() } -> std::same_as<affine_codes>;
};
template <class F>
inline constexpr bool has_listed = requires(const F& f) {
    { f.listed() } -> std::same_as<std::size_t>;
};
template <class F>
inline constexpr bool has_encode = requires(const F& f, float quotient) {
    { f.encode(quotient) } -> std::same_as<std::int32_t>;
};
template <class F>
inline constexpr bool has_validity = requires(const F& f) {
    { f.is_valid() } -> std::same_as<bool>;
};

} // namespace detail

/// A plain value. `bits()` are those of a stored element. Formats of codes tell besides
///
/// - codes(): the affine codes that kernels multiply,
/// - listed(): how many of them are in use and must be listed; 0 where these are all from the least on,
/// - encode(quotient): the code of a real number divided by its scale,
/// - is_valid(): whether the value means anything.
template <class F>
concept element = detail::is_plain<F> && detail::has_bits<F> &&
    (!F::coded ||
     (detail::has_codes<F> && detail::has_listed<F> && detail::has_encode<F> && detail::has_validity<F>));

/// Says in one error what of that a format lacks.
template <class F>
struct checked_element {
    static_assert(detail::is_plain<F>, "an element format is a plain value that can be compared");
    static_assert(detail::has_bits<F>, "an element format lacks bits(): of a stored element");
    static_assert(!F::coded || detail::has_codes<F>,
                  "an element format lacks codes(): what kernels multiply");
    static_assert(!F::coded || detail::has_listed<F>, "an element format lacks listed(): the codes in use");
    static_assert(!F::coded || detail::has_encode<F>, "an element format lacks encode(quotient)");
    static_assert(!F::coded || detail::has_validity<F>, "an element format lacks is_valid()");
};

} // namespace pith::format

#endif
