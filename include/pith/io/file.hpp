// SPDX-License-Identifier: MIT
#ifndef PITH_IO_FILE_HPP
#define PITH_IO_FILE_HPP
/// Whole files in, whole files out, under the names that readers and writers of formats know.

#include "../base/file.hpp"

namespace pith::io {

using pith::check_output;
using pith::read_file;
using pith::write_file;

} // namespace pith::io

#endif
