// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "pith/plan/cost_table.hpp"
#include "pith/plan/lower_sparse.hpp"

using namespace pith;
using namespace pith::plan::detail;

namespace {

/// A kernel of 2 by 2 with a dilation of 2 across, 3 inputs, 17 outputs.
weighted_layer layer() {
    weighted_layer l;
    l.window.dilations = {1, 2};
    l.kernel[0] = l.kernel[1] = 2;
    l.inputs = 3;
    l.outputs = 17;
    return l;
}

/// Images of 8 columns, with a border of one pixel behind each row.
run::tensor_record image() {
    run::tensor_record t{};
    t.dims[0] = 1;
    t.dims[1] = t.dims[2] = 8;
    t.dims[3] = 3;
    t.border[3] = 1;
    return t;
}

std::size_t at(std::size_t output, std::size_t tap, std::size_t input) {
    return (output * 4 + tap) * 3 + input;
}

} // namespace

TEST_CASE("sparse panels: columns of which one weight is not zero, where they lie in the image") {
    std::vector<float> w(17 * 4 * 3, 0.f);
    w[at(0, 0, 0)] = 1.f;
    w[at(15, 0, 0)] = 2.f;
    w[at(7, 3, 2)] = 3.f;
    w[at(16, 2, 1)] = 4.f;
    const auto p = leave_out_zeros<float>(layer(), w, 1, image());
    CHECK(p.all == 2 * 12);
    CHECK(p.starts == std::vector<std::uint32_t>{0, 2, 3});
    CHECK(p.columns == std::vector<std::uint32_t>{0, 9 * 3 + 2 * 3 + 2, 9 * 3 + 1});
    std::vector<float> stored(3 * 16, 0.f);
    stored[0] = 1.f;
    stored[15] = 2.f;
    stored[16 + 7] = 3.f;
    stored[32] = 4.f;
    CHECK(p.weights == stored);
    CHECK(p.lists() == std::vector<std::uint32_t>{0, 2, 3, 0, 35, 28});
    CHECK(p.record().count == 3);
}

TEST_CASE("sparse panels: columns of four inputs end with their kernel element") {
    std::vector<std::int8_t> w(17 * 4 * 3, 0);
    w[at(3, 1, 2)] = -5;
    const auto p = leave_out_zeros<std::int8_t>(layer(), w, 4, image());
    CHECK(p.all == 2 * 4);
    CHECK(p.columns == std::vector<std::uint32_t>{2 * 3});
    std::vector<std::int8_t> stored(64, 0);
    stored[3 * 4 + 2] = -5;
    CHECK(p.weights == stored);
}

TEST_CASE("sparse panels: they are used where the cost table expects them to be faster") {
    std::vector<float> w(17 * 4 * 3, 0.f);
    for (std::size_t i = 0; i < 6; ++i) {
        w[at(0, i / 3, i % 3)] = 1.f;
        w[at(16, i / 3, i % 3)] = 1.f;
    }
    const auto half = leave_out_zeros<float>(layer(), w, 1, image());
    CHECK(half.columns.size() == 12);
    CHECK(expected_faster(half, 1.9f));
    CHECK(!expected_faster(half, 2.f));
    CHECK(storage_of(half, 1, 1.9f) == "zeros are left out: 12 of 24 columns by 16 outputs hold weights");
    CHECK(storage_of(half, 4, 3.f) ==
          "zeros are stored: 12 of 24 columns of 4 inputs by 16 outputs hold weights, and leaving the others "
          "out is expected to be faster below 8");
}

TEST_CASE("sparse panels: layers in groups, depthwise ones and dense patterns have none") {
    auto l = layer();
    CHECK(may_be_sparse(l, format::sparsity::free()));
    CHECK(!may_be_sparse(l, format::sparsity{}));
    l.window.groups = 2;
    CHECK(!may_be_sparse(l, format::sparsity::free()));
    l.window.groups = 1;
    l.depthwise = true;
    CHECK(!may_be_sparse(l, format::sparsity::free()));
}

TEST_CASE("cost table: plain C++ beside vectors is expected to be slow") {
    using namespace arch;
    CHECK(plan::costs_of(isa::avx2).sparse_f32 < 2.f);
    CHECK(plan::costs_of(isa::avx2).sparse_u8 > 8.f);
    CHECK(plan::costs_of(isa::avx2 | isa::avx_vnni).sparse_u8 < 2.f);
    CHECK(plan::costs_of(isa::neon).sparse_f32 < 2.f);
    CHECK(plan::costs_of(isa::neon | isa::dotprod).sparse_u8 < 2.f);
    CHECK(plan::costs_of(isa::none).sparse_u8 < 2.f);
}
