// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_KERNELS_HPP
#define PITH_EXAMPLES_TOOL_KERNELS_HPP
/// `pith kernels`: which kernels exist, and which this processor runs.

#include <string>
#include <string_view>
#include <utility>

#include "outputs.hpp"
#include "pith/pith.hpp"
#include "report.hpp"

namespace tool {

/// The instruction sets that kernels are written for.
inline constexpr std::pair<std::string_view, pith::arch::isa_set> instruction_sets[] = {
    {"avx2", pith::arch::isa::avx2},
    {"avx_vnni", pith::arch::isa::avx_vnni},
    {"avx512", pith::arch::isa::avx512},
    {"avx512_vnni", pith::arch::isa::avx512_vnni},
    {"avx512_vbmi", pith::arch::isa::avx512_vbmi},
    {"avx512_vpopcnt", pith::arch::isa::avx512_vpopcnt},
    {"neon", pith::arch::isa::neon},
    {"dotprod", pith::arch::isa::dotprod},
    {"i8mm", pith::arch::isa::i8mm},
};

struct kernels_options {
    std::string json;
};

inline exit_code run_kernels(const kernels_options& o) {
    if (const auto files = file_list(false).write_report(o.json).check(); !files)
        return refuse(files.error());
    const auto have = pith::arch::detect();
    say("levels, for --kernels:\n");
    json levels = json::array();
    for (const auto& l : pith::arch::levels) {
        const bool runs = pith::arch::covers(have, l.set);
        say("  {:<16} {}\n", l.name, runs ? "runs here" : "-");
        levels.push_back(json{{"name", l.name}, {"runs", runs}});
    }
    json operations = json::object();
    const auto list = [&](std::string_view operation, const auto& entries) {
        std::string line = fmt::format("{:<18}", operation);
        json names = json::array();
        for (const auto& e : entries) {
            const bool runs = pith::arch::covers(have, e.needs);
            line += runs ? fmt::format(" {}", e.name) : fmt::format(" ({})", e.name);
            names.push_back(json{{"name", e.name}, {"runs", runs}});
        }
        say("{}", wrapped(line, 19));
        operations[std::string(operation)] = names;
    };
    say("kernels, best first; in brackets what this processor cannot run:\n");
    list("igemm", pith::kernel::igemm_list<>);
    list("igemm_low", pith::kernel::igemm_low_list<>);
    list("depthwise_u8", pith::kernel::depthwise_u8_list<>);
    list("sgemm", pith::kernel::sgemm_list<>);
    list("depthwise_f32", pith::kernel::depthwise_f32_list<>);
    list("quantize", pith::kernel::quantize_list<>);
    list("dequantize", pith::kernel::dequantize_list<>);
    list("add_u8", pith::kernel::add_u8_list<>);
    list("mul_u8", pith::kernel::mul_u8_list<>);
    list("table_u8", pith::kernel::table_u8_list<>);
    list("max_pool_u8", pith::kernel::max_pool_u8_list<>);
    list("average_pool_u8", pith::kernel::average_pool_u8_list<>);
    list("global_average_u8", pith::kernel::global_average_u8_list<>);
    list("unary_f32", pith::kernel::unary_f32_list<>);
    list("binary_f32", pith::kernel::binary_f32_list<>);
    list("max_pool_f32", pith::kernel::max_pool_f32_list<>);
    list("average_pool_f32", pith::kernel::average_pool_f32_list<>);
    list("gemm", pith::gemm::list<float>);
    list("train", pith::train::kernel::lists<float>::all);
    if (const auto written = write_report(o.json, {{"levels", levels}, {"operations", operations}}); !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
