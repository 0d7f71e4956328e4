// SPDX-License-Identifier: MIT
// Damaged, cut and foreign programs are refused; what the plan cannot pack is refused by name.
#include "networks.hpp"

#include <cstring>
#include <string>

#include "pith/base/buffer.hpp"
#include "pith/base/random.hpp"
#include "pith/plan/pack.hpp"
#include "pith/run/checksum.hpp"
#include "pith/run/execute.hpp"

namespace {

using pith::graph_builder;
using pith::run::program_view;

flow::network small() {
    graph_builder<float> b(3);
    const auto x = b.relu(b.conv(b.input({1, 4, 4, 2}), {.out = 3, .pads = {1, 1, 1, 1}}));
    const auto r = b.relu(b.add(b.depthwise(x), x));
    const auto y = b.soft_max(b.fully_connected(b.flatten(b.max_pool(r, 2)), 3));
    return flow::finish(std::move(b), {y});
}

pith::buffer aligned(const std::vector<std::byte>& bytes) {
    pith::buffer b(bytes.size());
    std::memcpy(b.data(), bytes.data(), bytes.size());
    return b;
}

TEST_CASE("every single-bit error and every truncation is refused") {
    const auto p = flow::pack(flow::encoded(small(), 1));
    pith::buffer bytes = aligned(p.bytes);
    REQUIRE(program_view::open(bytes.bytes()));
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < p.bytes.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            bytes.data()[i] ^= std::byte{1} << bit;
            accepted += program_view::open(std::as_const(bytes).bytes()).has_value() ? 1 : 0;
            bytes.data()[i] ^= std::byte{1} << bit;
        }
    CHECK(accepted == 0);
    for (std::size_t n = 0; n < p.bytes.size(); ++n)
        accepted += program_view::open(std::as_const(bytes).bytes().first(n)).has_value() ? 1 : 0;
    CHECK(accepted == 0);
    auto longer = p.bytes;
    longer.resize(longer.size() + 4);
    CHECK(!program_view::open(aligned(longer).bytes()));
}

/// Random bytes with a right checksum: whatever is accepted must run without leaving its memory, which the
/// sanitizers watch.
TEST_CASE("damage behind a right checksum is refused, or does no harm") {
    for (const bool codes : {true, false}) {
        const auto p = flow::pack(codes ? flow::encoded(small(), 1) : small());
        pith::buffer bytes = aligned(p.bytes);
        pith::random_bits random(5);
        std::size_t accepted = 0, refused = 0;
        for (int round = 0; round < 20000; ++round) {
            std::memcpy(bytes.data(), p.bytes.data(), p.bytes.size());
            pith::run::file_header h;
            std::memcpy(&h, bytes.data(), sizeof h);
            const auto tensors = pith::run::load_record<pith::run::section_record>(
                bytes.data() + sizeof h + sizeof(pith::run::section_record)); // behind that of constants
            const std::size_t from = round % 2 == 0 ? 16 : tensors.at;
            for (int k = 0; k < 1 + round % 3; ++k) {
                const std::size_t at = from + random.below(p.bytes.size() - from);
                bytes.data()[at] = static_cast<std::byte>(random.below(256));
            }
            h.checksum = pith::run::checksum(std::as_const(bytes).bytes().subspan(16));
            std::memcpy(bytes.data() + 12, &h.checksum, 4);
            const auto program = program_view::open(std::as_const(bytes).bytes());
            (program ? accepted : refused) += 1;
            if (!program || program->arena_bytes() > (1u << 20))
                continue;
            const std::size_t size = program->arena_bytes();
            std::vector<std::byte> arena(size + 64); // exactly what was asked for
            auto* first = arena.data() + (64 - reinterpret_cast<std::uintptr_t>(arena.data()) % 64) % 64;
            pith::run::execute(*program, {first, size});
            for (std::size_t i = 0; i < program->op_count(); ++i)
                CHECK(program->op_name(i).size() < 100000);
            for (std::size_t i = 0; i < program->metadata_count(); ++i)
                CHECK(program->metadata(i).key.size() < 100000);
        }
        CHECK(refused > 0);
        CHECK(accepted > 0);
    }
}

TEST_CASE("what a fault says") {
    const auto p = flow::pack(small());
    pith::buffer bytes = aligned(p.bytes);
    const auto sentence = [&] {
        return std::string(program_view::open(std::as_const(bytes).bytes()).error().what);
    };
    CHECK(std::string(program_view::open(pith::bytes_view{}).error().what).find("too short") !=
          std::string::npos);
    CHECK(program_view::open(std::as_const(bytes).bytes().subspan(1)).error().code == pith::errc::bad_option);
    bytes.data()[4] = std::byte{9};
    CHECK(sentence().find("version") != std::string::npos);
    bytes.data()[4] = p.bytes[4];
    bytes.data()[100] ^= std::byte{1};
    CHECK(sentence().find("checksum") != std::string::npos);
    bytes.data()[0] = std::byte{0};
    CHECK(sentence().find("not a .pith") != std::string::npos);
}

TEST_CASE("layers that cannot be packed are named") {
    graph_builder<float> b(3);
    const auto x = b.input({1, 4, 4, 2});
    const auto y = b.add_node(pith::opaque{"", "Mystery", {{1, 4}}, ""}, {x});
    const auto g = flow::finish(std::move(b), {y});
    const auto packed = pith::plan::pack(g);
    REQUIRE(!packed);
    CHECK(packed.error().code == pith::errc::unsupported);
    CHECK(std::string(packed.error().where).find(g.nodes[0].name) != std::string::npos);

    graph_builder<float> c(3);
    const auto w = c.input({3, 3, 3, 2}, "computed weights");
    const auto z = c.add_node(pith::conv2d{}, {c.input({1, 4, 4, 2}), w});
    const auto computed = pith::plan::pack(flow::finish(std::move(c), {z}));
    REQUIRE(!computed);
    CHECK(std::string(computed.error().where).find("conv2d") != std::string::npos);
}

} // namespace
