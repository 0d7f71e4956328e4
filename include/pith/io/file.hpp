// SPDX-License-Identifier: MIT
#ifndef PITH_IO_FILE_HPP
#define PITH_IO_FILE_HPP
/// Whole files in and out.

#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "../base/result.hpp"
#include "../base/view.hpp"

namespace pith::io {

/// Every byte of a file; the vector is as large as the file, no larger.
[[nodiscard]] inline result<std::vector<std::byte>> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in)
        return fault{errc::missing, "the file cannot be opened: check its path and rights", path};
    const std::streamoff size = in.tellg();
    // A directory opens, and then reports a nonsensical size.
    if (size < 0 || size > std::streamoff{1} << 40)
        return fault{errc::io, "the file cannot be read: is it a directory?", path};
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    in.seekg(0);
    in.read(reinterpret_cast<char*>(bytes.data()), size);
    if (!in || in.gcount() != size)
        return fault{errc::io, "the file could not be read to its end", path};
    return bytes;
}

/// Replaces a file.
[[nodiscard]] inline result<void> write_file(const std::string& path, bytes_view bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        return fault{errc::io, "the file cannot be written: check its folder, rights and free space", path};
    return {};
}

} // namespace pith::io

#endif
