// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_RESULT_HPP
#define PITH_BASE_RESULT_HPP
/// result<T>: a value, or a fault that says what is wrong, where, and what to do. No heap, no exceptions.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "assert.hpp"

namespace pith {

enum class errc : std::uint8_t {
    bad_file = 1, ///< bytes that are not what they claim to be
    unsupported,  ///< well formed, but this library cannot do it
    bad_shape,    ///< sizes that do not fit each other
    bad_option,   ///< an option out of its range
    missing,      ///< a file, input or name that is not there
    no_memory,    ///< a buffer handed in is too small
    io,           ///< the operating system refused
};

/// Why something was refused. `what` is a static sentence that says what to do; `where` names the node, file
/// or byte.
struct fault {
    static constexpr std::size_t where_capacity = 160;

    errc code = errc::bad_file;
    const char* what = "";
    char where[where_capacity] = {}; ///< always terminated; longer text is cut

    fault() = default;
    fault(errc c, const char* sentence, std::string_view place = {}) noexcept : code(c), what(sentence) {
        const std::size_t n = place.size() < where_capacity - 1 ? place.size() : where_capacity - 1;
        for (std::size_t i = 0; i < n; ++i)
            where[i] = place[i];
        where[n] = '\0';
    }
};

/// A T or a fault. `R` steps are chained with and_then, each taking the value and returning the next result.
template <class T>
class [[nodiscard]] result {
public:
    using value_type = T;

    result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    result(fault f) noexcept : state_(std::in_place_index<1>, f) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// @pre has_value()
    [[nodiscard]] T& operator*() & noexcept { return *checked(std::get_if<0>(&state_)); }
    [[nodiscard]] const T& operator*() const& noexcept { return *checked(std::get_if<0>(&state_)); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*checked(std::get_if<0>(&state_))); }
    [[nodiscard]] T* operator->() noexcept { return checked(std::get_if<0>(&state_)); }
    [[nodiscard]] const T* operator->() const noexcept { return checked(std::get_if<0>(&state_)); }

    /// @pre !has_value()
    [[nodiscard]] const fault& error() const noexcept { return *checked(std::get_if<1>(&state_)); }

    /// The next step on success, this fault otherwise. `step` takes a T&& and returns some result<U>.
    template <class Step>
    auto and_then(Step&& step) && -> std::invoke_result_t<Step, T&&> {
        if (!has_value())
            return error();
        return std::forward<Step>(step)(std::move(**this));
    }

private:
    template <class P>
    static P* checked(P* p) noexcept {
        PITH_ASSERT(p != nullptr);
        return p;
    }

    std::variant<T, fault> state_;
};

/// Success without a value, or a fault.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() noexcept = default;
    result(fault f) noexcept : fault_(f), failed_(true) {}

    [[nodiscard]] bool has_value() const noexcept { return !failed_; }
    explicit operator bool() const noexcept { return has_value(); }
    /// @pre !has_value()
    [[nodiscard]] const fault& error() const noexcept { return fault_; }

private:
    fault fault_;
    bool failed_ = false;
};

} // namespace pith

/// Leaves the enclosing function with the fault of `expression` (some result) if it has one.
#define PITH_TRY(expression)                                                                                 \
    do {                                                                                                     \
        if (auto&& pith_try_result = (expression); !pith_try_result)                                         \
            return pith_try_result.error();                                                                  \
    } while (false)

#endif
