# SPDX-License-Identifier: MIT
# cmake -D COMPILE=COMMAND -D INCLUDE_DIR=DIR -D SOURCE=FILE -D WORK=DIR -P one_more_format.cmake: with FILE's format as one
# more line of the sum in graph/encoding.hpp, what does not depend on it compiles, and for each line
# `// PITH_USE=N: TEXT` of FILE what has to know it is refused with TEXT.
cmake_minimum_required(VERSION 3.25)

file(READ ${INCLUDE_DIR}/pith/graph/encoding.hpp sum)
string(REPLACE "\"../" "\"pith/" sum "${sum}")
string(REPLACE "format::binary>::type;" "format::binary, mine::thirds>::type;" more "${sum}")
if(more STREQUAL sum)
    message(FATAL_ERROR "the sum of formats no longer ends with format::binary")
endif()
file(MAKE_DIRECTORY ${WORK})
file(WRITE ${WORK}/one_more_encoding.hpp "${more}")
set(flags -fsyntax-only -Wall -Wextra -Werror -I${WORK})
execute_process(COMMAND ${COMPILE} ${flags} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE text)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "graph and passes must compile with one more format:\n${text}")
endif()
file(STRINGS ${SOURCE} cases REGEX "^// PITH_USE=")
foreach(case IN LISTS cases)
    string(REGEX MATCH "^// PITH_USE=([0-9]+): (.*)$" unused "${case}")
    set(number ${CMAKE_MATCH_1})
    set(expected ${CMAKE_MATCH_2})
    execute_process(COMMAND ${COMPILE} ${flags} -DPITH_USE=${number} ${SOURCE} RESULT_VARIABLE status
                    ERROR_VARIABLE text)
    string(FIND "${text}" "${expected}" at)
    if(status EQUAL 0 OR at EQUAL -1 OR NOT text MATCHES "mine::thirds")
        message(FATAL_ERROR "PITH_USE=${number} must be refused with '${expected}':\n${text}")
    endif()
endforeach()
