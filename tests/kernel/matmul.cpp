// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

#include <pith/arch/detect.hpp>
#include <pith/kernel/matmul.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

TEST_CASE("matmul: batches, and operands that repeat over them") {
    noise random;
    for (const std::size_t m : {1u, 3u, 9u})
        for (const std::size_t k : {1u, 5u, 40u})
            for (const std::size_t n : {1u, 7u, 16u, 33u})
                for (const bool a_repeats : {false, true})
                    for (const bool b_repeats : {false, true}) {
                        // Batch axes 2 x 3; a may repeat over the second, b over the first.
                        const operand<float> a((a_repeats ? 2 : 6) * m * k, random);
                        const operand<float> b((b_repeats ? 3 : 6) * k * n, random);
                        kernel::matmul_f32_args args{.a = a.data(), .b = b.data(), .m = m, .k = k, .n = n};
                        args.rank = 2;
                        args.sizes[0] = 2;
                        args.sizes[1] = 3;
                        args.a_strides[0] = static_cast<std::ptrdiff_t>((a_repeats ? 1 : 3) * m * k);
                        args.a_strides[1] = a_repeats ? 0 : static_cast<std::ptrdiff_t>(m * k);
                        args.b_strides[0] = b_repeats ? 0 : static_cast<std::ptrdiff_t>(3 * k * n);
                        args.b_strides[1] = static_cast<std::ptrdiff_t>(k * n);
                        kernel::for_each_supported(
                            kernel::matmul_f32_list, arch::detect(), [&](const auto& e) {
                                guarded<float> out(6 * m * n);
                                args.output = out.data();
                                e.run(args);
                                bool right = out.margins_intact();
                                for (std::size_t batch = 0; batch < 6; ++batch)
                                    for (std::size_t i = 0; i < m; ++i)
                                        for (std::size_t j = 0; j < n; ++j) {
                                            const std::size_t ai = a_repeats ? batch / 3 : batch;
                                            const std::size_t bi = b_repeats ? batch % 3 : batch;
                                            double want = 0;
                                            for (std::size_t x = 0; x < k; ++x)
                                                want += static_cast<double>(a.data()[(ai * m + i) * k + x]) *
                                                        static_cast<double>(b.data()[(bi * k + x) * n + j]);
                                            right =
                                                right &&
                                                std::fabs(static_cast<double>(out[(batch * m + i) * n + j]) -
                                                          want) < 1.2e-7 * static_cast<double>(k * (k + 2));
                                        }
                                CHECK_MESSAGE(right, e.name << " m " << m << " k " << k << " n " << n);
                            });
                    }
}
