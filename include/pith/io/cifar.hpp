// SPDX-License-Identifier: MIT
#ifndef PITH_IO_CIFAR_HPP
#define PITH_IO_CIFAR_HPP
/// CIFAR-10 in its official binary layout: records of one label byte and 3 x 32 x 32 bytes, channel by
/// channel.

#include <cstddef>
#include <string_view>

#include "../base/on_use.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"

namespace pith::io {

inline constexpr std::size_t cifar_side = 32;
inline constexpr std::size_t cifar_record_bytes = 1 + 3 * cifar_side * cifar_side;

/// Checks a whole file of records and counts them. @param where names the file in faults.
template <class = on_use>
[[nodiscard]] inline result<std::size_t> parse_cifar10(bytes_view file, std::string_view where = {}) {
    if (file.empty() || file.size() % cifar_record_bytes != 0)
        return fault{errc::bad_file, "not a CIFAR-10 binary file: its size must be a multiple of 3073 bytes",
                     where};
    const std::size_t count = file.size() / cifar_record_bytes;
    for (std::size_t i = 0; i < count; ++i)
        if (std::to_integer<unsigned>(file[i * cifar_record_bytes]) > 9)
            return fault{errc::bad_file,
                         "not a CIFAR-10 binary file: a record has a label above 9 (CIFAR-100 is not read)",
                         where};
    return count;
}

} // namespace pith::io

#endif
