// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_LAYER_TIMES_HPP
#define PITH_EXAMPLES_TOOL_LAYER_TIMES_HPP
/// `pith run --layers`: where the time of a run goes.

#include <cstddef>
#include <cstdio>
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
    std::printf("%-32s %-12s %-16s %-16s %-20s %10s %7s %8s\n", "layer", "kind", "shape", "encoding",
                "kernel", "ms", "share", "GOP/s");
    for (const auto& l : layers) {
        std::printf("%-32.32s %-12s %-16s %-16s %-20s %10.5f %5.1f %%", printable(l.layer.name).c_str(),
                    l.layer.kind.c_str(), text_of(l.layer.shape).c_str(), l.layer.encoding.c_str(),
                    l.layer.kernel.c_str(), l.ms.median, 100 * l.share);
        if (l.layer.macs != 0)
            std::printf(" %8.1f", l.gops_per_second);
        std::printf("\n");
    }
}

[[nodiscard]] inline json::writer json_of(const std::vector<layer_time>& layers) {
    auto rows = json::writer::array();
    for (const auto& l : layers) {
        auto row = json::writer::object();
        row.add("name", l.layer.name).add("kind", l.layer.kind).add("shape", json_of(l.layer.shape));
        row.add("encoding", l.layer.encoding).add("kernel", l.layer.kernel).add("macs", l.layer.macs);
        rows.add(row.add("ms", l.ms.to_json()).add("share", l.share));
    }
    return rows;
}

} // namespace tool

#endif
