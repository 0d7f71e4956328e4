// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_EMIT_HPP
#define PITH_PLAN_EMIT_HPP
/// A finished draft as the bytes of a .pith file. The same draft gives the same bytes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "../base/bits.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../run/checksum.hpp"
#include "../run/records.hpp"
#include "draft.hpp"

namespace pith::plan {

struct emit_options {
    bool names = true; ///< keep the layers' names
};

namespace detail {

struct byte_writer {
    std::vector<std::byte> bytes;

    void align(std::size_t n) { bytes.resize(round_up(bytes.size(), n)); }
    void write(const void* p, std::size_t n) {
        const auto* first = static_cast<const std::byte*>(p);
        bytes.insert(bytes.end(), first, first + n);
    }
    template <class T>
    void write(const T& v) {
        static_assert(std::is_trivially_copyable_v<T>);
        write(&v, sizeof v);
    }
    /// Length and characters; what is longer than 65,535 bytes is cut.
    void text(std::string_view s) {
        s = s.substr(0, 0xFFFF);
        write(static_cast<std::uint16_t>(s.size()));
        write(s.data(), s.size());
    }
};

[[nodiscard]] inline std::vector<std::uint32_t> write_blobs(byte_writer& out, const draft& d) {
    std::vector<std::uint32_t> at;
    for (const auto& b : d.blobs) {
        out.align(b.size() >= 4096 ? 64 : 16);
        at.push_back(static_cast<std::uint32_t>(out.bytes.size()));
        out.write(b.data(), b.size());
    }
    return at;
}

inline void write_door(byte_writer& out, const draft_door& door) {
    run::door_record r{};
    r.tensor = door.tensor;
    r.rank = static_cast<std::uint8_t>(door.dims.rank());
    r.permuted = static_cast<std::uint8_t>(door.permutation.size());
    const std::string_view name = std::string_view(door.name).substr(0, 0xFFFF);
    r.name_bytes = static_cast<std::uint16_t>(name.size());
    const std::size_t start = out.bytes.size();
    out.write(r);
    for (const auto n : door.dims)
        out.write(static_cast<std::uint32_t>(n));
    out.write(door.permutation.data(), door.permutation.size());
    out.write(name.data(), name.size());
    out.bytes.resize(start + run::door_bytes(r));
}

inline void write_ops(byte_writer& out, const draft& d, const std::vector<std::uint32_t>& blobs) {
    for (const auto& op : d.ops) {
        const std::size_t start = out.bytes.size();
        out.write(op.record.data(), op.record.size());
        for (const auto& b : op.blobs)
            store_le(out.bytes.data() + start + b.at, blobs[b.blob]);
    }
}

/// Sections one behind the other, their table in front.
class section_writer {
public:
    explicit section_writer(byte_writer& out) : out_(out) {
        out_.bytes.resize(sizeof(run::file_header) + most * sizeof(run::section_record));
        first_ = out_.bytes.size();
    }
    /// What was written since the last section is one; none where nothing was.
    void end(run::section_kind kind, bool required, std::size_t count) {
        const std::size_t bytes = out_.bytes.size() - first_;
        out_.align(4);
        if (count != 0 || required)
            table_.push_back({static_cast<std::uint16_t>(kind), static_cast<std::uint16_t>(required ? 1 : 0),
                              static_cast<std::uint32_t>(first_), static_cast<std::uint32_t>(bytes),
                              static_cast<std::uint32_t>(count)});
        first_ = out_.bytes.size();
    }
    /// Writes header and table. @param h all but the number of sections and the checksum
    void finish(run::file_header h) {
        h.section_count = static_cast<std::uint16_t>(table_.size());
        std::memcpy(out_.bytes.data() + sizeof h, table_.data(), table_.size() * sizeof table_[0]);
        std::memcpy(out_.bytes.data(), &h, sizeof h);
        h.checksum = run::checksum(bytes_view(out_.bytes).subspan(16));
        std::memcpy(out_.bytes.data(), &h, sizeof h);
    }

private:
    static constexpr std::size_t most = 6;
    byte_writer& out_;
    std::vector<run::section_record> table_;
    std::size_t first_ = 0;
};

} // namespace detail

/// @pre place_tensors(d) succeeded
[[nodiscard]] inline result<std::vector<std::byte>> emit(const draft& d, const emit_options& options = {}) {
    if constexpr (!little_endian)
        return fault{errc::unsupported, "programs are packed on little-endian processors only"};
    if (d.tensors.size() >= no_tensor)
        return fault{errc::unsupported, "the network has more than 65,534 values"};
    if (d.metadata.size() > 0xFFFF)
        return fault{errc::unsupported, "the model has more than 65,535 metadata entries"};
    std::size_t constants = 0;
    for (const auto& b : d.blobs)
        constants += b.size() + 64;
    if (constants > 0x7FFFFFFF)
        return fault{errc::unsupported, "the network's weights are larger than 2 GiB"};

    detail::byte_writer out;
    detail::section_writer sections(out);
    const auto blobs = detail::write_blobs(out, d);
    sections.end(run::section_kind::constants, true, d.blobs.size());
    const std::size_t constants_end = out.bytes.size();
    for (const auto& t : d.tensors) {
        run::tensor_record r = t.record;
        if (r.constant != 0)
            r.offset = blobs[t.blob];
        out.write(r);
    }
    sections.end(run::section_kind::tensors, true, d.tensors.size());
    detail::write_ops(out, d, blobs);
    sections.end(run::section_kind::operations, true, d.ops.size());
    for (const auto* doors : {&d.inputs, &d.outputs})
        for (const auto& door : *doors)
            detail::write_door(out, door);
    sections.end(run::section_kind::doors, true, d.inputs.size() + d.outputs.size());
    if (options.names) {
        for (const auto& op : d.ops)
            out.text(op.name);
        sections.end(run::section_kind::names, false, d.ops.size());
    }
    for (const auto& [key, text] : d.metadata) {
        out.text(key);
        out.text(text);
    }
    sections.end(run::section_kind::metadata, false, d.metadata.size());
    // Kernels may read over_read_bytes behind the last constant.
    out.bytes.resize(round_up(std::max(out.bytes.size(), constants_end + over_read_bytes), std::size_t{4}));

    run::file_header h{};
    h.magic = run::file_magic;
    h.version = run::file_version;
    h.total_bytes = static_cast<std::uint32_t>(out.bytes.size());
    h.arena_bytes = static_cast<std::uint32_t>(d.arena_bytes);
    h.input_count = static_cast<std::uint16_t>(d.inputs.size());
    h.output_count = static_cast<std::uint16_t>(d.outputs.size());
    sections.finish(h);
    return std::move(out.bytes);
}

} // namespace pith::plan

#endif
