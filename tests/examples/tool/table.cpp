// SPDX-License-Identifier: MIT
#include "examples/tool/table.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <vector>

using namespace tool;

namespace {

/// The lines that `print` says.
template <class Print>
std::vector<std::string> lines_of(const Print& print) {
    std::FILE* const before = text_stream();
    text_stream() = std::tmpfile();
    REQUIRE(text_stream() != nullptr);
    print();
    std::rewind(text_stream());
    std::vector<std::string> lines(1);
    for (int c = 0; (c = std::fgetc(text_stream())) != EOF;)
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += static_cast<char>(c);
    std::fclose(text_stream());
    text_stream() = before;
    CHECK(lines.back().empty());
    lines.pop_back();
    return lines;
}

TEST_CASE("tool table: columns are as wide as what they hold") {
    using enum table::cells;
    table t({{"layer", name}, {"shape", text}, {"bytes", number}});
    t.add({"conv", "1x8x8x16", "7"});
    t.add({"r\xc3\xa9lu", "1", "1 024"});
    CHECK(lines_of([&] { t.print(); }) == std::vector<std::string>{"layer  shape     bytes", //
                                                                   "conv   1x8x8x16      7", //
                                                                   "r\xc3\xa9lu   1         1 024"});
}

TEST_CASE("tool table: long names are shortened, the longest first, until a line has 100 characters") {
    using enum table::cells;
    for (const std::size_t length :
         {std::size_t{1}, std::size_t{40}, std::size_t{86}, std::size_t{87}, std::size_t{5000}}) {
        table t({{"layer", name}, {"kind", name}, {"bytes", number}});
        t.add({std::string(length, 'a') + "z", "dense", "1 234"});
        const auto lines = lines_of([&] { t.print(); });
        REQUIRE(lines.size() == 2);
        CHECK(lines[1].size() ==
              std::min<std::size_t>(std::max<std::size_t>(length + 1, 5) + 14, line_width));
        CHECK(lines[1].substr(lines[1].size() - 12) == "dense  1 234");
        CHECK((lines[1].find("..") != std::string::npos) == (length + 1 + 14 > line_width));
    }
}

} // namespace
