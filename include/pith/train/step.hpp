// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_STEP_HPP
#define PITH_TRAIN_STEP_HPP
/// What a layer is handed to run forward and backward in training: its inputs and outputs in memory that is
/// laid out once, and memory of its own that lasts from the forward to the backward run.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../graph/layer_traits.hpp"
#include "../graph/tensor.hpp"
#include "../graph/value_info.hpp"
#include "kernel/jobs.hpp"
#include "memory.hpp"

namespace pith::train {

/// A batch normalisation between two convolutions, part of whose work they do while an image lies in the near
/// caches: the one after it normalises what it reads, the one before it sums up what it writes and turns the
/// gradient of the normalised values into that of its own.
template <class T>
struct deferred_norm {
    bool value = false;    ///< normalised by the reader
    bool gradient = false; ///< turned by the maker, which also gives the sums
    bool rectify = false;
    const T* scale = nullptr;
    const T* offset = nullptr;
    const T* shift = nullptr; ///< what sums are measured from
    T* sums = nullptr;        ///< [blocks][2][channels]; zero before the maker adds to them
    const T* slope = nullptr;
    const T* constant = nullptr;
    const T* y = nullptr; ///< normalised values, where they cannot be had from x alone
    const T* y_gradient = nullptr;
};

/// One input or output of a layer.
template <class T>
struct slot {
    shape dims{};
    T* value = nullptr;      ///< null: not there, or whole numbers
    T* gradient = nullptr;   ///< null: not needed (inputs), or there is none (outputs)
    bool accumulate = false; ///< an input's gradient: add to what is there; else it must be overwritten
    const tensor<std::int64_t>* wholes = nullptr;
    /// Weights whose `value` holds codes: the numbers they stand for.
    const T* real = nullptr;
    /// Convolutions only. Of an input: `value` is still to be normalised. Of an output: its gradient is still
    /// to be computed, its sums are wanted.
    const deferred_norm<T>* deferred = nullptr;

    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(dims.elements()); }
    [[nodiscard]] bool present() const noexcept { return value != nullptr || wholes != nullptr; }
};

/// A value of a type that only its maker knows.
struct any_value {
    virtual ~any_value() = default;
};
/// The value itself.
template <class V>
struct value_of : any_value {
    V value;
    explicit value_of(V v) : value(std::move(v)) {}
};

template <class T>
struct step {
    std::vector<slot<T>> in;
    std::vector<slot<T>> out;
    bool training = true;  ///< batch statistics; else the running ones
    double momentum = 0.1; ///< how much of a batch enters the running statistics
    kernel::table<T> kernels;
    const T* factor = nullptr; ///< of sums over codes, one per output channel; null: sums of reals

    std::vector<lanes<T>> kept;             ///< from forward to backward, and from step to step
    std::vector<tensor<T>> copies;          ///< of the inputs, for layers that run by the graph's forward
    std::unique_ptr<deferred_norm<T>> norm; ///< batch normalisations only: what others do for it
    std::unique_ptr<any_value> state;       ///< see once()

    /// What a layer works out once about its shapes: make()'s value, made at the first call.
    template <class Make>
    [[nodiscard]] const auto& once(const Make& make) {
        using made = decltype(make());
        if (!state)
            state = std::unique_ptr<any_value>(new value_of<made>(make()));
        return static_cast<const value_of<made>*>(state.get())->value;
    }
    /// Memory `i` of this step, `count` elements.
    T* keep(std::size_t i, std::size_t count) {
        if (kept.size() <= i)
            kept.resize(i + 1);
        return kept[i].hold(count);
    }
    [[nodiscard]] bool has_input(std::size_t i) const noexcept { return i < in.size() && in[i].present(); }
};

/// A batch is cut into this many blocks, whatever the number of threads, so that sums over it are the same
/// on every machine.
inline constexpr std::size_t most_blocks = 16;

/// Samples [first, last) of a batch.
struct block_range {
    std::size_t first = 0;
    std::size_t last = 0;
};

/// Block i of `blocks` over [0, count).
[[nodiscard]] constexpr block_range block_of(std::size_t i, std::size_t blocks, std::size_t count) noexcept {
    return {count * i / blocks, count * (i + 1) / blocks};
}

/// Calls body(block, first, last) for the blocks of [0, count), spread over the cores.
template <class Body>
void for_each_block(std::size_t count, std::size_t blocks, const Body& body) {
    parallel_for(blocks, [&](std::size_t b) {
        const block_range r = block_of(b, blocks, count);
        body(b, r.first, r.last);
    });
}

/// The gradient of an input, ready to be added to; null when it is not needed.
template <class T>
T* open_gradient(slot<T>& s) {
    if (s.gradient != nullptr && !s.accumulate)
        std::fill_n(s.gradient, s.size(), T{0});
    return s.gradient;
}

namespace detail {

/// The graph's own forward, on copies.
template <class T, class Layer>
[[nodiscard]] result<void> forward_by_graph(const Layer& layer, step<T>& s) {
    s.copies.resize(s.in.size());
    std::vector<tensor_input<T>> in;
    for (std::size_t i = 0; i < s.in.size(); ++i) {
        if (s.in[i].value != nullptr) {
            if (!(s.copies[i].dims() == s.in[i].dims))
                s.copies[i] = tensor<T>(s.in[i].dims);
            std::copy_n(s.in[i].value, s.in[i].size(), s.copies[i].data().data());
            in.emplace_back(s.copies[i]);
        } else if (s.in[i].wholes != nullptr) {
            in.emplace_back(*s.in[i].wholes);
        } else {
            in.emplace_back();
        }
    }
    const auto out = pith::detail::traits_of<Layer>::forward(layer, tensor_inputs<T>(in));
    if (!out)
        return out.error();
    for (std::size_t i = 0; i < s.out.size(); ++i)
        if (s.out[i].value != nullptr) {
            const auto& y = std::get<tensor<T>>((*out)[i]);
            std::copy_n(y.data().data(), y.size(), s.out[i].value);
        }
    return {};
}

} // namespace detail

} // namespace pith::train

#endif
