// SPDX-License-Identifier: MIT
#ifndef PITH_BENCHMARKS_OPERANDS_HPP
#define PITH_BENCHMARKS_OPERANDS_HPP
/// Memory to time kernels on, and comparing what they wrote.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <pith/base/buffer.hpp>

namespace pith::benchmarks {

/// Aligned elements, repeatable noise: floats in [-0.5, 0.5), or any codes.
template <class T>
struct operand {
    buffer memory;
    std::size_t count;

    explicit operand(std::size_t n) : memory(n * sizeof(T)), count(n) {
        std::uint32_t state = 1;
        for (std::size_t i = 0; i < n; ++i) {
            state = state * 1664525u + 1013904223u;
            if constexpr (sizeof(T) == sizeof(float))
                data()[i] = static_cast<T>(state >> 16) / 65536.f - 0.5f;
            else
                data()[i] = static_cast<T>(state >> 16);
        }
    }
    [[nodiscard]] T* data() { return reinterpret_cast<T*>(memory.data()); }
};

/// Greatest distance between two tensors of `n` floats.
inline float distance(const float* a, const float* b, std::size_t n) {
    float most = 0.f;
    for (std::size_t i = 0; i < n; ++i)
        most = std::fmax(most, std::fabs(a[i] - b[i]));
    return most;
}

} // namespace pith::benchmarks

#endif
