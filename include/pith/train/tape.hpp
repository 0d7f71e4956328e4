// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_TAPE_HPP
#define PITH_TRAIN_TAPE_HPP
/// tape: a network laid out for training at one batch size, and run forward and backward.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "backward.hpp"
#include "checked_training.hpp"
#include "kernel/best.hpp"
#include "layer_training.hpp"
#include "learned.hpp"
#include "quantization.hpp"
#include "step.hpp"
#include "tape_memory.hpp"
#include "tape_step.hpp"

namespace pith::train {

struct tape_options {
    std::int64_t batch = 128;
    double norm_momentum = 0.1;   ///< how much of a batch enters the running statistics
    bool fuse = true;             ///< run batch_norm, addition and rectifier as one
    bool input_gradients = false; ///< also with respect to the network's inputs
    arch::isa_set isa = arch::detect();
};

/// A network in memory for one batch size: forward, backward, and the parameters between them.
template <class T, class Layers = layer_list>
class tape {
    static_assert(sizeof(typename Layers::template each<detail::checked_training>) != 0);

public:
    /// @param learned the constants to learn; none for the usual ones
    [[nodiscard]] static result<tape> make(graph<T, Layers> g, const tape_options& options = {},
                                           const std::vector<learned_constant>& learned = {});

    [[nodiscard]] std::size_t batch() const noexcept { return static_cast<std::size_t>(options_.batch); }
    [[nodiscard]] const std::vector<parameter<T>>& parameters() const noexcept { return memory_.parameters; }
    /// All parameters one after the other, each rounded up to whole vectors; what lies between stays zero.
    [[nodiscard]] std::span<T> parameter_values() noexcept { return memory_.parameter_values.all(); }
    [[nodiscard]] std::span<T> parameter_gradients() noexcept { return memory_.parameter_gradients.all(); }
    /// Constants that are not learned, the running statistics among them.
    [[nodiscard]] std::span<T> other_constants() noexcept { return memory_.fixed.all(); }

    [[nodiscard]] std::size_t inputs() const noexcept { return g_.inputs.size(); }
    [[nodiscard]] std::size_t outputs() const noexcept { return g_.outputs.size(); }
    [[nodiscard]] const shape& input_dims(std::size_t i = 0) const noexcept { return g_[g_.inputs[i]].dims; }
    [[nodiscard]] const shape& output_dims(std::size_t i = 0) const noexcept {
        return g_[g_.outputs[i]].dims;
    }
    [[nodiscard]] std::span<T> input(std::size_t i = 0) noexcept { return value(g_.inputs[i]); }
    [[nodiscard]] std::span<T> output(std::size_t i = 0) noexcept { return value(g_.outputs[i]); }
    /// Of the loss; to be written between forward and backward.
    [[nodiscard]] std::span<T> output_gradient(std::size_t i = 0) noexcept { return gradient(g_.outputs[i]); }
    /// @pre options.input_gradients
    [[nodiscard]] std::span<T> input_gradient(std::size_t i = 0) noexcept { return gradient(g_.inputs[i]); }

    /// Batch statistics (training) or running ones from the next forward on.
    void train(bool on) noexcept {
        for (auto& s : steps_)
            s.data.training = on;
    }
    void norm_momentum(double momentum) noexcept {
        for (auto& s : steps_)
            s.data.momentum = momentum;
    }

    [[nodiscard]] result<void> forward();
    /// @pre forward() ran, and the gradients of all outputs are written
    void backward();
    /// Behind every update of the parameters. Zeros that sparse constants came with stay.
    void after_update() {
        for (auto& q : quantized_)
            q.by->after_update(is_constant(q) ? value(q.id) : std::span<T>{}, q.p);
        for (const auto id : sparse_)
            keep_zeros(id);
    }
    /// In the order of values_in_codes().
    [[nodiscard]] const std::vector<quantized_state<T>>& quantized() const noexcept { return quantized_; }
    /// From the next forward on all codes are moved by `step`, up or down by chance; 0 ends it.
    void probe_codes(double step, std::uint64_t seed) {
        for (auto& q : quantized_)
            q.probe = {.step = static_cast<T>(step), .seed = random_bits(seed++)()};
    }
    /// A learned or other constant. @pre the graph's value `id` is constant
    [[nodiscard]] std::span<const T> constant(value_id id) const noexcept { return value(id); }

    /// The network with what was learned, at the batch size it came with.
    [[nodiscard]] graph<T, Layers> network() const {
        auto g = original_;
        for (std::size_t id = 0; id < g.values.size(); ++id)
            if (auto* t = g.values[id].reals(); t != nullptr && memory_.value[id] != nullptr)
                std::copy_n(memory_.value[id], t->size(), t->data().data());
        for (const auto& q : quantized_)
            g[q.id].learned.parameters.assign(q.p.begin(), q.p.end());
        return g;
    }
    /// The network as it is trained; its constants have the elements they came with.
    [[nodiscard]] const graph<T, Layers>& network_at_batch() const noexcept { return g_; }
    /// Bytes of values and gradients, parameters not counted.
    [[nodiscard]] std::size_t working_bytes() const noexcept { return memory_.pool.bytes(); }

private:
    tape() = default;

    [[nodiscard]] std::span<T> value(value_id id) const noexcept {
        return {memory_.value[id], detail::elements(g_, id)};
    }
    [[nodiscard]] std::span<T> gradient(value_id id) const noexcept {
        return {memory_.gradient[id], detail::elements(g_, id)};
    }
    [[nodiscard]] bool is_constant(const quantized_state<T>& q) const noexcept {
        return g_[q.id].is_constant();
    }

    void find_sparse() {
        for (value_id id = 0; id < original_.values.size(); ++id)
            if (original_[id].reals() != nullptr && !original_[id].sparsity.is_dense() &&
                memory_.value[id] != nullptr)
                sparse_.push_back(id);
    }
    void keep_zeros(value_id id) {
        const std::span<const T> before = original_[id].reals()->data();
        const std::span<T> now = value(id);
        for (std::size_t i = 0; i < now.size(); ++i)
            if (before[i] == T{0})
                now[i] = T{0};
    }

    [[nodiscard]] result<void> make_steps() {
        steps_ = steps_of(g_, options_.fuse);
        for (const auto id : g_.inputs)
            memory_.wants[id] = options_.input_gradients;
        spread_gradients(g_, steps_, memory_.wants);
        defer_norms(g_, memory_.wants, steps_);
        find_quantized(g_, quantized_, steps_);
        PITH_TRY(lay_out_values(g_, steps_, memory_));
        gradient_layout<T> gradients(memory_);
        for (const auto id : g_.outputs)
            gradients.keep(id, detail::elements(g_, id));
        for (auto s = steps_.rbegin(); s != steps_.rend(); ++s) {
            fill(*s);
            gradients.visit(*s);
        }
        for (auto& s : steps_)
            if (s.chain)
                share_norm(*s.chain, s.data);
        return {};
    }
    /// All of a step's data but its gradients.
    void fill(tape_step<T>& s) {
        s.data.kernels = *kernel::best<T>(options_.isa).run;
        s.data.momentum = options_.norm_momentum;
        for (const auto id : s.in)
            s.data.in.push_back(slot_of(id));
        for (const auto id : s.out)
            s.data.out.push_back(slot_of(id));
        if (s.before != nullptr)
            s.data.in[0].deferred = s.before;
        if (s.after != nullptr)
            s.data.out[0].deferred = s.after;
    }
    [[nodiscard]] slot<T> slot_of(value_id id) {
        if (id == no_value)
            return {};
        slot<T> s{.dims = g_[id].dims, .value = memory_.value[id], .wholes = g_[id].wholes()};
        for (auto& q : quantized_)
            if (q.id == id && is_constant(q)) {
                s.value = q.codes.data();
                s.real = q.real.data();
            }
        return s;
    }

    /// The gradient of the weights is there but for the scale of the input's codes.
    void backward_weights(tape_step<T>& s) {
        const value_id id = s.weights->id;
        const std::span<T> g = gradient(id);
        const T scale = s.input != nullptr ? s.input->scale(0) : T{1};
        for (auto& e : g)
            e *= scale;
        s.weights->backward(value(id), s.weights->codes.all(), g);
    }

    graph<T, Layers> original_;
    graph<T, Layers> g_;
    tape_options options_;
    tape_memory<T> memory_;
    std::vector<tape_step<T>> steps_;
    std::vector<quantized_state<T>> quantized_;
    std::vector<value_id> sparse_; ///< constants whose zeros stay
};

template <class T, class Layers>
result<tape<T, Layers>> tape<T, Layers>::make(graph<T, Layers> g, const tape_options& options,
                                              const std::vector<learned_constant>& learned) {
    tape t;
    t.original_ = g;
    t.g_ = std::move(g);
    t.options_ = options;
    PITH_TRY(set_batch(t.g_, options.batch));
    for (const auto& n : t.g_.nodes)
        if (layer_of<opaque>(n) != nullptr)
            return at_node({errc::unsupported, "an operator that is not computed cannot be trained"}, n);
    for (const value_id id : values_in_codes(t.g_))
        t.quantized_.push_back({.id = id,
                                .by = t.g_[id].learned.by,
                                .p = {},
                                .gp = {},
                                .codes = {},
                                .real = {},
                                .scales = {},
                                .probe = {}});
    PITH_TRY(check_quantized<T>(t.g_, t.quantized_));
    lay_out_constants(t.g_, learned.empty() ? learned_constants(t.g_) : learned, t.quantized_, t.memory_);
    t.find_sparse();
    PITH_TRY(t.make_steps());
    return t;
}

template <class T, class Layers>
result<void> tape<T, Layers>::forward() {
    for (auto& q : quantized_)
        if (is_constant(q)) {
            q.fit(value(q.id));
            q.quantize(value(q.id));
        }
    for (auto& s : steps_) {
        result<void> done;
        s.data.factor = find_factors(s.weights, s.input, s.data, s.factors);
        if (s.chain)
            done = forward_chain(*s.chain, s.data);
        else if (s.quantized != nullptr)
            forward_quantized(*s.quantized, s.data);
        else
            done = with_training(g_.nodes[s.node].layer, [&](const auto& layer, auto training) {
                return training.forward_step(layer, s.data);
            });
        if (!done)
            return at_node(done.error(), g_.nodes[s.node]);
    }
    return {};
}

template <class T, class Layers>
void tape<T, Layers>::backward() {
    for (auto it = steps_.rbegin(); it != steps_.rend(); ++it) {
        if (!it->has_gradient)
            continue;
        if (it->chain)
            backward_chain(*it->chain, it->data);
        else if (it->quantized != nullptr)
            backward_quantized(*it->quantized, it->data);
        else
            with_training(g_.nodes[it->node].layer,
                          [&](const auto& layer, auto training) { training.backward_step(layer, it->data); });
        if (it->weights != nullptr)
            backward_weights(*it);
    }
}

} // namespace pith::train

#endif
