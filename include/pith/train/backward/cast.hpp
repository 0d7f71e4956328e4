// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_CAST_HPP
#define PITH_TRAIN_BACKWARD_CAST_HPP
/// Casts among real types, which training does in one type, pass everything on; operators that the library
/// does not compute do not train.

#include <algorithm>
#include <cstddef>

#include "../../graph/layer/cast.hpp"
#include "../../graph/layer/opaque.hpp"
#include "../step.hpp"

namespace pith::train {

template <class T>
[[nodiscard]] result<void> forward_step(const cast&, step<T>& s) {
    if (s.in[0].value == nullptr || s.out[0].value == nullptr)
        return fault{errc::unsupported, "training does not pass through whole numbers"};
    std::copy_n(s.in[0].value, s.in[0].size(), s.out[0].value);
    return {};
}

template <class T>
void backward_step(const cast&, step<T>& s) {
    if (T* const dx = open_gradient(s.in[0]); dx != nullptr)
        for (std::size_t i = 0; i < s.in[0].size(); ++i)
            dx[i] += s.out[0].gradient[i];
}

template <class T>
[[nodiscard]] result<void> forward_step(const opaque& layer, step<T>& s) {
    return detail::forward_by_graph(layer, s);
}

template <class T>
void backward_step(const opaque&, step<T>&) {}

} // namespace pith::train

#endif
