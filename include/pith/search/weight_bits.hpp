// SPDX-License-Identifier: MIT
#ifndef PITH_SEARCH_WEIGHT_BITS_HPP
#define PITH_SEARCH_WEIGHT_BITS_HPP
/// weight_bits: the bits of every layer's weights, for the least loss within a number of bytes. What each
/// choice costs and loses is measured by packing and executing the network with that choice alone.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/evaluate.hpp"
#include "../graph/graph.hpp"
#include "../plan/pack.hpp"
#include "../run/session.hpp"
#include "best_choices.hpp"
#include "bit_plan.hpp"

namespace pith::search {

/// What a choice was found to be.
struct measured_choice {
    std::string layer;
    std::uint8_t bits = 8;
    std::int64_t bytes = 0; ///< of the program, beyond those of the one in eight bits; negative: fewer
    double loss = 0; ///< error of the outputs beyond that of the program in eight bits, see relative_error
};

/// A plan that was executed whole.
struct executed_plan {
    bit_plan plan;
    std::size_t bytes = 0; ///< of the program
    double loss = 0;       ///< relative_error on samples that were held back
    double expected = 0;   ///< the sum of its choices' losses
};

struct weight_bits {
    quantize_options options;
    std::size_t bytes = 0;                              ///< that the program may take
    std::vector<std::uint8_t> widths{2, 3, 4, 5, 6, 8}; ///< to choose from; 8 always is
    std::size_t executed = 4;                           ///< plans to try whole
    std::size_t judged = 128;                           ///< samples that losses are measured on
    plan::pack_options packing{};

    /// The plans that were executed, best first: follow_plan makes the network of one.
    /// @param g a simplified float network
    /// @param told (measured_choice): of every choice
    template <class T, class Layers, class Told>
    [[nodiscard]] result<std::vector<executed_plan>> operator()(const graph<T, Layers>& g,
                                                                const Told& told) const;
};

namespace detail {

/// Runs a program on samples of float inputs; calls take(inputs, session) after each.
template <class Take>
[[nodiscard]] result<void> for_each_run(bytes_view program, const sample_source& samples, std::size_t first,
                                        std::size_t count, const Take& take) {
    auto session = run::session::open(program);
    if (!session)
        return session.error();
    std::size_t seen = 0;
    for (; seen < count; ++seen) {
        const auto inputs = samples(first + seen);
        if (!inputs)
            break;
        for (std::size_t i = 0; i < inputs->size(); ++i) {
            const auto* reals = std::get_if<tensor<float>>(&(*inputs)[i]);
            const auto& t = session->program().tensor(session->program().input(i).tensor);
            if (reals == nullptr || run::type_of(t) != format::dtype::f32 ||
                reals->size() != run::elements_of(t))
                return fault{errc::unsupported,
                             "a search executes programs of float32 inputs, one sample at a time"};
            std::copy(reals->data().begin(), reals->data().end(), session->input(i).begin());
        }
        session->run();
        PITH_TRY(take(*inputs, *session));
    }
    if (seen == 0)
        return fault{errc::missing, "a search needs samples to measure losses on"};
    return {};
}

} // namespace detail

/// Mean squared difference of outputs over the mean square of those in floating point.
/// @param first, count of the samples that are run
template <class T, class Layers>
[[nodiscard]] result<double> relative_error(const graph<T, Layers>& exact, bytes_view program,
                                            const sample_source& samples, std::size_t first,
                                            std::size_t count) {
    double error = 0;
    double power = 0;
    const auto compare = [&](const any_tensors<float>& inputs, const run::session& s) -> result<void> {
        const auto outputs = evaluate(exact, pith::detail::to_scalar<T>(inputs));
        if (!outputs)
            return outputs.error();
        for (std::size_t i = 0; i < outputs->size(); ++i) {
            const auto* wanted = std::get_if<tensor<T>>(&(*outputs)[i]);
            if (wanted == nullptr ||
                run::type_of(s.program().tensor(s.program().output(i).tensor)) != format::dtype::f32)
                continue;
            const auto given = s.output(i);
            for (std::size_t k = 0; k < given.size(); ++k) {
                const auto w = static_cast<double>((*wanted)[k]);
                error += (given[k] - w) * (given[k] - w);
                power += w * w;
            }
        }
        return {};
    };
    PITH_TRY(detail::for_each_run(program, samples, first, count, compare));
    return power > 0 ? error / power : error;
}

namespace detail {

/// What may be chosen for one layer.
struct layer_choices {
    value_id weights = no_value;
    std::vector<measured_choice> choices;

    /// Of the smallest choice.
    [[nodiscard]] std::int64_t least_bytes() const {
        std::int64_t least = 0;
        for (const auto& c : choices)
            least = std::min(least, c.bytes);
        return least;
    }
};

/// One search: measure(), then best().
template <class T, class Layers>
class bit_search {
public:
    using widths_type = search::detail::widths<T, Layers>;

    bit_search(const graph<T, Layers>& exact, const widths_type& fitted, const weight_bits& options)
        : exact_(exact), fitted_(fitted), options_(options) {}

    template <class Told>
    [[nodiscard]] result<void> measure(const Told& told) {
        const auto base = tried(fitted_.base(), options_.judged, 0);
        if (!base)
            return base.error();
        base_ = *base;
        for (const auto& n : fitted_.base().nodes) {
            const value_id id = coded_weights(fitted_.base(), n);
            const auto same = [&](const layer_choices& l) { return l.weights == id; };
            if (id == no_value || std::any_of(layers_.begin(), layers_.end(), same))
                continue;
            layers_.push_back({id, {{n.name, 8, 0, 0}}});
            PITH_TRY(measure_layer(layers_.back(), told));
        }
        return {};
    }

    [[nodiscard]] result<std::vector<executed_plan>> best() const {
        auto least = static_cast<std::int64_t>(base_.bytes);
        std::vector<std::vector<choice>> costs;
        for (const auto& l : layers_) {
            least += l.least_bytes();
            costs.emplace_back();
            for (const auto& c : l.choices)
                costs.back().push_back({static_cast<std::uint64_t>(c.bytes - l.least_bytes()), c.loss});
        }
        const auto room = static_cast<std::int64_t>(options_.bytes) - least;
        if (room < 0)
            return fault{errc::no_memory,
                         "even with the fewest bits everywhere the program takes more than the budget",
                         std::to_string(least) + " bytes, of " + std::to_string(options_.bytes)};
        std::vector<executed_plan> plans;
        for (const auto& s :
             best_choices(costs, static_cast<std::uint64_t>(room), {.most = options_.executed})) {
            auto p = executed(s);
            if (!p)
                return p.error();
            if (p->bytes <= options_.bytes)
                plans.push_back(*std::move(p));
        }
        std::stable_sort(plans.begin(), plans.end(),
                         [](const executed_plan& a, const executed_plan& b) { return a.loss < b.loss; });
        if (plans.empty())
            return fault{errc::no_memory,
                         "the plans that were found take more than the budget when executed whole",
                         std::to_string(options_.bytes) + " bytes"};
        return plans;
    }

private:
    struct outcome {
        std::size_t bytes = 0;
        double loss = 0;
    };
    /// Rounds, packs and executes `g`. @param first of the samples that the loss is measured on
    [[nodiscard]] result<outcome> tried(graph<T, Layers> g, std::size_t samples, std::size_t first) const {
        const sample_source& source = options_.options.calibration;
        auto rounded = quantize::second_order{.calibration = source, .samples = samples}(std::move(g));
        if (!rounded)
            return rounded.error();
        const auto program = plan::pack(*std::move(rounded), options_.packing);
        if (!program)
            return program.error();
        const auto loss = relative_error(exact_, *program, source, first, options_.judged);
        if (!loss)
            return loss.error();
        return outcome{program->size(), *loss};
    }
    template <class Told>
    [[nodiscard]] result<void> measure_layer(layer_choices& l, const Told& told) {
        for (const auto bits : options_.widths) {
            if (bits == 8)
                continue;
            graph<T, Layers> changed = fitted_.base();
            fitted_.narrow(changed, l.weights, bits);
            const auto seen = tried(std::move(changed), options_.judged, 0);
            if (!seen)
                return seen.error();
            const auto more = static_cast<std::int64_t>(seen->bytes) - static_cast<std::int64_t>(base_.bytes);
            l.choices.push_back({l.choices[0].layer, bits, more, std::max(0., seen->loss - base_.loss)});
            told(l.choices.back());
        }
        return {};
    }
    [[nodiscard]] result<executed_plan> executed(const selection& s) const {
        executed_plan p;
        p.expected = s.loss + base_.loss;
        graph<T, Layers> changed = fitted_.base();
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            const measured_choice& c = layers_[i].choices[s.chosen[i]];
            fitted_.narrow(changed, layers_[i].weights, c.bits);
            if (c.bits != 8)
                p.plan.push_back({c.layer, c.bits});
        }
        const auto seen = tried(std::move(changed), options_.options.samples, options_.options.samples);
        if (!seen)
            return seen.error();
        p.bytes = seen->bytes;
        p.loss = seen->loss;
        return p;
    }

    const graph<T, Layers>& exact_;
    const widths_type& fitted_;
    const weight_bits& options_;
    outcome base_;
    std::vector<layer_choices> layers_;
};

} // namespace detail

template <class T, class Layers, class Told>
result<std::vector<executed_plan>> weight_bits::operator()(const graph<T, Layers>& g,
                                                           const Told& told) const {
    const auto fitted = detail::widths<T, Layers>::fit(g, options, widths);
    if (!fitted)
        return fitted.error();
    detail::bit_search<T, Layers> search(g, *fitted, *this);
    PITH_TRY(search.measure(told));
    return search.best();
}

} // namespace pith::search

#endif
