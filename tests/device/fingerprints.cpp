// SPDX-License-Identifier: MIT
// fingerprints PROGRAM.pith: the fingerprint of a program's answer to noise, the same for the kernels of
// every level this processor reaches; prints it, or complains.
#include <cstdint>
#include <cstdio>
#include <utility>

#include <pith/arch/detect.hpp>
#include <pith/base/buffer.hpp>
#include <pith/io/file.hpp>
#include <pith/run/native_kernels.hpp>

#include "examples/firmware/fingerprint.hpp"
#include "support/compiled.hpp"

namespace {

int complain(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    return 1;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 2)
        return complain("usage: fingerprints PROGRAM.pith");
    const auto file = pith::io::read_file(arguments[1]);
    if (!file)
        return complain(file.error().what);
    const auto program = pith::run::program_view::open(*file);
    if (!program)
        return complain(program.error().what);
    pith::buffer arena(program->arena_bytes());
    const std::uint64_t wanted = firmware::fingerprint(*program, arena.bytes(), pith::run::portable_kernels);
    for (const auto& level : pith::arch::levels) {
        const auto have = pith::arch::allowed(level, pith::arch::detect());
        if (firmware::fingerprint(*program, arena.bytes(), pith::run::kernels_for(have)) != wanted)
            return complain(level.name.data());
    }
    std::printf("%016llx\n", static_cast<unsigned long long>(wanted));
    return 0;
}
