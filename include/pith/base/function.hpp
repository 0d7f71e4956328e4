// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_FUNCTION_HPP
#define PITH_BASE_FUNCTION_HPP
/// function<R(A...)>: anything that can be called so, or nothing; std::function at a fraction of its compile
/// time.

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pith {

template <class Signature>
class function;

/// Copies copy what is called.
template <class R, class... A>
class function<R(A...)> {
public:
    function() = default;
    function(std::nullptr_t) noexcept {}
    template <class F, class = std::enable_if_t<!std::is_same_v<std::remove_cvref_t<F>, function> &&
                                                std::is_invocable_r_v<R, std::remove_cvref_t<F>&, A...>>>
    function(F&& f)
        : held_(new std::remove_cvref_t<F>(std::forward<F>(f))), do_(&verbs_of<std::remove_cvref_t<F>>) {}
    function(const function& other)
        : held_(other.held_ != nullptr ? other.do_->copy(other.held_) : nullptr), do_(other.do_) {}
    function(function&& other) noexcept : held_(std::exchange(other.held_, nullptr)), do_(other.do_) {}
    function& operator=(function other) noexcept {
        std::swap(held_, other.held_);
        std::swap(do_, other.do_);
        return *this;
    }
    ~function() {
        if (held_ != nullptr)
            do_->end(held_);
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }
    friend bool operator==(const function& f, std::nullptr_t) noexcept { return !f; }
    /// @pre it holds something
    R operator()(A... arguments) const { return do_->call(held_, std::forward<A>(arguments)...); }

private:
    struct verbs {
        R (*call)(void*, A...);
        void* (*copy)(const void*);
        void (*end)(void*);
    };
    template <class F>
    static constexpr verbs verbs_of{
        [](void* f, A... arguments) -> R { return (*static_cast<F*>(f))(std::forward<A>(arguments)...); },
        [](const void* f) -> void* { return new F(*static_cast<const F*>(f)); },
        [](void* f) { delete static_cast<F*>(f); }};

    void* held_ = nullptr;
    const verbs* do_ = nullptr;
};

} // namespace pith

#endif
