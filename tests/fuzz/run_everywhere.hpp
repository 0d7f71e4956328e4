// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_RUN_EVERYWHERE_HPP
#define PITH_TESTS_FUZZ_RUN_EVERYWHERE_HPP
/// Runs a program with the portable kernels and with those of every level the processor has, each operation
/// from the same memory, and compares what it leaves behind, bit for bit but for sums of reals.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "pith/arch/detect.hpp"
#include "pith/arch/isa.hpp"
#include "pith/base/random.hpp"
#include "pith/run/execute.hpp"
#include "pith/run/native_kernels.hpp"
#include "pith/run/program.hpp"

namespace fuzz {

/// Bytes in a block of their own of exactly their size, so that AddressSanitizer sees every step outside.
class exact_block {
public:
    explicit exact_block(std::size_t bytes) : size_(bytes) {
        if (posix_memalign(&memory_, 64, bytes) != 0)
            std::abort();
    }
    exact_block(const exact_block&) = delete;
    exact_block& operator=(const exact_block&) = delete;
    ~exact_block() { std::free(memory_); }
    [[nodiscard]] std::byte* data() const { return static_cast<std::byte*>(memory_); }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::span<std::byte> view() const { return {data(), size_}; }

private:
    void* memory_ = nullptr;
    std::size_t size_;
};

using snapshot = std::vector<std::byte>;

/// Reals of both signs, no larger than 4, as floats and as codes.
inline void fill_arena(const pith::run::program_view& p, const exact_block& arena, std::uint64_t seed) {
    pith::random_bits bits(seed);
    for (std::size_t i = 0; i < arena.size(); ++i)
        arena.data()[i] = static_cast<std::byte>(bits.below(256));
    for (std::size_t i = 0; i < p.tensor_count(); ++i) {
        const auto t = p.tensor(i);
        if (t.constant != 0 || type_of(t) != pith::format::dtype::f32)
            continue;
        std::byte* first = arena.data() + t.offset - elements_before(t) * 4;
        for (std::uint64_t k = 0; k < stored_elements(t); ++k)
            pith::store_le(first + 4 * k, bits.unit() * 8 - 4);
    }
}

/// Two results of a sum of reals in another order, of terms that are not extreme.
[[nodiscard]] inline bool close(float a, float b) {
    if (std::memcmp(&a, &b, sizeof a) == 0 || !(std::fabs(a) < 1e6f) || !(std::fabs(b) < 1e6f))
        return true; // sums of what is no longer small may cancel to anything
    return std::fabs(a - b) <= 2e-3f + 2e-3f * std::fabs(a);
}

/// All reals that the operation reads are small.
[[nodiscard]] inline bool tame(const pith::run::program_view& p, pith::run::op_view op,
                               const snapshot& before) {
    const auto head = op.head();
    for (const std::uint16_t id : {head.input, head.second}) {
        if (id == pith::run::no_tensor)
            continue;
        const auto t = p.tensor(id);
        if (type_of(t) != pith::format::dtype::f32)
            continue;
        const std::byte* first =
            (t.constant != 0 ? p.bytes().data() : before.data()) + t.offset - elements_before(t) * 4;
        for (std::uint64_t k = 0; k < stored_elements(t); ++k)
            if (!(std::fabs(pith::load_le<float>(first + 4 * k)) < 1e4f))
                return false;
    }
    return true;
}

/// Where `got` differs from what the portable kernels left, or -1.
[[nodiscard]] inline std::ptrdiff_t difference(const pith::run::program_view& p, pith::run::op_view op,
                                               const snapshot& before, const snapshot& wanted,
                                               const std::byte* got) {
    if (std::memcmp(wanted.data(), got, wanted.size()) == 0)
        return -1;
    const auto out = p.tensor(op.head().output);
    const bool real = type_of(out) == pith::format::dtype::f32;
    const std::size_t begin = out.offset - static_cast<std::size_t>(elements_before(out)) * 4;
    const std::size_t end = begin + static_cast<std::size_t>(stored_elements(out)) * 4;
    const bool small = real && tame(p, op, before);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == got[i])
            continue;
        if (!real || i < begin || i >= end)
            return static_cast<std::ptrdiff_t>(i);
        const std::size_t at = begin + (i - begin) / 4 * 4;
        if (small && !close(pith::load_le<float>(wanted.data() + at), pith::load_le<float>(got + at)))
            return static_cast<std::ptrdiff_t>(i);
    }
    return -1;
}

/// What stands in the way of a program: nothing, or a sentence.
struct finding {
    bool ok = true;
    char text[200] = {};
};

/// @pre its arena is small
[[nodiscard]] inline finding run_everywhere(const pith::run::program_view& p, std::uint64_t seed) {
    exact_block arena(p.arena_bytes());
    fill_arena(p, arena, seed);
    const auto save = [&] { return snapshot(arena.data(), arena.data() + arena.size()); };
    std::vector<snapshot> states{save()};
    pith::run::execute(p, arena.view(), pith::run::portable_kernels,
                       [&](std::size_t, pith::run::op_view) { states.push_back(save()); });
    finding f;
    const auto have = pith::arch::detect();
    for (const auto& level : pith::arch::levels) {
        if (level.set == 0 || !pith::arch::covers(have, level.set))
            continue;
        std::memcpy(arena.data(), states[0].data(), arena.size());
        const auto kernels = pith::run::kernels_for(level.set);
        pith::run::execute(p, arena.view(), kernels, [&](std::size_t i, pith::run::op_view op) {
            const std::ptrdiff_t at = difference(p, op, states[i], states[i + 1], arena.data());
            if (at >= 0 && f.ok) {
                f.ok = false;
                std::snprintf(f.text, sizeof f.text, "%s: operation %zu of kind %d, byte %td: other bits",
                              level.name.data(), i, int{op.head().kind}, at);
            }
            std::memcpy(arena.data(), states[i + 1].data(), arena.size());
        });
    }
    return f;
}

} // namespace fuzz

#endif
