// SPDX-License-Identifier: MIT
#ifndef PITH_IO_FILE_HPP
#define PITH_IO_FILE_HPP
/// Whole files in, whole files out; a file is written beside its place and renamed, so it is never half
/// there.

#include <cstddef>
#include <cstdio>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/owner.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"

namespace pith::io {

namespace detail {

struct close_file {
    void operator()(std::FILE* f) const noexcept { static_cast<void>(std::fclose(f)); }
};
using file_handle = owner<std::FILE, close_file>;

} // namespace detail

/// All bytes of a file.
template <class = on_use>
[[nodiscard]] inline result<std::vector<std::byte>> read_file(const std::string& path) {
    const detail::file_handle file{std::fopen(path.c_str(), "rb")};
    if (!file)
        return fault{errc::missing, "the file cannot be opened; check its path and permissions", path};
    std::vector<std::byte> bytes;
    if (std::fseek(file.get(), 0, SEEK_END) == 0) {
        const long size = std::ftell(file.get());
        if (size < 0 || size == std::numeric_limits<long>::max() || std::fseek(file.get(), 0, SEEK_SET) != 0)
            return fault{errc::io, "the file cannot be read; is it a directory?", path};
        try {
            bytes.resize(static_cast<std::size_t>(size));
        } catch (const std::bad_alloc&) {
            return fault{errc::no_memory, "the file is larger than the memory", path};
        }
    }
    if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
        return fault{errc::io, "the file cannot be read to its end", path};
    return bytes;
}

/// Replaces the file in one step: readers see the old bytes or the new ones.
template <class = on_use>
[[nodiscard]] inline result<void> write_file(const std::string& path, bytes_view bytes) {
    const std::string beside = path + ".part";
    {
        detail::file_handle file{std::fopen(beside.c_str(), "wb")};
        if (!file)
            return fault{errc::io, "the file cannot be created; check the folder and its permissions", path};
        const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
        if (std::fclose(file.release()) != 0 || !written) {
            static_cast<void>(std::remove(beside.c_str()));
            return fault{errc::io, "the file cannot be written; is the disk full?", path};
        }
    }
    if (std::rename(beside.c_str(), path.c_str()) != 0) {
        static_cast<void>(std::remove(beside.c_str()));
        return fault{errc::io, "the file cannot be renamed into its place", path};
    }
    return {};
}

} // namespace pith::io

#endif
