// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_PORTABLE_HPP
#define PITH_TRAIN_KERNEL_PORTABLE_HPP
/// The kernels of training in the compiler's own 16-byte vectors: float for every processor, double to check
/// gradients with.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../base/config.hpp"
#include "jobs.hpp"

namespace pith::train::kernel::portable {

/// The words of body.inl for vectors of T.
template <class T>
struct words {
    using vf __attribute__((vector_size(16))) = T;
    static constexpr std::uint32_t width = 16 / sizeof(T);

    PITH_ALWAYS_INLINE static vf load_part(const T* p, std::uint32_t n) noexcept {
        vf v{};
        std::memcpy(&v, p, n * sizeof(T));
        return v;
    }
    PITH_ALWAYS_INLINE static vf load(const T* p) noexcept {
        vf v;
        std::memcpy(&v, p, sizeof v);
        return v;
    }
};

#define PITH_TRAIN_PORTABLE_WORDS                                                                            \
    using vf = words<real>::vf;                                                                              \
    inline constexpr std::uint32_t width = words<real>::width;                                               \
    inline constexpr std::uint32_t registers = 16;                                                           \
    inline constexpr std::uint32_t most_pixels = 8;                                                          \
    PITH_ALWAYS_INLINE vf zero() noexcept {                                                                  \
        return vf{};                                                                                         \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf repeat(real x) noexcept {                                                          \
        return vf{} + x;                                                                                     \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf load(const real* p) noexcept {                                                     \
        return words<real>::load(p);                                                                         \
    }                                                                                                        \
    PITH_ALWAYS_INLINE void store(real* p, vf v) noexcept {                                                  \
        std::memcpy(p, &v, sizeof v);                                                                        \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf add(vf a, vf b) noexcept {                                                         \
        return a + b;                                                                                        \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf sub(vf a, vf b) noexcept {                                                         \
        return a - b;                                                                                        \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf fma(vf a, vf b, vf c) noexcept {                                                   \
        return a * b + c;                                                                                    \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf max(vf a, vf b) noexcept {                                                         \
        return a > b ? a : b;                                                                                \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf where_positive(vf sign, vf v) noexcept {                                           \
        return sign > vf{} ? v : vf{};                                                                       \
    }                                                                                                        \
    PITH_ALWAYS_INLINE vf load_part(const real* p, std::uint32_t n) noexcept {                               \
        return words<real>::load_part(p, n);                                                                 \
    }                                                                                                        \
    PITH_ALWAYS_INLINE void store_part(real* p, vf v, std::uint32_t n) noexcept {                            \
        std::memcpy(p, &v, n * sizeof(real));                                                                \
    }

namespace f32 {
using real = float;
PITH_TRAIN_PORTABLE_WORDS
#include "body.inl"
} // namespace f32

namespace f64 {
using real = double;
PITH_TRAIN_PORTABLE_WORDS
#include "body.inl"
} // namespace f64

#undef PITH_TRAIN_PORTABLE_WORDS

} // namespace pith::train::kernel::portable

#endif
