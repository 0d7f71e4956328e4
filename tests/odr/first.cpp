// SPDX-License-Identifier: MIT
// One program out of objects with different compiler flags, in which everything is included twice: a missing
// inline or guard breaks the link, and whichever copy of a function the linker keeps, integers come out
// equal.
#include <pith/pith.hpp>

#include <pith/device.hpp>
#include <pith/pith.hpp>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "answers.hpp"

namespace {

/// Whether `program` gives the same codes at every level, in the code of both files.
bool has_one_answer(std::string_view packed, const odr::program_bytes& program) {
    auto all = odr::answers_plain(program);
    const std::size_t half = all.size();
    for (const auto answer : odr::answers_native(program))
        all.push_back(answer);
    const bool one =
        half > 1 && all.size() == 2 * half && std::count(all.begin(), all.end(), all[0]) == std::ssize(all);
    std::printf("packed %.*s: %zu bytes, %zu answers, %s\n", static_cast<int>(packed.size()), packed.data(),
                program.size(), all.size(), one ? "one of them" : "not the same");
    return one;
}

} // namespace

int main() {
    const bool plain = has_one_answer("plain", odr::packed_plain());
    const bool native = has_one_answer("native", odr::packed_native());
    return plain && native ? 0 : 1;
}
