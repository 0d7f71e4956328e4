// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MOVEMENT_CONVERT_HPP
#define PITH_KERNEL_MOVEMENT_CONVERT_HPP
/// Elements of one type from those of another.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// A boolean: one byte, 0 or 1.
struct truth {
    std::uint8_t is;
};

/// Calls f(T{}) with the element type of `type`.
template <class F>
void with_element(format::dtype type, const F& f) noexcept {
    switch (type) {
    case format::dtype::f32:
        return f(float{});
    case format::dtype::u8:
        return f(std::uint8_t{});
    case format::dtype::i8:
        return f(std::int8_t{});
    case format::dtype::i32:
        return f(std::int32_t{});
    case format::dtype::i64:
        return f(std::int64_t{});
    case format::dtype::boolean:
        return f(truth{});
    case format::dtype::f64:
        return f(double{});
    default: // programs have no others
        return;
    }
}

template <class To, class From>
[[nodiscard]] constexpr To converted(From x) noexcept {
    if constexpr (std::is_same_v<From, truth>) {
        if constexpr (std::is_same_v<To, truth>)
            return x;
        else
            return static_cast<To>(x.is);
    } else if constexpr (std::is_same_v<To, truth>) {
        return truth{static_cast<std::uint8_t>(x != From{} ? 1 : 0)};
    } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
        // The greatest number may round up to a power of two, so the upper end saturates at equality too.
        if (x != x)
            return To{};
        if (x >= static_cast<From>(std::numeric_limits<To>::max()))
            return std::numeric_limits<To>::max();
        if (x <= static_cast<From>(std::numeric_limits<To>::min()))
            return std::numeric_limits<To>::min();
        return static_cast<To>(x);
    } else {
        return static_cast<To>(x);
    }
}

} // namespace detail

namespace detail {

inline constexpr std::size_t convert_block = 32; ///< elements between reading and writing

/// Reads elements into numbers that hold every value of their type.
template <class From, class Wide>
void widen(const void* from, std::size_t first, std::size_t count, Wide* wide) noexcept {
    const auto* x = static_cast<const From*>(from) + first;
    for (std::size_t i = 0; i < count; ++i)
        wide[i] = converted<Wide>(x[i]);
}

/// Writes numbers as the elements of `type`.
template <class Wide>
void narrow(const Wide* wide, std::size_t count, format::dtype type, void* to, std::size_t first) noexcept {
    with_element(type, [&](auto element) {
        auto* y = static_cast<decltype(element)*>(to) + first;
        for (std::size_t i = 0; i < count; ++i)
            y[i] = converted<decltype(element)>(wide[i]);
    });
}

/// Through Wide, which loses nothing on the way: what arrives is what one conversion gives.
template <class From, class Wide>
void convert_through(const convert_args& a) noexcept {
    Wide wide[convert_block];
    for (std::size_t first = 0; first < a.count; first += convert_block) {
        const std::size_t count = a.count - first < convert_block ? a.count - first : convert_block;
        widen<From>(a.input, first, count, wide);
        narrow(wide, count, a.to, a.output, first);
    }
}

} // namespace detail

inline void convert(const convert_args& a) noexcept {
    detail::with_element(a.from, [&](auto element) {
        using from = decltype(element);
        detail::convert_through<from,
                                std::conditional_t<std::is_floating_point_v<from>, double, std::int64_t>>(a);
    });
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<convert_args> : portable_function<convert_args, &portable::convert> {};

} // namespace pith::kernel

#endif
