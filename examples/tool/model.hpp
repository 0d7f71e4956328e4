// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_MODEL_HPP
#define PITH_EXAMPLES_TOOL_MODEL_HPP
/// MODEL arguments: an .onnx file is packed in float as it is opened, a .pith file runs as it is.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "pith/pith.hpp"
#include "report.hpp"
#include "timing.hpp"

namespace tool {

[[nodiscard]] inline bool is_onnx(std::string_view path) {
    return path.ends_with(".onnx");
}

/// A model with all the values of its file: float16 and float64 in float32, nothing simplified.
[[nodiscard]] inline pith::result<pith::graph<float>> load_whole_graph(const std::string& path) {
    return pith::io::load_onnx(path).and_then(pith::passes::as_float32{});
}

/// A graph ready to be annotated or packed: a float16 or float64 model in float32.
[[nodiscard]] inline pith::result<pith::graph<float>> load_graph(const std::string& path) {
    return load_whole_graph(path).and_then(pith::passes::simplify{});
}

/// A graph ready to be quantised anew: load_graph without the codes of the file.
[[nodiscard]] inline pith::result<pith::graph<float>> load_float_graph(const std::string& path) {
    return load_whole_graph(path).and_then(pith::passes::forget_codes{}).and_then(pith::passes::simplify{});
}

/// Everything an operation of the tool needs to know about a model on disk.
struct model {
    pith::run::session session;
    std::size_t file_bytes = 0;
    double load_ms = 0; ///< from the file's name to a session that can run
};

/// The program's bytes: the .pith file itself, or the ONNX model packed in float.
[[nodiscard]] inline pith::result<pith::buffer> program_bytes(const std::string& path,
                                                              std::size_t& file_bytes) {
    if (!is_onnx(path)) {
        auto program = pith::io::read_program(path);
        std::error_code unknown; // of a pipe
        const auto size = std::filesystem::file_size(path, unknown);
        if (program)
            file_bytes = unknown ? program->size() : static_cast<std::size_t>(size);
        return program;
    }
    auto bytes = pith::io::read_file(path);
    if (!bytes)
        return bytes.error();
    file_bytes = bytes->size();
    bytes = pith::io::parse_onnx(*bytes)
                .and_then(pith::passes::as_float32{})
                .and_then(pith::passes::simplify{})
                .and_then([](pith::graph<float>&& g) { return pith::plan::pack(std::move(g)); });
    if (!bytes)
        return bytes.error();
    pith::buffer aligned(bytes->size());
    if (!bytes->empty())
        std::memcpy(aligned.data(), bytes->data(), bytes->size());
    return aligned;
}

[[nodiscard]] inline std::vector<std::string> level_names() {
    std::vector<std::string> names;
    for (const auto& l : pith::arch::levels)
        names.emplace_back(l.name);
    return names;
}

/// @param kernels name of a level (`pith kernels` lists them); empty: the best this processor has
[[nodiscard]] inline pith::result<pith::run::session_options> pin(std::string_view kernels) {
    pith::run::session_options options;
    if (kernels.empty())
        return options;
    const auto* level = pith::arch::find_level(kernels);
    if (level == nullptr)
        return unknown_name("there are no kernels of that name; see `pith kernels`", kernels, level_names());
    if (!pith::arch::covers(options.isa, level->set))
        return pith::fault{pith::errc::unsupported,
                           "this processor cannot run these kernels; see `pith kernels`", kernels};
    options.isa = level->set;
    return options;
}

[[nodiscard]] inline pith::result<model> load_model(const std::string& path, std::string_view kernels = {}) {
    const auto options = pin(kernels);
    if (!options)
        return options.error();
    const stopwatch watch;
    std::size_t file_bytes = 0;
    auto bytes = program_bytes(path, file_bytes);
    if (!bytes)
        return pith::fault{bytes.error().code, bytes.error().what,
                           bytes.error().where[0] != '\0' ? std::string_view(bytes.error().where) : path};
    auto session = pith::run::session::open(std::move(*bytes), *options);
    if (!session)
        return session.error();
    return model{std::move(*session), file_bytes, watch.milliseconds()};
}

/// Shape of input or output `d` without its batch.
[[nodiscard]] inline pith::shape image_shape(const pith::run::door& d) {
    pith::shape s;
    for (std::size_t i = 1; i < d.dims.rank(); ++i)
        s.push_back(d.dims[i]);
    return s;
}

[[nodiscard]] inline std::size_t weight_bytes(const pith::run::program_view& p) {
    return p.constant_bytes();
}

} // namespace tool

#endif
