// SPDX-License-Identifier: MIT
// PITH_FORGET=1: pith::train::layer_training<L>::learned is missing
// PITH_FORGET=2: pith::train::layer_training<L>::forward_step is missing
// PITH_FORGET=3: pith::train::layer_training<L>::backward_step is missing
// PITH_FORGET=4: a layer of the list has no pith::train::layer_training
#ifndef PITH_FORGET
#define PITH_FORGET 0
#endif
#include <pith/train/tape.hpp>

#include "turn.hpp"

#if PITH_FORGET != 4
template <>
struct pith::train::layer_training<mine::turn> {
#if PITH_FORGET != 1
    static std::vector<learned_input> learned(const mine::turn&) {
        return {};
    }
#endif
#if PITH_FORGET != 2
    template <class T>
    static result<void> forward_step(const mine::turn&, step<T>&) {
        return {};
    }
#endif
#if PITH_FORGET != 3
    template <class T>
    static void backward_step(const mine::turn&, step<T>&) {}
#endif
};
#endif

bool train(const pith::graph<float, mine::layers>& g);

bool train(const pith::graph<float, mine::layers>& g) {
    auto tape = pith::train::tape<float, mine::layers>::make(g);
    return tape && tape->forward();
}
