// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/base/random.hpp>
#include <pith/base/view.hpp>
#include <pith/kernel/bgemm.hpp>
#include <pith/kernel/codes.hpp>

using namespace pith;

namespace {

enum class store { codes, residual_first, residual_second, reals };

struct problem {
    std::uint32_t rows = 5, columns = 6, inputs = 64, channels = 16;
    std::uint32_t kernel = 3, stride = 1, dilation = 1, pad = 1;
    store what = store::codes;

    [[nodiscard]] std::uint32_t out(std::uint32_t size) const {
        return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
    }
    [[nodiscard]] std::string text() const {
        return std::to_string(rows) + "x" + std::to_string(columns) + "x" + std::to_string(inputs) + " -> " +
               std::to_string(channels) + ", kernel " + std::to_string(kernel) + ", stride " +
               std::to_string(stride) + ", dilation " + std::to_string(dilation) + ", pad " +
               std::to_string(pad);
    }
};

/// Inputs and weights of -1 and +1, and what a kernel is handed.
struct setting {
    problem p;
    std::vector<int> x, w; ///< [pixel][input], [channel][tap][input]
    std::vector<std::uint8_t> bits, weights, residual;
    std::vector<std::int32_t> bias;
    std::vector<float> factor;

    explicit setting(const problem& of) : p(of) {
        random_bits random(7 + p.inputs + 64 * p.channels + p.columns);
        const auto sign = [&] { return (random() & 1) != 0 ? 1 : -1; };
        x.resize(std::size_t{p.rows} * p.columns * p.inputs);
        w.resize(std::size_t{p.channels} * p.kernel * p.kernel * p.inputs);
        for (int& e : x)
            e = sign();
        for (int& e : w)
            e = sign();
        const std::size_t words = kernel::words_of(p.inputs);
        const std::size_t lanes = (p.channels + 15) / 16 * 16;
        bits.assign(std::size_t{p.rows} * p.columns * words * 8 + over_read_bytes, 0);
        weights.assign(lanes * p.kernel * p.kernel * words * 8 + over_read_bytes, 0);
        for (std::size_t i = 0; i < x.size(); ++i)
            set(bits, i / p.inputs * words, i % p.inputs, x[i]);
        for (std::size_t i = 0; i < w.size(); ++i) {
            const std::size_t taps = std::size_t{p.kernel} * p.kernel;
            const std::size_t c = i / (taps * p.inputs);
            const std::size_t tap = i / p.inputs % taps;
            const std::size_t k = i % p.inputs;
            const std::size_t word = ((c / 16 * taps + tap) * words + k / 64) * 16 + c % 16;
            set(weights, word, k % 64, w[i]);
        }
        for (std::size_t c = 0; c < lanes; ++c) {
            bias.push_back(static_cast<std::int32_t>(random.below(41)) - 20);
            factor.push_back(0.01f + 0.002f * static_cast<float>(random.below(50)));
        }
        residual.resize(std::size_t{p.out(p.rows)} * p.out(p.columns) * p.channels + over_read_bytes);
        for (auto& e : residual)
            e = static_cast<std::uint8_t>(random.below(256));
    }

    [[nodiscard]] kernel::bgemm_args args() const {
        kernel::bgemm_args a;
        const auto words = static_cast<std::ptrdiff_t>(kernel::words_of(p.inputs));
        a.input = bits.data();
        a.over.input_rows = p.rows;
        a.over.input_columns = p.columns;
        a.over.output_rows = p.out(p.rows);
        a.over.output_columns = p.out(p.columns);
        a.over.channels = kernel::words_of(p.inputs);
        for (std::size_t i = 0; i < 2; ++i) {
            a.over.kernel[i] = p.kernel;
            a.over.strides[i] = p.stride;
            a.over.dilations[i] = p.dilation;
            a.over.pads[i] = p.pad;
        }
        const auto channels = static_cast<std::ptrdiff_t>(p.channels);
        a.over.input_strides = {static_cast<std::ptrdiff_t>(p.columns) * words * 8, words * 8};
        a.over.output_strides = {static_cast<std::ptrdiff_t>(p.out(p.columns)) * channels, channels};
        a.inputs = p.inputs;
        a.weights = weights.data();
        a.channels = p.channels;
        a.epilogue.bias = bias.data();
        a.epilogue.factor = factor.data();
        a.epilogue.zero = 10;
        a.epilogue.lowest = 3;
        a.epilogue.highest = 250;
        if (p.what == store::residual_first || p.what == store::residual_second) {
            a.epilogue.residual = residual.data();
            a.epilogue.residual_strides = a.over.output_strides;
            a.epilogue.residual_is_first = p.what == store::residual_first;
            a.epilogue.add = {0.4f, 0.7f, 3.f};
            a.epilogue.add_highest = 251;
        }
        return a;
    }

    /// Codes, or the bytes of reals, with a canary behind them.
    [[nodiscard]] std::vector<std::uint8_t> run(kernel::entry<kernel::bgemm_args>::function k) const {
        const std::size_t count = std::size_t{p.out(p.rows)} * p.out(p.columns) * p.channels;
        kernel::bgemm_args a = args();
        if (p.what == store::reals) {
            std::vector<float> y(count + 16, -77.f);
            a.real_output = y.data();
            k(a);
            const auto* first = reinterpret_cast<const std::uint8_t*>(y.data());
            return {first, first + y.size() * sizeof(float)};
        }
        std::vector<std::uint8_t> y(count + 64, 177);
        a.output = y.data();
        k(a);
        return y;
    }

    /// By the definition, one product at a time.
    [[nodiscard]] std::vector<std::int32_t> sums() const {
        std::vector<std::int32_t> out;
        const auto inside = [](std::int64_t i, std::uint32_t size) { return i >= 0 && i < size; };
        for (std::uint32_t r = 0; r < p.out(p.rows); ++r)
            for (std::uint32_t c = 0; c < p.out(p.columns); ++c)
                for (std::uint32_t o = 0; o < p.channels; ++o) {
                    std::int32_t sum = 0;
                    for (std::uint32_t i = 0; i < p.kernel; ++i)
                        for (std::uint32_t j = 0; j < p.kernel; ++j) {
                            const std::int64_t y =
                                std::int64_t{r} * p.stride + std::int64_t{i} * p.dilation - p.pad;
                            const std::int64_t z =
                                std::int64_t{c} * p.stride + std::int64_t{j} * p.dilation - p.pad;
                            if (!inside(y, p.rows) || !inside(z, p.columns))
                                continue;
                            const auto pixel =
                                static_cast<std::size_t>(y) * p.columns + static_cast<std::size_t>(z);
                            for (std::uint32_t k = 0; k < p.inputs; ++k)
                                sum += x[pixel * p.inputs + k] *
                                       w[((std::size_t{o} * p.kernel + i) * p.kernel + j) * p.inputs + k];
                        }
                    out.push_back(sum);
                }
        return out;
    }

private:
    static void set(std::vector<std::uint8_t>& words, std::size_t word, std::size_t bit, int sign) {
        if (sign < 0)
            words[word * 8 + bit / 8] = static_cast<std::uint8_t>(words[word * 8 + bit / 8] | 1u << bit % 8);
    }
};

void check(const problem& p) {
    const setting s(p);
    const auto reference = s.run(&kernel::portable::bgemm);
    if (p.what == store::codes) {
        const auto sums = s.sums();
        const auto a = s.args();
        bool right = true;
        for (std::size_t i = 0; i < sums.size(); ++i)
            right =
                right && reference[i] == kernel::to_code(a.epilogue, sums[i],
                                                         static_cast<std::uint32_t>(i % p.channels), nullptr);
        CHECK_MESSAGE(right, p.text());
    }
    kernel::for_each_supported(kernel::bgemm_list<>, arch::detect(), [&](const auto& k) {
        CHECK_MESSAGE((s.run(k.run) == reference), k.name << ": " << p.text());
    });
}

constexpr store every_store[] = {store::codes, store::residual_first, store::residual_second, store::reals};

} // namespace

TEST_CASE("bgemm: inputs around the word, channels around the panel, every store") {
    for (const std::uint32_t inputs : {1u, 3u, 16u, 63u, 64u, 65u, 128u, 200u})
        for (const std::uint32_t channels : {1u, 7u, 8u, 15u, 16u, 17u, 32u, 40u})
            for (const store what : every_store)
                check({.inputs = inputs, .channels = channels, .what = what});
}

TEST_CASE("bgemm: windows of every kind, at borders and beyond them") {
    for (const std::uint32_t kernel : {1u, 2u, 3u, 5u})
        for (const std::uint32_t stride : {1u, 2u, 3u})
            for (const std::uint32_t dilation : {1u, 2u})
                for (const std::uint32_t pad : {0u, 1u, 3u})
                    for (const std::uint32_t columns : {9u, 12u, 17u})
                        check({.rows = 9,
                               .columns = columns,
                               .inputs = 70,
                               .channels = 19,
                               .kernel = kernel,
                               .stride = stride,
                               .dilation = dilation,
                               .pad = pad,
                               .what = every_store[(kernel + columns) % 4]});
}

TEST_CASE("bgemm: images that only pixels between others see") {
    for (const std::uint32_t kernel : {1u, 3u})
        for (const std::uint32_t stride : {1u, 2u, 3u})
            for (const std::uint32_t columns : {1u, 2u, 4u})
                check({.rows = 2,
                       .columns = columns,
                       .inputs = 33,
                       .channels = 20,
                       .kernel = kernel,
                       .stride = stride,
                       .pad = 4});
}

TEST_CASE("pack_bits: a bit for every code below the threshold, none beyond the channels") {
    for (const std::uint32_t channels : {1u, 8u, 63u, 64u, 65u, 130u})
        for (const std::uint8_t threshold :
             {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{130}, std::uint8_t{255}}) {
            random_bits random(channels);
            constexpr std::size_t pixels = 5;
            const std::size_t step = channels + 3;
            const std::size_t words = kernel::words_of(channels);
            std::vector<std::uint8_t> codes(pixels * step + over_read_bytes);
            for (auto& e : codes)
                e = static_cast<std::uint8_t>(random.below(256));
            kernel::for_each_supported(kernel::pack_bits_list<>, arch::detect(), [&](const auto& k) {
                std::vector<std::uint8_t> out(pixels * words * 8 + 8, 0xAB);
                k.run({codes.data(), out.data(), pixels, channels, static_cast<std::ptrdiff_t>(step),
                       static_cast<std::ptrdiff_t>(words * 8), threshold});
                bool right = true;
                for (std::size_t i = 0; i < pixels; ++i)
                    for (std::size_t b = 0; b < words * 64; ++b) {
                        const bool bit = (out[i * words * 8 + b / 8] >> b % 8 & 1) != 0;
                        right = right && bit == (b < channels && codes[i * step + b] < threshold);
                    }
                CHECK_MESSAGE(right, k.name << ", " << channels << " channels, threshold " << int{threshold});
                CHECK(out.back() == 0xAB);
            });
        }
}
