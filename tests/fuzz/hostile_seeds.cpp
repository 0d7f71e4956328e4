// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include <pith/io/file.hpp>
#include <pith/io/onnx_write.hpp>

#include "hostile_files.hpp"
#include "seeds.hpp"
#include "support/compiled.hpp"
#include "support/data_folder.hpp"

namespace fuzz {
namespace {

constexpr std::size_t most_seed_bytes = 64 << 10;

void add_written(std::vector<file_bytes>& seeds, const pith::graph<float>& g,
                 pith::io::onnx_write_options how) {
    if (auto file = pith::io::onnx_bytes(g, how))
        seeds.push_back(std::move(*file));
}

} // namespace

std::vector<file_bytes> hostile_seeds() {
    std::vector<file_bytes> seeds{small_onnx()};
    add_written(seeds, small_network(), {});
    auto coded = int8_network();
    if (!coded)
        return {};
    add_written(seeds, *coded, {});
    add_written(seeds, *coded, {.codes = pith::io::onnx_codes::operators});
    add_written(seeds, *coded, {.opset = 21, .int4 = true});
    std::vector<std::string> paths;
    const auto folder = pith::tests::data_folder();
    if (!folder.empty())
        for (const auto& f : std::filesystem::recursive_directory_iterator(folder))
            if (f.path().extension() == ".onnx" && f.file_size() <= most_seed_bytes)
                paths.push_back(f.path().string());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths)
        if (auto file = pith::io::read_file(path))
            seeds.push_back(std::move(*file));
    return seeds;
}

} // namespace fuzz
