// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWERING_HPP
#define PITH_PLAN_LOWERING_HPP
/// What lowering a node needs: the tensors that hold a value's codes, reals or whole numbers, made on demand.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/codes.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "../graph/strides.hpp"
#include "../run/op/copy.hpp"
#include "../run/op/dequantize.hpp"
#include "../run/op/quantize.hpp"
#include "draft.hpp"
#include "fuse.hpp"
#include "target.hpp"

namespace pith::plan {

/// In which form a value is held.
enum class form : std::uint8_t { codes, reals, wholes };
/// How it must lie: anyhow, dense, or with the border its convolutions want.
enum class placement : std::uint8_t { any, dense, bordered };

using border = std::array<std::uint8_t, 4>; ///< top, left, bottom, right

/// The fixed words of an operation with these tensors.
[[nodiscard]] inline run::op_record operands(tensor_id output, tensor_id input,
                                             tensor_id second = no_tensor) noexcept {
    return {.kind = 0, .words = 0, .output = output, .input = input, .second = second};
}

/// Sizes of at most 8 axes and strides of operands, neighbours merged, axes of size 1 left out.
struct axis_table {
    std::vector<std::int64_t> sizes;
    std::vector<strides> operands;
    std::size_t rank = 0;

    /// The loops over `dims` with a stride for each operand.
    axis_table(const shape& dims, const std::vector<strides>& steps) : operands(steps.size()) {
        for (std::size_t i = 0; i < dims.rank(); ++i) {
            if (dims[i] == 1)
                continue;
            bool merges = rank != 0;
            for (std::size_t k = 0; k < steps.size(); ++k)
                merges = merges && operands[k][rank - 1] == steps[k][i] * dims[i];
            if (merges) {
                sizes[rank - 1] *= dims[i];
            } else {
                sizes.push_back(dims[i]);
                ++rank;
            }
            for (std::size_t k = 0; k < steps.size(); ++k)
                operands[k][rank - 1] = steps[k][i];
        }
    }
    /// The words behind a record.
    [[nodiscard]] std::vector<std::int32_t> words() const {
        std::vector<std::int32_t> w;
        for (const auto n : sizes)
            w.push_back(static_cast<std::int32_t>(n));
        for (const auto& s : operands)
            for (std::size_t i = 0; i < rank; ++i)
                w.push_back(static_cast<std::int32_t>(s[i]));
        return w;
    }
};

template <class T, class Layers>
struct lowering {
    /// The tensors that hold one form of a value.
    struct holders {
        tensor_id dense = no_tensor;
        tensor_id bordered = no_tensor; ///< the same as dense where no border is wanted
        border wanted{};
    };

    const graph<T, Layers>& g;
    target processor;
    draft d;
    std::array<std::vector<holders>, 3> held;
    std::vector<tensor_id> bits; ///< of values held as bits too; empty: of none
    step current;                ///< the step being lowered

    lowering(const graph<T, Layers>& of, const target& packed_for) : g(of), processor(packed_for) {
        for (auto& h : held)
            h.resize(g.values.size());
    }

    [[nodiscard]] holders& at(value_id v, form f) { return held[static_cast<std::size_t>(f)][v]; }
    [[nodiscard]] bool wants_border(value_id v, form f) {
        const border b = at(v, f).wanted;
        return std::any_of(b.begin(), b.end(), [](auto n) { return n != 0; });
    }
    [[nodiscard]] run::tensor_record& record(tensor_id id) { return d.tensors[id].record; }

    /// The form in which a value without codes is held.
    [[nodiscard]] form plain_form(value_id v) const {
        return is_real(g[v].type) ? form::reals : form::wholes;
    }
    /// The form in which a value is held first: codes where it has them.
    [[nodiscard]] form main_form(value_id v) const { return codes_of(g[v]) ? form::codes : plain_form(v); }

    template <class Op>
    draft_op& add(const typename Op::record& r, const std::vector<std::int32_t>& tail = {}) {
        draft_op& op = d.add_op<Op>(r, tail);
        for (const node_index k : {current.node, current.activation, current.add, current.add_activation})
            if (k != no_node)
                op.nodes.push_back(k);
        if (current.node != no_node)
            op.name = g.nodes[current.node].name;
        return op;
    }

    /// A tensor for value `v`, without a place among its holders.
    [[nodiscard]] tensor_id make(value_id v, form f, bool with_border = false) {
        draft_tensor t;
        t.origin = v;
        const auto dims = image_dims(g[v].dims);
        std::copy(dims.begin(), dims.end(), t.record.dims);
        if (f == form::codes) {
            const format::affine a = *codes_of(g[v]);
            t.record.scale = a.scale;
            t.record.zero = static_cast<std::uint8_t>(a.zero);
        }
        const auto type = f == form::codes   ? format::dtype::u8
                          : f == form::reals ? format::dtype::f32
                                             : g[v].type;
        t.record.type = static_cast<std::uint8_t>(type);
        if (with_border)
            std::copy_n(at(v, f).wanted.begin(), 4, t.record.border);
        return d.add_tensor(t);
    }

    /// The tensor an operation is to write form `f` of `v` to. @param can_border it writes row by row
    [[nodiscard]] tensor_id output(value_id v, form f, bool can_border) {
        const bool plain = !wants_border(v, f);
        const tensor_id id = make(v, f, can_border && !plain);
        if (plain || !can_border)
            at(v, f).dense = id;
        if (plain || can_border)
            at(v, f).bordered = id;
        return id;
    }

    /// Where a node that computes in floating point writes `v`; settle() makes codes of it if it has them.
    [[nodiscard]] tensor_id real_output(value_id v, bool can_border) {
        return codes_of(g[v]) ? make(v, form::reals) : output(v, form::reals, can_border);
    }
    void settle(value_id v, tensor_id written) {
        const auto codes = codes_of(g[v]);
        if (!codes)
            return;
        const tensor_id to = output(v, form::codes, true);
        quantize(written, to, *codes);
    }
    void quantize(tensor_id from, tensor_id to, const format::affine& codes) {
        add<run::op::quantize>({.op = operands(to, from),
                                .lowest = static_cast<std::uint8_t>(codes.lowest),
                                .highest = static_cast<std::uint8_t>(codes.highest),
                                .reserved = 0});
    }

    /// Strides of the axes of `dims` in a tensor.
    [[nodiscard]] strides steps(tensor_id id, const shape& dims) {
        const auto& r = record(id);
        strides s = dense_strides(dims);
        if (run::has_border(r) && dims.rank() == 4) {
            s[0] = static_cast<std::int64_t>(run::image_stride(r));
            s[1] = static_cast<std::int64_t>(run::row_stride(r));
        }
        return s;
    }

    void copy(tensor_id from, tensor_id to, const shape& dims, const strides& from_steps,
              const strides& to_steps, std::int64_t from_first = 0, std::int64_t to_first = 0) {
        const axis_table table(dims, {from_steps, to_steps});
        run::op::copy::record r{};
        r.op = operands(to, from);
        r.rank = static_cast<std::uint8_t>(table.rank);
        r.input_first = static_cast<std::int32_t>(from_first);
        r.output_first = static_cast<std::int32_t>(to_first);
        add<run::op::copy>(r, table.words());
    }
    void copy(tensor_id from, tensor_id to, const shape& dims) {
        copy(from, to, dims, steps(from, dims), steps(to, dims));
    }

    [[nodiscard]] tensor_id constant(value_id v, form f) {
        const tensor_id id = make(v, f);
        d.tensors[id].record.constant = 1;
        d.tensors[id].blob = f == form::codes   ? code_blob(v)
                             : f == form::reals ? real_blob(v)
                                                : whole_blob(v);
        return id;
    }
    [[nodiscard]] blob_id code_blob(value_id v) {
        const auto codes = encode_tensor(g[v].encoded, *g[v].reals());
        return d.add_blob_of(std::vector<std::uint8_t>(codes.data().begin(), codes.data().end()));
    }
    [[nodiscard]] blob_id real_blob(value_id v) {
        std::vector<float> x;
        const auto rounded = round_to_codes(g[v]);
        for (const T e : rounded.data())
            x.push_back(static_cast<float>(e));
        return d.add_blob_of(x);
    }
    [[nodiscard]] blob_id whole_blob(value_id v) {
        const auto bytes = format::bytes_of(g[v].type);
        std::vector<std::byte> out;
        for (const std::int64_t e : g[v].wholes()->data()) {
            std::byte raw[8];
            store_le(raw, e);
            out.insert(out.end(), raw, raw + bytes);
        }
        return d.add_blob(std::move(out));
    }

    /// The tensor that holds form `f` of `v` as wanted; copies and conversions are added where needed.
    [[nodiscard]] result<tensor_id> read(value_id v, form f, placement p = placement::any) {
        PITH_TRY(hold(v, f));
        holders& h = at(v, f);
        if (p == placement::any)
            return h.bordered != no_tensor ? h.bordered : h.dense;
        if (p == placement::dense && h.dense == no_tensor) {
            const tensor_id from = h.bordered;
            const tensor_id to = make(v, f);
            copy(from, to, g[v].dims);
            at(v, f).dense = to;
        }
        if (p == placement::bordered && h.bordered == no_tensor) {
            const tensor_id from = h.dense;
            const tensor_id to = make(v, f, true);
            copy(from, to, g[v].dims);
            at(v, f).bordered = to;
        }
        return p == placement::dense ? at(v, f).dense : at(v, f).bordered;
    }

private:
    /// Makes sure that some tensor holds form `f` of `v`.
    [[nodiscard]] result<void> hold(value_id v, form f) {
        if (v == no_value)
            return fault{errc::missing, "the node lacks an input that its operator needs"};
        if (at(v, f).dense != no_tensor || at(v, f).bordered != no_tensor)
            return {};
        const auto& value = g[v];
        const bool fits = f == form::codes   ? codes_of(value).has_value()
                          : f == form::reals ? is_real(value.type)
                                             : !is_real(value.type);
        if (!fits)
            return fault{errc::unsupported, "the operator cannot be packed for values of this type",
                         value.name};
        if (value.is_constant()) {
            const tensor_id id = constant(v, f);
            at(v, f).dense = id;
            if (!wants_border(v, f))
                at(v, f).bordered = id;
            return {};
        }
        const form other = f == form::codes ? form::reals : form::codes;
        const holders& h = at(v, other);
        const tensor_id from = h.bordered != no_tensor ? h.bordered : h.dense;
        if (f == form::wholes || from == no_tensor)
            return fault{errc::missing, "no node computes this value", value.name};
        const tensor_id to = output(v, f, true);
        if (f == form::reals)
            add<run::op::dequantize>(operands(to, from));
        else
            quantize(from, to, *codes_of(value));
        return {};
    }
};

} // namespace pith::plan

#endif
