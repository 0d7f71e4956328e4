// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_REPORT_HPP
#define PITH_EXAMPLES_TOOL_REPORT_HPP
/// How the tool speaks: text for people, one line for a refusal, JSON for programs, and its exit codes.

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pith/base/result.hpp"
#include "pith/io/file.hpp"
#include "pith/version.hpp"
#include "text.hpp"

namespace tool {

/// What the process returns.
enum exit_code : int { done = 0, refused = 1, wrong_usage = 2, mismatch = 3 };

/// Objects keep the order of their members.
using json = nlohmann::ordered_json;

/// The layout of reports: counts up when a member changes its name or its meaning.
inline constexpr int report_version = 1;

/// The name of standard output as the file of a report.
inline constexpr std::string_view standard_output = "-";

[[nodiscard]] inline std::string library_version() {
    return fmt::format("{}.{}.{}", PITH_VERSION_MAJOR, PITH_VERSION_MINOR, PITH_VERSION_PATCH);
}

/// Where text for people goes: standard error while a report has standard output for itself.
[[nodiscard]] inline std::FILE*& text_stream() {
    static std::FILE* stream = stdout;
    return stream;
}

/// Prints text for people.
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
    fmt::print(text_stream(), format, std::forward<Args>(args)...);
}

/// Whether a line that overwrites itself is read by somebody.
[[nodiscard]] inline bool shows_progress() {
    return ::isatty(::fileno(stderr)) == 1;
}

/// "SENTENCE: PLACE"
[[nodiscard]] inline std::string text_of(const pith::fault& f) {
    return f.what + std::string(f.where[0] != '\0' ? ": " : "") + printable(f.where);
}

/// Prints "pith: SENTENCE: PLACE" on stderr.
inline exit_code refuse(const pith::fault& f) {
    fmt::print(stderr, "pith: {}\n", text_of(f));
    return refused;
}

/// The refusal of an option's value: names the nearest one of `names`.
[[nodiscard]] inline pith::fault unknown_name(const char* sentence, std::string_view given,
                                              const std::vector<std::string>& names) {
    return {pith::errc::bad_option, sentence, std::string(given) + did_you_mean(given, names)};
}

/// Text out of files may be anything; JSON is valid UTF-8.
inline void escape_strings(json& o) {
    if (o.is_string())
        o = escaped(o.get_ref<const std::string&>(), escaping::invalid);
    else if (o.is_structured())
        for (auto& member : o)
            escape_strings(member);
}

/// Writes `o`, behind its version and the library's, to `path` unless that is empty.
[[nodiscard]] inline pith::result<void> write_report(const std::string& path, json o) {
    if (path.empty())
        return {};
    json whole{{"version", report_version}, {"pith", library_version()}};
    whole.update(std::move(o));
    escape_strings(whole);
    const std::string text = whole.dump() + '\n';
    if (path != standard_output)
        return pith::io::write_file(path, std::as_bytes(std::span(text)));
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return pith::fault{pith::errc::io, "the report could not be written to standard output"};
    return {};
}

/// Makes a report by fill(report), and writes it to `path`.
template <class Fill>
[[nodiscard]] exit_code report_of(const std::string& path, const Fill& fill) {
    json report = json::object();
    if (const auto filled = fill(report); !filled)
        return refuse(filled.error());
    if (const auto written = write_report(path, std::move(report)); !written)
        return refuse(written.error());
    return done;
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
