// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_CHECKPOINT_HPP
#define PITH_TRAIN_CHECKPOINT_HPP
/// A training on disk: read back, it goes on to the same bits as if it had never stopped. The file holds the
/// numbers that change, in this machine's byte order; the network and the options come from the program.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/result.hpp"
#include "trainer.hpp"

namespace pith::train {

namespace detail {

inline constexpr std::uint64_t checkpoint_mark = 0x31504B4348544950u; // "PITHCKP1"

/// FNV-1a, to notice files cut short or changed.
template <class = on_use>
[[nodiscard]] inline std::uint64_t digest(view<const std::byte> bytes) noexcept {
    std::uint64_t h = 0xCBF29CE484222325u;
    for (const auto b : bytes)
        h = (h ^ std::to_integer<std::uint64_t>(b)) * 0x100000001B3u;
    return h;
}

template <class E>
void append(std::vector<std::byte>& to, const E* from, std::size_t count) {
    const auto* bytes = reinterpret_cast<const std::byte*>(from);
    to.insert(to.end(), bytes, bytes + count * sizeof(E));
}

} // namespace detail

/// The bytes of a checkpoint.
template <class T, class Layers>
[[nodiscard]] std::vector<std::byte> checkpoint_bytes(trainer<T, Layers>& t) {
    std::vector<std::byte> out;
    const auto memories = t.memories();
    const std::uint64_t head[] = {
        detail::checkpoint_mark, sizeof(T), t.options().seed, t.at().epoch, t.at().batch, t.at().step,
        memories.size()};
    detail::append(out, head, std::size(head));
    for (const auto& m : memories) {
        const std::uint64_t size = m.size();
        detail::append(out, &size, 1);
        detail::append(out, m.data(), m.size());
    }
    const std::uint64_t sum = detail::digest(out);
    detail::append(out, &sum, 1);
    return out;
}

/// Brings a trainer made with the same network and options to where the checkpoint was taken.
template <class T, class Layers>
[[nodiscard]] result<void> resume_from(trainer<T, Layers>& t, view<const std::byte> bytes) {
    std::uint64_t head[7];
    if (bytes.size() < sizeof head + sizeof(std::uint64_t))
        return fault{errc::bad_file, "the checkpoint is cut short"};
    std::memcpy(head, bytes.data(), sizeof head);
    std::uint64_t sum = 0;
    std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
    if (head[0] != detail::checkpoint_mark)
        return fault{errc::bad_file, "the file is not a checkpoint of a training"};
    if (sum != detail::digest(bytes.first(bytes.size() - sizeof sum)))
        return fault{errc::bad_file, "the checkpoint is damaged: its check sum does not fit"};
    const auto memories = t.memories();
    std::size_t expected = sizeof head + sizeof sum;
    for (const auto& m : memories)
        expected += sizeof(std::uint64_t) + m.size() * sizeof(T);
    if (head[1] != sizeof(T) || head[6] != memories.size() || expected != bytes.size())
        return fault{errc::bad_file, "the checkpoint is of another network or optimiser"};
    if (head[2] != t.options().seed)
        return fault{errc::bad_option, "the checkpoint is of a training with another seed"};
    std::size_t at = sizeof head;
    for (int pass = 0; pass < 2; ++pass) { // nothing is changed unless everything fits
        at = sizeof head;
        for (const auto& m : memories) {
            std::uint64_t size = 0;
            std::memcpy(&size, bytes.data() + at, sizeof size);
            if (size != m.size())
                return fault{errc::bad_file, "the checkpoint is of another network or optimiser"};
            at += sizeof size;
            if (pass == 1 && !m.empty())
                std::memcpy(m.data(), bytes.data() + at, m.size() * sizeof(T));
            at += m.size() * sizeof(T);
        }
    }
    t.move_to({head[3], head[4], head[5]});
    return {};
}

/// Written beside `path` and renamed, so that a crash leaves the old checkpoint whole.
template <class T, class Layers>
[[nodiscard]] result<void> save_checkpoint(trainer<T, Layers>& t, const std::string& path) {
    const auto bytes = checkpoint_bytes(t);
    const std::string beside = path + ".new";
    std::FILE* f = std::fopen(beside.c_str(), "wb");
    if (f == nullptr)
        return fault{errc::io, "the checkpoint cannot be written", path};
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), f) == bytes.size();
    if (std::fclose(f) != 0 || !written || std::rename(beside.c_str(), path.c_str()) != 0)
        return fault{errc::io, "the checkpoint cannot be written", path};
    return {};
}

template <class T, class Layers>
[[nodiscard]] result<void> load_checkpoint(trainer<T, Layers>& t, const std::string& path) {
    std::FILE* f = std::fopen(path.c_str(), "rb");
    if (f == nullptr)
        return fault{errc::missing, "there is no checkpoint to resume from", path};
    std::vector<std::byte> bytes;
    std::byte piece[4096];
    for (std::size_t n = 0; (n = std::fread(piece, 1, sizeof piece, f)) > 0;)
        bytes.insert(bytes.end(), piece, piece + n);
    std::fclose(f);
    return resume_from(t, view<const std::byte>(bytes));
}

} // namespace pith::train

#endif
