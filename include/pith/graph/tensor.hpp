// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_TENSOR_HPP
#define PITH_GRAPH_TENSOR_HPP
/// tensor<T>: owned values of a shape, row-major. Images are [batch, height, width, channels].

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "../base/assert.hpp"
#include "../base/shape.hpp"

namespace pith {

/// Elements of type T in row-major order, and their shape. A default tensor has the shape [0].
template <class T>
class tensor {
public:
    using value_type = T;

    tensor() = default;
    explicit tensor(shape dims, T fill = T{})
        : dims_(dims), data_(static_cast<std::size_t>(dims.elements()), fill) {}
    /// @pre data.size() == dims.elements()
    tensor(shape dims, std::vector<T> data) : dims_(dims), data_(std::move(data)) {
        PITH_ASSERT(data_.size() == static_cast<std::size_t>(dims_.elements()));
    }

    [[nodiscard]] const shape& dims() const noexcept { return dims_; }
    [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }
    [[nodiscard]] bool empty() const noexcept { return data_.empty(); }
    [[nodiscard]] std::span<T> data() noexcept { return data_; }
    [[nodiscard]] std::span<const T> data() const noexcept { return data_; }
    [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return data_[i]; }

    /// The element at one index per axis: `image(n, row, column, channel)`. @pre as many indices as axes,
    /// each at least 0 and below the size of its axis
    template <std::integral... Index>
    [[nodiscard]] T& operator()(Index... at) noexcept {
        return data_[position(static_cast<std::int64_t>(at)...)];
    }
    template <std::integral... Index>
    [[nodiscard]] const T& operator()(Index... at) const noexcept {
        return data_[position(static_cast<std::int64_t>(at)...)];
    }

    /// The same elements under another shape. @pre dims.elements() == size()
    void reshape(shape dims) {
        PITH_ASSERT(static_cast<std::size_t>(dims.elements()) == data_.size());
        dims_ = dims;
    }

    friend bool operator==(const tensor&, const tensor&) = default;

private:
    /// Of the element at these indices, in row-major order.
    template <class... Index>
    [[nodiscard]] std::size_t position(Index... at) const noexcept {
        PITH_ASSERT(sizeof...(at) == dims_.rank());
        std::int64_t sum = 0;
        std::size_t axis = 0;
        [[maybe_unused]] const auto add = [&](std::int64_t index) {
            const std::int64_t size = dims_[axis++];
            PITH_ASSERT(index >= 0 && index < size);
            sum = sum * size + index;
        };
        (add(at), ...);
        return static_cast<std::size_t>(sum);
    }

    shape dims_{0};
    std::vector<T> data_;
};

/// Elements of a value: real numbers of the graph's scalar, or whole numbers of any integer type and
/// booleans.
template <class T>
using any_tensor = std::variant<tensor<T>, tensor<std::int64_t>>;

/// The sizes of whichever tensor it holds.
template <class... Ts>
[[nodiscard]] const shape& dims_of(const std::variant<tensor<Ts>...>& t) noexcept {
    return std::visit([](const auto& held) -> const shape& { return held.dims(); }, t);
}

} // namespace pith

#endif
