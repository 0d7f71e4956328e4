# SPDX-License-Identifier: MIT
# cmake -D COMPILE=COMMAND -D WORK_DIR=DIR -P check.cmake: what including the library costs, as a multiple of a program that
# includes Eigen/Core and xsimd alone: processor time, lowest of several alternating compilations.
cmake_minimum_required(VERSION 3.25)

set(rounds 15) # the lowest of six was still luck on a machine that others use too
set(baseline "#include <Eigen/Core>\n#include <xsimd/xsimd.hpp>\nint main() {}\n")
set(host "#include <pith/pith.hpp>\nint main() {}\n")
set(device "#include <pith/device.hpp>\nint main() {}\n")
set(limit_host 500)
set(limit_device 50)

# Milliseconds of processor time that compiling FILE takes.
function(time_compilation file out)
    execute_process(COMMAND bash -c "TIMEFORMAT=%3U; time \"$@\"" bash ${COMPILE} -O2 -c ${file} -o ${file}.o
                    RESULT_VARIABLE status ERROR_VARIABLE text)
    string(REPLACE "," "." text "${text}")
    if(NOT status EQUAL 0 OR NOT text MATCHES "([0-9]+)\\.([0-9][0-9][0-9])\n$")
        message(FATAL_ERROR "${text}")
    endif()
    math(EXPR milliseconds "${CMAKE_MATCH_1} * 1000 + 1${CMAKE_MATCH_2} - 1000")
    set(${out} ${milliseconds} PARENT_SCOPE)
endfunction()

set(work ${WORK_DIR}/compile_time)
foreach(program baseline host device)
    file(WRITE ${work}/${program}.cpp "${${program}}")
    set(best_${program} 999999999)
endforeach()
foreach(round RANGE 1 ${rounds})
    foreach(program baseline host device)
        time_compilation(${work}/${program}.cpp took)
        if(took LESS best_${program})
            set(best_${program} ${took})
        endif()
    endforeach()
endforeach()

set(failed FALSE)
message(STATUS "Eigen/Core and xsimd: ${best_baseline} ms")
foreach(program host device)
    math(EXPR percent "100 * ${best_${program}} / ${best_baseline}")
    message(STATUS "pith ${program}: ${best_${program}} ms, ${percent} % of it (limit ${limit_${program}} %)")
    if(percent GREATER limit_${program})
        set(failed TRUE)
    endif()
endforeach()
if(failed)
    message(FATAL_ERROR "an include costs too much")
endif()
