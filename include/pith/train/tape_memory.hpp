// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_TAPE_MEMORY_HPP
#define PITH_TRAIN_TAPE_MEMORY_HPP
/// Where the constants, values and gradients of a tape lie. All is allocated once; gradients share their
/// memory as soon as they are used up.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "../base/bits.hpp"
#include "../base/buffer.hpp"
#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "learned.hpp"
#include "memory.hpp"
#include "quantization.hpp"
#include "tape_step.hpp"

namespace pith::train {

/// A constant that is learned, or what a quantiser learns.
template <class T>
struct parameter {
    value_id id = no_value; ///< no_value: a quantiser's
    role kind = role::weight;
    std::string name;
    std::span<T> value;
    std::span<T> gradient;
};

template <class T>
struct tape_memory {
    std::vector<parameter<T>> parameters;
    lanes<T> parameter_values; ///< one after the other, each rounded up to whole vectors of zeros
    lanes<T> parameter_gradients;
    lanes<T> fixed;           ///< constants that are not learned
    memory_pool<T> pool;      ///< values, and gradients that are not of parameters
    std::vector<T*> value;    ///< one per value of the network; null: whole numbers, or not there
    std::vector<T*> gradient; ///< one per value of the network
    std::vector<bool> wants;  ///< a gradient, one per value of the network
};

namespace detail {

template <class T>
[[nodiscard]] constexpr std::size_t in_vectors(std::size_t count) noexcept {
    return round_up(count, buffer::alignment / sizeof(T));
}

template <class T, class Layers>
[[nodiscard]] std::size_t elements(const graph<T, Layers>& g, value_id id) noexcept {
    return static_cast<std::size_t>(g[id].dims.elements());
}

/// The learned scalars, codes and scales of `q`, the scalars from element `at` of all parameters on.
template <class T, class Layers>
void lay_out_quantized(const graph<T, Layers>& g, quantized_state<T>& q, std::size_t at, tape_memory<T>& m) {
    const std::size_t n = q.by->parameters();
    q.p = m.parameter_values.all().subspan(at, n);
    q.gp = m.parameter_gradients.all().subspan(at, n);
    const auto& known = g[q.id].learned.parameters;
    if (known.size() == n)
        std::copy(known.begin(), known.end(), q.p.begin());
    q.scales = lanes<T>(q.by->scales());
    if (n > 0)
        m.parameters.push_back({no_value, role::range, g[q.id].name, q.p, q.gp});
    if (g[q.id].is_constant()) {
        q.codes = lanes<T>(elements(g, q.id));
        q.real = lanes<T>(elements(g, q.id));
    }
}

/// The learned constants, and behind them what the quantisers learn.
template <class T, class Layers>
void lay_out_parameters(const graph<T, Layers>& g, const std::vector<learned_constant>& learned,
                        std::vector<quantized_state<T>>& quantized, tape_memory<T>& m) {
    std::size_t size = 0;
    for (const auto& l : learned)
        size += in_vectors<T>(elements(g, l.id));
    for (const auto& q : quantized)
        size += in_vectors<T>(q.by->parameters());
    m.parameter_values = lanes<T>(size);
    m.parameter_gradients = lanes<T>(size);
    std::size_t at = 0;
    for (const auto& l : learned) {
        const std::size_t n = elements(g, l.id);
        m.parameters.push_back({l.id, l.kind, g[l.id].name, m.parameter_values.all().subspan(at, n),
                                m.parameter_gradients.all().subspan(at, n)});
        m.value[l.id] = m.parameters.back().value.data();
        m.gradient[l.id] = m.parameters.back().gradient.data();
        m.wants[l.id] = true;
        at += in_vectors<T>(n);
    }
    for (auto& q : quantized) {
        lay_out_quantized(g, q, at, m);
        at += in_vectors<T>(q.by->parameters());
    }
}

} // namespace detail

/// Every real constant of `g`, with its elements; those of `learned` are the parameters.
template <class T, class Layers>
void lay_out_constants(const graph<T, Layers>& g, const std::vector<learned_constant>& learned,
                       std::vector<quantized_state<T>>& quantized, tape_memory<T>& m) {
    m.value.assign(g.values.size(), nullptr);
    m.gradient.assign(g.values.size(), nullptr);
    m.wants.assign(g.values.size(), false);
    detail::lay_out_parameters(g, learned, quantized, m);
    std::size_t rest = 0;
    for (value_id id = 0; id < g.values.size(); ++id)
        if (g[id].reals() != nullptr && !m.wants[id])
            rest += detail::in_vectors<T>(detail::elements(g, id));
    m.fixed = lanes<T>(rest);
    std::size_t at = 0;
    for (value_id id = 0; id < g.values.size(); ++id) {
        const auto* t = g[id].reals();
        if (t == nullptr)
            continue;
        if (!m.wants[id]) {
            m.value[id] = m.fixed.data() + at;
            at += detail::in_vectors<T>(t->size());
        }
        std::copy_n(t->data().data(), t->size(), m.value[id]);
    }
}

namespace detail {

/// What its reader normalises lies where it was before that.
template <class T>
[[nodiscard]] bool lies_in_place(const tape_step<T>& s) noexcept {
    return s.chain && s.data.norm->value;
}

/// More than the machine has is refused before any of it is taken: a system that promises more memory than it
/// has would end the process.
template <class T, class Layers>
[[nodiscard]] result<void> check_memory(const graph<T, Layers>& g, const std::vector<tape_step<T>>& steps,
                                        std::uint64_t most = physical_memory()) {
    std::uint64_t count = 0; // of elements, each value's far below 2^63
    const auto add = [&](value_id id) {
        const std::uint64_t more = id == no_value ? 0 : elements(g, id);
        count = count > std::numeric_limits<std::uint64_t>::max() - more
                    ? std::numeric_limits<std::uint64_t>::max()
                    : count + more;
    };
    for (const auto id : g.inputs)
        add(id);
    for (const auto& s : steps)
        for (const auto id : s.out)
            if (!lies_in_place(s))
                add(id);
    if (count <= most / sizeof(T))
        return {};
    constexpr std::uint64_t mega = 1000000;
    return fault{errc::no_memory, "the values of a batch need more memory than there is; make it smaller",
                 std::to_string(count / mega * sizeof(T)) + " MB of " + std::to_string(most / mega) + " MB"};
}

} // namespace detail

/// The network's inputs and what the steps make of them. A value that its reader normalises lies where it was
/// before that.
template <class T, class Layers>
[[nodiscard]] result<void> lay_out_values(const graph<T, Layers>& g, const std::vector<tape_step<T>>& steps,
                                          tape_memory<T>& m) {
    PITH_TRY(detail::check_memory(g, steps));
    for (const auto id : g.inputs)
        m.value[id] = m.pool.add(detail::elements(g, id));
    for (const auto& s : steps)
        for (const auto id : s.out) {
            if (id == no_value)
                continue;
            if (!is_real(g[id].type))
                return at_node({errc::unsupported,
                                "training does not pass through whole numbers; fold them when loading"},
                               g.nodes[s.node]);
            m.value[id] = detail::lies_in_place(s) ? m.value[s.in[0]] : m.pool.add(detail::elements(g, id));
        }
    for (const auto id : g.outputs)
        if (m.value[id] == nullptr)
            return fault{errc::missing, "no node computes an output of the network", g[id].name};
    return {};
}

/// Gives steps their gradients, from the last to the first: the memory of one is taken when it is first
/// written and given back when the step that made its value has read it.
template <class T>
class gradient_layout {
public:
    explicit gradient_layout(tape_memory<T>& m)
        : m_(m), held_(m.value.size()), written_(m.value.size(), false) {}

    /// Of an output of the network: written by the caller, and never given back.
    void keep(value_id id, std::size_t count) {
        if (m_.gradient[id] == nullptr)
            m_.gradient[id] = m_.pool.add(count);
        written_[id] = true;
    }
    /// @pre s.data.in and s.data.out are there but for their gradients
    void visit(tape_step<T>& s) {
        for (std::size_t i = 0; i < s.out.size(); ++i)
            if (s.out[i] != no_value) {
                s.data.out[i].gradient = m_.gradient[s.out[i]];
                s.has_gradient = s.has_gradient || (m_.wants[s.out[i]] && written_[s.out[i]]);
            }
        for (std::size_t i = 0; i < s.in.size() && s.has_gradient; ++i) {
            const value_id id = s.in[i];
            if (id == no_value || !m_.wants[id])
                continue;
            if (i == 0 && s.leaves_gradient())
                written_[id] = true;
            else
                write(id, s.data.in[i]);
        }
        if (!s.leaves_gradient())
            for (const auto id : s.out)
                give_back(id);
        give_back(s.freed_late);
    }

private:
    void write(value_id id, slot<T>& in) {
        if (m_.gradient[id] == nullptr) {
            held_[id] = m_.pool.take(in.size());
            m_.gradient[id] = held_[id].at;
        }
        in.gradient = m_.gradient[id];
        in.accumulate = written_[id];
        written_[id] = true;
    }
    void give_back(value_id id) {
        if (id != no_value && held_[id].at != nullptr)
            m_.pool.give_back(held_[id]);
    }

    tape_memory<T>& m_;
    std::vector<typename memory_pool<T>::piece> held_; ///< one per value
    std::vector<bool> written_;                        ///< one per value
};

} // namespace pith::train

#endif
