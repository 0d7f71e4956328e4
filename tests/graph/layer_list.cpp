// SPDX-License-Identifier: MIT
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

constexpr std::string_view kind_of(const shift&) noexcept {
    return "shift";
}

inline pith::result<pith::value_infos> infer(const shift&, pith::view<const pith::value_info> in) {
    if (in.size() != 1)
        return pith::fault{pith::errc::missing, "shift takes one input"};
    return pith::value_infos{in[0]};
}

template <class T>
pith::result<pith::any_tensors<T>> forward(const shift& layer, pith::tensor_inputs<T> in) {
    pith::tensor<T> y = *in[0].reals;
    for (auto& v : y.data())
        v += static_cast<T>(layer.step);
    pith::any_tensors<T> out;
    out.emplace_back(std::move(y));
    return out;
}

} // namespace mine

using namespace pith;

TEST_CASE("a user's own layer kind runs, is measured and goes through passes") {
    using layers = extended_layer_list<mine::shift>;
    graph<float, layers> g;
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
