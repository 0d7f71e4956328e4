// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_TENSOR_FILES_HPP
#define PITH_EXAMPLES_TOOL_TENSOR_FILES_HPP
/// Tensors in files, in the layout of the model's own file: .npy, or ONNX TensorProto .pb.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pith/pith.hpp"

namespace tool {

[[nodiscard]] inline pith::result<pith::io::array> load_tensor(const std::string& path) {
    if (path.ends_with(".npy"))
        return pith::io::load_npy(path);
    if (path.ends_with(".pb"))
        return pith::io::load_tensor_proto(path);
    return pith::fault{pith::errc::bad_option, "tensor files end in .npy or .pb", path};
}

[[nodiscard]] inline pith::result<void> check_tensor_name(const std::string& path) {
    if (path.ends_with(".npy") || path.ends_with(".pb"))
        return {};
    return pith::fault{pith::errc::bad_option, "tensor files end in .npy or .pb", path};
}

[[nodiscard]] inline pith::result<void> save_tensor(const std::string& path, const pith::io::array& a) {
    PITH_TRY(check_tensor_name(path));
    return path.ends_with(".npy") ? pith::io::save_npy(path, a) : pith::io::save_tensor_proto(path, a);
}

/// The shape a door had in the model's own file.
[[nodiscard]] inline pith::shape outside_shape(const pith::run::door& d) {
    if (d.permutation.empty())
        return d.dims;
    pith::shape s = d.dims;
    for (std::size_t i = 0; i < d.dims.rank(); ++i)
        s[d.permutation[i]] = d.dims[i];
    return s;
}

/// Calls f(inside, outside) with the index of every element of a door in both orders.
template <class F>
void for_each_element(const pith::run::door& d, const F& f) {
    const pith::shape outside = outside_shape(d);
    const std::size_t rank = d.dims.rank();
    std::array<std::int64_t, pith::max_rank> stride{}; // of inside axis i in the outside order
    for (std::size_t i = 0; i < rank; ++i) {
        const std::size_t axis = d.permutation.empty() ? i : d.permutation[i];
        stride[i] = outside.product(axis + 1, rank);
    }
    for (std::int64_t k = 0; k < d.dims.elements(); ++k) {
        std::int64_t rest = k;
        std::int64_t at = 0;
        for (std::size_t i = rank; i-- > 0;) {
            at += rest % d.dims[i] * stride[i];
            rest /= d.dims[i];
        }
        f(static_cast<std::size_t>(k), static_cast<std::size_t>(at));
    }
}

/// Calls f with a number of the type in which a session holds whole numbers and booleans.
template <class F>
void with_whole(pith::format::dtype type, const F& f) {
    switch (type) {
    case pith::format::dtype::i64:
        return f(std::int64_t{});
    case pith::format::dtype::i32:
        return f(std::int32_t{});
    case pith::format::dtype::i8:
        return f(std::int8_t{});
    default:
        return f(std::uint8_t{});
    }
}

/// Whether with_whole, or float, is how a session holds elements of this type.
[[nodiscard]] inline bool can_hold(pith::format::dtype type) {
    using pith::format::dtype;
    return type == dtype::f32 || type == dtype::i64 || type == dtype::i32 || type == dtype::i8 ||
           type == dtype::u8 || type == dtype::boolean;
}

/// Refuses programs that read or write elements of a type that no tensor here can hold.
[[nodiscard]] inline pith::result<void> check_types(const pith::run::program_view& p) {
    for (std::size_t i = 0; i < p.input_count() + p.output_count(); ++i) {
        const auto door = i < p.input_count() ? p.input(i) : p.output(i - p.input_count());
        const auto type = pith::run::type_of(p.tensor(door.tensor));
        if (!can_hold(type))
            return pith::fault{pith::errc::unsupported,
                               "the program has an input or output of a type that the tool cannot read or "
                               "write; float32, int64, int32, int8, uint8 and bool are possible",
                               std::string(door.name) + ", " + std::string(pith::format::name_of(type))};
    }
    return {};
}

/// Puts a tensor into input `i` of a session. Sizes of 1 more or less do not matter, others must agree.
[[nodiscard]] inline pith::result<void> feed(pith::run::session& s, std::size_t i, const pith::io::array& a,
                                             const std::string& path) {
    const auto door = s.program().input(i);
    const auto type = pith::run::type_of(s.program().tensor(door.tensor));
    if (a.dims().elements() != door.dims.elements())
        return pith::fault{pith::errc::bad_shape, "the tensor has another size than the model's input", path};
    if (type == pith::format::dtype::f32 && a.reals() != nullptr) {
        for_each_element(door, [&](std::size_t in, std::size_t out) { s.input(i)[in] = (*a.reals())[out]; });
        return {};
    }
    if (type != pith::format::dtype::f32 && a.wholes() != nullptr) {
        bool fits = true;
        with_whole(type, [&]<class E>(E) {
            const auto to = s.input<E>(i);
            for_each_element(door, [&](std::size_t in, std::size_t out) {
                to[in] = static_cast<E>((*a.wholes())[out]);
                fits = fits && to[in] == (*a.wholes())[out];
            });
        });
        if (!fits)
            return pith::fault{pith::errc::bad_option, "a number does not fit the type of the model's input",
                               path};
        return {};
    }
    return pith::fault{pith::errc::unsupported, "the tensor has another element type than the model's input",
                       path};
}

/// An input or output as the model's own file would have it.
/// @param elements called with a number of the type that is held: the view of them
template <class Elements>
[[nodiscard]] pith::io::array array_of(const pith::run::door& door, pith::format::dtype type,
                                       const Elements& elements) {
    pith::io::array a;
    a.name = std::string(door.name);
    a.type = type;
    if (type == pith::format::dtype::f32) {
        pith::tensor<float> t(outside_shape(door));
        const auto from = elements(float{});
        for_each_element(door, [&](std::size_t in, std::size_t out) { t[out] = from[in]; });
        a.data = std::move(t);
        return a;
    }
    pith::tensor<std::int64_t> t(outside_shape(door));
    with_whole(type, [&]<class E>(E) {
        const auto from = elements(E{});
        for_each_element(door, [&](std::size_t in, std::size_t out) { t[out] = from[in]; });
    });
    a.data = std::move(t);
    return a;
}

/// Output `i` of a session. @pre check_types
[[nodiscard]] inline pith::io::array fetch(const pith::run::session& s, std::size_t i) {
    const auto door = s.program().output(i);
    return array_of(door, pith::run::type_of(s.program().tensor(door.tensor)),
                    [&]<class E>(E) { return s.output<E>(i); });
}

/// Input `i` as it is about to be run. @pre check_types
[[nodiscard]] inline pith::io::array fed(pith::run::session& s, std::size_t i) {
    const auto door = s.program().input(i);
    return array_of(door, pith::run::type_of(s.program().tensor(door.tensor)),
                    [&]<class E>(E) { return s.input<E>(i); });
}

/// How far two tensors are apart.
struct difference {
    bool same_size = true;
    std::size_t beyond = 0; ///< elements outside the tolerance
    double worst = 0;       ///< largest absolute difference
};

/// An element agrees when |a - b| <= atol + rtol * |b|, or when both are NaN or the same infinity.
[[nodiscard]] inline difference compare(const pith::io::array& have, const pith::io::array& want, double rtol,
                                        double atol) {
    difference d;
    if (have.dims().elements() != want.dims().elements())
        return {.same_size = false, .beyond = 1};
    const auto at = [](const pith::io::array& a, std::size_t i) {
        return a.reals() != nullptr ? static_cast<double>((*a.reals())[i])
                                    : static_cast<double>(std::get<1>(a.data)[i]);
    };
    for (std::size_t i = 0; i < static_cast<std::size_t>(want.dims().elements()); ++i) {
        const double x = at(have, i);
        const double y = at(want, i);
        if (x == y || (std::isnan(x) && std::isnan(y)))
            continue;
        const double apart = std::fabs(x - y);
        d.worst = std::fmax(d.worst, apart);
        d.beyond += apart <= atol + rtol * std::fabs(y) ? 0u : 1u;
    }
    return d;
}

} // namespace tool

#endif
