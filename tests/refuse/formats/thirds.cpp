// SPDX-License-Identifier: MIT
// PITH_USE=1: stored_form
// PITH_USE=2: element_of
#include <cstddef>
#include <cstdint>

#include <pith/format/affine.hpp>

namespace mine {

struct thirds {
    static constexpr bool coded = true;

    unsigned bits() const { return 2; }
    pith::format::affine_codes codes() const { return {0, -1, 1}; }
    std::size_t listed() const { return 0; }
    std::int32_t encode(float) const { return 0; }
    bool is_valid() const { return true; }
    friend bool operator==(const thirds&, const thirds&) = default;
};

} // namespace mine

#include "one_more_encoding.hpp"

#include <pith/graph/measure.hpp>
#include <pith/graph/passes/simplify.hpp>
#include <pith/graph/simulate.hpp>

#ifndef PITH_USE
pith::result<pith::graph<float>> use(const pith::graph<float>& g);
pith::result<pith::graph<float>> use(const pith::graph<float>& g) {
    static_cast<void>(pith::simulate(g, std::vector<pith::any_tensor<float>>{}));
    static_cast<void>(pith::measure(g));
    return pith::passes::simplify{}(g);
}
#elif PITH_USE == 1
#include <pith/plan/pack.hpp>
bool use(const pith::graph<float>& g) {
    return pith::plan::pack(g).has_value();
}
#else
#include <pith/io/onnx_write.hpp>
bool use(const pith::graph<float>& g) {
    return pith::io::onnx_bytes(g).has_value();
}
#endif
