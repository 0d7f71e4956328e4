// SPDX-License-Identifier: MIT
// Pooling, included inside a target region, in a namespace that has `reals` and `codes` (simd/words.hpp).
// Vectors run over channels; inputs may be read beyond the last channel, never written. All equal the
// portable kernels bit for bit.

static_assert(pith::simd::checked_reals<reals>::complete);
static_assert(pith::simd::checked_codes<codes>::complete);
using vf = reals::vf;
using vi = codes::vi;
using vb = codes::vb;
inline constexpr std::uint32_t width = reals::width;
inline constexpr std::uint32_t bytes = codes::bytes;

template <class = on_use>
inline void max_pool_u8(const max_pool_u8_args& a) noexcept {
    const std::uint32_t channels = a.over.channels;
    for_each_window(a.over, [&](const clipped_window& w) {
        for (std::uint32_t c = 0; c < channels; c += bytes) {
            vb greatest{};
            for_each_tap(a.over, w, [&](std::ptrdiff_t at) {
                greatest = codes::max_bytes(greatest,
                                            codes::load_bytes(a.input + at + static_cast<std::ptrdiff_t>(c)));
            });
            codes::store_bytes(a.output + w.output + static_cast<std::ptrdiff_t>(c), greatest,
                               channels - c < bytes ? channels - c : bytes);
        }
    });
}

/// Calls f(window, c) -> vf for every vector of channels of every output pixel, and stores what it gives.
template <class F>
PITH_ALWAYS_INLINE void for_each_vector(const pool_geometry& g, float* output, const F& f) noexcept {
    for_each_window(g, [&](const clipped_window& w) {
        for (std::uint32_t c = 0; c < g.channels; c += width) {
            float* y = output + w.output + static_cast<std::ptrdiff_t>(c);
            const vf v = f(w, static_cast<std::ptrdiff_t>(c));
            g.channels - c < width ? reals::store_part(y, v, g.channels - c) : reals::store(y, v);
        }
    });
}

template <class = on_use>
inline void max_pool_f32(const max_pool_f32_args& a) noexcept {
    for_each_vector(a.over, a.output, [&](const clipped_window& w, std::ptrdiff_t c) {
        vf greatest = reals::repeat(-3.402823466e38f);
        for_each_tap(a.over, w, [&](std::ptrdiff_t at) {
            greatest = reals::max(reals::load(a.input + at + c), greatest);
        });
        return greatest;
    });
}

template <class = on_use>
inline void average_pool_f32(const average_pool_f32_args& a) noexcept {
    for_each_vector(a.over, a.output, [&](const clipped_window& w, std::ptrdiff_t c) {
        vf sum = reals::zero();
        for_each_tap(a.over, w,
                     [&](std::ptrdiff_t at) { sum = reals::add(sum, reals::load(a.input + at + c)); });
        const std::uint32_t count = a.count_padding ? w.padded_count : w.count;
        return count != 0 ? reals::div(sum, reals::repeat(static_cast<float>(count))) : reals::zero();
    });
}

template <class = on_use>
inline void average_pool_u8(const average_pool_u8_args& a) noexcept {
    const vi from_zero = codes::repeat_whole(a.from.zero);
    const vf from_scale = reals::repeat(a.from.scale);
    const format::affine own = format::moved_back(a.to);
    const vf to_zero = reals::repeat(static_cast<float>(own.zero));
    const vf to_scale = reals::repeat(own.scale);
    const vf low = reals::repeat(static_cast<float>(own.lowest));
    const vf high = reals::repeat(static_cast<float>(own.highest));
    const vi moved = codes::repeat_whole(a.to.moved);
    const std::uint32_t channels = a.over.channels;
    for_each_window(a.over, [&](const clipped_window& w) {
        const std::uint32_t count = a.count_padding ? w.padded_count : w.count;
        for (std::uint32_t c = 0; c < channels; c += width) {
            vf sum = reals::zero();
            for_each_tap(a.over, w, [&](std::ptrdiff_t at) {
                const vi code = codes::load_whole(a.input + at + static_cast<std::ptrdiff_t>(c));
                sum = reals::add(sum, codes::apart(reals::mul(
                                          codes::to_real(codes::sub_whole(code, from_zero)), from_scale)));
            });
            const vf mean =
                count != 0 ? reals::div(sum, reals::repeat(static_cast<float>(count))) : reals::zero();
            const vf real = reals::add(reals::div(mean, to_scale), to_zero);
            const vi code = codes::add_whole(codes::to_whole(reals::min(reals::max(real, low), high)), moved);
            codes::store_codes(a.output + w.output + static_cast<std::ptrdiff_t>(c), code,
                               channels - c < width ? channels - c : width);
        }
    });
}

template <class = on_use>
inline void global_average_u8(const global_average_u8_args& a) noexcept {
    const std::uint32_t pixels = a.rows * a.columns;
    const vi zeros =
        codes::repeat_whole(static_cast<std::int32_t>(pixels * static_cast<std::uint32_t>(a.input_zero)));
    const vf factor = reals::repeat(a.factor);
    const vf low = reals::repeat(static_cast<float>(a.lowest - a.zero));
    const vf high = reals::repeat(static_cast<float>(a.highest - a.zero));
    for (std::uint32_t c = 0; c < a.channels; c += width) {
        vi sum = codes::repeat_whole(0);
        for (std::uint32_t row = 0; row < a.rows; ++row) {
            const std::uint8_t* x =
                a.input + static_cast<std::ptrdiff_t>(row) * a.input_strides.row_stride + c;
            for (std::uint32_t column = 0; column < a.columns; ++column, x += a.input_strides.column_stride)
                sum = codes::add_whole(sum, codes::load_whole(x));
        }
        const vf real = reals::mul(codes::to_real(codes::sub_whole(sum, zeros)), factor);
        const vi code = codes::add_whole(codes::to_whole(reals::min(reals::max(real, low), high)),
                                         codes::repeat_whole(a.zero));
        codes::store_codes(a.output + c, code, a.channels - c < width ? a.channels - c : width);
    }
}
