// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_LAYERS_HPP
#define PITH_TESTS_SUPPORT_LAYERS_HPP
/// One layer on tensors, the way evaluation calls it, and random tensors.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/infer.hpp>
#include <pith/graph/layer_traits.hpp>
#include <pith/graph/value_info.hpp>

namespace pith::tests {

using integers = tensor<std::int64_t>;

template <class T>
value_infos infos_of(const std::vector<any_tensor<T>>& in) {
    value_infos infos;
    for (const auto& t : in)
        infos.push_back({dims_of(t), t.index() == 0 ? format::dtype::f32 : format::dtype::i64, true});
    return infos;
}

/// Infers and computes; the shapes of both must agree.
template <class T, class Layer>
any_tensors<T> run(const Layer& layer, const std::vector<any_tensor<T>>& in) {
    const auto infos = infos_of(in);
    const auto expected = infer_layer(layer, std::span<const value_info>(infos));
    REQUIRE_MESSAGE(expected.has_value(), (expected ? "" : expected.error().what));
    std::vector<tensor_input<T>> inputs(in.begin(), in.end());
    auto out = layer_traits<Layer>::forward(layer, tensor_inputs<T>(inputs));
    REQUIRE(out.has_value());
    REQUIRE(out->size() == expected->size());
    for (std::size_t i = 0; i < out->size(); ++i) {
        CHECK(dims_of((*out)[i]) == (*expected)[i].dims);
        CHECK(((*out)[i].index() == 0) == is_real((*expected)[i].type));
    }
    return std::move(*out);
}

template <class T, class Layer>
tensor<T> run_one(const Layer& layer, const std::vector<any_tensor<T>>& in) {
    auto out = run<T>(layer, in);
    return std::get<tensor<T>>(std::move(out[0]));
}

template <class Layer>
integers run_whole(const Layer& layer, const std::vector<any_tensor<float>>& in) {
    auto out = run<float>(layer, in);
    return std::get<integers>(std::move(out[0]));
}

/// The sentence with which inference refuses inputs of these shapes; empty if it takes them.
template <class Layer>
std::string_view refusal(const Layer& layer, const std::vector<shape>& dims,
                         format::dtype type = format::dtype::f32) {
    value_infos in;
    for (const auto& d : dims)
        in.push_back({d, type, true});
    const auto r = infer_layer(layer, std::span<const value_info>(in));
    return r ? std::string_view{} : std::string_view{r.error().what};
}

template <class T>
tensor<T> random_tensor(shape dims, random_bits& bits, double limit = 1) {
    tensor<T> t(dims);
    for (auto& v : t.data())
        v = static_cast<T>((static_cast<double>(bits.unit()) * 2 - 1) * limit);
    return t;
}

/// 0, 1, 2, ...
template <class E>
tensor<E> counted(shape dims) {
    tensor<E> t(dims);
    for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = static_cast<E>(i);
    return t;
}

/// Greatest difference of two tensors of one shape.
template <class T>
double difference(const tensor<T>& a, const tensor<T>& b) {
    REQUIRE(a.dims() == b.dims());
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        worst = std::max(worst, d < 0 ? -d : d);
    }
    return worst;
}

} // namespace pith::tests

#endif
