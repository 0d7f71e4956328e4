// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_TABLE_HPP
#define PITH_EXAMPLES_TOOL_TABLE_HPP
/// Tables for people: columns as wide as what they hold, lines of at most 100 characters.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report.hpp"
#include "text.hpp"

namespace tool {

class table {
public:
    enum class cells {
        name,  ///< to the left, shortened where the line is full
        text,  ///< to the left
        number ///< to the right
    };
    struct column {
        std::string_view head;
        cells kind;
    };

    explicit table(std::vector<column> columns) : columns_(std::move(columns)) {
        for (const auto& c : columns_)
            widths_.push_back(width_of(c.head));
    }

    /// @param row one printable cell for each column
    void add(std::vector<std::string> row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths_[i] = std::max(widths_[i], width_of(row[i]));
        rows_.push_back(std::move(row));
    }

    void print() const {
        const auto widths = fitting_widths();
        std::vector<std::string> heads;
        for (const auto& c : columns_)
            heads.emplace_back(c.head);
        print_line(heads, widths);
        for (const auto& row : rows_)
            print_line(row, widths);
    }

private:
    static constexpr std::size_t least_name = 8;

    /// The widest names lose characters until the line fits, or until none is left that could.
    [[nodiscard]] std::vector<std::size_t> fitting_widths() const {
        auto widths = widths_;
        std::size_t total = 2 * (widths.size() - 1);
        for (const auto w : widths)
            total += w;
        for (; total > line_width; --total) {
            std::size_t* widest = nullptr;
            for (std::size_t i = 0; i < widths.size(); ++i)
                if (columns_[i].kind == cells::name && widths[i] > least_name &&
                    (widest == nullptr || widths[i] > *widest))
                    widest = &widths[i];
            if (widest == nullptr)
                break;
            --*widest;
        }
        return widths;
    }

    void print_line(const std::vector<std::string>& row, const std::vector<std::size_t>& widths) const {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string cell = columns_[i].kind == cells::name ? shortened(row[i], widths[i]) : row[i];
            line += i == 0 ? "" : "  ";
            line += columns_[i].kind == cells::number ? fmt::format("{:>{}}", cell, widths[i])
                                                      : fmt::format("{:<{}}", cell, widths[i]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        say("{}\n", line);
    }

    std::vector<column> columns_;
    std::vector<std::size_t> widths_;
    std::vector<std::vector<std::string>> rows_;
};

} // namespace tool

#endif
