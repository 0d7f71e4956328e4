// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_READERS_HPP
#define PITH_TESTS_FUZZ_READERS_HPP
/// What a user does with a file from a stranger: read it, and run what was accepted.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include <pith/base/bits.hpp>
#include <pith/base/buffer.hpp>
#include <pith/io/onnx.hpp>
#include <pith/plan/pack.hpp>
#include <pith/run/checksum.hpp>
#include <pith/run/session.hpp>

namespace fuzz {

/// Larger ones would only be slow.
inline constexpr std::size_t most_arena_bytes = std::size_t{1} << 22;
inline constexpr std::int64_t most_elements = 1 << 16;

/// A fault must say something.
[[nodiscard]] inline bool refused_well(const pith::fault& f) {
    return f.what != nullptr && f.what[0] != '\0';
}

enum class verdict { accepted, refused, mute };

/// Opens a program, and runs it if it is accepted.
[[nodiscard]] inline verdict try_program(pith::bytes_view bytes) {
    pith::buffer aligned(bytes.size());
    if (!bytes.empty())
        std::memcpy(aligned.data(), bytes.data(), bytes.size());
    const auto program = pith::run::program_view::open(std::as_const(aligned).bytes());
    if (!program)
        return refused_well(program.error()) ? verdict::refused : verdict::mute;
    if (program->arena_bytes() > most_arena_bytes)
        return verdict::accepted;
    for (std::size_t i = 0; i < program->op_count(); ++i)
        static_cast<void>(program->op_name(i));
    for (std::size_t i = 0; i < program->metadata_count(); ++i)
        static_cast<void>(program->metadata(i));
    auto session = pith::run::session::open(std::move(aligned));
    if (!session)
        return verdict::mute;
    session->run();
    return verdict::accepted;
}

/// Makes the checksum of a mutated program right again, so that the checks behind it are reached.
inline void repair(std::span<std::byte> program) {
    if (program.size() < sizeof(pith::run::file_header))
        return;
    const auto total = static_cast<std::uint32_t>(program.size());
    pith::store_le(program.data() + offsetof(pith::run::file_header, total_bytes), total);
    const std::size_t hashed = offsetof(pith::run::file_header, checksum) + sizeof(std::uint32_t);
    pith::store_le(program.data() + offsetof(pith::run::file_header, checksum),
                   pith::run::checksum(program.subspan(hashed)));
}

/// Reads an ONNX model, packs it if it is accepted, and runs it.
[[nodiscard]] inline verdict try_onnx(pith::bytes_view bytes) {
    auto g = pith::io::parse_onnx(bytes);
    if (!g)
        return refused_well(g.error()) ? verdict::refused : verdict::mute;
    for (const auto& v : g->values)
        if (v.dims.elements() > most_elements)
            return verdict::accepted;
    const auto packed = pith::plan::pack(std::move(*g));
    if (!packed)
        return refused_well(packed.error()) ? verdict::accepted : verdict::mute;
    return try_program(*packed) == verdict::accepted ? verdict::accepted : verdict::mute;
}

} // namespace fuzz

#endif
