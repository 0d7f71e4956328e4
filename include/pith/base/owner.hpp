// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_OWNER_HPP
#define PITH_BASE_OWNER_HPP
/// Objects on the heap with one owner or many: what <memory> has, at a fraction of its compile time.

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pith {

namespace detail {

struct delete_object {
    template <class T>
    void operator()(T* p) const noexcept {
        delete p;
    }
};

/// What all owners of an object share.
struct shared_block {
    long owners;
    void (*end)(shared_block*);
};

} // namespace detail

/// A T that ends with its owner, by Release, or nothing; movable only.
template <class T, class Release = detail::delete_object>
class owner {
public:
    owner() = default;
    explicit owner(T* p) noexcept : p_(p) {}
    owner(owner&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
    owner& operator=(owner&& other) noexcept {
        owner old(std::exchange(p_, std::exchange(other.p_, nullptr)));
        return *this;
    }
    ~owner() {
        if (p_ != nullptr)
            Release{}(p_);
    }

    [[nodiscard]] T* get() const noexcept { return p_; }
    T* operator->() const noexcept { return p_; }
    std::add_lvalue_reference_t<T> operator*() const noexcept { return *p_; }
    explicit operator bool() const noexcept { return p_ != nullptr; }
    friend bool operator==(const owner& a, std::nullptr_t) noexcept { return a.p_ == nullptr; }
    /// No longer this object's to end.
    [[nodiscard]] T* release() noexcept { return std::exchange(p_, nullptr); }

private:
    T* p_ = nullptr;
};

/// A T that ends with the last of its owners, or nothing. Copies may be made and ended on any thread.
template <class T>
class shared {
public:
    shared() = default;
    shared(std::nullptr_t) noexcept {}
    shared(const shared& other) noexcept : shared(other, other.p_) {}
    shared(shared&& other) noexcept
        : p_(std::exchange(other.p_, nullptr)), block_(std::exchange(other.block_, nullptr)) {}
    /// Of a U that is a T.
    template <class U>
    shared(const shared<U>& other) noexcept : shared(other, other.p_) {}
    shared& operator=(shared other) noexcept {
        std::swap(p_, other.p_);
        std::swap(block_, other.block_);
        return *this;
    }
    ~shared() {
        if (block_ != nullptr && __atomic_sub_fetch(&block_->owners, 1, __ATOMIC_ACQ_REL) == 0)
            block_->end(block_);
    }

    [[nodiscard]] T* get() const noexcept { return p_; }
    T* operator->() const noexcept { return p_; }
    T& operator*() const noexcept { return *p_; }
    explicit operator bool() const noexcept { return p_ != nullptr; }
    friend bool operator==(const shared& a, std::nullptr_t) noexcept { return a.p_ == nullptr; }

    /// @see shared_of
    template <class... A>
    [[nodiscard]] static shared make(A&&... arguments) {
        auto* made =
            new held{{1, [](block* b) { delete static_cast<held*>(b); }}, T(std::forward<A>(arguments)...)};
        shared s;
        s.p_ = &made->value;
        s.block_ = made;
        return s;
    }

private:
    template <class>
    friend class shared;
    using block = detail::shared_block;
    struct held : block {
        T value;
        held(block b, T v) : block(b), value(std::move(v)) {}
    };

    template <class U>
    shared(const shared<U>& other, T* p) noexcept : p_(p), block_(other.block_) {
        if (block_ != nullptr)
            __atomic_add_fetch(&block_->owners, 1, __ATOMIC_RELAXED);
    }

    T* p_ = nullptr;
    block* block_ = nullptr;
};

/// A new T with one owner so far.
template <class T, class... A>
[[nodiscard]] shared<T> shared_of(A&&... arguments) {
    return shared<T>::make(std::forward<A>(arguments)...);
}

} // namespace pith

#endif
