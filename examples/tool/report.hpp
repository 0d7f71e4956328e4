// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_REPORT_HPP
#define PITH_EXAMPLES_TOOL_REPORT_HPP
/// How the tool speaks: one line for a refusal, a file for a report, and its exit codes.

#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "json.hpp"
#include "pith/base/result.hpp"
#include "pith/io/file.hpp"

namespace tool {

/// What the process returns.
enum exit_code : int { done = 0, refused = 1, wrong_usage = 2, mismatch = 3 };

/// Names come out of files: what would move a terminal's cursor becomes '?'.
[[nodiscard]] inline std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            c = '?';
    return out;
}

/// "SENTENCE: PLACE"
[[nodiscard]] inline std::string text_of(const pith::fault& f) {
    return f.what + std::string(f.where[0] != '\0' ? ": " : "") + printable(f.where);
}

/// Prints "pith: SENTENCE: PLACE" on stderr.
inline exit_code refuse(const pith::fault& f) {
    std::fprintf(stderr, "pith: %s\n", text_of(f).c_str());
    return refused;
}

/// Writes `o` to `path` unless that is empty.
[[nodiscard]] inline pith::result<void> write_report(const std::string& path, const json::writer& o) {
    if (path.empty())
        return {};
    const std::string text = o.text() + '\n';
    return pith::io::write_file(path, std::as_bytes(std::span(text)));
}

/// "1 234 567": digits in groups of three.
[[nodiscard]] inline std::string grouped(unsigned long long n) {
    std::string digits = std::to_string(n);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ' ');
    }
    return digits;
}

} // namespace tool

#endif
