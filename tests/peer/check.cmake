# SPDX-License-Identifier: MIT
# cmake -D WRITER=PROGRAM -D WORK_DIR=DIR -D MODULES=NODE_MODULES -P check.cmake: the models that WRITER writes pass ONNX's
# checker, and give in ONNX Runtime the very bits of our own programs.
cmake_minimum_required(VERSION 3.25)

set(images 200)
if(DEFINED ENV{PITH_PEER_IMAGES})
    set(images $ENV{PITH_PEER_IMAGES})
endif()
set(data "$ENV{PITH_DATA}")
if("${data}" STREQUAL "")
    set(data $ENV{HOME}/.cache/pith-data)
endif()
file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})
execute_process(COMMAND ${WRITER} ${WORK_DIR} ${data} ${images} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)

file(GLOB models ${WORK_DIR}/*.onnx)
list(FILTER models EXCLUDE REGEX "(int4|shipped).onnx$") # opset 21 is newer than Debian's package
execute_process(COMMAND /usr/bin/env python3 -c "import onnx" RESULT_VARIABLE missing OUTPUT_QUIET ERROR_QUIET)
set(python /usr/bin/env python3)
if(missing AND EXISTS /usr/bin/python3)
    set(python /usr/bin/python3) # Debian's package is there, whatever python3 comes first
endif()
execute_process(COMMAND ${python} ${CMAKE_CURRENT_LIST_DIR}/onnx_check.py ${models} RESULT_VARIABLE status
                OUTPUT_VARIABLE text ERROR_VARIABLE complaint)
message("${text}")
if(status AND NOT status EQUAL 77)
    message(FATAL_ERROR "ONNX's checker: ${complaint}")
endif()

find_program(node node)
if(NOT node OR NOT EXISTS ${MODULES}/onnxruntime-node)
    message("skipped: no node, or no ONNX Runtime in ${MODULES} (benchmarks/peers/onnxruntime installs it)")
    return()
endif()
execute_process(COMMAND ${node} ${CMAKE_CURRENT_LIST_DIR}/onnxruntime.mjs ${MODULES} ${WORK_DIR} RESULT_VARIABLE status
                OUTPUT_VARIABLE text ERROR_VARIABLE complaint)
message("${text}")
if(status)
    message(FATAL_ERROR "ONNX Runtime gives other bits\n${complaint}")
endif()
