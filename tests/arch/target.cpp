// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/arch/detect.hpp>
#include <pith/arch/target.hpp>

#if PITH_X86
#include <immintrin.h>

PITH_TARGET_BEGIN("avx2,fma")
namespace {
template <int Step>
int sum_of_eight(const int* v) noexcept {
    const auto load = [v](int i) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(v + i));
    };
    alignas(32) int lanes[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes),
                       _mm256_mullo_epi32(load(0), _mm256_set1_epi32(Step)));
    int sum = 0;
    for (const int lane : lanes)
        sum += lane;
    return sum;
}
} // namespace
PITH_TARGET_END

TEST_CASE("target regions hold templates and lambdas in a plain build") {
    if (!pith::arch::covers(pith::arch::detect(), pith::arch::isa::avx2))
        return;
    const int v[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    CHECK(sum_of_eight<3>(v) == 108);
}
#else
TEST_CASE("target regions are for x86") {
    CHECK(true);
}
#endif
