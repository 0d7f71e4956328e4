// SPDX-License-Identifier: MIT
#ifndef PITH_DATA_CIFAR_HPP
#define PITH_DATA_CIFAR_HPP
/// CIFAR-10 and CIFAR-100 in their official binary layout: records of one label byte (of CIFAR-100 two, the
/// coarse class and the fine one) and 3 x 32 x 32 bytes, channel by channel.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../base/result.hpp"
#include "../base/view.hpp"

namespace pith::data {

/// Of an image: pixels along each side, and numbers in all.
inline constexpr std::size_t cifar_side = 32;
inline constexpr std::size_t cifar_pixels = 3 * cifar_side * cifar_side;

/// Which of the data sets, and which of its labels.
struct cifar {
    std::size_t label_bytes = 1;
    std::size_t label_at = 0;
    unsigned classes = 10;

    [[nodiscard]] constexpr std::size_t record_bytes() const noexcept { return label_bytes + cifar_pixels; }
    /// The class of record `record`.
    [[nodiscard]] std::int32_t label(bytes_view file, std::size_t record) const noexcept {
        return std::to_integer<std::int32_t>(file[record * record_bytes() + label_at]);
    }
};
/// The record layouts of the binary versions of CIFAR-10 and CIFAR-100.
inline constexpr cifar cifar10{};
inline constexpr cifar cifar100{2, 1, 100};
inline constexpr cifar cifar100_coarse{2, 0, 20};

/// Checks a whole file of records and counts them. @param where names the file in faults.
[[nodiscard]] inline result<std::size_t> parse_cifar(const cifar& set, bytes_view file,
                                                     std::string_view where = {}) {
    const bool ten = set.label_bytes == 1;
    if (file.empty() || file.size() % set.record_bytes() != 0)
        return fault{errc::bad_file,
                     ten ? "not a CIFAR-10 binary file: its size must be a multiple of 3073 bytes"
                         : "not a CIFAR-100 binary file: its size must be a multiple of 3074 bytes",
                     where};
    const std::size_t count = file.size() / set.record_bytes();
    for (std::size_t i = 0; i < count; ++i)
        if (static_cast<unsigned>(set.label(file, i)) >= set.classes)
            return fault{errc::bad_file,
                         ten ? "not a CIFAR-10 binary file: a record has a label above 9"
                             : "not a CIFAR-100 binary file: a record has a label that is no class",
                         where};
    return count;
}

} // namespace pith::data

#endif
