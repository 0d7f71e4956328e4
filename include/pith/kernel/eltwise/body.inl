// SPDX-License-Identifier: MIT
// Element-wise operations, included inside a target region, in a namespace that has `reals` and `codes`
// (simd/words.hpp). On codes they equal the portable kernels bit for bit.

static_assert(pith::simd::checked_reals<reals>::complete);
static_assert(pith::simd::checked_codes<codes>::complete);
using vf = reals::vf;
using vi = codes::vi;
inline constexpr std::uint32_t width = reals::width;

/// Calls f(first, n) for n = width elements at a time, then for what is left of `count`.
template <class F>
PITH_ALWAYS_INLINE void in_vectors(std::size_t count, const F& f) noexcept {
    std::size_t i = 0;
    for (; i + width <= count; i += width)
        f(i, std::size_t{width});
    if (i < count)
        f(i, count - i);
}

/// A code from a real: clamped, rounded to even, the zero point added as an integer.
struct rounding {
    vf low, high;
    vi zero;
    PITH_ALWAYS_INLINE rounding(std::int32_t lowest, std::int32_t highest, std::int32_t zero_point) noexcept
        : low(reals::repeat(static_cast<float>(lowest))), high(reals::repeat(static_cast<float>(highest))),
          zero(codes::repeat_whole(zero_point)) {}
    PITH_ALWAYS_INLINE vi operator()(vf v) const noexcept {
        return codes::add_whole(codes::to_whole(reals::min(reals::max(v, low), high)), zero);
    }
};

/// Calls f(x, y) with the beginning of every row's inputs and outputs.
template <class Args, class F>
PITH_ALWAYS_INLINE void for_each_row(const Args& a, const F& f) noexcept {
    for (std::size_t r = 0; r < a.rows; ++r)
        f(a.input + static_cast<std::ptrdiff_t>(r) * a.input_row_stride,
          a.output + static_cast<std::ptrdiff_t>(r) * a.output_row_stride);
}

template <class = on_use>
inline void quantize(const quantize_args& a) noexcept {
    const vf scale = reals::repeat(a.to.scale);
    const rounding code(a.to.lowest - a.to.zero, a.to.highest - a.to.zero, a.to.zero);
    for_each_row(a, [&](const float* x, std::uint8_t* y) {
        in_vectors(a.count, [&](std::size_t i, std::size_t n) {
            const vf v =
                n == width ? reals::load(x + i) : reals::load_part(x + i, static_cast<std::uint32_t>(n));
            codes::store_codes(y + i, code(reals::div(v, scale)), n);
        });
    });
}

template <class = on_use>
inline void dequantize(const dequantize_args& a) noexcept {
    const vf scale = reals::repeat(a.from.scale);
    const vi zero = codes::repeat_whole(a.from.zero);
    for_each_row(a, [&](const std::uint8_t* x, float* y) {
        in_vectors(a.count, [&](std::size_t i, std::size_t n) {
            const vf v = reals::mul(codes::to_real(codes::sub_whole(codes::load_whole(x + i), zero)), scale);
            n == width ? reals::store(y + i, v) : reals::store_part(y + i, v, static_cast<std::uint32_t>(n));
        });
    });
}

/// Codes of an operand: next to each other, or one for all.
struct source {
    const std::uint8_t* data;
    vi all;
    bool single;
    PITH_ALWAYS_INLINE source(const codes_operand& o, const std::uint8_t* p) noexcept
        : data(p), all(codes::repeat_whole(*p)), single(o.period == 1) {}
    PITH_ALWAYS_INLINE vi operator()(std::size_t i) const noexcept {
        return single ? all : codes::load_whole(data + i);
    }
};

/// Calls f(a, b) on integers of `count` pairs that do not repeat.
template <class F>
PITH_ALWAYS_INLINE void pair_span(const source& a, const source& b, std::uint8_t* y, std::size_t count,
                                  const F& f) noexcept {
    in_vectors(count, [&](std::size_t i, std::size_t n) { codes::store_codes(y + i, f(a(i), b(i)), n); });
}

/// Splits rows where an operand begins again.
template <class Args, class F>
PITH_ALWAYS_INLINE void for_each_pair(const Args& args, const F& f) noexcept {
    const std::size_t a_span = args.a.period > 1 ? args.a.period : args.count;
    const std::size_t b_span = args.b.period > 1 ? args.b.period : args.count;
    for (std::size_t r = 0; r < args.rows; ++r) {
        const auto row = static_cast<std::ptrdiff_t>(r);
        const std::uint8_t* a = args.a.data + row * args.a.row_stride;
        const std::uint8_t* b = args.b.data + row * args.b.row_stride;
        std::uint8_t* y = args.output + row * args.output_row_stride;
        const std::size_t a_step = args.a.period == 1 ? 0 : 1;
        const std::size_t b_step = args.b.period == 1 ? 0 : 1;
        for (std::size_t i = 0, ai = 0, bi = 0; i < args.count;) {
            std::size_t span = a_span - ai < b_span - bi ? a_span - ai : b_span - bi;
            span = args.count - i < span ? args.count - i : span;
            pair_span(source(args.a, a + ai * a_step), source(args.b, b + bi * b_step), y + i, span, f);
            i += span;
            ai = ai + span == a_span ? 0 : ai + span;
            bi = bi + span == b_span ? 0 : bi + span;
        }
    }
}

template <class = on_use>
inline void add_u8(const add_u8_args& args) noexcept {
    const vf ra = reals::repeat(args.factors.ra);
    const vf rb = reals::repeat(args.factors.rb);
    const vf offset = reals::repeat(args.factors.offset);
    const rounding code(args.lowest - args.moved, args.highest - args.moved, args.moved);
    const auto sum = [&](vi a, vi b) {
        return code(reals::fma(codes::to_real(a), ra, reals::fma(codes::to_real(b), rb, offset)));
    };
    if (args.moved == 0)
        return for_each_pair(args, sum);
    const vi moved = codes::repeat_whole(args.moved);
    for_each_pair(args,
                  [&](vi a, vi b) { return sum(codes::sub_whole(a, moved), codes::sub_whole(b, moved)); });
}

template <class = on_use>
inline void mul_u8(const mul_u8_args& args) noexcept {
    const vi a_zero = codes::repeat_whole(args.a_zero);
    const vi b_zero = codes::repeat_whole(args.b_zero);
    const vf factor = reals::repeat(args.factor);
    const vf zero = reals::repeat(static_cast<float>(args.zero - args.moved));
    const rounding code(args.lowest - args.moved, args.highest - args.moved, args.moved);
    for_each_pair(args, [&](vi a, vi b) {
        const vf exact =
            codes::to_real(codes::mul_whole(codes::sub_whole(a, a_zero), codes::sub_whole(b, b_zero)));
        return code(reals::add(codes::apart(reals::mul(exact, factor)), zero));
    });
}

/// Calls f(g) where op is one of those that profit, g being the function; false for the others.
template <class F>
PITH_ALWAYS_INLINE bool with_simple_unary(const unary_f32_args& a, const F& f) noexcept {
    const vf alpha = reals::repeat(a.alpha);
    const vf beta = reals::repeat(a.beta);
    const vf none = reals::zero();
    const vf one = reals::repeat(1.f);
    switch (a.op) {
    case format::unary_op::relu:
        f([&](vf x) { return reals::max(none, x); });
        return true;
    case format::unary_op::clip:
        f([&](vf x) { return reals::min(beta, reals::max(alpha, x)); });
        return true;
    case format::unary_op::hard_sigmoid:
        f([&](vf x) { return reals::min(one, reals::max(none, reals::fma(alpha, x, beta))); });
        return true;
    case format::unary_op::hard_swish:
        f([&](vf x) {
            return reals::mul(x, reals::min(one, reals::max(none, reals::fma(x, reals::repeat(1.f / 6.f),
                                                                             reals::repeat(0.5f)))));
        });
        return true;
    default:
        return false;
    }
}

/// relu, clip, hard_sigmoid and hard_swish; other functions by the portable kernel.
template <class = on_use>
inline void unary_f32(const unary_f32_args& a) noexcept {
    const bool done = with_simple_unary(a, [&](const auto& g) {
        for_each_row(a, [&](const float* x, float* y) {
            in_vectors(a.count, [&](std::size_t i, std::size_t n) {
                if (n == width)
                    return reals::store(y + i, g(reals::load(x + i)));
                const auto part = static_cast<std::uint32_t>(n);
                reals::store_part(y + i, g(reals::load_part(x + i, part)), part);
            });
        });
    });
    if (!done)
        portable::unary_f32(a);
}

/// Lines whose output is contiguous and whose operands are, or repeat one element.
template <class F>
PITH_ALWAYS_INLINE void binary_lines(const binary_f32_args& args, const axes<3>& merged,
                                     const F& f) noexcept {
    const std::uint32_t last = merged.rank - 1;
    const bool a_single = merged.strides[0][last] == 0;
    const bool b_single = merged.strides[1][last] == 0;
    const vf low = reals::repeat(args.low);
    const vf high = reals::repeat(args.high);
    for_each_outer(merged, 1, [&](const std::ptrdiff_t(&at)[3]) {
        const float* a = args.a + at[0];
        const float* b = args.b + at[1];
        float* y = args.output + at[2];
        const vf one_a = reals::repeat(*a);
        const vf one_b = reals::repeat(*b);
        in_vectors(merged.sizes[last], [&](std::size_t i, std::size_t n) {
            const auto part = static_cast<std::uint32_t>(n);
            const vf x = a_single ? one_a : n == width ? reals::load(a + i) : reals::load_part(a + i, part);
            const vf w = b_single ? one_b : n == width ? reals::load(b + i) : reals::load_part(b + i, part);
            const vf v = reals::min(high, reals::max(low, f(x, w)));
            n == width ? reals::store(y + i, v) : reals::store_part(y + i, v, part);
        });
    });
}

/// add, sub, mul and div along contiguous lines; the rest by the portable kernel.
template <class = on_use>
inline void binary_f32(const binary_f32_args& args) noexcept {
    const axes<3> merged = merged_axes(args);
    const std::uint32_t last = merged.rank - 1;
    const auto line = [](std::ptrdiff_t step) { return step == 0 || step == 1; };
    if (!line(merged.strides[0][last]) || !line(merged.strides[1][last]) || merged.strides[2][last] != 1)
        return portable::binary_f32(args);
    switch (args.op) {
    case format::binary_op::add:
        return binary_lines(args, merged, [](auto a, auto b) { return reals::add(a, b); });
    case format::binary_op::sub:
        return binary_lines(args, merged, [](auto a, auto b) { return reals::sub(a, b); });
    case format::binary_op::mul:
        return binary_lines(args, merged, [](auto a, auto b) { return reals::mul(a, b); });
    case format::binary_op::div:
        return binary_lines(args, merged, [](auto a, auto b) { return reals::div(a, b); });
    default:
        return portable::binary_f32(args);
    }
}
