// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hand_made.hpp"
#include "pith/run/describe.hpp"
#include "pith/run/execute.hpp"
#include "pith/run/op_list.hpp"

using namespace hand_made;

namespace {

/// Two codes into sums of both, bounded by 0 and 255.
program sum_program() {
    program p;
    const auto a = p.tensor(dtype::u8, {1, 1, 1, 16});
    const auto b = p.tensor(dtype::u8, {1, 1, 1, 16});
    const auto sum = p.tensor(dtype::u8, {1, 1, 1, 16});
    op::binary_u8_record r{};
    r.op = operands(sum, a, b);
    r.highest = 255;
    r.factors[0] = r.factors[1] = 1;
    p.add<op::add_u8>(r);
    p.door(a, "a", true);
    p.door(b, "b", true);
    p.door(sum, "sum", false);
    return p;
}

/// A kernel of one's own for an operation of the library.
void add_nothing(const pith::kernel::add_u8_args& a) noexcept {
    std::fill_n(a.output, a.count, std::uint8_t{77});
}

template <class Ops>
std::vector<std::uint8_t> run_sum(const pith::run::basic_kernel_set<Ops>& kernels) {
    auto bytes = sum_program().bytes();
    const auto p = basic_program_view<Ops>::open(bytes.view());
    REQUIRE(p);
    aligned_bytes arena(p->arena_bytes());
    for (std::size_t i = 0; i < 2; ++i)
        std::fill_n(arena.data() + p->tensor(p->input(i).tensor).offset, 16, std::byte{20});
    execute(*p, arena.view(), kernels);
    const auto* y =
        reinterpret_cast<const std::uint8_t*>(arena.data() + p->tensor(p->output(0).tensor).offset);
    return {y, y + 16};
}

} // namespace

TEST_CASE("op: a list of only what a program needs opens and runs it, and refuses what it leaves out") {
    using only_sums = pith::type_list<op::add_u8>;
    CHECK(run_sum(portable_kernels_of<only_sums>) == std::vector<std::uint8_t>(16, 40));
    CHECK(run_sum(portable_kernels) == std::vector<std::uint8_t>(16, 40));
    auto bytes = sum_program().bytes();
    const auto refused = basic_program_view<pith::type_list<op::copy>>::open(bytes.view());
    REQUIRE(!refused);
    CHECK(refused.error().code == pith::errc::unsupported);
    CHECK(std::string(refused.error().where) == "operation kind 9");
}

TEST_CASE("op: a kernel of one's own takes the place of the library's") {
    kernel_set kernels = portable_kernels;
    kernels.of<op::add_u8>().best = {"mine", pith::arch::isa::none, pith::format::any_tile, &add_nothing};
    CHECK(run_sum(kernels) == std::vector<std::uint8_t>(16, 77));
    auto bytes = sum_program().bytes();
    const auto p = program_view::open(bytes.view());
    REQUIRE(p);
    CHECK(kernel_name(*p, *p->ops().begin(), kernels) == "mine");
    CHECK(name_of(*p, *p->ops().begin()) == "add_u8");
}

TEST_CASE("op: kinds are permanent") {
    CHECK(op::convolution_u8::kind == 1);
    CHECK(op::convolution_low::kind == 2);
    CHECK(op::depthwise_u8::kind == 3);
    CHECK(op::convolution_f32::kind == 4);
    CHECK(op::depthwise_f32::kind == 5);
    CHECK(op::quantize::kind == 6);
    CHECK(op::dequantize::kind == 7);
    CHECK(op::table_u8::kind == 8);
    CHECK(op::add_u8::kind == 9);
    CHECK(op::mul_u8::kind == 10);
    CHECK(op::max_pool_u8::kind == 11);
    CHECK(op::average_pool_u8::kind == 12);
    CHECK(op::global_average_u8::kind == 13);
    CHECK(op::softmax_u8::kind == 14);
    CHECK(op::resize_u8::kind == 15);
    CHECK(op::copy::kind == 16);
    CHECK(op::pad::kind == 17);
    CHECK(op::gather::kind == 18);
    CHECK(op::convert::kind == 19);
    CHECK(op::unary_f32::kind == 20);
    CHECK(op::binary_f32::kind == 21);
    CHECK(op::max_pool_f32::kind == 22);
    CHECK(op::average_pool_f32::kind == 23);
    CHECK(op::softmax_f32::kind == 24);
    CHECK(op::resize_f32::kind == 25);
    CHECK(op::reduce_f32::kind == 26);
    CHECK(op::matmul_f32::kind == 27);
    CHECK(op::pack_bits::kind == 28);
    CHECK(op::convolution_b1::kind == 29);
    CHECK(op::sparse_convolution_f32::kind == 30);
    CHECK(op::sparse_convolution_u8::kind == 31);
}
