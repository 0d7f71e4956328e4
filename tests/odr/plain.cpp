// SPDX-License-Identifier: MIT
#include "answers.hpp"

namespace odr {

program_bytes packed_plain() {
    return packed();
}
answers answers_plain(const program_bytes& program) {
    return answers_at_each_level(program);
}

} // namespace odr
