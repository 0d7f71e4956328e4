// SPDX-License-Identifier: MIT
#include "answers.hpp"

namespace odr {

program_bytes packed_native() {
    return packed();
}
answers answers_native(const program_bytes& program) {
    return answers_at_each_level(program);
}

} // namespace odr
