// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_KERNELS_HPP
#define PITH_TESTS_SUPPORT_KERNELS_HPP
/// Operands for kernel tests: repeatable noise, and memory with guards around it.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include <pith/base/buffer.hpp>

namespace pith::tests {

/// A small generator that is the same everywhere.
struct noise {
    std::uint32_t state = 1;
    std::uint32_t operator()() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }
    /// In [0, n).
    std::uint32_t below(std::uint32_t n) { return (*this)() % n; }
    /// In [-1, 1].
    float real() { return static_cast<float>((*this)() % 20001) * 1e-4F - 1.F; }
};

/// `count` elements that end exactly where over-reading begins; the over-read bytes are noise too.
template <class T>
struct operand {
    buffer memory;

    operand(std::size_t count, noise& random) : memory(count * sizeof(T)) {
        for (std::size_t i = 0; i < count * sizeof(T) + over_read_bytes; i += sizeof(T)) {
            T v{};
            if constexpr (std::is_floating_point_v<T>)
                v = random.real();
            else
                v = static_cast<T>(random());
            std::memcpy(memory.data() + i, &v, sizeof v);
        }
    }
    [[nodiscard]] T* data() { return reinterpret_cast<T*>(memory.data()); }
    [[nodiscard]] const T* data() const { return reinterpret_cast<const T*>(memory.data()); }
};

/// Memory to write to, with canaries before, behind and wherever nothing is written.
template <class T>
struct guarded {
    static constexpr std::size_t margin = 128;
    std::vector<std::uint8_t> bytes;

    explicit guarded(std::size_t count) : bytes(margin * 2 + count * sizeof(T), std::uint8_t{0xA5}) {}
    [[nodiscard]] T* data() { return reinterpret_cast<T*>(bytes.data() + margin); }
    [[nodiscard]] T operator[](std::size_t i) const {
        T v;
        std::memcpy(&v, bytes.data() + margin + i * sizeof v, sizeof v);
        return v;
    }
    void set(std::size_t i, T v) { std::memcpy(bytes.data() + margin + i * sizeof v, &v, sizeof v); }
    /// True where element i was never written.
    [[nodiscard]] bool untouched(std::size_t i) const {
        for (std::size_t b = 0; b < sizeof(T); ++b)
            if (bytes[margin + i * sizeof(T) + b] != 0xA5)
                return false;
        return true;
    }
    [[nodiscard]] bool margins_intact() const {
        for (std::size_t i = 0; i < margin; ++i)
            if (bytes[i] != 0xA5 || bytes[bytes.size() - 1 - i] != 0xA5)
                return false;
        return true;
    }
};

} // namespace pith::tests

#endif
