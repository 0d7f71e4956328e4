// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_DTYPE_HPP
#define PITH_FORMAT_DTYPE_HPP
/// Element types of values.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pith::format {

/// The numbers are part of the program file. Programs have the first seven only.
enum class dtype : std::uint8_t {
    f32 = 1,
    u8 = 2,
    i8 = 3,
    i32 = 4,
    i64 = 5,
    boolean = 6,
    f64 = 7,
    i16 = 8,
    u16 = 9,
    u32 = 10,
    u64 = 11,
    f16 = 12,
    bf16 = 13,
    f8e4m3fn = 14,   ///< no infinities, one NaN per sign
    f8e4m3fnuz = 15, ///< no infinities, no negative zero: its code is the NaN
    f8e5m2 = 16,
    f8e5m2fnuz = 17,
    f8e8m0 = 18, ///< a power of two, or NaN
    f4e2m1 = 19, ///< no infinities, no NaN
    i4 = 20,
    u4 = 21,
};

/// Bits of one element in a file.
[[nodiscard]] constexpr std::size_t bits_of(dtype t) noexcept {
    switch (t) {
    case dtype::f4e2m1:
    case dtype::i4:
    case dtype::u4:
        return 4;
    case dtype::u8:
    case dtype::i8:
    case dtype::boolean:
    case dtype::f8e4m3fn:
    case dtype::f8e4m3fnuz:
    case dtype::f8e5m2:
    case dtype::f8e5m2fnuz:
    case dtype::f8e8m0:
        return 8;
    case dtype::i16:
    case dtype::u16:
    case dtype::f16:
    case dtype::bf16:
        return 16;
    case dtype::f32:
    case dtype::i32:
    case dtype::u32:
        return 32;
    case dtype::i64:
    case dtype::u64:
    case dtype::f64:
        return 64;
    }
    return 0;
}

/// Bytes of one element that lies alone.
[[nodiscard]] constexpr std::size_t bytes_of(dtype t) noexcept {
    return (bits_of(t) + 7) / 8;
}
/// Bytes of `count` elements that lie densely: two of four bits share a byte, the first one low.
[[nodiscard]] constexpr std::size_t bytes_of(dtype t, std::size_t count) noexcept {
    return bits_of(t) == 4 ? count / 2 + count % 2 : count * bytes_of(t);
}

/// Whether a program's tensors may have this type.
[[nodiscard]] constexpr bool in_programs(dtype t) noexcept {
    return t >= dtype::f32 && t <= dtype::f64;
}

/// Whether elements are floating point numbers.
[[nodiscard]] constexpr bool is_floating(dtype t) noexcept {
    return t == dtype::f32 || t == dtype::f64 || (t >= dtype::f16 && t <= dtype::f4e2m1);
}
/// Floating point types that ONNX computes with; the smaller ones are only stored, moved and converted.
[[nodiscard]] constexpr bool is_computed(dtype t) noexcept {
    return t == dtype::f32 || t == dtype::f64 || t == dtype::f16 || t == dtype::bf16;
}

/// "float32", "uint8": ONNX's names in lower case.
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
    case dtype::i16:
        return "int16";
    case dtype::u16:
        return "uint16";
    case dtype::u32:
        return "uint32";
    case dtype::u64:
        return "uint64";
    case dtype::f16:
        return "float16";
    case dtype::bf16:
        return "bfloat16";
    case dtype::f8e4m3fn:
        return "float8e4m3fn";
    case dtype::f8e4m3fnuz:
        return "float8e4m3fnuz";
    case dtype::f8e5m2:
        return "float8e5m2";
    case dtype::f8e5m2fnuz:
        return "float8e5m2fnuz";
    case dtype::f8e8m0:
        return "float8e8m0";
    case dtype::f4e2m1:
        return "float4e2m1";
    case dtype::i4:
        return "int4";
    case dtype::u4:
        return "uint4";
    }
    return "unknown";
}

} // namespace pith::format

#endif
