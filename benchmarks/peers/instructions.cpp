// SPDX-License-Identifier: MIT
// A stored program, run a number of times: instructions FILE.pith LEVEL RUNS. Prints a hash of its outputs.
// Needs the device half alone; the script `instructions` beside it counts what a run takes.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <pith/arch/detect.hpp>
#include <pith/base/random.hpp>
#include <pith/run/session.hpp>

namespace {

pith::result<pith::run::session> open(const char* path, const pith::arch::level& level) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file)
        return pith::fault{pith::errc::missing, "the file cannot be read"};
    pith::buffer bytes(static_cast<std::size_t>(file.tellg()));
    file.seekg(0).read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    pith::run::session_options options;
    options.isa = pith::arch::allowed(level, pith::arch::detect());
    return pith::run::session::open(std::move(bytes), options);
}

std::uint32_t hash_outputs(const pith::run::session& s) {
    std::uint32_t hash = 2166136261u;
    for (std::size_t i = 0; i < s.program().output_count(); ++i)
        for (const float x : s.output(i)) {
            std::uint32_t bits = 0;
            std::memcpy(&bits, &x, sizeof bits);
            hash = (hash ^ bits) * 16777619u;
        }
    return hash;
}

} // namespace

int main(int count, char** words) {
    const pith::arch::level* level = count == 4 ? pith::arch::find_level(words[2]) : nullptr;
    if (level == nullptr) {
        std::fputs("usage: instructions FILE.pith LEVEL RUNS\n", stderr);
        return 2;
    }
    auto s = open(words[1], *level);
    if (!s) {
        std::fprintf(stderr, "%s: %s\n", words[1], s.error().what);
        return 1;
    }
    pith::random_bits random(1);
    for (std::size_t i = 0; i < s->program().input_count(); ++i)
        for (float& x : s->input(i))
            x = static_cast<float>(random.unit());
    for (long runs = std::strtol(words[3], nullptr, 10); runs > 0; --runs)
        s->run();
    std::printf("%08x\n", static_cast<unsigned>(hash_outputs(*s)));
    return 0;
}
