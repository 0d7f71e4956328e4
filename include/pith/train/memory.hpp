// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MEMORY_HPP
#define PITH_TRAIN_MEMORY_HPP
/// lanes<T>: numbers aligned for any vector unit, allocated once and kept from step to step.

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "../base/buffer.hpp"
#include "../base/view.hpp"

namespace pith::train {

template <class T>
class lanes {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    lanes() = default;
    explicit lanes(std::size_t count) : memory_(count * sizeof(T)), count_(count) {}

    /// At least `count` elements; what was there is lost when it has to grow.
    T* hold(std::size_t count) {
        if (count > count_)
            *this = lanes(count);
        return data();
    }
    [[nodiscard]] T* data() noexcept { return reinterpret_cast<T*>(memory_.data()); }
    [[nodiscard]] const T* data() const noexcept { return reinterpret_cast<const T*>(memory_.data()); }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] view<T> all() noexcept { return {data(), count_}; }
    [[nodiscard]] view<const T> all() const noexcept { return {data(), count_}; }

private:
    buffer memory_;
    std::size_t count_ = 0;
};

} // namespace pith::train

#endif
