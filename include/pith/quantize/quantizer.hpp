// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_QUANTIZER_HPP
#define PITH_QUANTIZE_QUANTIZER_HPP
/// What a quantizer is: it looks at numbers and says how to store them.

#include <concepts>
#include <cstddef>
#include <span>

#include "../graph/encoding.hpp"

namespace pith::quantize {

/// fit(x, slices): one encoding for x cut into `slices` equal parts along its first axis (1: the whole).
template <class Q>
concept quantizer = std::copyable<Q> && requires(const Q& q, std::span<const float> x, std::size_t slices) {
    { q.fit(x, slices) } -> std::convertible_to<encoding>;
};

} // namespace pith::quantize

#endif
