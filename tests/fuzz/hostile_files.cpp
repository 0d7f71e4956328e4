// SPDX-License-Identifier: MIT
#include "hostile_files.hpp"

#include <string>

#include <pith/base/random.hpp>

#include "bombs.hpp"
#include "message_tree.hpp"
#include "mutate.hpp"

namespace fuzz {
namespace {

file_bytes bytes_of(const std::string& text) {
    const auto* p = reinterpret_cast<const std::byte*>(text.data());
    return {p, p + text.size()};
}
std::string text_of(const file_bytes& file) {
    return {reinterpret_cast<const char*>(file.data()), file.size()};
}

} // namespace

file_bytes hostile_file(const std::vector<file_bytes>& seeds, std::uint64_t index) {
    pith::random_bits bits(index);
    const auto& seed = seeds[bits.below(3) == 0 ? bits.below(5) : bits.below(seeds.size())];
    switch (index % 10) {
    case 0:
    case 1:
    case 2:
        return bytes_of(operated(text_of(seed), bits));
    case 3:
        return mutated(bytes_of(operated(text_of(seed), bits)), index);
    case 4:
    case 5:
    case 6:
        return mutated(seed, index);
    default:
        return bytes_of(bombs::any(bits));
    }
}

} // namespace fuzz
