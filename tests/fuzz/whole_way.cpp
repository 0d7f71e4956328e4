// SPDX-License-Identifier: MIT
#include "whole_way.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <utility>

#include <pith/graph/measure.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/quantize/post_training.hpp>

#include "allocations.hpp"
#include "readers.hpp"
#include "support/compiled.hpp"

namespace fuzz {
namespace {

using graph = pith::graph<float>;

constexpr std::int64_t most_work = 1 << 22;
constexpr std::size_t most_nodes = 2000;

double processor_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

bool is_cheap(const graph& g) {
    if (g.nodes.size() > most_nodes)
        return false;
    for (const auto& v : g.values)
        if (v.dims.elements() > most_elements)
            return false;
    return pith::measure(g).work <= most_work;
}

pith::any_tensors<float> inputs_for(const graph& g, std::uint64_t seed) {
    pith::random_bits bits(seed);
    pith::any_tensors<float> inputs;
    for (const auto id : g.inputs) {
        if (pith::is_real(g[id].type)) {
            pith::tensor<float> t(g[id].dims);
            for (auto& v : t.data())
                v = bits.unit() * 2 - 1;
            inputs.emplace_back(std::move(t));
        } else {
            pith::tensor<std::int64_t> t(g[id].dims);
            for (auto& v : t.data())
                v = pith::detail::wrapped(static_cast<std::int64_t>(bits.below(300)) - 20, g[id].type);
            inputs.emplace_back(std::move(t));
        }
    }
    return inputs;
}

/// One journey under way: each leg notes what it did, and what is wrong.
class traveller {
public:
    explicit traveller(journey& j) : j_(j) {}

    void go(pith::bytes_view model) {
        const double start = processor_seconds();
        auto g = pith::io::parse_onnx(model);
        if (!g) {
            expect(refused_well(g.error()) && g.error().what != pith::io::onnx::unforeseen, "load", g);
            return;
        }
        j_.loaded = true;
        write(*g, {}, "what was loaded");
        auto plain = pith::passes::as_float32{}(std::move(*g));
        auto simple = std::move(plain).and_then(pith::passes::simplify{});
        if (!simple)
            return expect(refused_well(simple.error()), "simplify", simple);
        const bool cheap = is_cheap(*simple);
        run(*simple, cheap);
        j_.seconds = processor_seconds() - start;
        if (!cheap)
            return;
        const auto out = evaluate(*simple, inputs_for(*simple, 1));
        expect(out || refused_well(out.error()), "evaluate", out);
        write(*simple, {}, "what was simplified");
        quantize(std::move(*simple));
    }

private:
    template <class Result>
    void expect(bool holds, const char* where, const Result& r) {
        if (!holds && j_.wrong.empty())
            j_.wrong =
                std::string(where) + ": " + (r ? "" : r.error().what) + " " + (r ? "" : r.error().where);
    }

    void run(const graph& g, bool cheap) {
        const auto packed = pith::plan::pack(graph(g));
        if (!packed)
            return expect(refused_well(packed.error()), "pack", packed);
        if (!cheap)
            return;
        const bool accepted = try_program(*packed) == verdict::accepted;
        j_.ran = j_.ran || accepted;
        expect(accepted, "open what was packed", packed);
    }

    void write(const graph& g, const pith::io::onnx_write_options& how, const char* what) {
        const auto bytes = pith::io::onnx_bytes(g, how);
        if (!bytes)
            return expect(refused_well(bytes.error()), "write", bytes);
        const auto again = pith::io::parse_onnx(*bytes);
        expect(again.has_value(), what, again);
        j_.written = true;
    }

    void quantize(graph g) {
        pith::quantize::post_training pass;
        pass.samples = 2;
        pass.calibration = [&](std::size_t i) -> std::optional<pith::any_tensors<float>> {
            return i < 2 ? std::optional(inputs_for(g, i)) : std::nullopt;
        };
        const auto q = pass(g);
        if (!q)
            return expect(refused_well(q.error()), "quantise", q);
        j_.quantized = true;
        const auto out = simulate(*q, inputs_for(*q, 1));
        expect(out || refused_well(out.error()), "simulate", out);
        run(*q, true);
        write(*q, {}, "what was quantised");
        write(*q, {.codes = pith::io::onnx_codes::operators}, "what was quantised, as operators");
    }

    journey& j_;
};

} // namespace

journey whole_way(pith::bytes_view model) {
    journey j;
    const peak_counter heap;
    const double start = processor_seconds();
    traveller(j).go(model);
    j.all_seconds = processor_seconds() - start;
    j.peak = heap.bytes();
    return j;
}

} // namespace fuzz
