// SPDX-License-Identifier: MIT
// refused: batch_norm
#include <type_traits>
#include <variant>

#include <pith/graph/layer_list.hpp>

int parameters(const pith::layer_list::any& layer);

namespace {

struct visitor {
    template <class Layer>
#ifdef PITH_REFUSE
    requires(!std::is_same_v<Layer, pith::batch_norm>)
#endif
        int
        operator()(const Layer&) const {
        return 1;
    }
};

} // namespace

int parameters(const pith::layer_list::any& layer) {
    return std::visit(visitor{}, layer);
}
