// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_SESSION_HPP
#define PITH_RUN_SESSION_HPP
/// A program with its memory, for hosts: opened once, then run without any allocation.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "../arch/detect.hpp"
#include "../base/buffer.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "execute.hpp"
#include "native_kernels.hpp"
#include "program.hpp"

namespace pith::run {

struct session_options {
    arch::isa_set isa = arch::detect(); ///< fewer than the processor has pins slower kernels
};

/// Moved from, it is a session of no program: without inputs and outputs, and run() does nothing.
/// @tparam Ops the operations that programs may have
template <class Ops>
class basic_session {
public:
    basic_session(basic_session&& other) noexcept
        : bytes_(std::move(other.bytes_)), arena_(std::move(other.arena_)),
          program_(std::exchange(other.program_, {})), kernels_(other.kernels_) {}
    basic_session& operator=(basic_session&& other) noexcept {
        bytes_ = std::move(other.bytes_);
        arena_ = std::move(other.arena_);
        program_ = std::exchange(other.program_, {});
        kernels_ = other.kernels_;
        return *this;
    }
    ~basic_session() = default;

    /// Takes a copy of the bytes.
    template <class Use = on_use>
    [[nodiscard]] static result<basic_session> open(bytes_view bytes, const session_options& options = {});
    template <class Use = on_use>
    [[nodiscard]] static result<basic_session> open(buffer bytes, const session_options& options = {});

    [[nodiscard]] const basic_program_view<Ops>& program() const noexcept { return program_; }
    [[nodiscard]] const basic_kernel_set<Ops>& kernels() const noexcept { return kernels_; }
    [[nodiscard]] std::span<std::byte> arena() noexcept { return arena_.bytes(); }

    /// Elements of input `i`, to be written before run(). @tparam E float, or what the input's type says
    /// @pre i < program().input_count(), and E is as wide as the input's elements; without assertions the
    /// view is empty where they are not met
    template <class E = float>
    [[nodiscard]] std::span<E> input(std::size_t i) noexcept {
        if (i >= program_.input_count())
            return nothing<E>();
        const tensor_record t = program_.tensor(program_.input(i).tensor);
        if (sizeof(E) != element_bytes(t))
            return nothing<E>();
        return {reinterpret_cast<E*>(arena_.data() + t.offset), static_cast<std::size_t>(elements_of(t))};
    }
    /// Elements of output `i`, valid until the next run(). @pre as that of input()
    template <class E = float>
    [[nodiscard]] std::span<const E> output(std::size_t i) const noexcept {
        if (i >= program_.output_count())
            return nothing<const E>();
        const tensor_record t = program_.tensor(program_.output(i).tensor);
        if (sizeof(E) != element_bytes(t))
            return nothing<const E>();
        const std::byte* base = t.constant != 0 ? bytes_.data() : arena_.data();
        return {reinterpret_cast<const E*>(base + t.offset), static_cast<std::size_t>(elements_of(t))};
    }

    template <class Use = on_use>
    void run() noexcept {
        execute(program_, arena_.bytes(), kernels_);
    }
    /// Calls observe(index, op) after each operation.
    template <class Observer>
    void run(const Observer& observe) noexcept {
        execute(program_, arena_.bytes(), kernels_, observe);
    }

private:
    basic_session() = default;
    [[nodiscard]] static fault no_room(std::size_t bytes) noexcept {
        return {errc::no_memory, "there is not enough memory for the program and its values",
                detail::place("bytes: ", bytes).view()};
    }

    /// For what no view exists of: the caller's mistake.
    template <class E>
    [[nodiscard]] static std::span<E> nothing() noexcept {
        PITH_ASSERT(false);
        return {};
    }

    buffer bytes_;
    buffer arena_;
    basic_program_view<Ops> program_;
    basic_kernel_set<Ops> kernels_;
};

template <class Ops>
template <class Use>
result<basic_session<Ops>> basic_session<Ops>::open(bytes_view bytes, const session_options& options) {
    buffer copy = buffer::if_possible(bytes.size());
    if (copy.data() == nullptr)
        return no_room(bytes.size());
    if (!bytes.empty())
        std::memcpy(copy.data(), bytes.data(), bytes.size());
    return open<Use>(std::move(copy), options);
}

template <class Ops>
template <class Use>
result<basic_session<Ops>> basic_session<Ops>::open(buffer bytes, const session_options& options) {
    basic_session s;
    s.bytes_ = std::move(bytes);
    auto program = basic_program_view<Ops>::open(std::as_const(s.bytes_).bytes());
    if (!program)
        return program.error();
    s.program_ = *program;
    s.kernels_ = kernels_for<Ops, Use>(options.isa & arch::detect());
    s.arena_ = buffer::if_possible(s.program_.arena_bytes());
    if (s.arena_.data() == nullptr)
        return no_room(s.program_.arena_bytes());
    return s;
}

using session = basic_session<op_list>;

} // namespace pith::run

#endif
