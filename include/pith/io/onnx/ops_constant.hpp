// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_CONSTANT_HPP
#define PITH_IO_ONNX_OPS_CONSTANT_HPP
/// Constants, types, and the shape arithmetic that is computed while loading.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "ops_move.hpp"
#include "steps.hpp"

namespace pith::io::onnx {

template <class G>
void import_constant(call<G>& c) {
    for (const char* const name : {"value_string", "value_strings", "sparse_value"})
        c.expect(!c.has_attribute(name), errc::unsupported, "string and sparse constants are not supported");
    if (const auto t = c.tensor("value")) {
        auto a = read_elements<scalar_of<G>>(*t, c.make.left());
        return c.out(0, c.make.constant(std::move(a.data), a.type));
    }
    const auto row = [](const auto& values, auto zero) {
        tensor<decltype(zero)> t(shape{static_cast<std::int64_t>(values.size())});
        std::transform(values.begin(), values.end(), t.data().begin(),
                       [](auto v) { return static_cast<decltype(zero)>(v); });
        return t;
    };
    if (c.has_attribute("value_float"))
        return c.out(0, c.make.scalar(c.real("value_float", 0)));
    if (c.has_attribute("value_int"))
        return c.out(
            0, c.make.constant(tensor<std::int64_t>(shape{}, c.whole("value_int", 0)), format::dtype::i64));
    if (c.has_attribute("value_floats"))
        return c.out(0, c.make.constant(row(c.reals("value_floats"), scalar_of<G>{}), format::dtype::f32));
    c.expect(c.has_attribute("value_ints"), errc::bad_file, "the constant has no value");
    c.out(0, c.make.constant(row(c.wholes("value_ints"), std::int64_t{}), format::dtype::i64));
}

template <class G>
void import_constant_of_shape(call<G>& c) {
    const shape dims = detail::to_shape(c, c.constant_wholes(0));
    c.make.left().charge(static_cast<std::uint64_t>(dims.elements()) * 8, c.make.where());
    const auto t = c.tensor("value");
    if (!t)
        return c.out(0, c.make.constant(tensor<scalar_of<G>>(dims)));
    const auto a = read_elements<scalar_of<G>>(*t, c.make.left());
    c.expect(dims_of(a.data).elements() == 1, errc::bad_shape, "the value must be one number");
    std::visit([&](const auto& one) { c.out(0, c.make.constant(tensor(dims, one[0]), a.type)); }, a.data);
}

template <class G>
void import_shape(call<G>& c) {
    const shape& dims = c.raw(0).dims;
    const auto rank = static_cast<std::int64_t>(dims.rank());
    const auto bound = [&](std::string_view name, std::int64_t otherwise) {
        const std::int64_t v = c.whole(name, otherwise);
        return std::clamp<std::int64_t>(v < 0 ? v + rank : v, 0, rank);
    };
    const std::int64_t first = bound("start", 0);
    const std::int64_t last = std::max(first, bound("end", rank));
    std::vector<std::int64_t> sizes(dims.begin() + first, dims.begin() + last);
    c.out(0,
          c.make.constant(tensor<std::int64_t>(shape{last - first}, std::move(sizes)), format::dtype::i64));
}

template <class G>
void import_size(call<G>& c) {
    c.out(0, c.make.constant(tensor<std::int64_t>(shape{}, c.raw(0).dims.elements()), format::dtype::i64));
}

namespace detail {

/// A cast to `to` with the node's attributes.
template <class G>
[[nodiscard]] cast cast_of(const call<G>& c, format::dtype to) {
    const auto rounding = c.text("round_mode", "up");
    c.expect(rounding == "up" || rounding == "down" || rounding == "nearest", errc::bad_option,
             "the mode of rounding is unknown");
    return {to, c.whole("saturate", 1) != 0,
            rounding == "up"     ? format::scale_rounding::up
            : rounding == "down" ? format::scale_rounding::down
                                 : format::scale_rounding::nearest};
}

/// What a cast makes: a number, before opset 6 the name of a DataType.
template <class G>
[[nodiscard]] format::dtype cast_target(const call<G>& c) {
    const attribute* a = c.find("to");
    if (a == nullptr || a->type != attribute_type::text)
        return element_type(c.whole("to", 0), c.make.where());
    const auto name = c.text("to", "");
    constexpr std::string_view names[] = {"",      "FLOAT", "UINT8", "INT8",    "UINT16", "INT16",  "INT32",
                                          "INT64", "",      "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64"};
    std::int64_t number = 0;
    for (const auto& known : names) {
        if (!name.empty() && known == name)
            return element_type(number, c.make.where());
        ++number;
    }
    c.refuse(errc::unsupported, "a cast to this type is not supported");
}

} // namespace detail

template <class G>
void import_cast(call<G>& c) {
    const format::dtype to = detail::cast_target(c);
    c.out(0, apply_cast(c, c.raw(0), detail::cast_of(c, to)));
}

template <class G>
void import_cast_like(call<G>& c) {
    c.out(0, apply_cast(c, c.raw(0), detail::cast_of(c, c.raw(1).type)));
}

template <class G>
void import_range(call<G>& c) {
    const format::dtype type = c.raw(0).type;
    double v[3] = {};
    for (std::size_t i = 0; i < 3; ++i) {
        if (is_real(type)) {
            const auto t = c.constant_reals(i);
            c.expect(t.size() == 1, errc::bad_shape, "start, limit and delta must be one number each");
            v[i] = static_cast<double>(t[0]);
        } else {
            const auto t = c.constant_wholes(i);
            c.expect(t.size() == 1, errc::bad_shape, "start, limit and delta must be one number each");
            v[i] = static_cast<double>(t[0]);
        }
    }
    const double count = std::max(std::ceil((v[1] - v[0]) / v[2]), 0.0);
    c.expect(count >= 0 && count < static_cast<double>(max_elements), errc::bad_option,
             "a range is too long");
    const auto n = static_cast<std::int64_t>(count);
    c.make.left().charge(static_cast<std::uint64_t>(n) * 8, c.make.where());
    if (is_real(type)) {
        tensor<scalar_of<G>> t(shape{n});
        for (std::size_t i = 0; i < t.size(); ++i)
            t[i] = format::round_float(type, static_cast<scalar_of<G>>(v[0] + static_cast<double>(i) * v[2]));
        return c.out(0, c.make.constant(std::move(t), type));
    }
    tensor<std::int64_t> t(shape{n});
    for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = pith::detail::truncate(v[0] + static_cast<double>(i) * v[2]);
    c.out(0, c.make.constant(std::move(t), type));
}

namespace detail {

/// Input i, a constant, broadcast to `dims`.
template <class G>
[[nodiscard]] const value<scalar_of<G>>& constant_as(call<G>& c, std::size_t i, const shape& dims) {
    const operand x = expand_to(c, c.in(i), dims);
    return c.make.net[c.make.place(x)];
}

template <class G>
[[nodiscard]] shape common_dims(call<G>& c) {
    shape dims;
    for (std::size_t i = 0; i < c.inputs(); ++i) {
        c.expect(c.is_constant(i), errc::unsupported,
                 "the operator is only computed on constants (shape arithmetic), not at run time");
        const auto both = broadcast(dims, c.in(i).dims);
        c.expect(both.has_value(), errc::bad_shape, "the inputs' shapes cannot be broadcast to each other");
        dims = *both;
    }
    c.make.left().charge(static_cast<std::uint64_t>(dims.elements()) * 8, c.make.where());
    return dims;
}

} // namespace detail

namespace detail {

/// With the sign of the divisor, or of the dividend. @pre n is not 0
[[nodiscard]] inline std::int64_t modulus(std::int64_t x, std::int64_t n, bool of_dividend,
                                          format::dtype type) noexcept {
    if (type == format::dtype::u64)
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(x) % static_cast<std::uint64_t>(n));
    const std::int64_t rest = n == -1 ? 0 : x % n;
    return !of_dividend && rest != 0 && (rest < 0) != (n < 0) ? rest + n : rest;
}

} // namespace detail

template <class G>
void import_mod(call<G>& c) {
    c.expect(c.inputs() == 2, errc::bad_file, "the operator takes two inputs");
    const bool of_dividend = c.whole("fmod", 0) != 0;
    const shape dims = detail::common_dims(c);
    const value<scalar_of<G>> a = detail::constant_as(c, 0, dims);
    const value<scalar_of<G>> b = detail::constant_as(c, 1, dims);
    c.expect(a.constant.index() == b.constant.index(), errc::bad_shape, "the inputs have different types");
    if (a.reals() != nullptr) {
        c.expect(of_dividend, errc::bad_option, "the modulus of floating point numbers needs fmod = 1");
        tensor<scalar_of<G>> out(dims);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = std::fmod((*a.reals())[i], (*b.reals())[i]);
        return c.out(0, c.make.constant(std::move(out), a.type));
    }
    tensor<std::int64_t> out(dims);
    for (std::size_t i = 0; i < out.size(); ++i) {
        c.expect((*b.wholes())[i] != 0, errc::bad_option, "a division by 0");
        out[i] = detail::modulus((*a.wholes())[i], (*b.wholes())[i], of_dividend, a.type);
    }
    c.out(0, c.make.constant(std::move(out), a.type));
}

/// Bits of two constants of whole numbers, combined; `combine` takes and gives 64 of them.
template <class G, class Combine>
void combine_bits(call<G>& c, const Combine& combine) {
    c.expect(c.inputs() == 2, errc::bad_file, "the operator takes two inputs");
    const shape dims = detail::common_dims(c);
    const value<scalar_of<G>> a = detail::constant_as(c, 0, dims);
    const value<scalar_of<G>> b = detail::constant_as(c, 1, dims);
    c.expect(a.wholes() != nullptr && b.wholes() != nullptr, errc::bad_shape, "whole numbers are needed");
    tensor<std::int64_t> out(dims);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = pith::detail::wrapped(
            static_cast<std::int64_t>(combine(static_cast<std::uint64_t>((*a.wholes())[i]),
                                              static_cast<std::uint64_t>((*b.wholes())[i]))),
            a.type);
    c.out(0, c.make.constant(std::move(out), a.type));
}

template <class G, char Op>
void import_bitwise(call<G>& c) {
    combine_bits(c, [](std::uint64_t a, std::uint64_t b) {
        return Op == '&' ? a & b : Op == '|' ? a | b : a ^ b;
    });
}

template <class G>
void import_bit_shift(call<G>& c) {
    const auto direction = c.text("direction", "");
    c.expect(direction == "LEFT" || direction == "RIGHT", errc::bad_option,
             "the direction must be LEFT or RIGHT");
    combine_bits(c, [&](std::uint64_t a, std::uint64_t n) {
        return n > 63 ? 0 : direction == "LEFT" ? a << n : a >> n;
    });
}

template <class G>
void import_bitwise_not(call<G>& c) {
    const shape dims = detail::common_dims(c);
    value<scalar_of<G>> x = detail::constant_as(c, 0, dims);
    c.expect(x.wholes() != nullptr, errc::bad_shape, "whole numbers are needed");
    tensor<std::int64_t> out = *x.wholes();
    for (auto& v : out.data())
        v = pith::detail::wrapped(~v, x.type);
    c.out(0, c.make.constant(std::move(out), x.type));
}

template <class G>
void import_non_zero(call<G>& c) {
    const shape dims = detail::common_dims(c);
    const value<scalar_of<G>> x = detail::constant_as(c, 0, dims);
    std::vector<std::int64_t> found;
    for (std::int64_t i = 0; i < dims.elements(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (x.reals() != nullptr ? (*x.reals())[at] != 0.F : (*x.wholes())[at] != 0)
            found.push_back(i);
    }
    const auto count = static_cast<std::int64_t>(found.size());
    const auto rank = static_cast<std::int64_t>(dims.rank());
    c.make.left().charge(static_cast<std::uint64_t>(count * (rank + 1)) * 8, c.make.where());
    tensor<std::int64_t> out(shape{rank, count});
    for (std::int64_t k = 0; k < count; ++k) {
        std::int64_t left = found[static_cast<std::size_t>(k)];
        for (std::int64_t a = rank; a-- > 0;) {
            const std::int64_t size = dims[static_cast<std::size_t>(a)];
            out[static_cast<std::size_t>(a * count + k)] = left % size;
            left /= size;
        }
    }
    c.out(0, c.make.constant(std::move(out), format::dtype::i64));
}

template <class G>
inline constexpr operator_entry<G> constant_operators[] = {
    {"Constant", &import_constant<G>},
    {"ConstantOfShape", &import_constant_of_shape<G>},
    {"Shape", &import_shape<G>},
    {"Size", &import_size<G>},
    {"Cast", &import_cast<G>},
    {"CastLike", &import_cast_like<G>},
    {"Range", &import_range<G>},
    {"Mod", &import_mod<G>},
    {"BitwiseAnd", &import_bitwise<G, '&'>},
    {"BitwiseOr", &import_bitwise<G, '|'>},
    {"BitwiseXor", &import_bitwise<G, '^'>},
    {"BitwiseNot", &import_bitwise_not<G>},
    {"BitShift", &import_bit_shift<G>},
    {"NonZero", &import_non_zero<G>},
};

} // namespace pith::io::onnx

#endif
