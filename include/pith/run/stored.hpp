// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_STORED_HPP
#define PITH_RUN_STORED_HPP
/// Stored programs: .pith files whose bytes are entropy coded. They are expanded once, into memory that the
/// caller provides, and run from there. plan/store.hpp makes them.

#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/bits.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../format/entropy.hpp"

namespace pith::run {

inline constexpr std::uint32_t stored_magic = 0x53544950; ///< "PITS"
/// The version of stored programs that is written and read.
inline constexpr std::uint32_t stored_version = 1;

/// Followed by one range-coded stream: runs of symbols, each behind its format::symbol_coding, until the
/// program is complete. The program's own checksum covers what comes out.
struct stored_header {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t total_bytes;   ///< of the stored file
    std::uint32_t program_bytes; ///< that it expands into
};
static_assert(sizeof(stored_header) == 16);

/// A stored file of n bytes expands into at most this many times n bytes, so that a small file cannot ask for
/// much memory or time.
inline constexpr std::uint32_t most_expansion = 1024;

/// Whether the bytes begin like a stored program.
[[nodiscard]] inline bool is_stored(bytes_view bytes) noexcept {
    return bytes.size() >= sizeof(stored_header) && load_le<std::uint32_t>(bytes.data()) == stored_magic;
}

/// Size of the program that a stored file expands into.
[[nodiscard]] inline result<std::size_t> expanded_bytes(bytes_view stored) noexcept {
    if (!is_stored(stored))
        return fault{errc::bad_file, "this is not a stored .pith program"};
    const std::byte* p = stored.data();
    if (load_le<std::uint32_t>(p + offsetof(stored_header, version)) != stored_version)
        return fault{errc::unsupported,
                     "this library reads version 1 of stored .pith programs: pack the model again"};
    if (load_le<std::uint32_t>(p + offsetof(stored_header, total_bytes)) != stored.size())
        return fault{errc::bad_file, "the stored .pith program is cut off, or something was added behind it"};
    const auto bytes = load_le<std::uint32_t>(p + offsetof(stored_header, program_bytes));
    if (bytes > std::uint64_t{most_expansion} * stored.size() || bytes > 0x7FFFFFFF)
        return fault{errc::bad_file,
                     "the stored .pith program claims to expand into more than 1,024 times its size"};
    return bytes;
}

/// Expands the coded stream as it arrives: from a file, flash, or a serial line. Writes every byte of
/// `program`, and nothing else; bytes that were damaged on the way give a program that program_view::open
/// refuses.
/// @param next gives the bytes behind the stored_header one by one as std::byte, and zeros behind the last
/// @param model scratch memory, overwritten
template <class Next>
[[nodiscard]] result<void> expand_stream(Next& next, std::span<std::byte> program,
                                         format::symbol_model& model) noexcept {
    format::range_decoder<Next> decoder(next);
    for (std::size_t done = 0; done < program.size();) {
        format::symbol_coding how;
        format::code_header(decoder, how);
        if (!how.is_valid() || how.bytes > program.size() - done)
            return fault{errc::bad_file, "the stored .pith program is damaged"};
        model = {};
        format::code_symbols(decoder, how, program.subspan(done, how.bytes), model);
        done += how.bytes;
    }
    return {};
}

/// Expands a stored file into a program, which is then opened like any other.
/// @param program exactly expanded_bytes(stored) bytes, aligned to required_alignment to be opened
[[nodiscard]] inline result<void> expand(bytes_view stored, std::span<std::byte> program,
                                         format::symbol_model& model) noexcept {
    const auto bytes = expanded_bytes(stored);
    if (!bytes)
        return bytes.error();
    if (program.size() != *bytes)
        return fault{errc::no_memory, "the memory for the program has another size than expanded_bytes says"};
    std::size_t at = sizeof(stored_header);
    auto next = [&]() noexcept { return at < stored.size() ? stored[at++] : std::byte{0}; };
    return expand_stream(next, program, model);
}

} // namespace pith::run

#endif
