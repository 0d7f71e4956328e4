# SPDX-License-Identifier: MIT
# cmake -D TOOL=PROGRAM -D WORK_DIR=DIR -P stop.cmake: Ctrl-C ends a training with its checkpoint, from which it goes on.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})
include(${CMAKE_CURRENT_LIST_DIR}/expect.cmake)

set(training train --model lenet5 --data glyphs-train --normalize unit --rate 0.01 --out lenet5.onnx
    --checkpoint lenet5.checkpoint)
foreach(seconds 2 8 30) # a slow machine reads its data longer
    execute_process(COMMAND timeout -s INT ${seconds} ${TOOL} ${training} --epochs 1000 WORKING_DIRECTORY ${WORK_DIR}
                    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE complaint)
    if(EXISTS ${WORK_DIR}/lenet5.checkpoint)
        break()
    endif()
endforeach()
if(NOT complaint MATCHES "the training was stopped and its checkpoint written; continue with --resume: in epoch [0-9]+, after batch")
    message(FATAL_ERROR "stopped after ${seconds} s it said: ${complaint}")
endif()
if(EXISTS ${WORK_DIR}/lenet5.onnx)
    message(FATAL_ERROR "a training that was stopped wrote its model")
endif()
execute_process(COMMAND timeout -s INT 2 ${TOOL} ${training} --epochs 1000 --resume WORKING_DIRECTORY ${WORK_DIR}
                RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE complaint)
if(status EQUAL 0 OR complaint MATCHES "checkpoint is of|in the checkpoint")
    message(FATAL_ERROR "the checkpoint of a stopped training was not taken: ${complaint}")
endif()
