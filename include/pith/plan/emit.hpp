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
#include "../base/on_use.hpp"
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

    template <class = on_use>
    void align(std::size_t n) {
        bytes.resize(round_up(bytes.size(), n));
    }
    template <class = on_use>
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
    template <class = on_use>
    void text(std::string_view s) {
        s = s.substr(0, 0xFFFF);
        write(static_cast<std::uint16_t>(s.size()));
        write(s.data(), s.size());
    }
};

template <class = on_use>
[[nodiscard]] inline std::vector<std::uint32_t> write_blobs(byte_writer& out, const draft& d) {
    std::vector<std::uint32_t> at;
    for (const auto& b : d.blobs) {
        out.align(b.size() >= 4096 ? 64 : 16);
        at.push_back(static_cast<std::uint32_t>(out.bytes.size()));
        out.write(b.data(), b.size());
    }
    return at;
}

template <class = on_use>
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

template <class = on_use>
inline void write_ops(byte_writer& out, const draft& d, const std::vector<std::uint32_t>& blobs) {
    for (const auto& op : d.ops) {
        const std::size_t start = out.bytes.size();
        out.write(op.record.data(), op.record.size());
        for (const auto& b : op.blobs)
            store_le(out.bytes.data() + start + b.at, blobs[b.blob]);
    }
}

template <class = on_use>
inline void write_text(byte_writer& out, const draft& d, bool names) {
    for (const auto* doors : {&d.inputs, &d.outputs})
        for (const auto& door : *doors)
            write_door(out, door);
    if (names)
        for (const auto& op : d.ops)
            out.text(op.name);
    for (const auto& [key, text] : d.metadata) {
        out.text(key);
        out.text(text);
    }
}

} // namespace detail

/// @pre place_tensors(d) succeeded
template <class = on_use>
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
    run::file_header h{};
    out.write(h);
    const auto blobs = detail::write_blobs(out, d);
    const auto here = [&] { return static_cast<std::uint32_t>(out.bytes.size()); };
    h.constant_bytes = here() - static_cast<std::uint32_t>(sizeof h);
    out.align(4);
    h.tensors_at = here();
    h.tensor_count = static_cast<std::uint32_t>(d.tensors.size());
    for (const auto& t : d.tensors) {
        run::tensor_record r = t.record;
        if (r.constant != 0)
            r.offset = blobs[t.blob];
        out.write(r);
    }
    h.ops_at = here();
    h.op_count = static_cast<std::uint32_t>(d.ops.size());
    detail::write_ops(out, d, blobs);
    h.ops_bytes = here() - h.ops_at;
    h.text_at = here();
    detail::write_text(out, d, options.names);
    h.text_bytes = here() - h.text_at;
    // Kernels may read over_read_bytes behind the last constant.
    const std::size_t constants_end = sizeof h + h.constant_bytes;
    out.bytes.resize(round_up(std::max(out.bytes.size(), constants_end + over_read_bytes), std::size_t{4}));

    h.magic = run::file_magic;
    h.version = run::file_version;
    h.total_bytes = here();
    h.arena_bytes = static_cast<std::uint32_t>(d.arena_bytes);
    h.input_count = static_cast<std::uint16_t>(d.inputs.size());
    h.output_count = static_cast<std::uint16_t>(d.outputs.size());
    h.named_ops = options.names ? 1 : 0;
    h.metadata_count = static_cast<std::uint16_t>(d.metadata.size());
    std::memcpy(out.bytes.data(), &h, sizeof h);
    h.checksum = run::checksum(bytes_view(out.bytes).subspan(16));
    std::memcpy(out.bytes.data(), &h, sizeof h);
    return std::move(out.bytes);
}

} // namespace pith::plan

#endif
