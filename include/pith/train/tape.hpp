// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_TAPE_HPP
#define PITH_TRAIN_TAPE_HPP
/// tape: a network laid out for training at one batch size. Masters, values and gradients lie in memory that
/// is allocated once; gradients share theirs as soon as they are used up.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/owner.hpp"
#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "../graph/uses.hpp"
#include "backward.hpp"
#include "kernel/best.hpp"
#include "learned.hpp"
#include "memory.hpp"
#include "norm_chains.hpp"
#include "quantization.hpp"
#include "step.hpp"

namespace pith::train {

/// A constant that is learned.
template <class T>
struct parameter {
    value_id id = no_value;
    role kind = role::weight;
    std::string name;
    view<T> value;
    view<T> gradient;
};

struct tape_options {
    std::int64_t batch = 128;
    double norm_momentum = 0.1;   ///< how much of a batch enters the running statistics
    bool fuse = true;             ///< run batch_norm, addition and rectifier as one
    bool input_gradients = false; ///< also with respect to the network's inputs
    arch::isa_set isa = arch::detect();
};

template <class T, class Layers = layer_list>
class tape {
public:
    /// @param learned the constants to learn; none for the usual ones
    /// @param quantized constants among them, and values, that are trained in codes
    [[nodiscard]] static result<tape> make(graph<T, Layers> g, const tape_options& options = {},
                                           std::vector<learned_constant> learned = {},
                                           std::vector<quantized_value<T>> quantized = {}) {
        tape t;
        t.original_ = g;
        t.g_ = std::move(g);
        t.options_ = options;
        PITH_TRY(set_batch(t.g_, options.batch));
        for (const auto& n : t.g_.nodes)
            if (kind_if<opaque>(n.layer) != nullptr)
                return at_node({errc::unsupported, "an operator that is not computed cannot be trained"}, n);
        for (auto& q : quantized)
            t.quantized_.push_back({.what = std::move(q),
                                    .p = {},
                                    .gp = {},
                                    .codes = {},
                                    .real = {},
                                    .scales = {},
                                    .probe = {}});
        PITH_TRY(check_quantized<T>(t.g_, t.quantized_));
        t.lay_out_constants(learned.empty() ? learned_constants(t.g_) : std::move(learned));
        t.find_steps();
        t.find_gradients();
        t.find_deferred();
        PITH_TRY(t.lay_out_values());
        t.lay_out_gradients();
        t.share_norms();
        return t;
    }

    [[nodiscard]] std::size_t batch() const noexcept { return static_cast<std::size_t>(options_.batch); }
    [[nodiscard]] const std::vector<parameter<T>>& parameters() const noexcept { return parameters_; }
    /// All parameters one after the other, each rounded up to whole vectors; what lies between stays zero.
    [[nodiscard]] view<T> parameter_values() noexcept { return values_of_parameters_.all(); }
    [[nodiscard]] view<T> parameter_gradients() noexcept { return gradients_of_parameters_.all(); }
    /// Constants that are not learned, the running statistics among them.
    [[nodiscard]] view<T> other_constants() noexcept { return fixed_.all(); }

    [[nodiscard]] std::size_t inputs() const noexcept { return g_.inputs.size(); }
    [[nodiscard]] const shape& input_dims(std::size_t i = 0) const noexcept { return g_[g_.inputs[i]].dims; }
    [[nodiscard]] const shape& output_dims(std::size_t i = 0) const noexcept {
        return g_[g_.outputs[i]].dims;
    }
    [[nodiscard]] view<T> input(std::size_t i = 0) noexcept { return memory_of(value_at_, g_.inputs[i]); }
    [[nodiscard]] view<T> output(std::size_t i = 0) noexcept { return memory_of(value_at_, g_.outputs[i]); }
    /// Of the loss; to be written between forward and backward.
    [[nodiscard]] view<T> output_gradient(std::size_t i = 0) noexcept {
        return memory_of(gradient_at_, g_.outputs[i]);
    }
    /// @pre options.input_gradients
    [[nodiscard]] view<T> input_gradient(std::size_t i = 0) noexcept {
        return memory_of(gradient_at_, g_.inputs[i]);
    }

    /// Batch statistics (training) or running ones from the next forward on.
    void train(bool on) noexcept {
        for (auto& s : steps_)
            s.data.training = on;
    }
    void norm_momentum(double momentum) noexcept {
        for (auto& s : steps_)
            s.data.momentum = momentum;
    }

    [[nodiscard]] result<void> forward() {
        for (auto& q : quantized_)
            if (is_constant(q)) {
                q.fit(memory_of(value_at_, q.what.id));
                q.quantize(memory_of(value_at_, q.what.id));
            }
        for (auto& s : steps_) {
            result<void> done;
            s.data.factor = find_factors(s.weights, s.input, s.data, s.factors);
            if (s.chain)
                done = forward_step(*s.chain, s.data);
            else if (s.quantized != nullptr)
                forward_quantized(*s.quantized, s.data);
            else
                done = std::visit([&](const auto& layer) { return forward_step(layer, s.data); },
                                  g_.nodes[s.node].layer);
            if (!done)
                return at_node(done.error(), g_.nodes[s.node]);
        }
        return {};
    }
    /// @pre forward() ran, and the gradients of all outputs are written
    void backward() {
        for (auto it = steps_.rbegin(); it != steps_.rend(); ++it) {
            if (!it->has_gradient)
                continue;
            if (it->chain)
                backward_step(*it->chain, it->data);
            else if (it->quantized != nullptr)
                backward_quantized(*it->quantized, it->data);
            else
                std::visit([&](const auto& layer) { backward_step(layer, it->data); },
                           g_.nodes[it->node].layer);
            if (it->weights != nullptr)
                backward_weights(*it);
        }
    }
    /// Behind every update of the parameters.
    void after_update() {
        for (auto& q : quantized_)
            q.what.by->after_update(is_constant(q) ? memory_of(value_at_, q.what.id) : view<T>{}, q.p);
    }
    /// In the order make() was given them.
    [[nodiscard]] const std::vector<quantized_state<T>>& quantized() const noexcept { return quantized_; }
    /// From the next forward on all codes are moved by `step`, up or down by chance; 0 ends it.
    void probe_codes(double step, std::uint64_t seed) {
        for (auto& q : quantized_)
            q.probe = {.step = static_cast<T>(step), .seed = random_bits(seed++)()};
    }
    /// A learned or other constant. @pre the graph's value `id` is constant
    [[nodiscard]] view<const T> constant(value_id id) const noexcept { return memory_of(value_at_, id); }

    /// The network with what was learned, at the batch size it came with.
    [[nodiscard]] graph<T, Layers> network() const {
        auto g = original_;
        for (std::size_t id = 0; id < g.values.size(); ++id)
            if (auto* t = g.values[id].reals(); t != nullptr && value_at_[id] != nullptr)
                std::copy_n(value_at_[id], t->size(), t->data().data());
        return g;
    }
    /// Bytes of values and gradients, parameters not counted.
    [[nodiscard]] std::size_t working_bytes() const noexcept { return memory_.bytes(); }

private:
    struct tape_step {
        node_index node = 0; ///< the only, or the chain's last
        std::optional<norm_chain> chain;
        std::vector<value_id> in;
        std::vector<value_id> out;
        bool has_gradient = false;
        const deferred_norm<T>* before = nullptr; ///< left to this convolution by the chain it reads from
        const deferred_norm<T>* after = nullptr;  ///< by the chain that reads from it
        value_id freed_late = no_value;           ///< that chain's output, whose gradient this step reads
        quantized_state<T>* quantized = nullptr;  ///< of an identity node's output
        quantized_state<T>* weights = nullptr;    ///< of a convolution or dense layer
        quantized_state<T>* input = nullptr;      ///< of what that reads
        lanes<T> factors{};                       ///< of its sums
        step<T> data;
    };

    tape() = default;

    [[nodiscard]] view<T> memory_of(const std::vector<T*>& at, value_id id) const noexcept {
        return {at[id], static_cast<std::size_t>(g_[id].dims.elements())};
    }
    [[nodiscard]] std::size_t elements(value_id id) const noexcept {
        return static_cast<std::size_t>(g_[id].dims.elements());
    }

    [[nodiscard]] bool is_constant(const quantized_state<T>& q) const noexcept {
        return g_[q.what.id].is_constant();
    }
    [[nodiscard]] quantized_state<T>* quantized_at(value_id id) noexcept {
        for (auto& q : quantized_)
            if (q.what.id == id)
                return &q;
        return nullptr;
    }

    /// Their learned scalars, codes and scales; behind the other parameters.
    void lay_out_quantized(std::size_t at) {
        constexpr std::size_t vector = buffer::alignment / sizeof(T);
        for (auto& q : quantized_) {
            const std::size_t n = q.what.by->parameters();
            q.p = values_of_parameters_.all().subspan(at, n);
            q.gp = gradients_of_parameters_.all().subspan(at, n);
            q.scales = lanes<T>(q.what.by->scales());
            if (n > 0)
                parameters_.push_back({no_value, role::range, g_[q.what.id].name, q.p, q.gp});
            if (is_constant(q)) {
                q.codes = lanes<T>(elements(q.what.id));
                q.real = lanes<T>(elements(q.what.id));
            }
            at += round_up(n, vector);
        }
    }

    /// The gradient of the weights is there but for the scale of the input's codes.
    void backward_weights(tape_step& s) {
        const value_id id = s.weights->what.id;
        const view<T> g = memory_of(gradient_at_, id);
        const T scale = s.input != nullptr ? s.input->scale(0) : T{1};
        for (auto& e : g)
            e *= scale;
        s.weights->backward(memory_of(value_at_, id), s.weights->codes.all(), g);
    }

    void lay_out_constants(const std::vector<learned_constant>& learned) {
        constexpr std::size_t vector = buffer::alignment / sizeof(T);
        value_at_.assign(g_.values.size(), nullptr);
        gradient_at_.assign(g_.values.size(), nullptr);
        wants_.assign(g_.values.size(), false);
        std::size_t size = 0;
        for (const auto& l : learned)
            size += round_up(elements(l.id), vector);
        for (const auto& q : quantized_)
            size += round_up(q.what.by->parameters(), vector);
        values_of_parameters_ = lanes<T>(size);
        gradients_of_parameters_ = lanes<T>(size);
        std::size_t at = 0;
        for (const auto& l : learned) {
            const std::size_t n = elements(l.id);
            parameters_.push_back({l.id, l.kind, g_[l.id].name, values_of_parameters_.all().subspan(at, n),
                                   gradients_of_parameters_.all().subspan(at, n)});
            value_at_[l.id] = parameters_.back().value.data();
            gradient_at_[l.id] = parameters_.back().gradient.data();
            wants_[l.id] = true;
            at += round_up(n, vector);
        }
        lay_out_quantized(at);
        std::size_t rest = 0;
        for (value_id id = 0; id < g_.values.size(); ++id)
            rest += g_[id].reals() != nullptr && !wants_[id] ? round_up(elements(id), vector) : 0;
        fixed_ = lanes<T>(rest);
        at = 0;
        for (value_id id = 0; id < g_.values.size(); ++id) {
            const auto* t = g_[id].reals();
            if (t == nullptr)
                continue;
            if (!wants_[id]) {
                value_at_[id] = fixed_.data() + at;
                at += round_up(t->size(), vector);
            }
            std::copy_n(t->data().data(), t->size(), value_at_[id]);
        }
    }

    /// One step per node, or per chain at the place of the chain's last node.
    void find_steps() {
        const auto uses = uses_of(g_);
        const auto chains = options_.fuse ? chains_of(g_, uses) : std::vector<found_chain>{};
        std::vector<const found_chain*> ends(g_.nodes.size(), nullptr);
        std::vector<bool> inside(g_.nodes.size(), false);
        for (const auto& c : chains) {
            ends[c.last] = &c;
            for (const auto n : c.nodes)
                inside[n] = true;
        }
        for (node_index k = 0; k < g_.nodes.size(); ++k) {
            const auto& n = g_.nodes[k];
            if (ends[k] == nullptr) {
                if (!inside[k])
                    steps_.push_back({.node = k, .chain = {}, .in = n.inputs, .out = n.outputs, .data = {}});
                continue;
            }
            tape_step s{.node = k,
                        .chain = ends[k]->chain,
                        .in = g_.nodes[ends[k]->nodes[0]].inputs,
                        .out = n.outputs,
                        .data = {}};
            if (ends[k]->chain.residual)
                s.in.push_back(ends[k]->residual);
            steps_.push_back(std::move(s));
        }
    }

    /// Which values the parameters reach.
    void find_gradients() {
        for (const auto id : g_.inputs)
            wants_[id] = options_.input_gradients;
        for (const auto& s : steps_) {
            bool any = false;
            for (const auto id : s.in)
                any = any || (id != no_value && wants_[id]);
            for (const auto id : s.out)
                if (id != no_value)
                    wants_[id] = any && is_real(g_[id].type);
        }
    }

    [[nodiscard]] bool is_convolution(const tape_step& s) const noexcept {
        return !s.chain && kind_if<conv2d>(g_.nodes[s.node].layer) != nullptr;
    }

    /// Which part of each normalisation the convolutions before and after it do.
    void find_deferred() {
        const auto uses = uses_of(g_);
        std::vector<std::size_t> made_by(g_.values.size(), steps_.size());
        std::vector<std::size_t> read_by(g_.values.size(), steps_.size());
        for (std::size_t k = 0; k < steps_.size(); ++k) {
            for (const auto id : steps_[k].out)
                if (id != no_value)
                    made_by[id] = k;
            for (const auto id : steps_[k].in)
                if (id != no_value)
                    read_by[id] = k;
        }
        for (auto& s : steps_) {
            if (!s.chain)
                continue;
            const value_id x = s.in[0];
            const value_id y = s.out[0];
            s.data.norm = owner<deferred_norm<T>>(new deferred_norm<T>());
            const std::size_t maker = made_by[x];
            if (maker < steps_.size() && is_convolution(steps_[maker]) && has_one_reader(uses[x]) &&
                wants_[x]) {
                s.data.norm->gradient = true;
                steps_[maker].after = s.data.norm.get();
                steps_[maker].freed_late = y;
            }
            if (!has_one_reader(uses[y]) || s.chain->residual)
                continue;
            auto& reader = steps_[read_by[y]];
            if (is_convolution(reader) && reader.in[0] == y) {
                s.data.norm->value = true;
                reader.before = s.data.norm.get();
            }
        }
    }

    void share_norms() {
        for (auto& s : steps_)
            if (s.chain)
                share_norm(*s.chain, s.data);
    }

    [[nodiscard]] result<void> lay_out_values() {
        for (const auto id : g_.inputs)
            value_at_[id] = memory_.add(elements(id));
        for (auto& s : steps_)
            for (const auto id : s.out)
                if (id != no_value) {
                    if (!is_real(g_[id].type))
                        return at_node(
                            {errc::unsupported,
                             "training does not pass through whole numbers; fold them when loading"},
                            g_.nodes[s.node]);
                    const bool deferred = s.chain && s.data.norm->value;
                    value_at_[id] = deferred ? value_at_[s.in[0]] : memory_.add(elements(id));
                }
        for (const auto id : g_.outputs)
            if (value_at_[id] == nullptr)
                return fault{errc::missing, "no node computes an output of the network", g_[id].name};
        return {};
    }

    /// Walks the steps as backward() does: a gradient's memory is taken when it is first written and given
    /// back when the step that made its value has read it.
    void lay_out_gradients() {
        std::vector<typename memory_pool<T>::piece> held(g_.values.size());
        std::vector<bool> written(g_.values.size(), false);
        for (const auto id : g_.outputs) {
            if (gradient_at_[id] == nullptr)
                gradient_at_[id] = memory_.add(elements(id));
            written[id] = true;
        }
        for (auto s = steps_.rbegin(); s != steps_.rend(); ++s) {
            find_quantized(*s);
            s->data.kernels = kernel::best<T>(options_.isa);
            s->data.momentum = options_.norm_momentum;
            for (const auto id : s->out) {
                s->data.out.push_back(slot_of(id));
                s->has_gradient = s->has_gradient || (id != no_value && wants_[id] && written[id]);
            }
            for (const auto id : s->in) {
                slot<T> in = slot_of(id);
                in.gradient = nullptr;
                const bool later = s->chain && s->data.norm->gradient && s->data.in.empty();
                if (id != no_value && wants_[id] && s->has_gradient && later) {
                    written[id] = true; // by the convolution that made it
                } else if (id != no_value && wants_[id] && s->has_gradient) {
                    if (gradient_at_[id] == nullptr) {
                        held[id] = memory_.take(elements(id));
                        gradient_at_[id] = held[id].at;
                    }
                    in.gradient = gradient_at_[id];
                    in.accumulate = written[id];
                    written[id] = true;
                }
                s->data.in.push_back(in);
            }
            if (s->before != nullptr)
                s->data.in[0].deferred = s->before;
            if (s->after != nullptr)
                s->data.out[0].deferred = s->after;
            const bool later = s->chain && s->data.norm->gradient;
            for (const auto id : s->out)
                if (id != no_value && held[id].at != nullptr && !later)
                    memory_.give_back(held[id]);
            if (s->freed_late != no_value && held[s->freed_late].at != nullptr)
                memory_.give_back(held[s->freed_late]);
        }
    }
    [[nodiscard]] slot<T> slot_of(value_id id) const {
        if (id == no_value)
            return {};
        slot<T> s{g_[id].dims, value_at_[id], gradient_at_[id], false, g_[id].wholes()};
        for (const auto& q : quantized_)
            if (q.what.id == id && is_constant(q)) {
                s.value = const_cast<T*>(q.codes.data());
                s.real = q.real.data();
            }
        return s;
    }
    void find_quantized(tape_step& s) {
        if (s.chain)
            return;
        s.quantized = kind_if<unary>(g_.nodes[s.node].layer) != nullptr ? quantized_at(s.out[0]) : nullptr;
        if (kind_if<conv2d>(g_.nodes[s.node].layer) != nullptr ||
            kind_if<dense>(g_.nodes[s.node].layer) != nullptr) {
            s.input = quantized_at(s.in[0]);
            s.weights = quantized_at(s.in[1]);
        }
    }

    graph<T, Layers> original_;
    graph<T, Layers> g_;
    tape_options options_;
    std::vector<parameter<T>> parameters_;
    lanes<T> values_of_parameters_;
    lanes<T> gradients_of_parameters_;
    lanes<T> fixed_;
    memory_pool<T> memory_;
    std::vector<T*> value_at_;    ///< one per value
    std::vector<T*> gradient_at_; ///< one per value
    std::vector<bool> wants_;     ///< a gradient, one per value
    std::vector<tape_step> steps_;
    std::vector<quantized_state<T>> quantized_;
};

} // namespace pith::train

#endif
