// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_UNIFORM_HPP
#define PITH_QUANTIZE_UNIFORM_HPP
/// Equally spaced levels: signed and symmetric (weights) or affine (activations), 2 to 8 bits.

#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/assert.hpp"
#include "../format/affine.hpp"
#include "../graph/encoding.hpp"
#include "observer.hpp"
#include "quantizer.hpp"

namespace pith::quantize {

struct uniform {
    std::uint8_t bits = 8;          ///< 2 to 8
    bool symmetric = true;          ///< codes [-(2^(bits-1) - 1), 2^(bits-1) - 1], else [0, 2^bits - 1]
    observer_options observed = {}; ///< how the range is chosen

    /// @pre x.size() is a multiple of slices, of which there is one unless `symmetric`
    [[nodiscard]] encoding fit(std::span<const float> x, std::size_t slices = 1) const {
        PITH_ASSERT(symmetric || slices == 1);
        format::affine_codes codes;
        codes.highest = symmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
        codes.lowest = symmetric ? -codes.highest : 0;
        encoding e;
        e.axis = slices == 1 ? -1 : 0;
        const std::size_t length = x.size() / slices;
        for (std::size_t i = 0; i < slices; ++i) {
            range_observer seen(observed);
            seen.observe(x.subspan(i * length, length));
            const format::affine a = fit(seen, codes.lowest, codes.highest);
            e.scales.push_back(a.scale);
            codes.zero = a.zero;
        }
        e.element = codes;
        return e;
    }

private:
    [[nodiscard]] format::affine fit(const range_observer& seen, std::int32_t lowest,
                                     std::int32_t highest) const {
        if (symmetric)
            return symmetric_from_largest(seen.symmetric_largest(highest), highest);
        const range r = seen.affine_range(lowest, highest);
        return format::affine_from_range(r.low, r.high, lowest, highest);
    }
};

} // namespace pith::quantize

#endif
