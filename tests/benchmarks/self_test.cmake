# SPDX-License-Identifier: MIT
# The check of the benchmarks itself: it passes lists that are timed, and names what is not.
cmake_minimum_required(VERSION 3.25)

set(work ${CMAKE_CURRENT_BINARY_DIR}/benchmarks_self_test)
file(REMOVE_RECURSE ${work})

include(${CMAKE_CURRENT_LIST_DIR}/../support/expect_verdict.cmake)

function(expect verdict pattern)
    expect_verdict("${pattern}" ${verdict} "${pattern}" -D KERNEL_DIR=${work}/kernel -D TRAIN_DIR=${work}/train
                   -D BENCHMARK_DIR=${work}/benchmarks -P ${CMAKE_CURRENT_LIST_DIR}/check.cmake)
endfunction()

set(portable "    portable_entry<x>::value,\n};\n")
file(WRITE ${work}/kernel/one.hpp "inline constexpr entry<one_args> one_list[] = {\n${portable}")
file(WRITE ${work}/kernel/two.hpp "template <class Use>\ninline constexpr entry<two_args> two_list[] = {\n"
     "    {\"x86_avx2\", needs, tile,\n     &f<Use>},\n${portable}")
file(WRITE ${work}/train/table.hpp "    void (*conv)(const job<T>&) noexcept = nullptr;\n")
file(WRITE ${work}/benchmarks/two.cpp "time_if_equal(kernel::two_list<>) k.conv(j)")
expect(passes "2 lists of kernels, 1 kernels of training")
file(WRITE ${work}/kernel/two/more.hpp "template <class Use>\ninline constexpr entry<more_args> more_list[] = {\n"
     "    {\"x86_avx2\", needs, tile, &f<Use>},\n${portable}")
expect(refused "no benchmark times more_list, which has 2 kernels")
file(WRITE ${work}/benchmarks/more.cpp "time_calls(kernel::more_list<>)")
expect(refused "more.cpp times what it has not compared")
file(REMOVE ${work}/benchmarks/more.cpp ${work}/kernel/two/more.hpp)
file(APPEND ${work}/train/table.hpp "    void (*moments)(const job<T>&) noexcept = nullptr;\n")
expect(refused "no benchmark times moments, a kernel of training")
file(REMOVE_RECURSE ${work}/kernel ${work}/train)
expect(refused "no lists of kernels.*no kernels of training")
