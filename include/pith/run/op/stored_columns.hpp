// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_STORED_COLUMNS_HPP
#define PITH_RUN_OP_STORED_COLUMNS_HPP
/// The inputs that each panel of outputs of a sparse convolution multiplies, as they lie in a file: uint32
/// words, first [panels + 1] starts, ascending from 0 to the count of columns, then as many columns. A column
/// is the distance in elements from the first input of a window.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../layout.hpp"
#include "../op.hpp"
#include "../op_checker.hpp"
#include "../records.hpp"
#include "window.hpp"

namespace pith::run::op {

/// Words of a record.
struct stored_columns {
    std::uint32_t at;    ///< of the starts
    std::uint32_t count; ///< columns of all panels together
};

namespace detail {

/// Output channels of a panel, in every sparse convolution.
inline constexpr std::uint32_t sparse_outputs = 16;

[[nodiscard]] inline std::uint64_t sparse_panels(const tensor_record& out) noexcept {
    return round_up<std::uint64_t>(out.dims[3], sparse_outputs) / sparse_outputs;
}

/// Elements from the first to the last input of a window. @pre the window fits
[[nodiscard]] inline std::uint64_t window_reach(const window_record& w, const tensor_record& in) noexcept {
    return std::uint64_t{w.kernel[0] - 1u} * w.dilations[0] * row_stride(in) +
           std::uint64_t{w.kernel[1] - 1u} * w.dilations[1] * in.dims[3] + in.dims[3] - 1;
}

/// The lists lie in the file, starts ascend to the count, every column begins inside the window, and
/// multiplications are few enough to be run. @pre the window fits, and so many columns of weights the file
[[nodiscard]] inline bool columns_fit(const op_checker& c, const stored_columns& s, const window_record& w,
                                      const tensor_record& in, const tensor_record& out) noexcept {
    const std::uint64_t panels = sparse_panels(out);
    if (!c.constant(s.at, (panels + 1 + s.count) * 4))
        return false;
    const std::uint64_t pixels = elements_of(out) / out.dims[3];
    if (elements_of(out) + pixels * s.count * sparse_outputs > run::detail::most_op_steps)
        return false;
    const std::byte* word = c.file().data() + s.at;
    std::uint32_t before = 0;
    for (std::uint64_t p = 0; p <= panels; ++p, word += 4) {
        const auto start = load_le<std::uint32_t>(word);
        if (start < before || (p == 0 && start != 0))
            return false;
        before = start;
    }
    const std::uint64_t reach = window_reach(w, in);
    for (std::uint32_t i = 0; i < s.count; ++i, word += 4)
        if (load_le<std::uint32_t>(word) > reach)
            return false;
    return before == s.count;
}

/// Weights of inputs behind the window are zero: kernels multiply whole columns, and what lies there may be
/// the output. @param weights bytes [columns][16][depth] @pre the columns fit
[[nodiscard]] inline bool zero_behind_window(const op_checker& c, const stored_columns& s,
                                             std::uint32_t weights, std::uint32_t depth,
                                             const window_record& w, const tensor_record& in,
                                             const tensor_record& out) noexcept {
    const std::uint64_t reach = window_reach(w, in);
    const std::byte* column = c.file().data() + s.at + (sparse_panels(out) + 1) * 4;
    const std::byte* first = c.file().data() + weights;
    const std::size_t size = std::size_t{sparse_outputs} * depth;
    for (std::uint32_t i = 0; i < s.count; ++i, column += 4, first += size) {
        const std::uint64_t inside = reach - load_le<std::uint32_t>(column) + 1;
        for (std::size_t k = 0; inside < depth && k < size; ++k)
            if (k % depth >= inside && first[k] != std::byte{0})
                return false;
    }
    return true;
}

/// What a sparse convolution costs. @param depth inputs in a column @param bits of a weight
/// @param lane_bytes of the arrays with one number per output
[[nodiscard]] inline op_cost sparse_cost(const program_data& p, const op_record& head,
                                         const stored_columns& s, std::size_t depth, std::size_t bits,
                                         std::size_t lane_bytes) noexcept {
    const tensor_record out = p.tensor(head.output);
    const std::uint64_t panels = sparse_panels(out);
    const auto last = std::uint64_t{load_le<std::uint32_t>(p.constant(s.at) + 4 * (panels - 1))};
    const std::uint64_t missing = panels * sparse_outputs - out.dims[3]; // of the last panel
    const std::uint64_t weights =
        depth * (std::uint64_t{s.count} * sparse_outputs - (s.count - last) * missing);
    op_cost c;
    c.parameters = weights + out.dims[3];
    c.macs = weights * (elements_of(out) / out.dims[3]);
    c.weight_bits = static_cast<std::uint32_t>(bits);
    c.weight_bytes = depth * s.count * sparse_outputs * bits / 8 + (panels + 1 + s.count) * 4 +
                     panels * sparse_outputs * lane_bytes;
    return c;
}

} // namespace detail

} // namespace pith::run::op

#endif
