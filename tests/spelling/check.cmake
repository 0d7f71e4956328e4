# SPDX-License-Identifier: MIT
# cmake -D ROOT=DIR -D WORK_DIR=DIR -P check.cmake: no word of the sources is in codespell's list of common misspellings.
cmake_minimum_required(VERSION 3.25)

find_program(CODESPELL codespell)
if(NOT CODESPELL)
    message("skipped: no codespell")
    return()
endif()
set(codespell ${CODESPELL} --builtin clear,rare --ignore-words-list lik) # subscripts of an Einsum

string(CONCAT misspelt "reci" "eve") # in one word it would be found here
file(WRITE ${WORK_DIR}/spelling.txt "${misspelt}\n")
execute_process(COMMAND ${codespell} ${WORK_DIR}/spelling.txt RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
if(status EQUAL 0)
    message(FATAL_ERROR "codespell does not find ${misspelt}")
endif()
execute_process(COMMAND ${codespell} include examples tests benchmarks cmake CMakeLists.txt README.md
                WORKING_DIRECTORY ${ROOT} RESULT_VARIABLE status OUTPUT_VARIABLE found ERROR_VARIABLE found)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "misspelt words:\n${found}")
endif()
