// SPDX-License-Identifier: MIT
// Integer convolutions: every kernel of the list this processor has, on layers of real networks.
#include <pith/kernel/igemm.hpp>

#include "igemm_layer.hpp"
#include "peak.hpp"
#include "timing.hpp"

using namespace pith;

namespace {

void run(benchmark::State& state, const benchmarks::conv_shape& shape,
         const kernel::entry<kernel::igemm_args>& k) {
    benchmarks::igemm_layer l = benchmarks::make_layer(shape);
    benchmarks::time_if_equal(
        state, {"GOP/s", 2 * shape.macs(), benchmarks::int8_peak_gops()}, l.output.data(),
        l.output.bytes().size(), [&] { k.run(l.args); }, [&] { kernel::portable::igemm(l.args); });
}

} // namespace

int main(int argc, char** argv) {
    benchmarks::add_all("igemm", benchmarks::conv_shapes, kernel::igemm_list<>, run);
    return benchmarks::run_all(argc, argv, "int8 peak, GOP/s", benchmarks::int8_peak_gops());
}
