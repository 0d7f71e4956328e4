// SPDX-License-Identifier: MIT
#include "examples/tool/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tool;

namespace {

TEST_CASE("tool text: what is not UTF-8 is escaped, and for terminals what they obey") {
    const std::string name = "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
    CHECK(printable(name) == name);
    CHECK(printable("") == "");
    for (const auto& [bytes, text] : std::vector<std::pair<std::string, std::string>>{
             {"\xff", "\\xff"},
             {"a\x80z", "a\\x80z"},
             {"\xc3", "\\xc3"},                            // cut off
             {"\xe2\x82z", "\\xe2\\x82z"},                 // cut off by another character
             {"\xc0\xaf", "\\xc0\\xaf"},                   // overlong
             {"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},          // overlong
             {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          // a surrogate
             {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, // beyond U+10FFFF
         }) {
        CHECK(escaped(bytes, escaping::invalid) == text);
        CHECK(printable(bytes) == text);
    }
    for (const std::string control : {"\x1b[2J", "a\nb", "\x7f", "\xc2\x9b"}) {
        CHECK(escaped(control, escaping::invalid) == control);
        CHECK(printable(control) != control);
    }
    CHECK(printable("\x1b[2J\xc2\x9b") == "\\x1b[2J\\xc2\\x9b");
    CHECK(printable(std::string(1, '\0')) == "\\x00");
}

TEST_CASE("tool text: a name is shortened in its middle, by characters") {
    CHECK(shortened("dense1", 6) == "dense1");
    CHECK(shortened("stage1/conv/relu", 8) == "sta..elu");
    CHECK(shortened("stage1/conv/relu", 9) == "sta..relu");
    CHECK(shortened("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 4) == "\xc3\xa9..\xc3\xa9");
    CHECK(width_of("\xc3\xa9..\xc3\xa9") == 4);
}

TEST_CASE("tool text: lines are broken at spaces, and what is broken off is indented") {
    CHECK(wrapped("", 4) == "");
    CHECK(wrapped("short\n\n  lines", 4) == "short\n\n  lines\n");
    const std::string word(49, 'a');
    const std::string two = word + ' ' + word;
    CHECK(wrapped(two + "a\n", 4) == two + "a\n"); // 100 characters
    CHECK(wrapped(two + " bc d", 4) == two + "\n    bc d\n");
    CHECK(wrapped(two + ' ' + two + ' ' + word, 50) == two + '\n' + std::string(50, ' ') + word + '\n' +
                                                           std::string(50, ' ') + word + '\n' +
                                                           std::string(50, ' ') + word + '\n');
    const std::string endless(300, 'x');
    CHECK(wrapped(endless, 4) == endless + '\n');
    CHECK(wrapped("  " + endless + " end", 4) == "  " + endless + " end\n"); // no space before the 100th
}

TEST_CASE("tool text: the nearest name is found, and none where all are far") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("lqs4", "lsq4") == 1);
    const std::vector<std::string> names{"uniform4", "lsq4", "binary"};
    CHECK(did_you_mean("unform4", names) == "; did you mean uniform4?");
    CHECK(did_you_mean("lqs4", names) == "; did you mean lsq4?");
    CHECK(did_you_mean("lsq4", names) == ""); // refused for another reason
    CHECK(did_you_mean("abacus", names) == "");
    CHECK(did_you_mean("", names) == "");
    CHECK(did_you_mean(std::string(100000, 'x'), names) == "");
}

} // namespace
