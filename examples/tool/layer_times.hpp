// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_LAYER_TIMES_HPP
#define PITH_EXAMPLES_TOOL_LAYER_TIMES_HPP
/// `pith run --layers`: where the time of a run goes.

#include <cstddef>
#include <vector>

#include "inspect.hpp"
#include "timing.hpp"

namespace tool {

struct layer_time {
    layer_line layer;
    spread ms;
    double share = 0;           ///< of the sum of all medians
    double gops_per_second = 0; ///< a multiply-add counts as two
};

/// Each operation's time in `repeat` whole runs. Reading the clock, some 25 ns, is in it.
[[nodiscard]] inline std::vector<spread> time_operations(pith::run::session& s, std::size_t repeat) {
    std::vector<std::vector<double>> samples;
    s.run([&](std::size_t, pith::run::op_view) { samples.emplace_back().reserve(repeat); });
    for (std::size_t i = 0; i < repeat; ++i) {
        const stopwatch watch;
        double before = 0;
        s.run([&](std::size_t index, pith::run::op_view) {
            const double now = watch.milliseconds();
            samples[index].push_back(now - before);
            before = now;
        });
    }
    std::vector<spread> spreads;
    for (auto& of_one : samples)
        spreads.push_back(spread_of(std::move(of_one)));
    return spreads;
}

[[nodiscard]] inline std::vector<layer_time> time_layers(pith::run::session& s, std::size_t repeat) {
    auto layers = inspect_program(s).layers;
    const auto times = time_operations(s, repeat);
    double sum = 0;
    for (const auto& t : times)
        sum += t.median;
    std::vector<layer_time> out;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto operations = 2 * static_cast<double>(layers[i].macs);
        out.push_back(
            {std::move(layers[i]), times[i], times[i].median / sum, operations / times[i].median / 1e6});
    }
    return out;
}

inline void print(const std::vector<layer_time>& layers) {
    using enum table::cells;
    table t({{"layer", name},
             {"kind", name},
             {"shape", text},
             {"encoding", name},
             {"kernel", name},
             {"ms", number},
             {"share", number},
             {"GOP/s", number}});
    for (const auto& l : layers)
        t.add({printable(l.layer.name), l.layer.kind, size_text(l.layer.shape), l.layer.encoding,
               l.layer.kernel, fmt::format("{:.5f}", l.ms.median), fmt::format("{:.1f} %", 100 * l.share),
               l.layer.macs != 0 ? fmt::format("{:.1f}", l.gops_per_second) : ""});
    t.print();
}

[[nodiscard]] inline json json_of(const std::vector<layer_time>& layers) {
    json rows = json::array();
    for (const auto& l : layers)
        rows.push_back(json{{"name", l.layer.name},
                            {"kind", l.layer.kind},
                            {"shape", json_of(l.layer.shape)},
                            {"encoding", l.layer.encoding},
                            {"kernel", l.layer.kernel},
                            {"macs", l.layer.macs},
                            {"ms", l.ms.to_json()},
                            {"share", l.share}});
    return rows;
}

} // namespace tool

#endif
