// SPDX-License-Identifier: MIT
#ifndef PITH_IO_PROGRAM_FILE_HPP
#define PITH_IO_PROGRAM_FILE_HPP
/// Packed programs in .pith files.

#include <cstdint>
#include <string>
#include <utility>

#include "../base/buffer.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../run/program.hpp"
#include "../run/session.hpp"
#include "file.hpp"

namespace pith::io {

/// A file's bytes where a program may lie. Not checked: program_view::open does that.
[[nodiscard]] inline result<buffer> read_program(const std::string& path) {
    constexpr std::uint64_t most = 0x7FFFFFFF;
    return pith::detail::read_whole<buffer>(path, most);
}

/// A file opened, checked and ready to run.
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
[[nodiscard]] inline result<void> save_program(bytes_view program, const std::string& path) {
    PITH_TRY(run::program_view::open(program));
    return write_file(path, program);
}

} // namespace pith::io

#endif
