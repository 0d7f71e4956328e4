// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_DTYPE_HPP
#define PITH_FORMAT_DTYPE_HPP
/// Element types of values.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pith::format {

/// The numbers are part of the program file.
enum class dtype : std::uint8_t { f32 = 1, u8 = 2, i8 = 3, i32 = 4, i64 = 5, boolean = 6, f64 = 7 };

[[nodiscard]] constexpr std::size_t bytes_of(dtype t) noexcept {
    switch (t) {
    case dtype::u8:
    case dtype::i8:
    case dtype::boolean:
        return 1;
    case dtype::f32:
    case dtype::i32:
        return 4;
    case dtype::i64:
    case dtype::f64:
        return 8;
    }
    return 0;
}

[[nodiscard]] constexpr std::string_view name_of(dtype t) noexcept {
    switch (t) {
    case dtype::f32:
        return "float32";
    case dtype::u8:
        return "uint8";
    case dtype::i8:
        return "int8";
    case dtype::i32:
        return "int32";
    case dtype::i64:
        return "int64";
    case dtype::boolean:
        return "bool";
    case dtype::f64:
        return "float64";
    }
    return "unknown";
}

} // namespace pith::format

#endif
