// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_ROWS_HPP
#define PITH_TRAIN_ROWS_HPP
/// rows<T>: one row of numbers per sample (logits, targets, gradients), and what losses compute from a row.

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "../base/assert.hpp"

namespace pith::train {

/// `data` cut into rows of `columns` elements.
template <class T>
struct rows {
    std::span<T> data;
    std::size_t columns = 1;

    [[nodiscard]] std::size_t size() const noexcept { return data.size() / columns; }
    [[nodiscard]] std::span<T> operator[](std::size_t row) const noexcept {
        return data.subspan(row * columns, columns);
    }
    [[nodiscard]] operator rows<const T>() const noexcept { return {data, columns}; }
};

/// The first greatest element.
template <class T>
[[nodiscard]] std::size_t argmax(std::span<const T> row) noexcept {
    std::size_t best = 0;
    for (std::size_t i = 1; i < row.size(); ++i)
        if (row[i] > row[best])
            best = i;
    return best;
}

/// log(sum over i != skip of exp(row[i] / temperature)).
template <class T>
[[nodiscard]] T log_sum_exp(std::span<const T> row, T temperature = T{1},
                            std::size_t skip = std::numeric_limits<std::size_t>::max()) noexcept {
    T most = -std::numeric_limits<T>::infinity();
    for (std::size_t i = 0; i < row.size(); ++i)
        if (i != skip && row[i] > most)
            most = row[i];
    T sum{0};
    for (std::size_t i = 0; i < row.size(); ++i)
        if (i != skip)
            sum += std::exp((row[i] - most) / temperature);
    return std::log(sum) + most / temperature;
}

} // namespace pith::train

#endif
