// SPDX-License-Identifier: MIT
// Networks put together by chance, packed in every way, give their simulation's bits.
#include "networks.hpp"

#include "pith/base/random.hpp"
#include "support/compiled.hpp"

namespace {

using pith::graph_builder;
using pith::unary_op;
using pith::value_id;

struct maker {
    pith::random_bits random;
    graph_builder<float> b;
    std::vector<value_id> images; ///< all values so far
    std::vector<value_id> plain;  ///< values left without codes

    explicit maker(std::uint64_t seed) : random(seed), b(seed) {
        images.push_back(
            b.input({1 + random.below(2), 4 + random.below(8), 4 + random.below(8), 1 + random.below(20)}));
    }
    std::uint32_t up_to(std::uint32_t n) { return 1 + random.below(n); }
    value_id any() { return images[images.size() - 1 - random.below(images.size() < 4 ? images.size() : 4)]; }

    value_id convolution(value_id x) {
        const auto dims = b[x].dims;
        pith::conv_options o;
        o.out = up_to(random.below(3) == 0 ? 70 : 20);
        for (std::size_t i = 0; i < 2; ++i) {
            o.kernel[i] = up_to(3);
            o.strides[i] = up_to(2);
            o.dilations[i] = up_to(2);
            o.pads[i] = random.below(3);
            o.pads[2 + i] = o.pads[i] + random.below(2);
            const auto reach = (o.kernel[i] - 1) * o.dilations[i] + 1;
            if (reach > dims[1 + i] + o.pads[i] + o.pads[2 + i]) {
                o.kernel[i] = 1;
                o.dilations[i] = 1;
            }
        }
        o.bias = random.below(4) != 0;
        const auto kind = random.below(5);
        if (kind == 0) { // one filter per channel
            o.groups = static_cast<std::uint32_t>(dims[3]);
            o.out = dims[3];
        } else if (kind == 1 && dims[3] % 2 == 0) {
            o.groups = 2;
            o.out = o.out + o.out % 2;
        }
        return b.conv(x, o);
    }
    value_id activation(value_id x) {
        switch (random.below(5)) {
        case 0:
            return b.relu(x);
        case 1:
            return b.clip(x, 0, 6);
        case 2:
            return b.clip(x, -0.5, 1);
        case 3:
            return b.activate(x, {unary_op::hard_swish});
        default:
            return b.activate(x, {unary_op::leaky_relu, 0.1});
        }
    }
    /// A value of the same shape as x, or x's own convolution to it.
    value_id alike(value_id x) {
        for (std::size_t i = images.size(); i-- > 0;)
            if (images[i] != x && b[images[i]].dims == b[x].dims && random.below(2) == 0)
                return images[i];
        return b.conv(x, {.out = b[x].dims[3], .pads = {1, 1, 1, 1}});
    }
    value_id next() {
        const auto x = any();
        const auto dims = b[x].dims;
        switch (random.below(10)) {
        case 0:
        case 1:
            return convolution(x);
        case 2:
        case 3:
            return activation(convolution(x));
        case 4: {
            const auto other = alike(x);
            const auto sum = random.below(2) == 0 ? b.add(x, other) : b.add(other, x);
            return random.below(2) == 0 ? sum : activation(sum);
        }
        case 5:
            return dims[1] > 1 && dims[2] > 1 ? b.max_pool(x, 2) : activation(x);
        case 6:
            return dims[1] > 2 && dims[2] > 2 ? b.add_node(pith::pool2d{.op = pith::pool_op::average,
                                                                        .kernel = {3, 3},
                                                                        .strides = {up_to(2), up_to(2)},
                                                                        .pads = {1, 1, 1, 1}},
                                                           {x})
                                              : x;
        case 7:
            return b.add_node(pith::concat{3}, {x, alike(x)});
        case 8:
            return b.combine(pith::binary_op::mul, x, b.activate(b.global_average(x), {unary_op::sigmoid}));
        default:
            return dims[3] > 1 ? b.node_of(pith::split{3, {1, dims[3] - 1}}, {x})[1]
                               : b.add_node(pith::transpose{{0, 2, 1, 3}}, {x});
        }
    }
};

TEST_CASE("networks put together by chance") {
    std::size_t codes = 0, reals = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        maker m(seed);
        for (int i = 0; i < 8; ++i)
            m.images.push_back(m.next());
        std::vector<value_id> outputs{m.images.back()};
        outputs.push_back(m.b.fully_connected(m.b.flatten(m.b.global_average(m.images.back())), 5));
        if (m.random.below(2) == 0)
            outputs.push_back(m.images[m.images.size() / 2]);
        const auto g = flow::finish(std::move(m.b), outputs);
        const bool logits_stay_real = m.random.below(2) == 0;
        const auto encoded = flow::encoded(
            g, seed, logits_stay_real ? std::vector<value_id>{outputs[1]} : std::vector<value_id>{});
        codes += flow::check_everywhere(encoded, seed + 1000).codes;
        reals += flow::check_everywhere(g, seed + 1000).reals;
    }
    CHECK(codes > 1000);
    CHECK(reals > 1000);
}

} // namespace
