// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_PROGRAM_HPP
#define PITH_RUN_PROGRAM_HPP
/// program_view: a packed network where it lies, in flash or in a file's bytes, checked. Nothing is copied.

#include <cstddef>
#include <cstdint>

#include "../base/result.hpp"
#include "../base/type_list.hpp"
#include "../base/view.hpp"
#include "check_file.hpp"
#include "op.hpp"
#include "op_checker.hpp"
#include "op_list.hpp"
#include "op_view.hpp"
#include "program_data.hpp"

namespace pith::run {

namespace detail {

/// The record has the length of its kind's, axes included.
template <class Op>
[[nodiscard]] bool record_fits(op_view op, std::size_t bytes) noexcept {
    using record = typename Op::record;
    if (bytes < sizeof(record))
        return false;
    std::size_t axes = 0;
    if constexpr (Op::axis_words != 0)
        axes = op.as<record>().rank;
    return axes <= max_axes && bytes == sizeof(record) + 4 * Op::axis_words * axes;
}

/// The output lies apart from the operands, or is one of them where the kernels allow it.
[[nodiscard]] inline bool apart_or_in_place(const op_checker& c, const op_record& head, in_place rule,
                                            const tensor_record& in, const tensor_record& out) noexcept {
    const bool first = apart(in, out) || (rule == in_place::any && same_place(in, out));
    if (head.second == no_tensor)
        return first;
    const tensor_record second = c.tensor(head.second);
    return first && (apart(second, out) || (rule != in_place::nothing && same_place(second, out)));
}

/// @pre the head of the record lies in the file
template <class Op>
[[nodiscard]] bool op_fits(const op_checker& c, op_view op) noexcept {
    static_assert(checked_op<Op>::complete);
    const op_record head = op.head();
    const bool has_second = head.second != no_tensor;
    if (!record_fits<Op>(op, std::size_t{4} * head.words) || head.output >= c.tensor_count() ||
        head.input >= c.tensor_count() || (has_second && head.second >= c.tensor_count()) ||
        (Op::second == second_operand::needed && !has_second) ||
        (Op::second == second_operand::none && has_second))
        return false;
    const tensor_record in = c.tensor(head.input);
    const tensor_record out = c.tensor(head.output);
    return out.constant == 0 && apart_or_in_place(c, head, Op::replaces, in, out) &&
           Op::check(c, op, in, out);
}

/// Every operation is one of `Ops` and does no harm.
template <class Ops>
[[nodiscard]] result<void> check_ops(bytes_view file, const section_table& s) noexcept {
    const op_checker check(file, s.tensors);
    std::size_t at = s.operations.at;
    const std::size_t end = at + s.operations.bytes;
    for (std::size_t i = 0; i < s.operations.count; ++i) {
        const op_view op(file.data() + at);
        if (end - at < sizeof(op_record) || std::size_t{4} * op.head().words > end - at)
            return fault{errc::bad_file, "the operations of the .pith program are cut off",
                         place("operation ", i).view()};
        bool fits = false;
        if (!with_op(Ops{}, op.kind(), [&]<class Op>() { fits = op_fits<Op>(check, op); }))
            return fault{errc::unsupported,
                         "the .pith program has an operation that this build leaves out or does not know",
                         place("operation kind ", op.kind()).view()};
        if (!fits)
            return fault{errc::bad_file, "an operation of the .pith program contradicts its tensors",
                         place("operation ", i).view()};
        at += std::size_t{4} * op.head().words;
    }
    if (at != end)
        return fault{errc::bad_file, "the operations of the .pith program do not end where they should"};
    return {};
}

} // namespace detail

/// A checked program of the operations in `Ops`.
template <class Ops>
class basic_program_view : public program_data {
public:
    using ops_type = Ops;

    basic_program_view() = default;

    /// Checks every byte once, so that execution need not: what it accepts never reads or writes outside the
    /// program's bytes and its arena, and ends. Operations that are not in `Ops` are refused.
    /// @param bytes aligned to required_alignment; they must outlive the view.
    [[nodiscard]] static result<basic_program_view> open(bytes_view bytes) noexcept;

private:
    using program_data::program_data;
};

template <class Ops>
result<basic_program_view<Ops>> basic_program_view<Ops>::open(bytes_view bytes) noexcept {
    file_header header;
    detail::section_table sections;
    PITH_TRY(detail::check_file(bytes, header, sections));
    PITH_TRY(detail::check_ops<Ops>(bytes, sections));
    return basic_program_view(bytes, header, sections);
}

using program_view = basic_program_view<op_list>;

} // namespace pith::run

#endif
