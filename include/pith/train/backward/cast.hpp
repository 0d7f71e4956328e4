// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_CAST_HPP
#define PITH_TRAIN_BACKWARD_CAST_HPP
/// Casts among real types, which training does in one type, pass everything on; operators that the library
/// does not compute do not train.

#include <algorithm>
#include <cstddef>

#include "../../graph/layer/cast.hpp"
#include "../../graph/layer/opaque.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<opaque> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const opaque& layer, step<T>& s);
    template <class T>
    static void backward_step(const opaque& layer, step<T>& s);
};

template <>
struct layer_training<cast> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const cast& layer, step<T>& s);
    template <class T>
    static void backward_step(const cast& layer, step<T>& s);
};

template <class T>
result<void> layer_training<cast>::forward_step(const cast&, step<T>& s) {
    if (s.in[0].value == nullptr || s.out[0].value == nullptr)
        return fault{errc::unsupported, "training does not pass through whole numbers"};
    std::copy_n(s.in[0].value, s.in[0].size(), s.out[0].value);
    return {};
}

template <class T>
void layer_training<cast>::backward_step(const cast&, step<T>& s) {
    if (T* const dx = open_gradient(s.in[0]); dx != nullptr)
        for (std::size_t i = 0; i < s.in[0].size(); ++i)
            dx[i] += s.out[0].gradient[i];
}

template <class T>
result<void> layer_training<opaque>::forward_step(const opaque& layer, step<T>& s) {
    return detail::forward_by_graph(layer, s);
}

template <class T>
void layer_training<opaque>::backward_step(const opaque&, step<T>&) {}

} // namespace pith::train

#endif
