// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pith/graph/builder.hpp"
#include "pith/kernel/igemm.hpp"
#include "pith/plan/pack_for.hpp"
#include "pith/plan/target.hpp"
#include "pith/run/program.hpp"
#include "support/compiled.hpp"

using namespace pith;

namespace {

graph<float> dense_layer() {
    graph_builder<float> b;
    const auto x = b.input({1, 20}, "x");
    const auto y = b.fully_connected(x, 24);
    return *std::move(b).finish({y});
}

} // namespace

TEST_CASE("target: names find targets, each once") {
    for (const auto& t : plan::targets)
        CHECK(plan::find_target(t.name) == &t);
    CHECK(plan::find_target("cortex_m9") == nullptr);
    CHECK(plan::native().isa == arch::detect());
}

TEST_CASE("target: the entries of other processors stand in every host's lists") {
    std::size_t x86 = 0, arm = 0;
    for (const auto& e : kernel::igemm_list<>) {
        x86 += std::string(e.name).find("x86") == 0 ? 1 : 0;
        arm += std::string(e.name).find("arm") == 0 ? 1 : 0;
    }
    CHECK(x86 == 4);
    CHECK(arm == 4);
    CHECK(plan::tile_for(kernel::igemm_list<>, arch::isa::neon, {3, 5}) == format::tile{16, 4});
    CHECK(plan::tile_for(kernel::igemm_list<>, plan::find_target("cortex_m4")->isa, {3, 5}) ==
          format::tile{16, 4});
    CHECK(plan::tile_for(kernel::igemm_list<>, arch::isa::none, {3, 5}) == format::tile{3, 5});
}

TEST_CASE("target: weights are packed in the tile of the target") {
    plan::target t = *plan::find_target("cortex_m4");
    t.f32_tile = {8, 1};
    const auto packed = result<graph<float>>(dense_layer()).and_then(plan::pack_for{t});
    REQUIRE(packed);
    const auto p = run::program_view::open(*packed);
    REQUIRE(p);
    const auto r = (*p->ops().begin()).as<run::op::convolution_f32::record>();
    CHECK(int{r.window.tile_outputs} == 8);
    const auto usual = result<graph<float>>(dense_layer()).and_then(plan::pack_for{});
    CHECK(usual->size() - packed->size() == (std::size_t{32} - 24) * 20 * 4 + 8 * 4);
}

TEST_CASE("target: what does not fit in flash or RAM is refused with the numbers") {
    plan::target t = *plan::find_target("cortex_m0");
    t.flash_bytes = 1000;
    const auto flash = plan::pack(dense_layer(), {.processor = t});
    REQUIRE(!flash);
    CHECK(flash.error().code == errc::no_memory);
    CHECK(std::string(flash.error().where).find("of 1000") != std::string::npos);
    t.flash_bytes = 1 << 20;
    t.ram_bytes = 100;
    CHECK(!plan::pack(dense_layer(), {.processor = t}));
    t.ram_bytes = 1 << 16;
    CHECK(plan::pack(dense_layer(), {.processor = t}));
}
