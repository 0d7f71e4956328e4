// SPDX-License-Identifier: MIT
#include "layer_check.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "support/compiled.hpp"

namespace pith::tests {

double error_of(result<graph<double>> g, const check_options& o) {
    if (!g)
        return 1e9;
    const std::int64_t batch = (*g)[g->inputs[0]].dims[0];
    auto made = train::tape<double>::make(
        *std::move(g), {.batch = batch, .fuse = o.fuse, .input_gradients = true}, o.learned);
    if (!made)
        return 1e9;
    auto& tape = *made;
    tape.train(o.training);
    random_bits bits(42);
    for (std::size_t i = 0; i < tape.inputs(); ++i) {
        const auto x = random_reals(tape.input(i).size(), bits, o.low, o.high);
        std::copy(x.begin(), x.end(), tape.input(i).begin());
    }
    const auto weights = random_reals(tape.output().size(), bits, 0.5, 1.5);
    const auto value = [&] {
        if (!tape.forward())
            return 1e9;
        double sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i)
            sum += weights[i] * tape.output()[i];
        return sum;
    };
    // Twice, so that what is left over from one run would show in the next.
    for (int run = 0; run < 2; ++run) {
        if (value() == 1e9)
            return 1e9;
        std::copy(weights.begin(), weights.end(), tape.output_gradient().begin());
        tape.backward();
    }
    double worst = 0;
    std::vector<std::pair<std::span<double>, std::vector<double>>> all;
    for (std::size_t i = 0; i < tape.inputs(); ++i)
        all.emplace_back(tape.input(i),
                         std::vector<double>(tape.input_gradient(i).begin(), tape.input_gradient(i).end()));
    for (const auto& p : tape.parameters())
        all.emplace_back(p.value, std::vector<double>(p.gradient.begin(), p.gradient.end()));
    double greatest = 1e-30;
    for (const auto& of : all)
        for (const double e : of.second)
            greatest = std::max(greatest, std::fabs(e));
    // Some gradients are zero but for rounding, such as that of a bias in front of a normalisation.
    for (auto& [at, gradient] : all)
        worst = std::max(worst, gradient_error(at, gradient, value, o.step, 1e-3 * greatest));
    return worst;
}

} // namespace pith::tests
