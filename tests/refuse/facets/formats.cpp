// SPDX-License-Identifier: MIT
// PITH_FORGET=1: an element format lacks bits()
// PITH_FORGET=2: an element format lacks codes()
// PITH_FORGET=3: an element format lacks listed()
// PITH_FORGET=4: an element format lacks encode(quotient)
// PITH_FORGET=5: an element format lacks is_valid()
#ifndef PITH_FORGET
#define PITH_FORGET 0
#endif
#include <pith/graph/encoding.hpp>

namespace mine {

/// A format of one's own, to be one more line of the sum.
struct thirds {
    static constexpr bool coded = true;
#if PITH_FORGET != 1
    unsigned bits() const {
        return 2;
    }
#endif
#if PITH_FORGET != 2
    pith::format::affine_codes codes() const {
        return {0, -1, 1};
    }
#endif
#if PITH_FORGET != 3
    std::size_t listed() const {
        return 0;
    }
#endif
#if PITH_FORGET != 4
    std::int32_t encode(float) const {
        return 0;
    }
#endif
#if PITH_FORGET != 5
    bool is_valid() const {
        return true;
    }
#endif
    friend bool operator==(const thirds&, const thirds&) = default;
};

} // namespace mine

using formats = pith::detail::sum_of_formats<pith::format::real, mine::thirds>;
static_assert(sizeof(formats::type) > 0);
