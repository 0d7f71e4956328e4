// SPDX-License-Identifier: MIT
// Words of my own instruction set, plain integers and floats, of which PITH_FORGET leaves one out.
// PITH_FORGET=1: words of floats need: vf fma(vf, vf, vf)
// PITH_FORGET=2: words of floats need: store_part(real*, vf, n)
// PITH_FORGET=3: words of floats need: real, vf
// PITH_FORGET=4: words of codes need: vb narrow_lanes(const vi (&)[4], vb)
// PITH_FORGET=5: words of dot products need: vec add_dot(vec, inputs, weights)
// PITH_FORGET=6: words of widened dot products need: widen_weights(from, to)
// PITH_FORGET=7: words of low bits need: choice singles(const std::uint8_t*, int part)
// PITH_FORGET=8: words of dot products by lanes need: vec add_lane<Lane>(vec, strip, group, int vector of
// outputs)
#ifndef PITH_FORGET
#define PITH_FORGET 0
#endif
#include <pith/simd/words.hpp>

namespace mine {

struct reals {
    using real = float;
#if PITH_FORGET != 3
    using vf = float;
#endif
    static constexpr std::uint32_t width = 1;
    static constexpr std::uint32_t registers = 16;
    static float zero();
    static float repeat(float);
    static float load(const float*);
    static void store(float*, float);
    static float load_part(const float*, std::uint32_t);
#if PITH_FORGET != 2
    static void store_part(float*, float, std::uint32_t);
#endif
    static float add(float, float);
    static float sub(float, float);
    static float mul(float, float);
    static float div(float, float);
#if PITH_FORGET != 1
    static float fma(float, float, float);
#endif
    static float min(float, float);
    static float max(float, float);
    static float where_positive(float, float);
};
static_assert(pith::simd::checked_reals<reals>::complete);

struct codes {
    using vf = float;
    using vi = std::int32_t;
    using vb = std::uint32_t;
    static constexpr std::uint32_t bytes = 4;
    static vi repeat_whole(std::int32_t);
    static vi load_whole(const std::uint8_t*);
    static vi load_small(const std::int8_t*);
    static vi load_sums(const std::int32_t*);
    static void store_sums(std::int32_t*, vi);
    static vi add_whole(vi, vi);
    static vi sub_whole(vi, vi);
    static vi mul_whole(vi, vi);
    static vf to_real(vi);
    static vi to_whole(vf);
    static vf apart(vf);
    static bool all_below(vf, float);
    static void store_codes(std::uint8_t*, vi, std::size_t);
    static vb load_bytes(const std::uint8_t*);
    static void store_bytes(std::uint8_t*, vb, std::size_t);
    static vb max_bytes(vb, vb);
    static vb min_bytes(vb, vb);
    static vb repeat_byte(std::int32_t);
    static vb repeat_short(std::int32_t);
#if PITH_FORGET != 4
    static vb narrow_lanes(const vi (&)[4], vb);
#endif
};
static_assert(pith::simd::checked_packed_codes<codes>::complete);

struct dot {
    using vec = std::int32_t;
    using weights = std::int32_t;
    using inputs = std::int32_t;
    static constexpr int lanes = 1;
    static constexpr int wanted_chains = 4;
    static constexpr int most_chains = 8;
    static constexpr int unroll = 1;
    static vec none();
    static vec load(const void*);
    static void store(void*, vec);
    static vec add(vec, vec);
    static vec broadcast(const std::uint8_t*);
    static weights as_weights(vec);
    static inputs as_inputs(vec);
#if PITH_FORGET != 5
    static vec add_dot(vec, inputs, weights);
#endif
};
static_assert(pith::simd::checked_dot<dot>::complete);

#if PITH_FORGET != 5
struct dot_widened : dot {
    static constexpr std::size_t step = 1;
    static weights load_bytes(const std::int8_t*);
    static inputs broadcast_four(const std::uint8_t*);
    static vec add_neighbours(vec, vec);
    static void widen_inputs(const std::uint8_t*, std::size_t, std::int16_t*);
#if PITH_FORGET != 6
    static void widen_weights(const std::int8_t*, std::int16_t*);
#endif
};
static_assert(pith::simd::checked_widened_dot<dot_widened>::complete);

struct dot_by_lanes : dot {
    using strip = std::int64_t;
    using group = std::int64_t;
    static constexpr int strip_groups = 2;
    static constexpr bool offset_inputs = true;
    static strip load_strip(const std::uint8_t*);
    static group load_group(const std::int8_t*);
#if PITH_FORGET != 8
    template <int Lane>
    static vec add_lane(vec, strip, group, int);
#endif
    static vec take_offset(vec, group, int);
    static vec sub(vec, vec);
};
static_assert(pith::simd::checked_lane_dot<dot_by_lanes>::complete);
static_assert(pith::simd::offsets_inputs<dot_by_lanes> && !pith::simd::offsets_inputs<dot>);
#endif

struct planes {
    using vec = std::int32_t;
    using choice = bool;
    static constexpr int parts = 16;
    static void store(std::int8_t*, vec);
    static vec fill(std::int8_t);
    static vec table(const std::int8_t*);
    static vec pick(vec, vec);
    static vec pick_where(choice, vec, vec, vec);
    static vec choose(choice, vec, vec);
    static choice bit(vec, int);
    static vec add(vec, vec);
    static vec add_where(choice, vec, vec);
    static vec times_16(vec);
    static vec add_bytes(vec, const std::uint8_t*);
    static vec nibbles(const std::uint8_t*, int);
    static vec pairs(const std::uint8_t*, int);
#if PITH_FORGET != 7
    static choice singles(const std::uint8_t*, int);
#endif
};
static_assert(pith::simd::checked_low_bits<planes>::complete);

} // namespace mine
