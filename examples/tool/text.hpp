// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_TEXT_HPP
#define PITH_EXAMPLES_TOOL_TEXT_HPP
/// Text that comes from files and from the command line: escaped, shortened, compared.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace tool {

/// Bytes of the character of UTF-8 at the beginning of `text`; 0 if it begins with none.
/// @pre !text.empty()
[[nodiscard]] inline std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length > text.size())
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0) != 0x80)
            return 0;
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool no_character = (lead == 0xED && byte(1) >= 0xA0) || (lead == 0xF4 && byte(1) >= 0x90);
    return overlong || no_character ? 0 : length;
}

/// Whether the character, of valid UTF-8, is one of C0, DEL or C1, which terminals obey.
[[nodiscard]] inline bool is_control(std::string_view character) {
    const auto code = static_cast<unsigned char>(character[0]);
    return code < 0x20 || code == 0x7F || (code == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0);
}

enum class escaping {
    invalid, ///< bytes that are not UTF-8
    controls ///< these, and control characters
};

/// Valid UTF-8: each byte that is escaped becomes "\xNN".
[[nodiscard]] inline std::string escaped(std::string_view text, escaping what) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        const auto bytes = text.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0 || (what == escaping::controls && is_control(bytes)))
            for (const char c : bytes)
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += bytes;
        text.remove_prefix(bytes.size());
    }
    return out;
}

/// As it may be shown on a terminal.
[[nodiscard]] inline std::string printable(std::string_view text) {
    return escaped(text, escaping::controls);
}

/// Characters of valid UTF-8.
[[nodiscard]] inline std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// At most `width` characters of valid UTF-8, its middle left out: "stage1/..v/relu". @pre width >= 4
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t width) {
    const std::size_t have = width_of(text);
    if (have <= width)
        return std::string(text);
    const auto first = [](std::string_view of, std::size_t characters) {
        std::size_t bytes = 0;
        for (; characters > 0; --characters)
            bytes += character_length(of.substr(bytes));
        return of.substr(0, bytes);
    };
    const std::size_t head = (width - 2) / 2;
    const auto left_out = first(text, have - (width - 2 - head));
    return std::string(first(text, head)) + ".." + std::string(text.substr(left_out.size()));
}

/// What lines for people have at most.
inline constexpr std::size_t line_width = 100;

/// `text`, its longer lines broken at spaces; what is broken off is indented.
/// @param indent less than line_width
[[nodiscard]] inline std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        for (std::size_t start = 0; line.size() > line_width; start = indent) {
            const std::size_t space = line.find_last_of(' ', line_width);
            if (space == std::string::npos || space <= line.find_first_not_of(' ', start))
                break;
            out.append(line, 0, line.find_last_not_of(' ', space) + 1) += '\n';
            line = std::string(indent, ' ') + line.substr(space + 1);
        }
        out += line + '\n';
    }
    return out;
}

/// Insertions, deletions, replacements and exchanges of neighbours that turn `a` into `b`.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t k = 0; k <= b.size(); ++k) {
            if (i == 0 || k == 0) {
                d[i][k] = i + k;
                continue;
            }
            d[i][k] = std::min(
                {d[i - 1][k] + 1, d[i][k - 1] + 1, d[i - 1][k - 1] + (a[i - 1] != b[k - 1] ? 1u : 0u)});
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                d[i][k] = std::min(d[i][k], d[i - 2][k - 2] + 1);
        }
    return d[a.size()][b.size()];
}

/// "; did you mean NAME?", or nothing where no name is near.
[[nodiscard]] inline std::string did_you_mean(std::string_view given, const std::vector<std::string>& names) {
    constexpr std::size_t longest = 64; // no name has so many characters
    std::string_view nearest;
    std::size_t least = std::min<std::size_t>(given.size() / 3, 2) + 1;
    if (given.size() <= longest)
        for (const std::string_view name : names)
            if (const auto distance = edit_distance(given, name); distance < least) {
                least = distance;
                nearest = name;
            }
    return least == 0 || nearest.empty() ? std::string{} : fmt::format("; did you mean {}?", nearest);
}

} // namespace tool

#endif
