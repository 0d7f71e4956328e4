// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_RESULT_HPP
#define PITH_BASE_RESULT_HPP
/// result<T>: a value, or a fault that says what is wrong, where, and what to do. No heap, no exceptions.

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "assert.hpp"

namespace pith {

/// What kind of thing is wrong.
enum class errc : std::uint8_t {
    bad_file = 1, ///< bytes that are not what they claim to be
    unsupported,  ///< well formed, but this library cannot do it
    bad_shape,    ///< sizes that do not fit each other
    bad_option,   ///< an option out of its range
    missing,      ///< a file, input or name that is not there
    no_memory,    ///< a buffer handed in is too small, or there is no room for another
    io,           ///< the operating system refused
    diverged,     ///< a training whose numbers grew without bound
    interrupted,  ///< stopped from outside before its end
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

    result(T value) : value_(std::move(value)), ok_(true) {}
    result(fault f) noexcept : fault_(f) {}
    result(result&& other) noexcept : ok_(other.ok_) { take(std::move(other)); }
    result(const result& other) : ok_(other.ok_) { take(other); }
    result& operator=(result other) noexcept {
        clear();
        ok_ = other.ok_;
        take(std::move(other));
        return *this;
    }
    ~result() { clear(); }

    [[nodiscard]] bool has_value() const noexcept { return ok_; }
    explicit operator bool() const noexcept { return ok_; }

    /// @pre has_value()
    [[nodiscard]] T& operator*() & noexcept { return *value(); }
    [[nodiscard]] const T& operator*() const& noexcept { return *value(); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*value()); }
    [[nodiscard]] T* operator->() noexcept { return value(); }
    [[nodiscard]] const T* operator->() const noexcept { return value(); }

    /// @pre !has_value()
    [[nodiscard]] const fault& error() const noexcept {
        PITH_ASSERT(!ok_);
        return fault_;
    }

    /// The value, or `other` in the place of a fault.
    template <class U>
    [[nodiscard]] T value_or(U&& other) const& {
        return ok_ ? value_ : static_cast<T>(std::forward<U>(other));
    }
    template <class U>
    [[nodiscard]] T value_or(U&& other) && {
        return ok_ ? std::move(value_) : static_cast<T>(std::forward<U>(other));
    }

    /// The next step on success, this fault otherwise. `step` takes a T&& and returns some result<U>.
    template <class Step>
    auto and_then(Step&& step) && -> decltype(std::forward<Step>(step)(std::declval<T&&>())) {
        if (!ok_)
            return fault_;
        return std::forward<Step>(step)(std::move(*value()));
    }
    /// What `change` makes of the value, or this fault. `change` takes a T&& and returns some U, or nothing.
    template <class Change>
    auto
    transform(Change&& change) && -> result<decltype(std::forward<Change>(change)(std::declval<T&&>()))> {
        if (!ok_)
            return fault_;
        if constexpr (std::is_void_v<decltype(std::forward<Change>(change)(std::declval<T&&>()))>) {
            std::forward<Change>(change)(std::move(*value()));
            return {};
        } else {
            return std::forward<Change>(change)(std::move(*value()));
        }
    }
    /// This value, or what `mend` returns for the fault: another result<T>.
    template <class Mend>
    result or_else(Mend&& mend) && {
        if (ok_)
            return std::move(*this);
        return std::forward<Mend>(mend)(std::as_const(fault_));
    }

private:
    T* value() noexcept {
        PITH_ASSERT(ok_);
        return &value_;
    }
    const T* value() const noexcept {
        PITH_ASSERT(ok_);
        return &value_;
    }
    /// @pre nothing is held, and ok_ is other's
    template <class Other>
    void take(Other&& other) {
        if (ok_)
            ::new (static_cast<void*>(&value_)) T(std::forward<Other>(other).value_);
        else
            ::new (static_cast<void*>(&fault_)) fault(other.fault_);
    }
    void clear() noexcept {
        if (ok_)
            value_.~T();
    }

    union {
        T value_;
        fault fault_;
    };
    bool ok_ = false;
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
    [[nodiscard]] const fault& error() const noexcept {
        PITH_ASSERT(failed_);
        return fault_;
    }

    /// The next step on success, this fault otherwise. `step` returns some result<U>.
    template <class Step>
    auto and_then(Step&& step) const -> decltype(std::forward<Step>(step)()) {
        if (failed_)
            return fault_;
        return std::forward<Step>(step)();
    }
    /// Success, or what `mend` returns for the fault: another result<void>.
    template <class Mend>
    result or_else(Mend&& mend) const {
        return failed_ ? std::forward<Mend>(mend)(fault_) : *this;
    }

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
