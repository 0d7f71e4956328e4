// SPDX-License-Identifier: MIT
// The widened integer convolution, around igemm_detail with widened.inl, deep.inl and one.inl in it.

/// @pre a.packed == tile{16, 4}
template <class = on_use>
inline void igemm(const igemm_args& a) noexcept {
    if (igemm_detail::suits_one(a.over))
        return igemm_detail::igemm_one(a);
    if (igemm_detail::suits_widening(a.over))
        return igemm_detail::igemm_widened(a);
    igemm_detail::packed_weights weights{a.weights};
    igemm_detail::igemm_deep(a, weights);
}
