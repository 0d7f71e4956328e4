// SPDX-License-Identifier: MIT
// README's lists of what is supported are the code's.
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include <doctest/doctest.h>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx/operators.hpp>
#include <pith/plan/target.hpp>
#include <pith/quantize/quantizer_by_name.hpp>

using namespace pith;

namespace {

[[nodiscard]] std::string readme() {
    std::ifstream in(std::filesystem::path(PITH_SOURCE_DIR) / "README.md");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The words between two marks.
[[nodiscard]] std::set<std::string> words_between(const std::string& text, const std::string& from,
                                                  const std::string& to) {
    const std::size_t first = text.find(from);
    REQUIRE(first != text.npos);
    const std::size_t last = text.find(to, first + from.size());
    REQUIRE(last != text.npos);
    std::set<std::string> words;
    std::string word;
    for (const char c : text.substr(first + from.size(), last - first - from.size()) + " ")
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
            word += c;
        } else if (!word.empty()) {
            words.insert(word);
            word.clear();
        }
    return words;
}

/// In lines that README can hold.
[[nodiscard]] std::string listed(const std::set<std::string>& words) {
    std::string text;
    std::size_t column = 0;
    for (const auto& w : words) {
        text += column + w.size() > 115 ? ",\n" : text.empty() ? "" : ", ";
        column = column + w.size() > 115 ? w.size() : column + w.size() + 2;
        text += w;
    }
    return text;
}

} // namespace

TEST_CASE("README: the ONNX operators are those that are read") {
    std::set<std::string> known;
    io::onnx::each_family<graph<float>>([&](const auto& family, bool) {
        for (const auto& entry : family)
            known.insert(std::string(entry.op_type));
    });
    const auto said = words_between(readme(), "of other domains the quantised ones):\n", ".\n");
    INFO(listed(known));
    CHECK((said == known));
}

TEST_CASE("README: the targets are those that programs are packed for") {
    std::set<std::string> known;
    for (const auto& t : plan::targets)
        known.insert(std::string(t.name));
    const auto said = words_between(readme(), "`plan::find_target`): ", ". Every host");
    INFO(listed(known));
    CHECK((said == known));
}

TEST_CASE("README: every quantiser that trains is named") {
    const std::string text = readme();
    const auto named = [&](const auto& entry) {
        CHECK_MESSAGE(text.find("`" + std::string(entry.word)) != text.npos, entry.word);
    };
    std::apply([&](const auto&... entry) { (named(entry), ...); }, quantize::weight_quantizers());
}
