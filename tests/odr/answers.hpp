// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_ODR_ANSWERS_HPP
#define PITH_TESTS_ODR_ANSWERS_HPP
/// From a network to the answers of its int8 program at every level: the same templates and inline functions
/// of the library, instantiated in each file that includes this, whatever its compiler flags.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <pith/pith.hpp>

#include "examples/firmware/fingerprint.hpp"

namespace odr {

using program_bytes = std::vector<std::byte>;
/// Fingerprints of a program's codes, of portable code first.
using answers = std::vector<std::uint64_t>;

// In plain.cpp, with -O2.
program_bytes packed_plain();
answers answers_plain(const program_bytes& program);
// In native.cpp, with -O3 -march=native.
program_bytes packed_native();
answers answers_native(const program_bytes& program);

namespace {

/// ResNet-8 with random weights in int8, whose program gives codes. Empty where a step is refused.
[[maybe_unused]] program_bytes packed() {
    const auto noise = [](std::size_t seed) -> std::optional<pith::any_tensors<float>> {
        pith::random_bits bits(seed + 1);
        pith::tensor<float> image({1, 32, 32, 3});
        for (float& v : image.data())
            v = bits.unit();
        pith::any_tensors<float> inputs;
        inputs.emplace_back(std::move(image));
        return inputs;
    };
    auto program = pith::train::build_model<float>("resnet8")
                       .and_then(pith::passes::simplify{})
                       .and_then(pith::quantize::post_training{.calibration = noise, .samples = 4})
                       .and_then(pith::plan::pack_for{.options = {.code_outputs = true}});
    return program ? *std::move(program) : program_bytes{};
}

/// Empty where the program is refused.
[[maybe_unused]] answers answers_at_each_level(const program_bytes& bytes) {
    const auto program = pith::run::program_view::open(bytes);
    if (!program)
        return {};
    pith::buffer arena(program->arena_bytes());
    answers all{firmware::fingerprint(*program, arena.bytes(), pith::run::portable_kernels)};
    for (const auto& level : pith::arch::levels)
        all.push_back(
            firmware::fingerprint(*program, arena.bytes(),
                                  pith::run::kernels_for(pith::arch::allowed(level, pith::arch::detect()))));
    return all;
}

} // namespace

} // namespace odr

#endif
