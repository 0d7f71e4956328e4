// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_FIRMWARE_FINGERPRINT_HPP
#define PITH_EXAMPLES_FIRMWARE_FINGERPRINT_HPP
/// A program's answer to seeded noise as one number: equal on every processor and for every set of kernels.

#include <cstddef>
#include <cstdint>
#include <span>

#include <pith/device.hpp>

namespace firmware {

/// FNV-1a over bytes.
class fnv {
public:
    void add(const std::byte* first, std::size_t count) noexcept {
        for (std::size_t i = 0; i < count; ++i)
            state_ = (state_ ^ static_cast<std::uint64_t>(first[i])) * 0x100000001B3u;
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

private:
    std::uint64_t state_ = 0xCBF29CE484222325u;
};

/// Calls f(first byte, bytes) for each row of pixels of a tensor in the arena; borders are left out.
template <class F>
void for_each_row(const pith::run::tensor_record& t, std::byte* arena, const F& f) {
    const std::size_t element = pith::run::element_bytes(t);
    for (std::uint32_t image = 0; image < t.dims[0]; ++image)
        for (std::uint32_t row = 0; row < t.dims[1]; ++row) {
            const std::uint64_t at = image * pith::run::image_stride(t) + row * pith::run::row_stride(t);
            f(arena + t.offset + static_cast<std::size_t>(at) * element,
              std::size_t{t.dims[2]} * t.dims[3] * element);
        }
}

/// Scale and zero of the codes that the first operation makes of a real input.
[[nodiscard]] inline pith::run::tensor_record codes_of(const pith::run::program_data& p,
                                                       std::uint16_t input) {
    for (const pith::run::op_view op : p.ops())
        if (op.head().input == input && op.kind() == pith::run::op::quantize::kind)
            return p.tensor(op.head().output);
    pith::run::tensor_record unit{};
    unit.scale = 1.f / 128;
    unit.zero = 128;
    return unit;
}

/// Fills an input with noise: every code, or the real numbers the codes stand for, equally often.
inline void fill_noise(const pith::run::program_data& p, std::uint16_t input, std::byte* arena,
                       pith::random_bits& bits) {
    const pith::run::tensor_record t = p.tensor(input);
    const pith::run::tensor_record codes = codes_of(p, input);
    for_each_row(t, arena, [&](std::byte* first, std::size_t bytes) {
        const std::size_t element = pith::run::element_bytes(t);
        for (std::size_t i = 0; i < bytes; i += element) {
            const auto code = static_cast<std::int32_t>(bits.below(256));
            if (element == 1)
                first[i] = static_cast<std::byte>(code);
            else
                pith::store_le(first + i, codes.scale * static_cast<float>(code - codes.zero));
        }
    });
}

/// @pre can_run(p, kernels); the arena has the size and alignment of `p`
template <class Ops>
[[nodiscard]] std::uint64_t fingerprint(const pith::run::basic_program_view<Ops>& p,
                                        std::span<std::byte> arena,
                                        const pith::run::basic_kernel_set<Ops>& kernels) {
    pith::random_bits bits(1);
    for (std::size_t i = 0; i < p.input_count(); ++i)
        fill_noise(p, p.input(i).tensor, arena.data(), bits);
    pith::run::execute(p, arena, kernels);
    fnv sum;
    for (std::size_t i = 0; i < p.output_count(); ++i)
        for_each_row(p.tensor(p.output(i).tensor), arena.data(),
                     [&](const std::byte* first, std::size_t bytes) { sum.add(first, bytes); });
    return sum.value();
}

} // namespace firmware

#endif
