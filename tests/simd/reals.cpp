// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <doctest/doctest.h>
#include <iterator>
#include <limits>
#include <vector>

#include "pith/arch/detect.hpp"
#include "pith/arch/target.hpp"
#include "pith/base/random.hpp"
#include "pith/simd/arm_neon/codes.hpp"
#include "pith/simd/arm_neon/reals.hpp"
#include "pith/simd/portable/reals.hpp"
#include "pith/simd/x86_avx2/reals.hpp"
#include "pith/simd/x86_avx512/reals.hpp"

using namespace pith;

namespace portable_words {
using reals = simd::portable::reals<float>;
#include "reals.inl"
} // namespace portable_words

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace avx2_words {
using simd::x86_avx2::reals;
#include "reals.inl"
} // namespace avx2_words
PITH_TARGET_END

PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace avx512_words {
using simd::x86_avx512::reals;
#include "reals.inl"
} // namespace avx512_words
PITH_TARGET_END
#endif

#if PITH_AARCH64
namespace neon_words {
using simd::arm_neon::reals;
#include "reals.inl"
inline std::vector<float> fused_by_lanes(const float* x, const float* y, const float* z) {
    const float32x4_t a = reals::load(x), b = reals::load(y), c = reals::load(z);
    std::vector<float> out(16);
    reals::store(out.data(), reals::fma_lane<0>(a, b, c));
    reals::store(out.data() + 4, reals::fma_lane<1>(a, b, c));
    reals::store(out.data() + 8, reals::fma_lane<2>(a, b, c));
    reals::store(out.data() + 12, reals::fma_lane<3>(a, b, c));
    return out;
}
} // namespace neon_words
namespace wide_neon_words {
using reals = simd::arm_neon::wide_reals;
#include "reals.inl"
} // namespace wide_neon_words
#endif

namespace {

/// What reals.inl's `results` must be.
std::vector<float> expected(const std::vector<float>& x, const std::vector<float>& y) {
    const std::size_t width = x.size();
    std::vector<float> out;
    const auto each = [&](const auto& f) {
        for (std::size_t i = 0; i < width; ++i)
            out.push_back(f(i));
    };
    each([&](std::size_t) { return 0.f; });
    each([&](std::size_t) { return x[0]; });
    each([&](std::size_t i) { return x[i] + y[i]; });
    each([&](std::size_t i) { return x[i] - y[i]; });
    each([&](std::size_t i) { return x[i] * y[i]; });
    each([&](std::size_t i) { return x[i] / y[i]; });
    each([&](std::size_t i) { return x[i] < y[i] ? x[i] : y[i]; });
    each([&](std::size_t i) { return x[i] > y[i] ? x[i] : y[i]; });
    each([&](std::size_t i) { return x[i] > 0.f ? y[i] : 0.f; });
    for (std::size_t n = 0; n <= width; ++n)
        each([&](std::size_t i) { return i < n ? x[i] : 0.f; });
    for (std::size_t n = 0; n <= width; ++n)
        each([&](std::size_t i) { return i < n ? x[i] : 77.f; });
    return out;
}

template <class Results, class Fused>
void check(std::size_t width, bool once, const Results& results, const Fused& fused) {
    random_bits random(7);
    const auto numbers = [&] {
        std::vector<float> v(width);
        for (auto& e : v)
            e = static_cast<float>(random.unit() * 4 - 2);
        return v;
    };
    const auto x = numbers(), y = numbers(), z = numbers();
    CHECK(results(x.data(), y.data()) == expected(x, y));
    auto holes = x; // the second operand where either is NaN
    holes[0] = holes[width - 1] = std::numeric_limits<float>::quiet_NaN();
    const auto some = results(holes.data(), y.data());
    CHECK(some[6 * width] == y[0]);
    CHECK(some[7 * width + width - 1] == y[width - 1]);
    CHECK(some[8 * width] == 0.f);
    const auto sums = fused(x.data(), y.data(), z.data());
    for (std::size_t i = 0; i < width; ++i)
        CHECK((once ? sums[i] == std::fma(x[i], y[i], z[i])
                    : std::fabs(sums[i] - (x[i] * y[i] + z[i])) < 1e-5f));
}

} // namespace

TEST_CASE("words of floats: the arithmetic of single floats, at every instruction set") {
    check(portable_words::width, false, portable_words::results, portable_words::fused);
#if PITH_X86
    const auto have = arch::detect();
    if (arch::covers(have, arch::isa::avx2))
        check(avx2_words::width, true, avx2_words::results, avx2_words::fused);
    if (arch::covers(have, arch::isa::avx2 | arch::isa::avx512))
        check(avx512_words::width, true, avx512_words::results, avx512_words::fused);
#endif
#if PITH_AARCH64
    check(neon_words::width, true, neon_words::results, neon_words::fused);
    check(wide_neon_words::width, true, wide_neon_words::results, wide_neon_words::fused);
#endif
}

#if PITH_AARCH64
TEST_CASE("words of floats: a lane of one vector times another") {
    const float x[] = {2.f, 3.f, 5.f, 7.f}, y[] = {1.f, 10.f, 100.f, 1000.f}, z[] = {.5f, .25f, .125f, -1.f};
    const auto sums = neon_words::fused_by_lanes(x, y, z);
    for (std::size_t i = 0; i < sums.size(); ++i)
        CHECK(sums[i] == x[i / 4] * y[i % 4] + z[i % 4]);
}
#endif
