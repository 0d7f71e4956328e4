// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_CHECKER_HPP
#define PITH_RUN_OP_CHECKER_HPP
/// What operations check their records with: does one stay inside its tensors and constants, and does it end?
/// Asked once for each when a program is opened.

#include <cstddef>
#include <cstdint>

#include "../base/bits.hpp"
#include "../base/view.hpp"
#include "../format/dtype.hpp"
#include "check_access.hpp"
#include "layout.hpp"
#include "op_view.hpp"
#include "records.hpp"

namespace pith::run {

/// Whether an operation has a second operand.
enum class second_operand : std::uint8_t { none, optional, needed };

/// Operands that an operation's output may be, element by element.
enum class in_place : std::uint8_t { nothing, second, any };

using detail::reach;

/// Whether a tensor's elements are of this type, are codes, are real; whether two tensors have the same
/// sizes; whether neither has a border.
[[nodiscard]] constexpr bool is(const tensor_record& x, format::dtype type) noexcept {
    return type_of(x) == type;
}
/// Whether elements are uint8 codes.
[[nodiscard]] constexpr bool is_codes(const tensor_record& x) noexcept {
    return is(x, format::dtype::u8);
}
/// Whether elements are float32.
[[nodiscard]] constexpr bool is_real(const tensor_record& x) noexcept {
    return is(x, format::dtype::f32);
}
/// Whether two tensors have the same sizes.
[[nodiscard]] constexpr bool same_dims(const tensor_record& a, const tensor_record& b) noexcept {
    return a.dims[0] == b.dims[0] && a.dims[1] == b.dims[1] && a.dims[2] == b.dims[2] &&
           a.dims[3] == b.dims[3];
}
/// Whether neither tensor has a border.
[[nodiscard]] constexpr bool no_borders(const tensor_record& a, const tensor_record& b) noexcept {
    return !has_border(a) && !has_border(b);
}
/// The tensor's elements are [outer, size, inner].
[[nodiscard]] constexpr bool cuts(const tensor_record& x, std::uint32_t outer, std::uint32_t size,
                                  std::uint32_t inner) noexcept {
    const std::uint64_t kept = std::uint64_t{outer} * inner;
    return kept <= (std::uint64_t{1} << 31) && kept * size == elements_of(x);
}

/// The file that an operation's constants and tensors are looked up in. @pre its tensors are checked
class op_checker {
public:
    op_checker(bytes_view file, const section_record& tensors) noexcept : file_(file), tensors_(tensors) {}

    /// @pre id < tensor_count()
    [[nodiscard]] tensor_record tensor(std::size_t id) const noexcept {
        return load_record<tensor_record>(file_.data() + tensors_.at + id * sizeof(tensor_record));
    }
    [[nodiscard]] std::size_t tensor_count() const noexcept { return tensors_.count; }
    [[nodiscard]] bytes_view file() const noexcept { return file_; }

    /// A constant of that many bytes lies there, readable over_read_bytes further.
    [[nodiscard]] bool constant(std::uint32_t at, std::uint64_t bytes,
                                std::uint32_t alignment = 4) const noexcept {
        return at >= sizeof(file_header) && at % alignment == 0 && bytes <= file_.size() &&
               std::uint64_t{at} + bytes + over_read_bytes <= file_.size();
    }
    /// `count` indices lie there, all below `size`.
    [[nodiscard]] bool indices_fit(std::uint32_t at, std::uint64_t count, std::uint32_t size) const noexcept {
        if (!constant(at, count * 4))
            return false;
        for (std::uint64_t i = 0; i < count; ++i)
            if (load_le<std::uint32_t>(file_.data() + at + 4 * i) >= size)
                return false;
        return true;
    }

private:
    bytes_view file_;
    section_record tensors_;
};

} // namespace pith::run

#endif
