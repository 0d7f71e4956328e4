// SPDX-License-Identifier: MIT
#ifndef PITH_IO_PROGRAM_FILE_HPP
#define PITH_IO_PROGRAM_FILE_HPP
/// Packed programs in .pith files, as they are run or entropy coded.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "../base/buffer.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../format/entropy.hpp"
#include "../run/program.hpp"
#include "../run/session.hpp"
#include "../run/stored.hpp"
#include "file.hpp"

namespace pith::io {

/// The program that stored bytes expand into.
[[nodiscard]] inline result<buffer> expand_program(bytes_view stored) {
    const auto bytes = run::expanded_bytes(stored);
    if (!bytes)
        return bytes.error();
    buffer program = buffer::if_possible(*bytes);
    if (program.data() == nullptr)
        return fault{errc::no_memory, "there is not enough memory for the program",
                     run::detail::place("bytes: ", *bytes).view()};
    const auto model = std::make_unique<format::symbol_model>();
    PITH_TRY(run::expand(stored, program.bytes(), *model));
    return program;
}

/// A file's bytes where a program may lie, expanded where the file is a stored one. Not checked:
/// program_view::open does that.
[[nodiscard]] inline result<buffer> read_program(const std::string& path) {
    constexpr std::uint64_t most = 0x7FFFFFFF;
    auto file = pith::detail::read_whole<buffer>(path, most);
    if (!file || !run::is_stored(std::as_const(*file).bytes()))
        return file;
    return expand_program(std::as_const(*file).bytes());
}

/// A file opened, checked and ready to run.
/// @tparam Ops the operations that the program may have
template <class Ops = run::op_list>
[[nodiscard]] result<run::basic_session<Ops>> open_session(const std::string& path,
                                                           const run::session_options& options = {}) {
    auto bytes = read_program(path);
    if (!bytes)
        return bytes.error();
    auto opened = run::basic_session<Ops>::open(*std::move(bytes), options);
    if (!opened) {
        const fault& f = opened.error();
        return fault{f.code, f.what, f.where[0] == '\0' ? path : path + ": " + f.where};
    }
    return opened;
}

/// Writes a program that basic_program_view<Ops>::open accepts; anything else is refused.
template <class Ops = run::op_list>
[[nodiscard]] result<void> save_program(bytes_view program, const std::string& path) {
    PITH_TRY(run::basic_program_view<Ops>::open(program));
    return write_file(path, program);
}

} // namespace pith::io

#endif
