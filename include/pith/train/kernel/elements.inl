// SPDX-License-Identifier: MIT
// Part of body.inl. Functions of elements one by one.

/// y (+)= f(element, lanes): f reads `lanes` elements from `element` on.
template <class F>
PITH_ALWAYS_INLINE void for_each_element(const elements_job<real>& job, const F& f) noexcept {
    std::size_t i = 0;
    for (; i + width <= job.count; i += width) {
        const vf v = f(i, 0u);
        reals::store(job.y + i, job.accumulate ? reals::add(reals::load(job.y + i), v) : v);
    }
    if (i < job.count) {
        const auto part = static_cast<std::uint32_t>(job.count - i);
        const vf v = f(i, part);
        reals::store_part(job.y + i, job.accumulate ? reals::add(reals::load_part(job.y + i, part), v) : v,
                          part);
    }
}

template <class = on_use>
inline void copy(const elements_job<real>& job) noexcept {
    for_each_element(job, [&](std::size_t i, std::uint32_t part) { return read_channels(job.x + i, part); });
}

template <class = on_use>
inline void rectify(const elements_job<real>& job) noexcept {
    for_each_element(job, [&](std::size_t i, std::uint32_t part) {
        return reals::max(reals::zero(), read_channels(job.x + i, part));
    });
}

template <class = on_use>
inline void rectify_gradient(const elements_job<real>& job) noexcept {
    for_each_element(job, [&](std::size_t i, std::uint32_t part) {
        return reals::where_positive(read_channels(job.x + i, part), read_channels(job.gradient + i, part));
    });
}
