// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_CHECK_ACCESS_HPP
#define PITH_RUN_CHECK_ACCESS_HPP
/// What the checks of all operations share: which bytes strided axes and tensors reach, and limits of work.

#include <cstddef>
#include <cstdint>

#include "layout.hpp"
#include "records.hpp"

namespace pith::run::detail {

/// Multiplications or visits of elements that one operation may take. The largest layers known (512 to 512
/// channels, 3 x 3, on a million pixels) need half of it; what needs more would not end in a time that
/// anybody waits for. All other operations touch each element of their tensors a few times at most.
inline constexpr std::uint64_t most_op_steps = std::uint64_t{1} << 42;
/// Pixels whose mean is taken in whole numbers: so many codes of 255 add up in an int32.
inline constexpr std::uint64_t most_mean_codes = 0x7FFFFFFF / 255;
/// Scale of codes whose reals are added up: 2^31 times 255 times as much is far from the end of the floats.
inline constexpr float most_summed_scale = 0x1p80f;

/// Elements that up to 8 strided axes reach, relative to the first.
struct reach {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
    bool sane = true;

    void add(std::uint32_t size, std::int32_t stride) noexcept {
        constexpr std::int64_t most = std::int64_t{1} << 31;
        if (size == 0 || size > (1u << 28) || count_ == max_axes) {
            sane = false;
            return;
        }
        const std::int64_t span = (std::int64_t{size} - 1) * stride;
        (span < 0 ? lowest : highest) += span;
        sane = sane && lowest >= -most && highest <= most;
        if (size != 1)
            insert(stride < 0 ? -std::int64_t{stride} : std::int64_t{stride}, span < 0 ? -span : span);
    }
    /// Everything lies in `x` or its border when the first element is number `first`.
    [[nodiscard]] bool stays(std::int64_t first, const tensor_record& x) const noexcept {
        const auto before = static_cast<std::int64_t>(elements_before(x));
        const auto all = static_cast<std::int64_t>(stored_elements(x));
        return sane && first + lowest >= -before && first + highest < all - before;
    }
    /// No element is reached twice: each axis steps over all that the axes of smaller strides reach. So
    /// there are no more steps than elements.
    [[nodiscard]] bool visits_once() const noexcept {
        std::int64_t reached = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            if (strides_[i] <= reached)
                return false;
            reached += spans_[i];
        }
        return true;
    }

private:
    /// Keeps the axes sorted by their strides.
    void insert(std::int64_t stride, std::int64_t span) noexcept {
        std::size_t at = count_++;
        for (; at > 0 && strides_[at - 1] > stride; --at) {
            strides_[at] = strides_[at - 1];
            spans_[at] = spans_[at - 1];
        }
        strides_[at] = stride;
        spans_[at] = span;
    }

    std::int64_t strides_[max_axes] = {}; ///< without signs, of axes longer than one element
    std::int64_t spans_[max_axes] = {};
    std::size_t count_ = 0;
};

/// No byte of the two tensors, their borders included, is the same; constants are never written.
[[nodiscard]] constexpr bool apart(const tensor_record& a, const tensor_record& b) noexcept {
    const auto first = [](const tensor_record& x) {
        return std::uint64_t{x.offset} - elements_before(x) * element_bytes(x);
    };
    const auto end = [&](const tensor_record& x) { return first(x) + stored_elements(x) * element_bytes(x); };
    return a.constant != 0 || b.constant != 0 || end(a) <= first(b) || end(b) <= first(a);
}

/// The tensors have every element in the same place.
[[nodiscard]] constexpr bool same_place(const tensor_record& a, const tensor_record& b) noexcept {
    bool same = a.offset == b.offset && a.type == b.type && a.constant == b.constant;
    for (std::size_t i = 0; i < 4; ++i)
        same = same && a.dims[i] == b.dims[i] && a.border[i] == b.border[i];
    return same;
}

} // namespace pith::run::detail

#endif
