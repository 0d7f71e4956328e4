// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_HPP
#define PITH_RUN_OP_HPP
/// What an operation of programs is: a struct with the members that checked_op lists. The library's stand in
/// op/, one header each, and in op_list.hpp; a user's own operations join a list of types of their own.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "../arch/isa.hpp"
#include "../base/on_use.hpp"
#include "../base/type_list.hpp"
#include "../kernel/slot.hpp"
#include "execution.hpp"
#include "op_checker.hpp"
#include "op_view.hpp"
#include "program_data.hpp"

namespace pith::run {

/// Weights and work of one operation.
struct op_cost {
    std::uint64_t parameters = 0;      ///< weights and biases, without what a tile fills up
    std::uint64_t macs = 0;            ///< multiply-adds of convolutions, dense layers and matrix products
    std::uint64_t weight_bytes = 0;    ///< packed weights, biases and factors as they lie in the file
    std::uint32_t weight_bits = 0;     ///< of one weight; 0: the operation has none
    std::uint32_t codebook_levels = 0; ///< of a codebook; 0: every code may occur
};

/// Base of operations that multiply no weights.
struct without_weights {
    /// Nothing.
    [[nodiscard]] static op_cost cost(const program_data&, op_view) noexcept { return {}; }
};

/// What operations with one list of kernels have in common. @tparam Slot of that list
template <class Slot>
struct with_slot {
    using kernels = Slot;

    [[nodiscard]] static constexpr kernels portable_kernels() noexcept { return kernels::portable(); }
    template <class Use = on_use>
    [[nodiscard]] static constexpr kernels best_kernels(arch::isa_set have) noexcept {
        return kernels::template best_of<Use>(have);
    }
};

/// Base of operations that always run the same kernel, and of those whose record says nothing about a tile.
template <class Args>
struct with_kernel : with_slot<kernel::slot<Args>> {
    using typename with_slot<kernel::slot<Args>>::kernels;

    [[nodiscard]] static const kernel::entry<Args>& kernel_of(op_view, const kernels& k) noexcept {
        return k.best;
    }
};

/// Base of operations whose record tells the tile that their weights are packed for.
/// @tparam Record has a `window`
template <class Args, class Record>
struct with_tiled_kernel : with_slot<kernel::tiled_slot<Args>> {
    using record = Record;
    using typename with_slot<kernel::tiled_slot<Args>>::kernels;

    [[nodiscard]] static const kernel::entry<Args>& kernel_of(op_view op, const kernels& k) noexcept {
        return k.reading(tile_of(op.template as<record>().window));
    }
};

namespace detail {

template <class Op>
concept has_kind = std::same_as<decltype(Op::kind), const std::uint8_t>;
template <class Op>
concept has_name = std::same_as<decltype(Op::name), const std::string_view>;
template <class Op>
concept has_record = std::is_trivially_copyable_v<typename Op::record> && sizeof(typename Op::record) % 4 ==
                     0;
template <class Op>
concept has_axis_words = std::same_as<decltype(Op::axis_words), const std::size_t>;
template <class Op>
concept has_second = std::same_as<decltype(Op::second), const second_operand>;
template <class Op>
concept has_replaces = std::same_as<decltype(Op::replaces), const in_place>;
template <class Op>
concept has_kernels = requires(const typename Op::kernels& k, op_view op) {
    { k.filled() } -> std::convertible_to<bool>;
    { Op::portable_kernels() } -> std::convertible_to<typename Op::kernels>;
    { Op::kernel_of(op, k).name } -> std::convertible_to<std::string_view>;
};
template <class Op>
concept has_check = requires(const op_checker& c, op_view op, const tensor_record& t) {
    { Op::check(c, op, t, t) } -> std::same_as<bool>;
};
template <class Op>
concept has_run = requires(const execution& x, op_view op, const typename Op::kernels& k) {
    { Op::run(x, op, k) } -> std::same_as<void>;
};
template <class Op>
concept has_cost = requires(const program_data& p, op_view op) {
    { Op::cost(p, op) } -> std::same_as<op_cost>;
};

/// One error for each member that an operation lacks. @tparam Op an operation of a program
template <class Op>
struct checked_op {
    static_assert(has_kind<Op>,
                  "an operation needs: static constexpr std::uint8_t kind (128 to 255 for users')");
    static_assert(has_name<Op>, "an operation needs: static constexpr std::string_view name");
    static_assert(has_record<Op>,
                  "an operation needs: struct record, trivially copyable, whole 32-bit words");
    static_assert(has_axis_words<Op>, "an operation needs: static constexpr std::size_t axis_words");
    static_assert(has_second<Op>, "an operation needs: static constexpr second_operand second");
    static_assert(has_replaces<Op>, "an operation needs: static constexpr in_place replaces");
    static_assert(has_kernels<Op>,
                  "an operation needs: kernels, portable_kernels() and kernel_of(op, kernels)");
    static_assert(has_check<Op>,
                  "an operation needs: static bool check(const op_checker&, op_view, in, out)");
    static_assert(has_run<Op>,
                  "an operation needs: static void run(const execution&, op_view, const kernels&)");
    static_assert(has_cost<Op>, "an operation needs: static op_cost cost(const program_data&, op_view)");
    static constexpr bool complete = true;
};

template <class... Ops>
[[nodiscard]] constexpr bool kinds_differ(type_list<Ops...>) noexcept {
    const std::uint8_t kinds[] = {Ops::kind..., 0};
    for (std::size_t i = 0; i < sizeof...(Ops); ++i)
        for (std::size_t k = i + 1; k <= sizeof...(Ops); ++k)
            if (kinds[i] == kinds[k])
                return false;
    return true;
}

/// Calls f.template operator()<Op>() for the operation of `Ops` that has this kind; false when there is none.
template <class... Ops, class F>
constexpr bool with_op(type_list<Ops...>, std::uint8_t kind, const F& f) noexcept {
    return ((kind == Ops::kind && (f.template operator()<Ops>(), true)) || ...);
}

} // namespace detail

} // namespace pith::run

#endif
