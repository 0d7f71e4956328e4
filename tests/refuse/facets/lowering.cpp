// SPDX-License-Identifier: MIT
// PITH_FORGET=1: pith::plan::layer_lowering<L>::lower is missing
// PITH_FORGET=2: a layer of the list has no pith::plan::layer_lowering
#ifndef PITH_FORGET
#define PITH_FORGET 0
#endif
#include <pith/plan/pack.hpp>

#include "turn.hpp"

#if PITH_FORGET != 2
template <>
struct pith::plan::layer_lowering<mine::turn> {
#if PITH_FORGET != 1
    template <class T, class Layers>
    static result<void> lower(lowering<T, Layers>&, const mine::turn&, const std::vector<value_id>&) {
        return {};
    }
#endif
};
#endif

bool pack(const pith::graph<float, mine::layers>& g);

bool pack(const pith::graph<float, mine::layers>& g) {
    return pith::plan::pack(g).has_value();
}
