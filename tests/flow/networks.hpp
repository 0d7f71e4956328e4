// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FLOW_NETWORKS_HPP
#define PITH_TESTS_FLOW_NETWORKS_HPP
/// What flow tests share: seeded inputs, encodings from what a network shows on them, and a program run
/// beside its simulation, value by value. Compiled once, in networks.cpp.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "pith/arch/isa.hpp"
#include "pith/graph/builder.hpp"
#include "pith/plan/draft.hpp"
#include "pith/plan/options.hpp"

namespace flow {

using network = pith::graph<float>;
using inputs = std::vector<pith::any_tensor<float>>;

/// Uniform in [-1, 1].
inputs random_inputs(const network& g, std::uint64_t seed);

/// Encodes every real value (but those in `plain`) by its range on one input, weights per output channel.
network encoded(network g, std::uint64_t seed, const std::vector<pith::value_id>& plain = {});

/// A packed program with its draft, whose tensors know the values they hold.
struct packed {
    pith::plan::draft draft;
    std::vector<std::byte> bytes;
};
packed pack(const network& g, const pith::plan::pack_options& options = {});

struct comparison {
    std::size_t codes = 0; ///< values compared bit for bit
    std::size_t reals = 0;
    double worst = 0; ///< difference of a real value, relative to its greatest element
};

/// Runs a program and compares every value it computes with what simulation said of it.
comparison compare(const network& g, const packed& p, const inputs& in, pith::arch::isa_set isa);

/// Every level this processor has, the portable one first.
std::vector<pith::arch::isa_set> levels();

/// Packs with and without fusion and compares at every level. Gives what was compared.
comparison check_everywhere(const network& g, std::uint64_t seed);

/// The graph under construction, or a failed test.
network finish(pith::graph_builder<float>&& b, std::vector<pith::value_id> outputs);

} // namespace flow

#endif
