// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_KERNELS_HPP
#define PITH_EXAMPLES_TOOL_KERNELS_HPP
/// `pith kernels`: which kernels exist, and which this processor runs.

#include <cstdio>
#include <string>
#include <string_view>

#include "outputs.hpp"
#include "pith/pith.hpp"
#include "report.hpp"

namespace tool {

struct kernels_options {
    std::string json;
};

inline exit_code run_kernels(const kernels_options& o) {
    if (const auto files = file_list(false).write(o.json).check(); !files)
        return refuse(files.error());
    const auto have = pith::arch::detect();
    std::printf("levels, for --kernels:\n");
    auto levels = json::writer::array();
    for (const auto& l : pith::arch::levels) {
        const bool runs = pith::arch::covers(have, l.set);
        std::printf("  %-16.*s %s\n", static_cast<int>(l.name.size()), l.name.data(),
                    runs ? "runs here" : "-");
        auto row = json::writer::object();
        levels.add(row.add("name", l.name).add("runs", runs));
    }
    auto operations = json::writer::object();
    const auto list = [&](std::string_view operation, const auto& entries) {
        std::printf("%-18.*s", static_cast<int>(operation.size()), operation.data());
        auto names = json::writer::array();
        for (const auto& e : entries) {
            const bool runs = pith::arch::covers(have, e.needs);
            std::printf(" %s%s", e.name, runs ? "" : " (not here)");
            auto row = json::writer::object();
            names.add(row.add("name", e.name).add("runs", runs));
        }
        std::printf("\n");
        operations.add(operation, names);
    };
    std::printf("kernels, best first:\n");
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
    auto report = json::writer::object();
    report.add("levels", levels).add("operations", operations);
    if (const auto written = write_report(o.json, report); !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
