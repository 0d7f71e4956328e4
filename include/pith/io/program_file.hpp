// SPDX-License-Identifier: MIT
#ifndef PITH_IO_PROGRAM_FILE_HPP
#define PITH_IO_PROGRAM_FILE_HPP
/// Packed programs in .pith files.

#include <cstddef>
#include <cstdio>
#include <new>
#include <string>
#include <utility>

#include "../base/buffer.hpp"
#include "../base/on_use.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../run/program.hpp"
#include "../run/session.hpp"
#include "file.hpp"

namespace pith::io {

/// A file's bytes where a program may lie. Not checked: program_view::open does that.
template <class = on_use>
[[nodiscard]] inline result<buffer> read_program(const std::string& path) {
    const detail::file_handle file{std::fopen(path.c_str(), "rb")};
    if (!file)
        return fault{errc::missing, "the file cannot be opened; check its path and permissions", path};
    long size = -1;
    if (std::fseek(file.get(), 0, SEEK_END) == 0)
        size = std::ftell(file.get());
    if (size < 0 || size > 0x7FFFFFFF || std::fseek(file.get(), 0, SEEK_SET) != 0)
        return fault{errc::io, "the file cannot be read; is it a directory?", path};
    buffer bytes;
    try {
        bytes = buffer(static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
        return fault{errc::no_memory, "the file is larger than the memory", path};
    }
    if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
        return fault{errc::io, "the file cannot be read to its end", path};
    return bytes;
}

/// A file opened, checked and ready to run.
template <class = on_use>
[[nodiscard]] inline result<run::session> open_session(const std::string& path,
                                                       const run::session_options& options = {}) {
    auto bytes = read_program(path);
    if (!bytes)
        return bytes.error();
    auto opened = run::session::open(*std::move(bytes), options);
    if (!opened) {
        const fault& f = opened.error();
        return fault{f.code, f.what, f.where[0] == '\0' ? path : path + ": " + f.where};
    }
    return opened;
}

/// Writes a program that program_view::open accepts; anything else is refused.
template <class = on_use>
[[nodiscard]] inline result<void> save_program(bytes_view program, const std::string& path) {
    PITH_TRY(run::program_view::open(program));
    return write_file(path, program);
}

} // namespace pith::io

#endif
