// SPDX-License-Identifier: MIT
#include <pith/graph/channels.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/layer_list.hpp>

#include "support/layers.hpp"

using namespace pith;
using tests::random_tensor;

namespace {

using inputs = std::vector<any_tensor<double>>;

std::vector<shape> shapes_of(const inputs& in) {
    std::vector<shape> out;
    for (const auto& t : in)
        out.push_back(dims_of(t));
    return out;
}

bool names(const channel_sources& sources, std::size_t input, std::int64_t channel) {
    return std::any_of(sources.begin(), sources.end(), [&](const channel_range& r) {
        return r.input == input && channel >= r.first && channel < r.first + r.count;
    });
}

/// Whether channel `c` differs anywhere.
bool differs(const tensor<double>& a, const tensor<double>& b, std::int64_t c) {
    const auto channels = static_cast<std::size_t>(channels_of(a.dims()));
    for (auto i = static_cast<std::size_t>(c); i < a.size(); i += channels)
        if (a[i] != b[i])
            return true;
    return false;
}

/// Changes every channel of the first `data` inputs in turn: what changes behind it are the channels that
/// name it as a source, no others, and all of them where `exact`.
template <class Layer>
void check_channels(const Layer& layer, const inputs& in, std::size_t data, bool exact = true) {
    INFO(kind_of(layer));
    const auto dims = shapes_of(in);
    const auto before = tests::run<double>(layer, in);
    for (std::size_t i = 0; i < data; ++i)
        for (std::int64_t c = 0; c < channels_of(dims[i]); ++c) {
            auto changed = in;
            auto& x = std::get<0>(changed[i]);
            for (auto k = static_cast<std::size_t>(c); k < x.size();
                 k += static_cast<std::size_t>(channels_of(dims[i])))
                x[k] = x[k] * 3 + 2;
            const auto after = tests::run<double>(layer, changed);
            for (std::size_t o = 0; o < after.size(); ++o)
                for (std::int64_t k = 0; k < channels_of(dims_of(after[o])); ++k) {
                    const bool moved = differs(std::get<0>(before[o]), std::get<0>(after[o]), k);
                    const bool named =
                        names(layer_traits<Layer>::channels(layer, std::span<const shape>(dims), o, k), i, c);
                    CHECK((named || !moved));
                    CHECK((moved || !named || !exact));
                }
        }
}

} // namespace

TEST_CASE("channels: an output channel depends on the input channels that its layer names") {
    random_bits bits(7);
    const auto random = [&](shape dims) { return random_tensor<double>(dims, bits); };
    const auto positive = [&](shape dims) {
        auto t = random_tensor<double>(dims, bits);
        for (auto& v : t.data())
            v = v * v + 0.1;
        return t;
    };
    const auto image = random({1, 4, 4, 6});
    check_channels(conv2d{}, {image, random({4, 3, 3, 6})}, 1);
    check_channels(conv2d{.groups = 3}, {image, random({6, 1, 1, 2})}, 1);
    check_channels(conv2d{.groups = 6}, {image, random({6, 3, 3, 1}), random({6})}, 1);
    check_channels(dense{}, {random({2, 5}), random({3, 5})}, 1);
    check_channels(matmul{}, {random({2, 3, 4}), random({4, 5})}, 2);
    check_channels(batch_norm{}, {image, random({6}), random({6}), random({6}), positive({6})}, 5);
    check_channels(unary{unary_op::sigmoid}, {image}, 1);
    check_channels(binary{binary_op::mul}, {image, random({6})}, 2);
    check_channels(binary{binary_op::add}, {random({4, 1}), random({6})}, 2);
    check_channels(pool2d{.op = pool_op::average, .kernel = {2, 2}}, {image}, 1);
    check_channels(reduce{reduce_op::sum, {1, 2}, false}, {image}, 1);
    check_channels(reduce{reduce_op::sum, {3}, true}, {image}, 1);
    check_channels(reduce{reduce_op::sum, {}, true}, {image}, 1);
    check_channels(softmax{3}, {image}, 1);
    check_channels(softmax{1}, {positive({1, 4, 4, 6})}, 1, false);
    check_channels(concat{3}, {image, random({1, 4, 4, 2})}, 2);
    check_channels(concat{1}, {image, random({1, 2, 4, 6})}, 2);
    check_channels(split{3, {1, 5}}, {image}, 1);
    check_channels(split{1, {1, 3}}, {image}, 1);
    check_channels(slice{{0, 0, 0, 4}, {1, 2, 4, 2}, {1, 1, 1, -3}}, {image}, 1);
    check_channels(pad{{0, 0, 0, 2}, {0, 0, 0, 1}}, {image}, 1);
    check_channels(pad{{0, 0, 0, 2}, {0, 0, 0, 1}, pad_mode::reflect}, {image}, 1);
    check_channels(reshape{{1, -1}}, {image}, 1);
    check_channels(reshape{{1, 8, 12}}, {image}, 1);
    check_channels(reshape{{1, 24, 4}}, {image}, 1);
    check_channels(reshape{{6, 16}}, {image}, 1);
    check_channels(transpose{{0, 2, 1, 3}}, {image}, 1);
    check_channels(transpose{{0, 3, 1, 2}}, {image}, 1);
    check_channels(resize2d{.sizes = {8, 8}, .scales = {2, 2}}, {image}, 1);
    check_channels(expand{{3, 2, 6}}, {random({2, 1})}, 1);
    check_channels(expand{{3, 2, 6}}, {random({2, 6})}, 1);
    check_channels(cast{format::dtype::f32}, {image}, 1);
    check_channels(gather{1}, {image, tests::integers({2}, {3, 0})}, 1, false);
    check_channels(gather{3}, {image, tests::integers({2}, {3, 0})}, 1, false);
}
