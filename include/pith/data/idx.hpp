// SPDX-License-Identifier: MIT
#ifndef PITH_DATA_IDX_HPP
#define PITH_DATA_IDX_HPP
/// IDX files (MNIST and its relatives): big-endian sizes, then bytes, row-major.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../base/view.hpp"

namespace pith::data {

/// Where the uint8 elements of an IDX file lie.
struct idx_header {
    shape dims;
    std::size_t offset = 0; ///< bytes before the first element
};

/// Checks a whole IDX file: magic, type, and that its size is exactly what its header says.
/// @param where names the file in faults.
[[nodiscard]] inline result<idx_header> parse_idx(bytes_view file, std::string_view where = {}) {
    const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(file[i]); };
    if (file.size() < 4 || byte(0) != 0 || byte(1) != 0)
        return fault{errc::bad_file, "not an IDX file: it must begin with two zero bytes (unpack it first)",
                     where};
    if (byte(2) != 8)
        return fault{errc::unsupported, "IDX elements must be uint8 (type code 8)", where};
    const std::size_t rank = byte(3);
    if (rank == 0 || rank > 4)
        return fault{errc::unsupported, "IDX data must have 1 to 4 axes", where};
    const std::size_t header = 4 + 4 * rank;
    if (file.size() < header)
        return fault{errc::bad_file, "the IDX file ends inside its header: download it again", where};
    idx_header out{{}, header};
    const std::uint64_t available = file.size() - header;
    std::uint64_t elements = 1;
    for (std::size_t i = 0; i < rank; ++i) {
        std::uint32_t size = 0;
        for (std::size_t b = 0; b < 4; ++b)
            size = size << 8 | byte(4 + 4 * i + b);
        if (size == 0)
            return fault{errc::bad_file, "the IDX file has an axis of size 0", where};
        if (elements > available / size)
            return fault{errc::bad_file, "the IDX file is shorter than its header says: download it again",
                         where};
        elements *= size;
        out.dims.push_back(static_cast<std::int64_t>(size));
    }
    if (available != elements)
        return fault{errc::bad_file, "the IDX file is longer than its header says", where};
    return out;
}

} // namespace pith::data

#endif
