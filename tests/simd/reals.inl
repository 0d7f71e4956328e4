// SPDX-License-Identifier: MIT
// Every word of `reals`, a vector at a time, included inside a target region. x and y hold `width` elements;
// what each word gives is stored behind what the one before gave.

inline std::vector<float> results(const float* x, const float* y) {
    constexpr std::size_t width = reals::width;
    using vf = reals::vf;
    const vf a = reals::load(x);
    const vf b = reals::load(y);
    const vf all[] = {reals::zero(),    reals::repeat(x[0]), reals::add(a, b),
                      reals::sub(a, b), reals::mul(a, b),    reals::div(a, b),
                      reals::min(a, b), reals::max(a, b),    reals::where_positive(a, b)};
    std::vector<float> out(std::size(all) * width + 2 * (width + 1) * width, 77.f);
    float* to = out.data();
    for (std::size_t i = 0; i < std::size(all); ++i, to += width)
        reals::store(to, all[i]);
    for (std::uint32_t n = 0; n <= width; ++n, to += width)
        reals::store(to, reals::load_part(x, n));
    for (std::uint32_t n = 0; n <= width; ++n, to += width)
        reals::store_part(to, a, n);
    return out;
}
inline std::vector<float> fused(const float* x, const float* y, const float* z) {
    std::vector<float> out(reals::width);
    reals::store(out.data(), reals::fma(reals::load(x), reals::load(y), reals::load(z)));
    return out;
}
inline constexpr std::size_t width = reals::width;
