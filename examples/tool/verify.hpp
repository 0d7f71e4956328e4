// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_VERIFY_HPP
#define PITH_EXAMPLES_TOOL_VERIFY_HPP
/// --simulate: a program beside the simulation of the network it was packed from, image by image.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "evaluate.hpp"
#include "pith/pith.hpp"

namespace tool {

struct verification {
    std::size_t images = 0;
    std::size_t simulated_right = 0;
    std::size_t executed_right = 0;
    std::size_t same_bits = 0; ///< images whose outputs are equal in every bit

    [[nodiscard]] double percent(std::size_t count) const {
        return 100. * static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(images, 1));
    }
};

/// On the first `count` images, spread over the cores.
[[nodiscard]] inline pith::result<verification> verify(const pith::graph<float>& g, pith::bytes_view program,
                                                       const pith::data::dataset& images, std::size_t count) {
    constexpr std::size_t blocks = 8;
    verification sum{.images = std::min(count, images.size())};
    std::vector<pith::run::session> sessions;
    for (std::size_t i = 0; i < blocks; ++i) {
        auto opened = pith::run::session::open(program);
        if (!opened)
            return opened.error();
        sessions.push_back(std::move(*opened));
    }
    PITH_TRY(expect_classifier(sessions[0].program()));
    std::vector<verification> parts(blocks);
    std::atomic<bool> failed = false;
    const pith::shape input = g[g.inputs[0]].dims;
    pith::parallel_for(blocks, [&](std::size_t b) {
        for (std::size_t i = sum.images * b / blocks; i < sum.images * (b + 1) / blocks; ++i) {
            pith::any_tensors<float> x;
            x.emplace_back(pith::data::sample(images, i, input));
            const auto out = pith::simulate(g, x);
            if (!out) {
                failed = true;
                return;
            }
            images.image(i, sessions[b].input(0));
            sessions[b].run();
            const auto executed = sessions[b].output(0);
            const std::span<const float> simulated = std::get<0>((*out)[0]).data();
            parts[b].simulated_right += largest(simulated) == images.label(i) ? 1u : 0u;
            parts[b].executed_right += largest(executed) == images.label(i) ? 1u : 0u;
            parts[b].same_bits += std::equal(simulated.begin(), simulated.end(), executed.begin()) ? 1u : 0u;
        }
    });
    if (failed)
        return pith::fault{pith::errc::unsupported, "the network could not be simulated"};
    for (const auto& p : parts) {
        sum.simulated_right += p.simulated_right;
        sum.executed_right += p.executed_right;
        sum.same_bits += p.same_bits;
    }
    return sum;
}

} // namespace tool

#endif
