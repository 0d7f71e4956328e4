// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_SHAPE_HPP
#define PITH_IO_ONNX_OPS_SHAPE_HPP
/// Operators that give the same elements another shape or order of axes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "steps.hpp"

namespace pith::io::onnx {

namespace detail {

/// A checked shape; `from` says what it came from in a fault.
template <class G>
[[nodiscard]] shape to_shape(const call<G>& c, const std::vector<std::int64_t>& sizes) {
    shape out;
    for (const auto d : sizes)
        push_dim(out, d, c.make.where());
    return out;
}

/// Axes given as an input since `since`, as an attribute before; sorted, none twice.
template <class G>
[[nodiscard]] std::vector<std::size_t> read_axes(call<G>& c, std::int64_t since, std::size_t rank) {
    const auto given = c.opset < since ? c.wholes("axes")
                       : c.has(1)      ? c.constant_wholes(1)
                                       : std::vector<std::int64_t>{};
    std::vector<std::size_t> out;
    for (const auto a : given)
        out.push_back(c.axis(a, rank));
    std::sort(out.begin(), out.end());
    c.expect(std::adjacent_find(out.begin(), out.end()) == out.end(), errc::bad_option,
             "an axis is named twice");
    return out;
}

} // namespace detail

template <class G>
void import_reshape(call<G>& c) {
    const operand& x = c.raw(0);
    auto sizes = c.opset < 5 ? c.wholes("shape") : c.constant_wholes(1);
    c.expect(sizes.size() <= max_rank, errc::unsupported, "tensors have at most 8 dimensions here");
    std::int64_t known = 1;
    auto free = sizes.end();
    for (auto it = sizes.begin(); it != sizes.end(); ++it) {
        const auto i = static_cast<std::size_t>(it - sizes.begin());
        if (*it == 0 && c.whole("allowzero", 0) == 0) {
            c.expect(i < x.dims.rank(), errc::bad_shape,
                     "a size 0 copies an axis that the input does not have");
            *it = x.dims[i];
        }
        if (*it == -1) {
            c.expect(free == sizes.end(), errc::bad_shape, "only one size may be -1");
            free = it;
            continue;
        }
        c.expect(*it >= 0 && (*it == 0 || known <= max_elements / *it), errc::bad_shape,
                 "a size is out of range");
        known *= *it;
    }
    if (free != sizes.end()) {
        c.expect(known > 0 && x.dims.elements() % known == 0, errc::bad_shape,
                 "a reshape changes the number of elements");
        *free = x.dims.elements() / known;
    }
    c.out(0, reshape_to(c, x, detail::to_shape(c, sizes)));
}

template <class G>
void import_flatten(call<G>& c) {
    const operand& x = c.raw(0);
    const std::int64_t given = c.whole("axis", 1);
    const std::size_t rank = x.dims.rank();
    const std::size_t axis = given == static_cast<std::int64_t>(rank) ? rank : c.axis(given, rank);
    c.out(0, reshape_to(c, x, {x.dims.product(0, axis), x.dims.product(axis, rank)}));
}

template <class G>
void import_transpose(call<G>& c) {
    const operand x = c.in(0);
    const auto given = c.wholes("perm");
    std::vector<std::size_t> permutation;
    for (const auto a : given)
        permutation.push_back(c.axis(a, x.dims.rank()));
    if (given.empty())
        for (std::size_t i = x.dims.rank(); i-- > 0;)
            permutation.push_back(i);
    auto sorted = permutation;
    std::sort(sorted.begin(), sorted.end());
    c.expect(sorted.size() == x.dims.rank() &&
                 std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(),
             errc::bad_shape, "perm must name every axis once");
    c.out(0, transpose_to(c, x, permutation));
}

template <class G>
void import_squeeze(call<G>& c) {
    const operand& x = c.raw(0);
    const auto axes = detail::read_axes(c, 13, x.dims.rank());
    shape dims;
    for (std::size_t i = 0; i < x.dims.rank(); ++i) {
        const bool named = std::find(axes.begin(), axes.end(), i) != axes.end();
        c.expect(!named || x.dims[i] == 1, errc::bad_shape, "only axes of length 1 can be removed");
        if (!named && !(axes.empty() && x.dims[i] == 1))
            dims.push_back(x.dims[i]);
    }
    c.out(0, reshape_to(c, x, dims));
}

template <class G>
void import_unsqueeze(call<G>& c) {
    const operand& x = c.raw(0);
    const std::size_t count = (c.opset < 13 ? c.wholes("axes") : c.constant_wholes(1)).size();
    c.expect(x.dims.rank() + count <= max_rank, errc::unsupported, "tensors have at most 8 dimensions here");
    const auto axes = detail::read_axes(c, 13, x.dims.rank() + count);
    shape dims;
    for (std::size_t i = 0, next = 0; i < x.dims.rank() + count; ++i)
        dims.push_back(std::find(axes.begin(), axes.end(), i) != axes.end() ? 1 : x.dims[next++]);
    c.out(0, reshape_to(c, x, dims));
}

namespace detail {

/// Sizes of a value [n, c, h, w] for DepthToSpace and SpaceToDepth.
template <class G>
[[nodiscard]] std::int64_t read_block(const call<G>& c, const operand& x) {
    const std::int64_t block = c.whole("blocksize", 0);
    c.expect(x.dims.rank() == 4 && block > 0 && block < 65536, errc::bad_shape,
             "an image and a positive block size are needed");
    return block;
}

} // namespace detail

template <class G>
void import_depth_to_space(call<G>& c) {
    const operand x = c.in(0);
    const std::int64_t b = detail::read_block(c, x);
    const shape& d = x.dims;
    c.expect(d[1] % (b * b) == 0, errc::bad_shape, "the channels cannot be divided into blocks");
    const std::int64_t deep = d[1] / (b * b);
    const bool columns_first = c.text("mode", "DCR") == "CRD";
    const operand split = columns_first ? reshape_to(c, x, {d[0], deep, b, b, d[2], d[3]})
                                        : reshape_to(c, x, {d[0], b, b, deep, d[2], d[3]});
    const operand moved = columns_first ? transpose_to(c, split, {0, 1, 4, 2, 5, 3})
                                        : transpose_to(c, split, {0, 3, 4, 1, 5, 2});
    c.out(0, reshape_to(c, moved, {d[0], deep, d[2] * b, d[3] * b}));
}

template <class G>
void import_space_to_depth(call<G>& c) {
    const operand x = c.in(0);
    const std::int64_t b = detail::read_block(c, x);
    const shape& d = x.dims;
    c.expect(d[2] % b == 0 && d[3] % b == 0, errc::bad_shape, "the image cannot be divided into blocks");
    const operand split = reshape_to(c, x, {d[0], d[1], d[2] / b, b, d[3] / b, b});
    const operand moved = transpose_to(c, split, {0, 3, 5, 1, 2, 4});
    c.out(0, reshape_to(c, moved, {d[0], d[1] * b * b, d[2] / b, d[3] / b}));
}

template <class G>
void import_identity(call<G>& c) {
    c.out(0, c.raw(0));
}

template <class G>
inline constexpr operator_entry<G> shape_operators[] = {
    {"Reshape", &import_reshape<G>},
    {"Flatten", &import_flatten<G>},
    {"Transpose", &import_transpose<G>},
    {"Squeeze", &import_squeeze<G>},
    {"Unsqueeze", &import_unsqueeze<G>},
    {"DepthToSpace", &import_depth_to_space<G>},
    {"SpaceToDepth", &import_space_to_depth<G>},
    {"Identity", &import_identity<G>},
};

} // namespace pith::io::onnx

#endif
