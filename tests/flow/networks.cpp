// SPDX-License-Identifier: MIT
#include "networks.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>

#include "pith/arch/detect.hpp"
#include "pith/base/random.hpp"
#include "pith/graph/evaluate.hpp"
#include "pith/graph/simulate.hpp"
#include "pith/plan/pack.hpp"
#include "pith/run/session.hpp"
#include "support/compiled.hpp"

namespace flow {

/// Uniform in [-1, 1].
inputs random_inputs(const network& g, std::uint64_t seed) {
    pith::random_bits random(seed);
    inputs all;
    for (const auto id : g.inputs) {
        pith::tensor<float> t(g[id].dims);
        for (auto& v : t.data())
            v = random.unit() * 2 - 1;
        all.emplace_back(std::move(t));
    }
    return all;
}

/// A value whose reader is a relu or clip that alone reads it is computed together with it.
static bool inside_activation(const network& g, const std::vector<pith::value_uses>& uses, pith::value_id v) {
    if (!pith::has_one_reader(uses[v]))
        return false;
    const auto* u = std::get_if<pith::unary>(&g.nodes[uses[v].readers[0]].layer);
    return u != nullptr && (u->op == pith::unary_op::relu || u->op == pith::unary_op::clip);
}

/// Values whose reader only moves elements keep the codes of what they are made of.
static bool moves(const network& g, pith::node_index k) {
    const auto& l = g.nodes[k].layer;
    const auto* p = std::get_if<pith::pool2d>(&l);
    const auto* r = std::get_if<pith::resize2d>(&l);
    return std::holds_alternative<pith::reshape>(l) || std::holds_alternative<pith::transpose>(l) ||
           std::holds_alternative<pith::slice>(l) || std::holds_alternative<pith::split>(l) ||
           std::holds_alternative<pith::expand>(l) || std::holds_alternative<pith::gather>(l) ||
           std::holds_alternative<pith::pad>(l) || (r != nullptr && r->mode == pith::resize_mode::nearest) ||
           (p != nullptr && p->op == pith::pool_op::max);
}

/// Encodes every real value (but those in `plain`) by its range on one input, weights per output channel.
network encoded(network g, std::uint64_t seed, const std::vector<pith::value_id>& plain) {
    std::map<pith::value_id, std::pair<float, float>> ranges;
    const auto seen = [&](pith::value_id id, const pith::tensor<float>& t) {
        auto [at, fresh] = ranges.try_emplace(id, 0.f, 0.f);
        for (const float v : t.data()) {
            at->second.first = std::min(at->second.first, v);
            at->second.second = std::max(at->second.second, v);
        }
    };
    const auto in = random_inputs(g, seed);
    REQUIRE(pith::evaluate<float>(g, in, seen));
    const auto uses = pith::uses_of(g);
    for (const auto& [id, range] : ranges)
        if (!inside_activation(g, uses, id) && std::find(plain.begin(), plain.end(), id) == plain.end())
            g[id].encoded =
                pith::encoding::per_tensor(pith::format::affine_from_range(range.first, range.second));
    for (pith::node_index k = 0; k < g.nodes.size(); ++k) {
        auto& n = g.nodes[k];
        const bool weighted =
            std::holds_alternative<pith::conv2d>(n.layer) || std::holds_alternative<pith::dense>(n.layer);
        if (weighted) {
            auto& w = g[n.inputs[1]];
            pith::encoding e{pith::format::affine_codes{.lowest = -127, .highest = 127}, {}, 0};
            const auto slice = w.reals()->size() / static_cast<std::size_t>(w.dims[0]);
            for (std::size_t o = 0; o < static_cast<std::size_t>(w.dims[0]); ++o) {
                float most = 1e-6f;
                for (std::size_t i = 0; i < slice; ++i)
                    most = std::max(most, std::fabs((*w.reals())[o * slice + i]));
                e.scales.push_back(most / 127);
            }
            w.encoded = e;
        }
        if (moves(g, k) && g[n.inputs[0]].is_coded())
            for (const auto id : n.outputs)
                g[id].encoded = g[n.inputs[0]].encoded;
    }
    return g;
}

packed pack(const network& net, const pith::plan::pack_options& options) {
    network g = net;
    REQUIRE(pith::infer_shapes(g));
    auto d = pith::plan::make_draft(g, options);
    if (!d)
        FAIL(d.error().what, " ", d.error().where);
    REQUIRE(
        pith::plan::place_tensors(*d, {.reuse_inputs = options.reuse_inputs, .in_place = options.in_place}));
    auto bytes = pith::plan::emit(*d, {.names = options.names});
    REQUIRE(bytes);
    auto whole = pith::plan::pack(g, options);
    if (!whole)
        FAIL(whole.error().what, " ", whole.error().where);
    CHECK(*whole == *bytes);
    return {std::move(*d), std::move(*bytes)};
}

static void write_inputs(pith::run::session& s, const inputs& in) {
    for (std::size_t i = 0; i < in.size(); ++i) {
        const auto t = s.program().tensor(s.program().input(i).tensor);
        if (pith::run::type_of(t) == pith::format::dtype::u8) {
            const pith::format::affine a{t.scale, t.zero, 0, 255};
            const auto to = s.input<std::uint8_t>(i);
            for (std::size_t k = 0; k < to.size(); ++k)
                to[k] = static_cast<std::uint8_t>(pith::format::encode(a, std::get<0>(in[i])[k]));
        } else if (in[i].index() == 0) {
            const auto from = std::get<0>(in[i]).data();
            std::copy(from.begin(), from.end(), s.input(i).begin());
        } else {
            const auto from = std::get<1>(in[i]).data();
            std::copy(from.begin(), from.end(), s.input<std::int64_t>(i).begin());
        }
    }
}

/// Elements of a tensor without its border.
template <class E>
static std::vector<E> elements(const pith::run::tensor_record& t, const std::byte* arena) {
    const E* first = reinterpret_cast<const E*>(arena + t.offset);
    std::vector<E> out;
    for (std::size_t n = 0; n < t.dims[0]; ++n)
        for (std::size_t r = 0; r < t.dims[1]; ++r)
            for (std::size_t i = 0; i < std::size_t{t.dims[2]} * t.dims[3]; ++i)
                out.push_back(first[n * pith::run::image_stride(t) + r * pith::run::row_stride(t) + i]);
    return out;
}

/// Runs a program and compares every value it computes with what simulation said of it.
comparison compare(const network& g, const packed& p, const inputs& in, pith::arch::isa_set isa) {
    std::map<pith::value_id, pith::tensor<std::uint8_t>> codes;
    std::map<pith::value_id, pith::tensor<float>> reals;
    struct {
        std::map<pith::value_id, pith::tensor<std::uint8_t>>& codes;
        std::map<pith::value_id, pith::tensor<float>>& reals;
        void operator()(pith::value_id id, const pith::tensor<std::uint8_t>& t) const { codes[id] = t; }
        void operator()(pith::value_id id, const pith::tensor<float>& t) const { reals[id] = t; }
    } seen{codes, reals};
    const auto simulated = pith::simulate<float>(g, in, seen);
    REQUIRE(simulated);

    auto s = pith::run::session::open(p.bytes, {.isa = isa});
    if (!s)
        FAIL(s.error().what, " ", s.error().where);
    std::vector<std::size_t> last_write(p.draft.tensors.size(), 0);
    for (std::size_t i = 0; i < p.draft.ops.size(); ++i)
        last_write[p.draft.ops[i].head().output] = i;
    comparison c;
    const auto check = [&](std::size_t index, pith::run::op_view op) {
        const auto id = op.head().output;
        const auto t = s->program().tensor(id);
        const auto value = p.draft.tensors[id].origin;
        if (last_write[id] != index || value == pith::no_value)
            return;
        CAPTURE(g[value].name);
        CAPTURE(index);
        if (pith::run::type_of(t) == pith::format::dtype::u8 && codes.count(value) != 0) {
            const auto got = elements<std::uint8_t>(t, s->arena().data());
            const auto& want = codes[value];
            ++c.codes;
            CHECK(got == std::vector<std::uint8_t>(want.data().begin(), want.data().end()));
        } else if (pith::run::type_of(t) == pith::format::dtype::f32 && reals.count(value) != 0) {
            const auto got = elements<float>(t, s->arena().data());
            const auto& want = reals[value];
            REQUIRE(got.size() == want.size());
            double most = 1e-6, difference = 0;
            for (std::size_t i = 0; i < got.size(); ++i) {
                most = std::max(most, std::fabs(static_cast<double>(want[i])));
                difference = std::max(difference,
                                      std::fabs(static_cast<double>(got[i]) - static_cast<double>(want[i])));
            }
            ++c.reals;
            c.worst = std::max(c.worst, difference / most);
        }
    };
    for (int repeat = 0; repeat < 2; ++repeat) { // the second run meets the first one's leavings
        write_inputs(*s, in);
        s->run(check);
    }
    for (std::size_t i = 0; i < g.outputs.size(); ++i) {
        const auto t = s->program().tensor(s->program().output(i).tensor);
        if (pith::run::type_of(t) != pith::format::dtype::f32 || (*simulated)[i].index() != 0)
            continue;
        const auto got = s->output(i);
        const auto& want = std::get<0>((*simulated)[i]);
        REQUIRE(got.size() == want.size());
        for (std::size_t k = 0; k < got.size(); ++k)
            CHECK(got[k] == doctest::Approx(want[k]).epsilon(1e-4));
    }
    return c;
}

/// Every level this processor has, the portable one first.
std::vector<pith::arch::isa_set> levels() {
    std::vector<pith::arch::isa_set> sets;
    for (const auto& l : pith::arch::levels) {
        const auto set = pith::arch::allowed(l, pith::arch::detect());
        if (set == l.set && std::find(sets.begin(), sets.end(), set) == sets.end())
            sets.push_back(set);
    }
    return sets;
}

/// Packs with and without fusion and compares at every level.
comparison check_everywhere(const network& g, std::uint64_t seed) {
    const auto in = random_inputs(g, seed);
    comparison all;
    for (const bool fuse : {true, false}) {
        const packed p = pack(g, {.fuse = fuse, .in_place = fuse});
        for (const auto isa : levels()) {
            CAPTURE(fuse);
            CAPTURE(isa);
            const auto c = compare(g, p, in, isa);
            CHECK(c.codes + c.reals > 0);
            CHECK(c.worst < 1e-4);
            all.codes += c.codes;
            all.reals += c.reals;
            all.worst = std::max(all.worst, c.worst);
        }
    }
    return all;
}

network finish(pith::graph_builder<float>&& b, std::vector<pith::value_id> outputs) {
    auto g = std::move(b).finish(std::move(outputs));
    if (!g)
        FAIL(g.error().what, " ", g.error().where);
    return std::move(*g);
}

} // namespace flow
