// SPDX-License-Identifier: MIT
// Every public type, function, constant and option of the library has a doc comment.
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace {

/// Where a declaration stands.
struct scope {
    enum class kind { open, hidden, members, body };
    kind what = kind::open;
    bool shown = true; ///< members: behind `public:`
};

struct declaration {
    std::string text; ///< up to its body or semicolon, spaces made one
    std::size_t line = 0;
    bool documented = false;
};

[[nodiscard]] bool has_word(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const auto is_name = [&](std::size_t i) {
            return i < text.size() &&
                   (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_');
        };
        if (!is_name(at - 1) && !is_name(at + word.size()))
            return true;
    }
    return false;
}

/// What implements a concept or repeats a declaration is documented there.
[[nodiscard]] bool needs_none(std::string_view text) {
    // A constructor's initialisers hold braces: what stands behind these is no declaration.
    for (const char* start : {")", "explicit ", "using ", "friend ", "static_assert", "template <>",
                              "extern ", "public", "private", "protected", "namespace ", "typedef "})
        if (text.starts_with(start))
            return true;
    if (text.find("operator") != text.npos || text.find('~') != text.npos ||
        text.find("= default") != text.npos || text.find("= delete") != text.npos ||
        text.find("PITH_") != text.npos)
        return true;
    const std::size_t call = text.find('(');
    const bool is_defined_elsewhere = call != text.npos && text.substr(0, call).find("::") != text.npos &&
                                      text.substr(0, call).rfind("::") > text.substr(0, call).rfind(' ');
    const bool is_declared_only = call == text.npos && text.find('=') == text.npos &&
                                  (has_word(text, "struct") || has_word(text, "class")) && text.back() == ';';
    return is_defined_elsewhere || is_declared_only;
}

/// Members that a concept asks for: what they do is said there.
[[nodiscard]] bool implements_concept(std::string_view text) {
    for (const char* name : {"init(", "forward(", "backward(", "after_update(", "levels(", "adapt(", "check(",
                             "judge(", "fits(", "answer(", "output(", "learned(", "build(", "macs(", "taps(",
                             "keeps_elements(", "runs_quantized(", "forward_codes("})
        if (text.find(" " + std::string(name)) != text.npos)
            return true;
    return false;
}

/// Members without parameters say by their name and type what they give, and so do the fields of aggregates.
[[nodiscard]] bool is_plain_member(std::string_view text) {
    const std::size_t call = text.find('(');
    return call == text.npos || text.substr(call).starts_with("()");
}

/// Splits a header into declarations of namespaces and public members.
class header_reader {
public:
    explicit header_reader(const std::filesystem::path& file) {
        std::ifstream in(file);
        for (std::string line; std::getline(in, line);)
            lines_.push_back(line);
    }

    [[nodiscard]] std::vector<declaration> read() {
        scopes_ = {{}};
        for (std::size_t i = 0; i < lines_.size(); ++i)
            read_line(i);
        return std::move(found_);
    }

private:
    [[nodiscard]] static std::string_view trimmed(std::string_view s) {
        while (!s.empty() && std::isspace(static_cast<unsigned char>(s.front())) != 0)
            s.remove_prefix(1);
        while (!s.empty() && std::isspace(static_cast<unsigned char>(s.back())) != 0)
            s.remove_suffix(1);
        return s;
    }
    [[nodiscard]] bool is_watched() const {
        for (const scope& s : scopes_)
            if (s.what == scope::kind::hidden || s.what == scope::kind::body || !s.shown)
                return false;
        return true;
    }

    void read_line(std::size_t i) {
        std::string_view line = trimmed(lines_[i]);
        if (line.empty()) {
            doc_ = group_ = false;
            return;
        }
        if (line.starts_with("///")) {
            doc_ = true;
            return;
        }
        if (line.starts_with('#') || line.starts_with("//"))
            return;
        const bool trailing = line.find("///<") != line.npos;
        if (const std::size_t comment = line.find(" //"); comment != line.npos)
            line = trimmed(line.substr(0, comment));
        for (const char c : line)
            read_char(c, i, trailing);
        if (!text_.empty())
            text_ += ' ';
        trailing_ = trailing_ || (trailing && !text_.empty());
        if (trailing && !found_.empty() && last_line_ == i)
            found_.back().documented = true;
    }

    void read_char(char c, std::size_t i, bool trailing) {
        if (text_.empty() && std::isspace(static_cast<unsigned char>(c)) != 0)
            return;
        if (c == '(')
            ++parentheses_;
        if (c == ')')
            --parentheses_;
        if (c == '{') {
            open(i, trailing);
        } else if (c == '}') {
            close();
        } else if (c == ';' && parentheses_ == 0 && scopes_.back().what != scope::kind::body) {
            text_ += c;
            finish(i, trailing);
        } else if (c == ':' && (text_ == "public" || text_ == "private" || text_ == "protected")) {
            scopes_.back().shown = text_ == "public";
            text_.clear();
        } else if (scopes_.back().what != scope::kind::body) {
            if (text_.empty())
                first_line_ = i;
            text_ += c;
        }
    }

    void open(std::size_t i, bool trailing) {
        const std::string head = text_;
        if (scopes_.back().what == scope::kind::body || parentheses_ > 0) {
            scopes_.push_back({scope::kind::body, true});
            return;
        }
        if (head.starts_with("namespace")) {
            const bool hidden = has_word(head, "detail") || trimmed(head) == "namespace";
            scopes_.push_back({hidden ? scope::kind::hidden : scope::kind::open, true});
            text_.clear();
            doc_ = group_ = false;
            return;
        }
        const bool is_type = (has_word(head, "struct") || has_word(head, "class")) &&
                             head.find('(') == head.npos && head.find('=') == head.npos;
        const bool is_special = head.starts_with("template <>") || head.find("traits<") != head.npos;
        finish(i, trailing);
        if (is_type && !is_special)
            scopes_.push_back({scope::kind::members, !has_word(head, "class")});
        else
            scopes_.push_back({scope::kind::body, true});
        group_ = is_type ? false : group_;
    }

    void close() {
        if (scopes_.size() > 1)
            scopes_.pop_back();
        if (scopes_.back().what != scope::kind::body)
            text_.clear();
    }

    void finish(std::size_t i, bool trailing) {
        const std::string text(trimmed(text_));
        const bool documented = doc_ || group_ || trailing || trailing_;
        const bool member = scopes_.back().what == scope::kind::members;
        const bool constructs = member && text.find(')') != text.npos && text.find(' ') > text.find('(');
        if (is_watched() && text.size() > 1 && !needs_none(text) &&
            !(member && (is_plain_member(text) || implements_concept(text))) && !constructs)
            found_.push_back({text, first_line_ + 1, documented});
        last_line_ = i;
        group_ = group_ || doc_;
        doc_ = trailing_ = false;
        text_.clear();
    }

    std::vector<std::string> lines_;
    std::vector<scope> scopes_;
    std::vector<declaration> found_;
    std::string text_;
    std::size_t first_line_ = 0;
    std::size_t last_line_ = 0; ///< of the declaration before
    int parentheses_ = 0;
    bool doc_ = false;      ///< a doc comment stands before what comes next
    bool group_ = false;    ///< one stands before the lines that follow without an empty one
    bool trailing_ = false; ///< ///< on an earlier line of the same declaration
};

/// What no user calls: kernels, whose contract is that of their arguments; members of operations and layers,
/// which implement a concept; the parts of the ONNX reader and writer.
[[nodiscard]] bool is_inner(const std::filesystem::path& header) {
    for (const char* folder : {"kernel/", "simd/", "run/op/", "graph/layer/", "graph/gemm/",
                               "train/backward/", "train/kernel/", "io/onnx/", "io/onnx_write/"})
        if (header.string().starts_with(folder))
            return true;
    return false;
}

[[nodiscard]] std::vector<std::string> undocumented(const std::filesystem::path& folder) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".hpp" || is_inner(std::filesystem::relative(entry.path(), folder)))
            continue;
        for (const declaration& d : header_reader(entry.path()).read())
            if (!d.documented)
                out.push_back(std::filesystem::relative(entry.path(), folder).string() + ":" +
                              std::to_string(d.line) + ": " + d.text.substr(0, 90));
    }
    return out;
}

} // namespace

TEST_CASE("doc comments: every public type, function, constant and option has one") {
    std::ostringstream list;
    const auto missing = undocumented(std::filesystem::path(PITH_SOURCE_DIR) / "include" / "pith");
    for (const auto& m : missing)
        list << m << '\n';
    INFO(list.str());
    CHECK(missing.size() == 0);
}
