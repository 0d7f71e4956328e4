// SPDX-License-Identifier: MIT
// The door of a low-bit convolution, behind its three ways.

/// @pre packed by format::low_bit_tile
template <class = on_use>
inline void igemm_low(const igemm_low_args& args) noexcept {
    if (suits_one(args))
        igemm_one(args);
    else if (suits_scratch(args))
        igemm_decoded(args);
    else
        igemm_split(args);
}
