// SPDX-License-Identifier: MIT
#include "pith/graph/gemm.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <string_view>
#include <vector>

#include "pith/base/random.hpp"

namespace {

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using map = Eigen::Map<matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;

template <class T>
std::vector<T> numbers(std::size_t count, std::uint64_t seed) {
    pith::random_bits random(seed);
    std::vector<T> v(count);
    for (auto& x : v)
        x = static_cast<T>(random.unit()) * 2 - 1;
    return v;
}

/// Against Eigen, at every instruction set, with strides beyond the rows and canaries in between.
template <class T>
void check(std::size_t m, std::size_t n, std::size_t k, bool transposed) {
    CAPTURE(m);
    CAPTURE(n);
    CAPTURE(k);
    CAPTURE(transposed);
    const std::size_t a_stride = k + 1, b_stride = (transposed ? k : n) + 2, c_stride = n + 3;
    auto a = numbers<T>(m * a_stride, 1);
    auto b = numbers<T>((transposed ? n : k) * b_stride, 2);
    const T canary = 77;
    std::vector<T> c(m * c_stride, canary), plain = c;
    const pith::gemm_shape s{m, n, k, a_stride, b_stride, c_stride};
    if (transposed)
        pith::gemm_nt<T>(s, a.data(), b.data(), c.data());
    else
        pith::gemm_nn<T>(s, a.data(), b.data(), c.data());
    pith::gemm::run<T>({m, n, k, a.data(), a_stride, b.data(), transposed ? 1 : b_stride,
                        transposed ? b_stride : 1, plain.data(), c_stride},
                       pith::arch::isa::none);

    const auto index = [](std::size_t i) { return static_cast<Eigen::Index>(i); };
    const map<T> left(a.data(), index(m), index(k), Eigen::OuterStride<>(index(a_stride)));
    const map<T> right(b.data(), index(transposed ? n : k), index(transposed ? k : n),
                       Eigen::OuterStride<>(index(b_stride)));
    const matrix<T> expected = transposed ? matrix<T>(left * right.transpose()) : matrix<T>(left * right);
    double worst = 0;
    std::size_t canaries = 0;
    for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j)
            worst = std::max(worst, std::abs(static_cast<double>(c[i * c_stride + j]) -
                                             static_cast<double>(expected(index(i), index(j)))));
        for (std::size_t j = n; j < c_stride; ++j)
            canaries += c[i * c_stride + j] == canary && plain[i * c_stride + j] == canary ? 1 : 0;
    }
    CHECK(worst <= static_cast<double>(k + 1) * static_cast<double>(std::numeric_limits<T>::epsilon()));
    CHECK(canaries == 3 * m);
#if defined(__x86_64__) && !defined(__FMA__)
    CHECK(std::memcmp(c.data(), plain.data(), c.size() * sizeof(T)) == 0);
#endif
}

} // namespace

TEST_CASE_TEMPLATE("gemm: Eigen's products, the same bits at every instruction set", T, float, double) {
    for (const bool transposed : {false, true})
        for (const std::size_t m : {1u, 3u, 4u, 9u})
            for (const std::size_t n : {1u, 7u, 8u, 16u, 17u, 40u})
                for (const std::size_t k : {1u, 2u, 37u, 256u, 257u, 600u})
                    check<T>(m, n, k, transposed);
}

TEST_CASE_TEMPLATE("gemm: chosen from a list, the portable product last", T, float, double) {
    const auto& list = pith::gemm::list<T>;
    CHECK(pith::simd::best_for(list, pith::arch::isa::none).name == std::string_view("portable"));
    std::string_view last;
    pith::simd::for_each_supported(list, pith::gemm::available(), [&](const auto& e) {
        const T a[] = {1, 2, 3}, b[] = {4, 5, 6};
        T c = 0;
        e.run({1, 1, 3, a, 3, b, 1, 1, &c, 1});
        CHECK(c == 32);
        last = e.name;
    });
    CHECK(last == "portable");
}

TEST_CASE_TEMPLATE("gemm: a sum over nothing is zero", T, float, double) {
    std::vector<T> c(6, T{5});
    const T none = 1;
    pith::gemm_nt<T>({2, 3, 0, 0, 0, 3}, &none, &none, c.data());
    CHECK(std::count(c.begin(), c.end(), T{0}) == 6);
}
