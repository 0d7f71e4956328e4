# SPDX-License-Identifier: MIT
# Packed networks on an emulated Cortex-M4 against every set of kernels of this machine.

foreach(program fingerprints pack_glyphs)
    add_executable(pith_device_${program} device/${program}.cpp)
    target_link_libraries(pith_device_${program} PRIVATE pith_test_compiled)
    target_include_directories(pith_device_${program} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_options(pith_device_${program} PRIVATE ${PITH_TEST_FLAGS})
endforeach()
# Kernels against plain C++ on emulated cores.
foreach(test m0/kernel/igemm m0/format/integer_rounding m3/kernel/igemm m4/kernel/igemm m4/kernel/depthwise_u8 m4/kernel/igemm_low m4/format/requantize m33/kernel/igemm)
    string(REGEX MATCH "^[^/]+" core ${test})
    string(REGEX REPLACE "^([^/]+)/(.*)$" "\\2" file ${test})
    set(cases "")
    if(file STREQUAL "kernel/igemm_low") # the others want more memory than a board has
        set(cases "*several*,*strides*,*saturate*")
    endif()
    add_test(NAME board/${test} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/device/run_on_board ${core}
             ${CMAKE_CURRENT_SOURCE_DIR}/${file}.cpp ${CMAKE_CURRENT_BINARY_DIR}/board ${cases})
    set_tests_properties(board/${test} PROPERTIES SKIP_RETURN_CODE 77 RUN_SERIAL ON
                         PASS_REGULAR_EXPRESSION "Status: SUCCESS")
endforeach()
if(NOT TARGET pith_tool)
    return()
endif()
foreach(network glyphs resnet8 resnet8_4bit autoencoder)
    add_test(NAME firmware/${network} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/device/firmware ${network}
             ${CMAKE_CURRENT_BINARY_DIR} $<TARGET_FILE:pith_tool> ${CMAKE_CURRENT_BINARY_DIR}/firmware)
    set_tests_properties(firmware/${network} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
