// SPDX-License-Identifier: MIT
#include "pith/prune/layer_pruning.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace pith;
using namespace pith::prune;

namespace {

/// The layer after its input [1, in] and its output [1, out] lost channels.
template <class Layer>
Layer shrunk(Layer layer, const kept_channels& in, const kept_channels& out, const shape& before,
             const shape& after) {
    const std::vector<shape> dims_in{before};
    const std::vector<shape> dims_out{after};
    const std::vector<kept_channels> kept_in{in};
    const std::vector<kept_channels> kept_out{out};
    layer_pruning<Layer>::shrink(layer, {dims_in, dims_out, kept_in, kept_out});
    return layer;
}

struct unknown {};
static_assert(prunable_layer<conv2d> && prunable_layer<reshape> && !prunable_layer<opaque> &&
              !prunable_layer<unknown>);

} // namespace

TEST_CASE("layer pruning: a slice begins behind what is left before it") {
    const auto s = shrunk(slice{{0, 2}, {1, 3}, {1, 1}}, {true, false, true, true, false, true},
                          {true, true, false}, {1, 6}, {1, 3});
    CHECK(s.begins == std::vector<std::int64_t>{0, 1});
    CHECK(s.sizes == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("layer pruning: a padding keeps as many channels of zeros as stay") {
    // two zeros, three channels, two zeros
    const auto p = shrunk(pad{{0, 2}, {0, 2}}, {true, false, true},
                          {false, true, true, false, true, true, true}, {1, 3}, {1, 7});
    CHECK(p.before == std::vector<std::int64_t>{0, 1});
    CHECK(p.after == std::vector<std::int64_t>{0, 2});
}

TEST_CASE("layer pruning: a padding that crops crops what is left of what it cropped") {
    const auto p =
        shrunk(pad{{0, -2}, {0, -1}}, {true, false, true, false, true}, {true, false}, {1, 5}, {1, 2});
    CHECK(p.before == std::vector<std::int64_t>{0, -1});
    CHECK(p.after == std::vector<std::int64_t>{0, -1});
    // a crop beyond the input, and zeros behind
    const auto all = shrunk(pad{{0, -6}, {0, 10}}, {true, false, true, false},
                            {true, true, false, true, true, true, true, true}, {1, 4}, {1, 8});
    CHECK(all.before.back() + all.after.back() + 2 == 7);
}

TEST_CASE("layer pruning: shapes that name the channels name fewer, others are left to be inferred") {
    CHECK(shrunk(reshape{{0, 6}}, {true, false, true}, {true, false, true, true, false, true}, {1, 2, 3},
                 {1, 6})
              .dims == std::vector<std::int64_t>{0, 4});
    CHECK(shrunk(reshape{{0, -1}}, {true, false, true}, {true, false, true, true, false, true}, {1, 2, 3},
                 {1, 6})
              .dims == std::vector<std::int64_t>{0, -1});
    CHECK(shrunk(split{1, {2, 1}}, {true, false, true}, {true, false}, {1, 3}, {1, 2}).sizes ==
          std::vector<std::int64_t>{1, 1});
    CHECK(shrunk(expand{{4, 2}}, {true, false}, {true, false}, {1, 2}, {4, 2}).dims ==
          std::vector<std::int64_t>{4, 1});
    CHECK(shrunk(expand{{4, 1}}, {true, false}, {true, false}, {1, 2}, {4, 2}).dims ==
          std::vector<std::int64_t>{4, 1});
}

TEST_CASE("layer pruning: channels in steps and repeated ones are refused") {
    const std::vector<shape> in{{1, 6}};
    const std::vector<shape> out{{1, 3}};
    CHECK(layer_pruning<slice>::refusal(slice{{0, 0}, {1, 3}, {1, 2}}, in, out) != nullptr);
    CHECK(layer_pruning<slice>::refusal(slice{{0, 1}, {1, 3}, {1, 1}}, in, out) == nullptr);
    CHECK(layer_pruning<pad>::refusal(pad{{0, 1}, {0, 1}, pad_mode::edge}, in, out) != nullptr);
    CHECK(layer_pruning<pad>::refusal(pad{{1, 0}, {1, 0}, pad_mode::edge}, in, out) == nullptr);
}
