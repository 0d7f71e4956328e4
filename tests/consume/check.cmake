# SPDX-License-Identifier: MIT
# cmake -D WAY=add_subdirectory|find_package -D ROOT=DIR -D BINARY_DIR=DIR -D COMPILER=C++ -D GENERATOR=G -P check.cmake:
# a project that consumes the library in this way configures, builds and runs.
cmake_minimum_required(VERSION 3.25)

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
    if(NOT status EQUAL 0)
        list(JOIN ARGN " " command)
        message(FATAL_ERROR "${command}\n${text}")
    endif()
endfunction()

set(work ${BINARY_DIR}/${WAY})
file(REMOVE_RECURSE ${work})
set(configure ${CMAKE_COMMAND} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER})
if(WAY STREQUAL "find_package")
    run(${configure} -S ${ROOT} -B ${work}/library -D PITH_TESTS=OFF -D PITH_BENCHMARKS=OFF -D PITH_EXAMPLES=OFF)
    run(${CMAKE_COMMAND} --install ${work}/library --prefix ${work}/prefix)
endif()
run(${configure} -S ${CMAKE_CURRENT_LIST_DIR} -B ${work}/project -D WAY=${WAY} -D ROOT=${ROOT}
    -D CMAKE_PREFIX_PATH=${work}/prefix)
run(${CMAKE_COMMAND} --build ${work}/project)
run(${work}/project/host)
run(${work}/project/compiled)
run(${work}/project/device)
