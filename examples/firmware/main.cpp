// SPDX-License-Identifier: MIT
// A packed network straight out of flash on a Cortex-M: opens it, runs it on noise, prints the fingerprint of
// its answer.

#include <cstddef>
#include <cstdint>

#include <pith/device.hpp>

#include "fingerprint.hpp"
#include "semihost.hpp"

extern "C" {
extern const std::byte program_first[];
extern const std::byte program_last[];
}

namespace {

// The image links the kernels of these operations and no others; open() refuses a program that has more.
// PITH_OPERATIONS names those of the program at hand, as `pith inspect` lists them.
#ifdef PITH_OPERATIONS
using namespace pith::run::op;
using operations = pith::type_list<PITH_OPERATIONS>;
#else
using operations = pith::run::integer_op_list;
#endif

// The size that `pith inspect` reports; the program says so too, and open() and main() check it.
alignas(pith::run::required_alignment) std::byte arena[PITH_ARENA_BYTES];

} // namespace

int main() {
    const pith::bytes_view bytes(program_first, static_cast<std::size_t>(program_last - program_first));
    const auto program = pith::run::basic_program_view<operations>::open(bytes);
    if (!program) {
        firmware::print(program.error().what);
        firmware::print("\n");
        return 1;
    }
    if (program->arena_bytes() > sizeof arena) {
        firmware::print("the arena is too small\n");
        return 1;
    }
    firmware::print_hex(firmware::fingerprint(*program, arena, pith::run::built_in_kernels_of<operations>));
    firmware::print("\n");
    return 0;
}
