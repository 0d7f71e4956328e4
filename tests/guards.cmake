# SPDX-License-Identifier: MIT
# What no unit test sees: the shape of the house, what must not compile, how others consume it, what it costs them.

set(include_dir ${PROJECT_SOURCE_DIR}/include)

add_test(NAME layering COMMAND ${CMAKE_COMMAND} -D INCLUDE_DIR=${include_dir} -P ${CMAKE_CURRENT_SOURCE_DIR}/layering/check.cmake)
add_test(NAME layering/self_test COMMAND ${CMAKE_COMMAND} -P ${CMAKE_CURRENT_SOURCE_DIR}/layering/self_test.cmake)

add_executable(pith_test_odr odr/first.cpp odr/plain.cpp odr/native.cpp)
target_link_libraries(pith_test_odr PRIVATE pith::pith)
target_include_directories(pith_test_odr PRIVATE ${PROJECT_SOURCE_DIR})
set_source_files_properties(odr/plain.cpp PROPERTIES COMPILE_OPTIONS "-O2;-UPITH_XSIMD") # as pith::device alone
set_source_files_properties(odr/native.cpp PROPERTIES COMPILE_OPTIONS "-O3;-march=native")
add_test(NAME odr COMMAND pith_test_odr)

add_test(NAME benchmarks COMMAND ${CMAKE_COMMAND} -D KERNEL_DIR=${include_dir}/pith/kernel
         -D TRAIN_DIR=${include_dir}/pith/train/kernel -D BENCHMARK_DIR=${PROJECT_SOURCE_DIR}/benchmarks
         -P ${CMAKE_CURRENT_SOURCE_DIR}/benchmarks/check.cmake)
add_test(NAME benchmarks/self_test COMMAND ${CMAKE_COMMAND} -P ${CMAKE_CURRENT_SOURCE_DIR}/benchmarks/self_test.cmake)

# Dependency include paths as the compiler sees them, for the tests that call it directly.
set(dependency_flags "")
foreach(dependency Eigen3::Eigen xsimd protozero::protozero)
    get_target_property(paths ${dependency} INTERFACE_INCLUDE_DIRECTORIES)
    foreach(path IN LISTS paths)
        if(NOT path IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES AND NOT path MATCHES "^\\$<")
            list(APPEND dependency_flags -isystem ${path})
        endif()
    endforeach()
endforeach()
set(compile ${CMAKE_CXX_COMPILER} -std=c++20 -I${include_dir} ${dependency_flags})

file(GLOB refused CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/refuse/*.cpp)
foreach(source IN LISTS refused)
    get_filename_component(name ${source} NAME_WE)
    add_test(NAME refuse/${name} COMMAND ${CMAKE_COMMAND} -D "COMPILE=${compile}" -D SOURCE=${source}
             -P ${CMAKE_CURRENT_SOURCE_DIR}/refuse/check.cmake)
endforeach()

# A forgotten member of a layer is one short error, whichever compiler reads it.
find_program(PITH_OTHER_COMPILER NAMES clang++)
set(compilers ${CMAKE_CXX_COMPILER})
if(PITH_OTHER_COMPILER)
    list(APPEND compilers ${PITH_OTHER_COMPILER})
endif()
list(REMOVE_DUPLICATES compilers)
file(GLOB facets CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/refuse/facets/*.cpp)
foreach(source IN LISTS facets)
    get_filename_component(name ${source} NAME_WE)
    foreach(compiler IN LISTS compilers)
        get_filename_component(which ${compiler} NAME_WE)
        add_test(NAME refuse/${name}/${which} COMMAND ${CMAKE_COMMAND}
                 -D "COMPILE=${compiler};-std=c++20;-I${include_dir};${dependency_flags}" -D SOURCE=${source}
                 -P ${CMAKE_CURRENT_SOURCE_DIR}/refuse/facets.cmake)
    endforeach()
endforeach()

# One more element format does not compile where it has to be known.
add_test(NAME refuse/one_more_format
         COMMAND ${CMAKE_COMMAND} -D "COMPILE=${compile}" -D INCLUDE_DIR=${include_dir}
                 -D SOURCE=${CMAKE_CURRENT_SOURCE_DIR}/refuse/formats/thirds.cpp
                 -D WORK=${CMAKE_CURRENT_BINARY_DIR}/one_more_format
                 -P ${CMAKE_CURRENT_SOURCE_DIR}/refuse/one_more_format.cmake)

# How much code an extension takes, as README says.
add_test(NAME extend/lines COMMAND ${CMAKE_COMMAND} -D README=${PROJECT_SOURCE_DIR}/README.md
         -D FOLDER=${CMAKE_CURRENT_SOURCE_DIR}/extend -P ${CMAKE_CURRENT_SOURCE_DIR}/extend/lines.cmake)

foreach(way add_subdirectory find_package)
    add_test(NAME consume/${way} COMMAND ${CMAKE_COMMAND} -D WAY=${way} -D ROOT=${PROJECT_SOURCE_DIR}
             -D BINARY_DIR=${CMAKE_CURRENT_BINARY_DIR}/consume -D COMPILER=${CMAKE_CXX_COMPILER}
             -D GENERATOR=${CMAKE_GENERATOR} -P ${CMAKE_CURRENT_SOURCE_DIR}/consume/check.cmake)
endforeach()

add_test(NAME compile_time COMMAND ${CMAKE_COMMAND} -D "COMPILE=${compile}"
         -D QUICKSTART=${PROJECT_SOURCE_DIR}/examples/quickstart.cpp -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}
         -P ${CMAKE_CURRENT_SOURCE_DIR}/compile_time/check.cmake)
set_tests_properties(compile_time PROPERTIES RUN_SERIAL ON)

add_test(NAME spelling COMMAND ${CMAKE_COMMAND} -D ROOT=${PROJECT_SOURCE_DIR} -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}
         -P ${CMAKE_CURRENT_SOURCE_DIR}/spelling/check.cmake)
set_tests_properties(spelling PROPERTIES SKIP_REGULAR_EXPRESSION "skipped: no codespell")
add_test(NAME format COMMAND ${PROJECT_SOURCE_DIR}/cmake/dev format --check)
add_test(NAME tidy COMMAND ${PROJECT_SOURCE_DIR}/cmake/dev tidy)

if(TARGET pith_tool)
    add_test(NAME tool COMMAND ${CMAKE_COMMAND} -D TOOL=$<TARGET_FILE:pith_tool>
             -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/tool -P ${CMAKE_CURRENT_SOURCE_DIR}/tool/check.cmake)
    # Said last of all, when nothing has failed.
    set_tests_properties(tool PROPERTIES SKIP_REGULAR_EXPRESSION "skipped: no PITH_DATA")
    add_test(NAME tool_factorize COMMAND ${CMAKE_COMMAND} -D TOOL=$<TARGET_FILE:pith_tool>
             -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/tool_factorize -P ${CMAKE_CURRENT_SOURCE_DIR}/tool/factorize.cmake)
    add_test(NAME tool_stop COMMAND ${CMAKE_COMMAND} -D TOOL=$<TARGET_FILE:pith_tool>
             -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/tool_stop -P ${CMAKE_CURRENT_SOURCE_DIR}/tool/stop.cmake)
    add_test(NAME tool_search COMMAND ${CMAKE_COMMAND} -D TOOL=$<TARGET_FILE:pith_tool>
             -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/tool_search -P ${CMAKE_CURRENT_SOURCE_DIR}/tool/search.cmake)
endif()

if(TARGET pith_residual)
    add_test(NAME examples/residual COMMAND pith_residual ${CMAKE_CURRENT_BINARY_DIR}/residual.pith)
    set_tests_properties(examples/residual PROPERTIES PASS_REGULAR_EXPRESSION "(19[0-9][0-9]|2000) of 2000 right")
endif()

# Models that are written, before ONNX's own checker and in ONNX Runtime; each part is skipped where it is not there.
add_executable(pith_write_models peer/write_models.cpp)
target_link_libraries(pith_write_models PRIVATE pith_test_compiled)
target_compile_options(pith_write_models PRIVATE ${PITH_TEST_FLAGS})
add_test(NAME peer/onnxruntime COMMAND ${CMAKE_COMMAND} -D WRITER=$<TARGET_FILE:pith_write_models>
         -D WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/peer
         -D MODULES=${PROJECT_SOURCE_DIR}/build/peers/onnxruntime-1.30.0/node_modules
         -P ${CMAKE_CURRENT_SOURCE_DIR}/peer/check.cmake)
set_tests_properties(peer/onnxruntime PROPERTIES TIMEOUT 900 SKIP_REGULAR_EXPRESSION "skipped: no node")

include(device/device.cmake)

# Whole builds of their own (another compiler, another processor, sanitizers), made beforehand by cmake/dev test.
# A suite named FOLDER-CPU runs build/FOLDER's tests on that emulated processor.
foreach(suite IN LISTS PITH_SUITES)
    string(REGEX REPLACE "-.*" "" folder ${suite})
    add_test(NAME suite/${suite} COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${PROJECT_SOURCE_DIR}/build/${folder}
             --output-on-failure --no-tests=error)
    set_tests_properties(suite/${suite} PROPERTIES TIMEOUT 1500)
    if(suite MATCHES "-(.+)")
        set_tests_properties(suite/${suite} PROPERTIES ENVIRONMENT QEMU_CPU=${CMAKE_MATCH_1})
    endif()
endforeach()
