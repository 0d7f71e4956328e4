// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_WHOLE_PROGRAMS_HPP
#define PITH_TESTS_FUZZ_WHOLE_PROGRAMS_HPP
/// Whole programs by chance, of every kind of operation and every width of weights, right by construction;
/// half of them are then damaged field by field. Device half only.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "pith/base/random.hpp"
#include "pith/format/low_bit.hpp"
#include "pith/run/op_list.hpp"
#include "pith/run/op_view.hpp"
#include "run/hand_made.hpp"

namespace fuzz {

using namespace pith::run;
using hand_made::operands;
using pith::format::dtype;

class program_maker {
public:
    explicit program_maker(std::uint64_t seed) : bits_(seed) {}

    [[nodiscard]] hand_made::aligned_bytes make() {
        for (std::uint32_t left = 1 + below(3); left > 0; --left)
            add_operation();
        if (chance(2)) {
            p_.door(0, "in", true);
            p_.door(static_cast<std::uint16_t>(p_.tensors.size() - 1), "out", false);
        }
        if (chance(2))
            for (std::uint32_t left = 1 + below(2); left > 0; --left)
                damage();
        return p_.bytes();
    }

private:
    using id = std::uint16_t;
    struct sizes {
        std::uint32_t d[4];
    };
    struct borders {
        std::uint8_t b[4];
    };

    std::uint32_t below(std::uint32_t n) { return bits_.below(n); }
    std::uint32_t from(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
    bool chance(std::uint32_t n) { return below(n) == 0; }
    std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }
    float real(float range) { return (bits_.unit() * 2 - 1) * range; }
    std::uint32_t channels() {
        constexpr std::uint32_t usual[] = {1, 2, 3, 4, 7, 8, 15, 16, 17, 20, 31, 32, 33, 40};
        if (chance(60))
            return from(64, 400); // windows too large for the kernels' usual ways
        return usual[below(static_cast<std::uint32_t>(std::size(usual)))];
    }
    sizes some_sizes() { return {{from(1, 2), from(1, 4), from(1, 5), channels()}}; }
    borders some_border() {
        borders b{};
        if (chance(3))
            for (auto& e : b.b)
                e = static_cast<std::uint8_t>(below(3));
        return b;
    }
    static std::uint32_t elements(const sizes& s) { return s.d[0] * s.d[1] * s.d[2] * s.d[3]; }
    [[nodiscard]] const tensor_record& at(id t) const { return p_.tensors[t]; }

    /// In the arena, not always at a round address.
    id tensor(dtype type, const sizes& s, const borders& border = borders{}) {
        const auto width = static_cast<std::uint32_t>(pith::format::bytes_of(type));
        p_.header.arena_bytes += width * below(4);
        p_.header.arena_bytes = pith::round_up(p_.header.arena_bytes, width);
        const id t = p_.tensor(type, s.d, 0.01f + bits_.unit(), byte());
        tensor_record& r = p_.tensors[t];
        const std::uint32_t first = r.offset;
        std::memcpy(r.border, border.b, sizeof r.border);
        r.offset = first + static_cast<std::uint32_t>(elements_before(r)) * width;
        p_.header.arena_bytes = first + static_cast<std::uint32_t>(stored_elements(r)) * width;
        return t;
    }
    /// As tensor(), but sometimes a constant.
    id operand(dtype type, const sizes& s, const borders& border = borders{}) {
        if (!chance(8))
            return tensor(type, s, border);
        const std::uint32_t before = p_.header.arena_bytes;
        const id t = tensor(type, s, border);
        tensor_record& r = p_.tensors[t];
        const auto width = static_cast<std::uint32_t>(element_bytes(r));
        std::vector<std::uint8_t> memory(static_cast<std::size_t>(stored_elements(r)) * width);
        for (auto& m : memory)
            m = type == dtype::f32 ? 0x3E : byte();
        r.constant = 1;
        r.offset = p_.constant(memory) + static_cast<std::uint32_t>(elements_before(r)) * width;
        p_.header.arena_bytes = before;
        return t;
    }
    /// Where an operation writes: a place of its own, or an operand's.
    id output(dtype type, const sizes& s, id in_place = no_tensor) {
        if (in_place != no_tensor && chance(3) && at(in_place).constant == 0) {
            tensor_record r = at(in_place);
            bool same = r.type == static_cast<std::uint8_t>(type);
            for (std::size_t i = 0; i < 4; ++i)
                same = same && r.dims[i] == s.d[i];
            r.zero = byte();
            if (same) {
                p_.tensors.push_back(r);
                return static_cast<id>(p_.tensors.size() - 1);
            }
        }
        return tensor(type, s, some_border());
    }
    template <class T>
    std::uint32_t constants(std::size_t count, T low, T high) {
        std::vector<T> v(count);
        for (auto& e : v)
            if constexpr (std::is_floating_point_v<T>)
                e = low + bits_.unit() * (high - low);
            else
                e = static_cast<T>(bits_.between(low, high));
        return p_.constant(v);
    }

    void add_operation() {
        switch (below(28)) {
        case 0:
        case 1:
            return add_codes_convolution(false);
        case 2:
            return add_codes_convolution(true);
        case 3:
            return add_real_convolution(false);
        case 4:
            return add_real_convolution(true);
        case 5:
            return add_quantize();
        case 6:
            return add_plain<op::dequantize>(dtype::u8, dtype::f32, op_record{}, some_border());
        case 7:
            return add_table();
        case 8:
            return add_unary();
        case 9:
        case 10:
            return add_binary_u8();
        case 11:
            return add_binary_f32();
        case 12:
            return add_float_pool();
        case 13:
        case 14:
            return add_codes_pool();
        case 15:
            return add_softmax();
        case 16:
            return add_copy();
        case 17:
            return add_pad();
        case 18:
            return add_resize();
        case 19:
            return add_reduce();
        case 20:
            return add_gather();
        case 21:
            return add_matmul();
        case 22:
            return add_global_average();
        case 23:
        case 24:
            return add_binary_convolution();
        case 25:
            return add_sparse_convolution(true);
        case 26:
            return add_sparse_convolution(false);
        default:
            return add_convert();
        }
    }

    /// A window over `in`, whose border and the output's size it chooses.
    op::window_record window(const sizes& in, borders& border, std::uint32_t (&out)[2]) {
        op::window_record w{};
        for (std::size_t i = 0; i < 2; ++i) {
            border.b[i] = static_cast<std::uint8_t>(below(3));
            border.b[i + 2] = static_cast<std::uint8_t>(below(3));
            w.pads[i] = static_cast<std::uint8_t>(below(border.b[i] + 1u));
            w.strides[i] = static_cast<std::uint16_t>(from(1, 2));
            w.dilations[i] = static_cast<std::uint16_t>(chance(4) ? 2 : 1);
            const std::uint32_t room = in.d[i + 1] + w.pads[i] + border.b[i + 2];
            const std::uint32_t most = (room - 1) / w.dilations[i] + 1;
            w.kernel[i] = static_cast<std::uint16_t>(chance(3) ? 1 : from(1, most < 3 ? most : 3));
            out[i] = (room - 1 - (w.kernel[i] - 1u) * w.dilations[i]) / w.strides[i] + 1;
        }
        return w;
    }

    struct layer {
        sizes in, out;
        borders border;
        op::window_record w;
        std::uint32_t groups = 1;
        std::size_t elements = 0;
        std::size_t lanes = 0;
    };
    layer some_layer(bool depthwise, bool codes) {
        layer l{some_sizes(), {}, {}, {}};
        std::uint32_t out[2];
        l.w = window(l.in, l.border, out);
        std::uint32_t outputs = channels();
        if (!depthwise && chance(4)) {
            l.groups = from(2, 3);
            l.in.d[3] *= l.groups;
            outputs *= l.groups;
        }
        l.out = {{l.in.d[0], out[0], out[1], depthwise ? l.in.d[3] : outputs}};
        l.w.tile_outputs = 16;
        l.w.tile_depth = codes ? 4 : 1;
        if (chance(6)) {
            l.w.tile_outputs = static_cast<std::uint8_t>(from(1, 18));
            l.w.tile_depth = static_cast<std::uint8_t>(from(1, 6));
        }
        const std::size_t taps = std::size_t{l.w.kernel[0]} * l.w.kernel[1];
        if (depthwise) {
            l.lanes = pith::round_up<std::size_t>(l.out.d[3], 16);
            l.elements = taps * l.lanes;
            return l;
        }
        const op::run_shape runs = op::runs_of(l.w, l.in.d[3], l.groups);
        const std::uint32_t share = l.out.d[3] / l.groups;
        l.lanes = l.groups * pith::round_up<std::size_t>(share, l.w.tile_outputs);
        l.elements = l.lanes * runs.rows * runs.columns *
                     pith::round_up<std::size_t>(static_cast<std::size_t>(runs.length), l.w.tile_depth);
        return l;
    }
    std::uint32_t codes_weights(const layer& l, bool depthwise) {
        std::vector<std::int8_t> w(l.elements);
        for (auto& e : w)
            e = static_cast<std::int8_t>(byte());
        const auto length =
            depthwise ? 0 : static_cast<std::size_t>(op::runs_of(l.w, l.in.d[3], l.groups).length);
        const std::size_t depth = l.w.tile_depth;
        const std::size_t groups = depthwise ? 1 : pith::round_up(length, depth) / depth;
        const std::size_t tile = l.w.tile_outputs * depth;
        if (!depthwise && length % depth != 0 && !chance(16))
            for (std::size_t i = 0; i < w.size(); ++i)
                if (i / tile % groups == groups - 1 && i % depth >= length % depth)
                    w[i] = 0;
        return p_.constant(w);
    }

    void add_codes_convolution(bool depthwise) {
        layer l = some_layer(depthwise, true);
        op::quantized_convolution_record r{};
        r.weight_bits = 8;
        const bool low = !depthwise && chance(2);
        if (low) {
            l.elements = l.elements / l.lanes;
            l.w.tile_outputs = 16;
            l.w.tile_depth = 4;
            const op::run_shape runs = op::runs_of(l.w, l.in.d[3], l.groups);
            l.lanes = l.groups * pith::round_up<std::size_t>(l.out.d[3] / l.groups, 16);
            l.elements = l.lanes * runs.rows * runs.columns *
                         pith::round_up<std::size_t>(static_cast<std::size_t>(runs.length), 4);
            r.weight_bits = static_cast<std::uint8_t>(from(1, pith::format::most_low_bits));
            const std::int32_t most = std::int32_t{1} << r.weight_bits;
            if (chance(2)) {
                r.levels = constants<std::int8_t>(static_cast<std::size_t>(most), -128, 127);
                r.level_count = static_cast<std::uint8_t>(most);
            } else {
                r.weight_lowest = static_cast<std::int8_t>(bits_.between(-128, 128 - most));
            }
            r.weights =
                constants<std::uint8_t>(pith::format::low_bit_bytes(l.elements, r.weight_bits), 0, 255);
        } else {
            r.weights = codes_weights(l, depthwise);
        }
        const bool to_real = !depthwise && chance(4);
        const id in = operand(dtype::u8, l.in, l.border);
        r.window = l.w;
        r.groups = static_cast<std::uint16_t>(l.groups);
        finish_codes_convolution(r, l.out, in, l.lanes, to_real, !depthwise);
        if (depthwise)
            p_.add<op::depthwise_u8>(r);
        else if (low)
            p_.add<op::convolution_low>(r);
        else
            p_.add<op::convolution_u8>(r);
    }
    /// Operands, constants and epilogue.
    void finish_codes_convolution(op::quantized_convolution_record& r, const sizes& out, id in,
                                  std::size_t lanes, bool to_real, bool may_add = true) {
        const bool adds = may_add && !to_real && chance(3);
        const id residual = adds ? operand(dtype::u8, out, some_border()) : id{no_tensor};
        r.op = operands(output(to_real ? dtype::f32 : dtype::u8, out, residual), in, residual);
        r.bias = constants<std::int32_t>(lanes, -5000, 5000);
        r.factor = constants<float>(lanes, 0.0001f, 0.01f);
        r.lowest = static_cast<std::uint8_t>(chance(2) ? 0 : below(100));
        r.highest = static_cast<std::uint8_t>(chance(2) ? 255 : from(100, 255));
        r.zero = byte();
        r.add_highest = 255;
        r.residual_is_first = static_cast<std::uint8_t>(below(2));
        r.add_ra = bits_.unit();
        r.add_rb = bits_.unit();
        r.add_offset = real(100);
    }
    void add_real_convolution(bool depthwise) {
        const layer l = some_layer(depthwise, false);
        op::float_convolution_record r{};
        const id in = operand(dtype::f32, l.in, l.border);
        r.window = l.w;
        r.groups = static_cast<std::uint16_t>(l.groups);
        r.weights = constants<float>(l.elements, -1.f, 1.f);
        finish_real_convolution(r, l.out, in, l.lanes);
        if (depthwise)
            p_.add<op::depthwise_f32>(r);
        else
            p_.add<op::convolution_f32>(r);
    }
    /// Operands, biases and epilogue.
    void finish_real_convolution(op::float_convolution_record& r, const sizes& out, id in,
                                 std::size_t lanes) {
        const id residual = chance(3) ? operand(dtype::f32, out, some_border()) : id{no_tensor};
        r.op = operands(output(dtype::f32, out, residual), in, residual);
        r.bias = constants<float>(lanes, -1.f, 1.f);
        r.low = r.add_low = chance(2) ? 0.f : -3.402823466e38f;
        r.high = r.add_high = chance(2) ? 6.f : 3.402823466e38f;
    }

    void add_sparse_convolution(bool codes) {
        layer l = some_layer(false, codes);
        const id in = operand(codes ? dtype::u8 : dtype::f32, l.in, l.border);
        const std::size_t panels = pith::round_up<std::size_t>(l.out.d[3], 16) / 16;
        const auto reach = static_cast<std::uint32_t>(op::detail::window_reach(l.w, at(in)));
        std::vector<std::uint32_t> lists{0};
        std::vector<std::uint32_t> columns;
        for (std::size_t p = 0; p < panels; ++p) {
            for (std::uint32_t left = below(20); left > 0; --left)
                columns.push_back(below(reach + 1));
            lists.push_back(static_cast<std::uint32_t>(columns.size()));
        }
        lists.insert(lists.end(), columns.begin(), columns.end());
        const op::stored_columns stored{p_.constant(lists), static_cast<std::uint32_t>(columns.size())};
        l.w.tile_outputs = 16;
        l.w.tile_depth = codes ? 4 : 1;
        if (codes) {
            op::sparse_convolution_u8::record r{{}, stored};
            r.like.window = l.w;
            r.like.groups = 1;
            r.like.weight_bits = 8;
            std::vector<std::int8_t> weights(columns.size() * 64);
            for (std::size_t i = 0; i < weights.size(); ++i) // none behind the window
                weights[i] =
                    columns[i / 64] + i % 4 > reach ? std::int8_t{0} : static_cast<std::int8_t>(byte());
            r.like.weights = p_.constant(weights);
            finish_codes_convolution(r.like, l.out, in, panels * 16, chance(4));
            return p_.add<op::sparse_convolution_u8>(r);
        }
        op::sparse_convolution_f32::record r{{}, stored};
        r.like.window = l.w;
        r.like.groups = 1;
        r.like.weights = constants<float>(columns.size() * 16, -1.f, 1.f);
        finish_real_convolution(r.like, l.out, in, panels * 16);
        p_.add<op::sparse_convolution_f32>(r);
    }

    void add_binary_convolution() {
        layer l = some_layer(false, true);
        const std::uint32_t words = pith::kernel::words_of(l.in.d[3]);
        const sizes bits{{l.in.d[0], l.in.d[1], l.in.d[2], words * 8}};
        const id codes = operand(dtype::u8, l.in, some_border());
        const id packed = tensor(dtype::u8, bits, some_border());
        p_.add<op::pack_bits>({operands(packed, codes), below(257)});
        op::convolution_b1::record r{};
        r.inputs = l.in.d[3];
        r.like.window = l.w;
        r.like.window.tile_outputs = 16;
        r.like.window.tile_depth = 64;
        r.like.groups = 1;
        r.like.weight_bits = 1;
        const std::size_t lanes = pith::round_up<std::size_t>(l.out.d[3], 16);
        r.like.weights = constants<std::uint8_t>(lanes * l.w.kernel[0] * l.w.kernel[1] * words * 8, 0, 255);
        finish_codes_convolution(r.like, l.out, packed, lanes, chance(4));
        p_.add<op::convolution_b1>(r);
    }

    template <class Op>
    void add_plain(dtype in, dtype out, typename Op::record r, const borders& border) {
        const sizes s = some_sizes();
        const id x = operand(in, s, border);
        auto head = operands(output(out, s, x), x);
        std::memcpy(&r, &head, sizeof head);
        p_.add<Op>(r);
    }
    void add_quantize() {
        op::quantize::record r{};
        r.lowest = static_cast<std::uint8_t>(below(100));
        r.highest = static_cast<std::uint8_t>(from(100, 255));
        add_plain<op::quantize>(dtype::f32, dtype::u8, r, some_border());
    }
    void add_table() {
        op::table_u8::record r{};
        r.table = constants<std::uint8_t>(256, 0, 255);
        add_plain<op::table_u8>(dtype::u8, dtype::u8, r, some_border());
    }
    void add_unary() {
        op::unary_f32::record r{};
        r.function = static_cast<std::uint8_t>(below(29));
        r.alpha = -bits_.unit();
        r.beta = bits_.unit();
        add_plain<op::unary_f32>(dtype::f32, dtype::f32, r, some_border());
    }
    void add_binary_u8() {
        const sizes s = some_sizes();
        op::binary_u8_record r{};
        id x[2];
        std::uint32_t repeats = 0;
        for (std::size_t i = 0; i < 2; ++i) {
            const std::uint32_t repeat = chance(2) ? 0 : below(3);
            repeats |= repeat << (4 * i);
            if (repeat == 0)
                x[i] = operand(dtype::u8, s, some_border());
            else
                x[i] = operand(dtype::u8, {{1, 1, 1, repeat == 1 ? 1 : s.d[3]}});
        }
        r.op = operands(output(dtype::u8, s, x[below(2)]), x[0], x[1]);
        r.int8 = chance(3) ? 1 : 0;
        r.highest = 255;
        r.repeats = static_cast<std::uint8_t>(repeats);
        for (auto& f : r.factors)
            f = real(1);
        if (chance(2))
            p_.add<op::add_u8>(r);
        else
            p_.add<op::mul_u8>(r);
    }
    void add_binary_f32() {
        const sizes s = some_sizes();
        id x[2];
        std::int32_t strides[3][4] = {};
        const auto walk = [&](const sizes& own, std::int32_t(&to)[4]) {
            std::int32_t step = 1;
            for (std::size_t i = 4; i-- > 0; step *= static_cast<std::int32_t>(own.d[i]))
                to[i] = own.d[i] == 1 ? 0 : step;
        };
        for (std::size_t k = 0; k < 2; ++k) {
            sizes own = s;
            for (auto& d : own.d)
                d = chance(5) ? 1 : d;
            x[k] = operand(dtype::f32, own);
            walk(own, strides[k]);
        }
        op::binary_f32::record r{};
        const std::uint32_t target = below(2);
        const bool in_place = chance(3);
        const id out = in_place ? output(dtype::f32, s, x[target]) : tensor(dtype::f32, s);
        if (has_border(at(out)) && at(out).offset != at(x[target]).offset) {
            std::memset(p_.tensors[out].border, 0, 4);
        }
        walk(s, strides[2]);
        r.op = operands(out, x[0], x[1]);
        r.function = static_cast<std::uint8_t>(below(9));
        r.rank = 4;
        r.low = chance(2) ? -__builtin_inff() : -1.f;
        r.high = chance(2) ? __builtin_inff() : 1.f;
        std::vector<std::int32_t> tail;
        for (const auto d : s.d)
            tail.push_back(static_cast<std::int32_t>(d));
        for (const auto& own : strides)
            tail.insert(tail.end(), own, own + 4);
        p_.add<op::binary_f32>(r, tail);
    }
    /// A pool over `in` of that type, and the size of what it gives.
    op::pool_record some_pool(dtype type, sizes& s) {
        op::pool_record r{};
        r.highest = 255;
        r.count_padding = static_cast<std::uint8_t>(below(2));
        const id in = operand(type, s, some_border());
        for (std::size_t i = 0; i < 2; ++i) {
            r.pads[i] = static_cast<std::uint8_t>(below(3));
            r.pads[i + 2] = static_cast<std::uint8_t>(below(3));
            r.strides[i] = static_cast<std::uint16_t>(from(1, 3));
            r.dilations[i] = static_cast<std::uint16_t>(from(1, 2));
            const std::uint32_t room = s.d[i + 1] + r.pads[i] + r.pads[i + 2];
            r.kernel[i] = static_cast<std::uint16_t>(from(1, (room - 1) / r.dilations[i] + 1));
            s.d[i + 1] = (room - 1) / r.strides[i] + (chance(2) ? 1 : 0);
            s.d[i + 1] += s.d[i + 1] == 0 ? 1 : 0;
        }
        r.op = operands(output(type, s), in);
        return r;
    }
    void add_codes_pool() {
        sizes s = some_sizes();
        auto r = some_pool(dtype::u8, s);
        r.int8 = chance(3) ? 1 : 0;
        if (chance(2))
            p_.add<op::max_pool_u8>(r);
        else
            p_.add<op::average_pool_u8>(r);
    }
    void add_float_pool() {
        sizes s = some_sizes();
        const auto r = some_pool(dtype::f32, s);
        if (chance(2))
            p_.add<op::max_pool_f32>(r);
        else
            p_.add<op::average_pool_f32>(r);
    }
    void add_global_average() {
        const sizes s = some_sizes();
        op::global_average_u8::record r{};
        r.highest = 255;
        r.factor = bits_.unit() * 0.1f;
        const id in = operand(dtype::u8, s, some_border());
        r.op = operands(output(dtype::u8, {{s.d[0], 1, 1, s.d[3]}}), in);
        p_.add<op::global_average_u8>(r);
    }
    void split(const sizes& s, std::uint32_t& outer, std::uint32_t& size, std::uint32_t& inner) {
        const std::uint32_t a = below(4);
        const std::uint32_t b = from(a, 3);
        outer = size = inner = 1;
        for (std::uint32_t i = 0; i < 4; ++i)
            (i < a ? outer : i <= b ? size : inner) *= s.d[i];
    }
    void add_softmax() {
        const sizes s = some_sizes();
        if (chance(2)) {
            op::softmax_u8::record r{};
            split(s, r.outer, r.size, r.inner);
            r.op = operands(tensor(dtype::u8, s), operand(dtype::u8, s));
            r.table = constants<float>(256, 0.f, 1.f);
            r.levels = 255;
            r.highest = 255;
            p_.add<op::softmax_u8>(r);
            return;
        }
        op::softmax_f32::record r{};
        split(s, r.outer, r.size, r.inner);
        const id in = operand(dtype::f32, s);
        const id out = output(dtype::f32, s, in);
        std::memset(p_.tensors[out].border, 0, 4);
        r.op = operands(out, in);
        r.log = static_cast<std::uint8_t>(below(2));
        p_.add<op::softmax_f32>(r);
    }
    dtype any_type() { return static_cast<dtype>(from(1, 7)); }
    /// A box of the input, its axes in another order, some reversed, to a place in the output.
    void add_copy() {
        const dtype type = any_type();
        const sizes s = some_sizes();
        const id in = operand(type, s);
        std::uint32_t order[4] = {0, 1, 2, 3};
        for (std::uint32_t i = 0; i < 4; ++i)
            std::swap(order[i], order[from(i, 3)]);
        op::copy::record r{};
        r.rank = 4;
        std::vector<std::int32_t> tail(12);
        sizes box{};
        for (std::uint32_t i = 0; i < 4; ++i) {
            const std::uint32_t axis = order[i];
            std::int32_t step = 1;
            for (std::uint32_t k = axis + 1; k < 4; ++k)
                step *= static_cast<std::int32_t>(s.d[k]);
            box.d[i] = from(1, s.d[axis]);
            tail[i] = static_cast<std::int32_t>(box.d[i]);
            const bool back = chance(4);
            r.input_first += step * static_cast<std::int32_t>(back ? box.d[i] - 1 : s.d[axis] - box.d[i]);
            tail[4 + i] = chance(8) ? 0 : back ? -step : step;
        }
        sizes whole = box;
        for (auto& d : whole.d)
            d += chance(4) ? 1 : 0;
        const id out = tensor(type, whole, some_border());
        const tensor_record& o = at(out);
        const auto steps = {image_stride(o), row_stride(o), std::uint64_t{o.dims[3]}, std::uint64_t{1}};
        std::size_t k = 8;
        for (const std::uint64_t step : steps)
            tail[k++] = static_cast<std::int32_t>(step);
        r.op = operands(out, in);
        p_.add<op::copy>(r, tail);
    }
    void add_pad() {
        const dtype type = any_type();
        const sizes s = some_sizes();
        sizes out = s;
        op::pad::record r{};
        r.rank = 4;
        r.mode = static_cast<std::uint8_t>(below(4));
        std::vector<std::int32_t> tail(12);
        for (std::size_t i = 0; i < 4; ++i) {
            tail[i] = static_cast<std::int32_t>(s.d[i]);
            for (std::size_t k = 4; k <= 8; k += 4) {
                const auto most = std::int32_t{s.d[i] > 3 ? 2 : 0};
                tail[k + i] = chance(2) ? 0 : bits_.between(s.d[i] > 3 ? -1 : 0, most);
                out.d[i] += static_cast<std::uint32_t>(tail[k + i]);
            }
        }
        r.fill[0] = 0x3F800000;
        const id in = operand(type, s);
        r.op = operands(tensor(type, out), in);
        p_.add<op::pad>(r, tail);
    }
    void add_resize() {
        const bool codes = chance(2);
        const dtype type = codes ? dtype::u8 : dtype::f32;
        const sizes s = some_sizes();
        sizes out = s;
        out.d[1] = from(1, 6);
        out.d[2] = from(1, 6);
        op::resize_record r{};
        constexpr std::uint32_t taps[] = {1, 2, 4};
        r.taps = codes ? 1 : taps[below(3)];
        r.row_indices = constants<std::int32_t>(out.d[1] * r.taps, 0, static_cast<std::int32_t>(s.d[1]) - 1);
        r.column_indices =
            constants<std::int32_t>(out.d[2] * r.taps, 0, static_cast<std::int32_t>(s.d[2]) - 1);
        r.row_weights = constants<float>(out.d[1] * r.taps, -1.f, 1.f);
        r.column_weights = constants<float>(out.d[2] * r.taps, -1.f, 1.f);
        const id in = operand(type, s, some_border());
        r.op = operands(output(type, out), in);
        if (codes)
            p_.add<op::resize_u8>(r);
        else
            p_.add<op::resize_f32>(r);
    }
    void add_reduce() {
        const sizes s = some_sizes();
        op::reduce_f32::record r{};
        split(s, r.outer, r.size, r.inner);
        r.function = static_cast<std::uint8_t>(below(14));
        const id in = operand(dtype::f32, s);
        r.op = operands(tensor(dtype::f32, {{1, 1, r.outer, r.inner}}), in);
        p_.add<op::reduce_f32>(r);
    }
    void add_gather() {
        const dtype type = any_type();
        const sizes s = some_sizes();
        op::gather::record r{};
        std::uint32_t inner = 1;
        split(s, r.outer, r.axis, inner);
        r.count = from(1, 6);
        const id in = operand(type, s);
        const id indices = operand(dtype::i32, {{1, 1, 1, r.count}});
        r.inner_bytes = inner * static_cast<std::uint32_t>(pith::format::bytes_of(type));
        r.op = operands(tensor(type, {{1, r.outer, r.count, inner}}), in, indices);
        p_.add<op::gather>(r);
    }
    void add_matmul() {
        op::matmul_f32::record r{};
        r.m = from(1, 5);
        r.k = from(1, 20);
        r.n = from(1, 20);
        r.rank = from(0, 2);
        std::uint32_t batch[2] = {1, 1};
        for (std::uint32_t i = 0; i < r.rank; ++i)
            batch[i] = from(1, 3);
        const id a = operand(dtype::f32, {{batch[0], batch[1], r.m, r.k}});
        const bool repeats = chance(3);
        const id b = operand(dtype::f32, {{repeats ? 1 : batch[0], repeats ? 1 : batch[1], r.k, r.n}});
        r.op = operands(tensor(dtype::f32, {{batch[0], batch[1], r.m, r.n}}), a, b);
        std::vector<std::int32_t> tail(3 * r.rank);
        for (std::uint32_t i = 0; i < r.rank; ++i) {
            const auto after = static_cast<std::int32_t>(i == 0 && r.rank == 2 ? batch[1] : 1);
            tail[i] = static_cast<std::int32_t>(batch[i]);
            tail[r.rank + i] = after * static_cast<std::int32_t>(r.m * r.k);
            tail[2 * r.rank + i] = repeats ? 0 : after * static_cast<std::int32_t>(r.k * r.n);
        }
        p_.add<op::matmul_f32>(r, tail);
    }
    void add_convert() {
        const sizes s = some_sizes();
        const id in = operand(any_type(), s);
        p_.add<op::convert>(operands(tensor(any_type(), s), in));
    }

    template <class T>
    void change(std::byte* at) {
        const T old = pith::load_le<T>(at);
        const std::uint64_t wide = old;
        const std::uint64_t choices[] = {0,        1,        wide + 1, wide - 1,   wide * 2,  wide / 2,
                                         wide + 4, wide - 4, ~0ull,    0x7FFFFFFF, below(64), below(0x10000)};
        pith::store_le(at, static_cast<T>(choices[below(std::size(choices))]));
    }
    void change_any(std::byte* first, std::size_t bytes) {
        switch (below(3)) {
        case 0:
            return change<std::uint8_t>(first + below(static_cast<std::uint32_t>(bytes)));
        case 1:
            return change<std::uint16_t>(first + 2 * below(static_cast<std::uint32_t>(bytes / 2)));
        default:
            return change<std::uint32_t>(first + 4 * below(static_cast<std::uint32_t>(bytes / 4)));
        }
    }
    /// One wrong number, a tensor moved onto another, or an operation given another tensor.
    void damage() {
        auto& tensors = p_.tensors;
        const auto some = [&] { return below(static_cast<std::uint32_t>(tensors.size())); };
        switch (below(8)) {
        case 0:
        case 1:
        case 2:
            return p_.ops.size() > 8 ? change_any(p_.ops.data() + 8, p_.ops.size() - 8)
                                     : change_any(p_.ops.data(), p_.ops.size());
        case 3:
            return change_any(reinterpret_cast<std::byte*>(&tensors[some()]), sizeof(tensor_record));
        case 4: {
            const auto other = tensors[some()].offset;
            tensors[some()].offset = other + (chance(2) ? 0 : 4 * below(8));
            return;
        }
        case 5:
            return pith::store_le(p_.ops.data() + 2 + 2 * below(3), static_cast<std::uint16_t>(some()));
        case 6:
            if (p_.constants.size() >= 4)
                change_any(p_.constants.data(), p_.constants.size());
            return;
        default:
            p_.header.arena_bytes += 8 * below(20);
            p_.header.arena_bytes -= 8 * below(20);
        }
    }

    pith::random_bits bits_;
    hand_made::program p_;
};

} // namespace fuzz

#endif
