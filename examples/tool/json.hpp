// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_JSON_HPP
#define PITH_EXAMPLES_TOOL_JSON_HPP
/// Just enough JSON to write reports: values are built as text, objects keep their order.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace tool::json {

[[nodiscard]] inline std::string quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (code < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", code);
            out += escape;
        } else {
            out += c;
        }
    }
    return out + '"';
}

/// Finite numbers with enough digits to read them back; JSON has no others, so they become null.
[[nodiscard]] inline std::string number(double v) {
    if (!std::isfinite(v))
        return "null";
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", v);
    return text;
}

/// An object or array under construction; `add` on an array takes no name.
class writer {
public:
    [[nodiscard]] static writer object() { return writer('{', '}'); }
    [[nodiscard]] static writer array() { return writer('[', ']'); }

    template <class T>
    writer& add(std::string_view name, const T& v) {
        separate();
        body_ += quote(name) + ": ";
        append(v);
        return *this;
    }
    template <class T>
    writer& add(const T& v) {
        separate();
        append(v);
        return *this;
    }
    [[nodiscard]] std::string text() const { return open_ + body_ + close_; }

private:
    writer(char open, char close) : open_(1, open), close_(1, close) {}

    void separate() {
        if (!body_.empty())
            body_ += ", ";
    }
    template <class T>
    void append(const T& v) {
        if constexpr (std::is_same_v<T, writer>)
            body_ += v.text();
        else if constexpr (std::is_same_v<T, bool>)
            body_ += v ? "true" : "false";
        else if constexpr (std::is_integral_v<T>)
            body_ += std::to_string(v);
        else if constexpr (std::is_floating_point_v<T>)
            body_ += number(v);
        else
            body_ += quote(v);
    }

    std::string open_;
    std::string body_;
    std::string close_;
};

} // namespace tool::json

#endif
