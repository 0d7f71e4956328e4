// SPDX-License-Identifier: MIT
#include <span>
#include <string_view>

#include <doctest/doctest.h>

#include <pith/graph/evaluate.hpp>
#include <pith/graph/measure.hpp>
#include <pith/graph/passes/simplify.hpp>
#include <pith/graph/simulate.hpp>

#include "support/layers.hpp"

namespace mine {

/// A kind that the library does not know: x + step.
struct shift {
    double step = 0;
};

} // namespace mine

template <>
struct pith::layer_traits<mine::shift> : pith::no_products, pith::only_in_reals {
    static constexpr layer_role role = layer_role::pointwise;
    static std::string_view kind(const mine::shift&) { return "shift"; }
    static result<value_infos> infer(const mine::shift&, std::span<const value_info> in) {
        if (in.size() != 1)
            return fault{errc::missing, "shift takes one input"};
        return value_infos{in[0]};
    }
    template <class T>
    static result<any_tensors<T>> forward(const mine::shift& layer, tensor_inputs<T> in) {
        tensor<T> y = *in[0].reals;
        for (auto& v : y.data())
            v += static_cast<T>(layer.step);
        return any_tensors<T>{std::move(y)};
    }
    static channel_sources channels(const mine::shift&, std::span<const shape> in, std::size_t,
                                    std::int64_t c) {
        return same_channel(in, c);
    }
};

namespace mine {

struct layers : pith::layer_list::with<shift> {};

} // namespace mine

using namespace pith;

TEST_CASE("a layer is asked for by its kind, which its list need not have") {
    const layers<unary, mine::shift>::any layer = mine::shift{2};
    REQUIRE(layer_as<mine::shift>(layer) != nullptr);
    CHECK(layer_as<mine::shift>(layer)->step == 2);
    CHECK(layer_as<unary>(layer) == nullptr);
    CHECK(layer_as<conv2d>(layer) == nullptr);
    CHECK(kind_of(layer) == "shift");
    CHECK_FALSE(has_weights(layer));
    int kinds = 0;
    mine::layers::for_each([&]<class>() { ++kinds; });
    CHECK(kinds == 21);
}

TEST_CASE("a user's own layer kind runs, is measured and goes through passes") {
    graph<float, mine::layers> g;
    const auto value_of = [&](shape dims) {
        value<float> v;
        v.dims = dims;
        return g.add_value(std::move(v));
    };
    const auto x = value_of({1, 3});
    const auto y = value_of({1, 3});
    const auto z = value_of({1, 3});
    g.nodes.push_back({"mine", mine::shift{2}, {x}, {y}});
    g.nodes.push_back({"relu", unary{unary_op::relu}, {y}, {z}});
    g.inputs = {x};
    g.outputs = {z};
    const std::vector<any_tensor<float>> in{tensor<float>({1, 3}, {-5, 0, 1})};
    const auto out = evaluate(g, in);
    REQUIRE(out.has_value());
    CHECK(std::get<0>((*out)[0]) == tensor<float>({1, 3}, {0, 2, 3}));
    CHECK(*simulate(g, in) == *out);
    CHECK(measure(g).nodes[0].kind == "shift");
    const auto simple = passes::simplify{}(g);
    REQUIRE(simple.has_value());
    CHECK(*evaluate(*simple, in) == *out);
    g.nodes[0].inputs.push_back(x);
    const auto refused = evaluate(g, in);
    REQUIRE_FALSE(refused.has_value());
    CHECK(std::string_view(refused.error().where) == "node 'mine' (shift)");
}
