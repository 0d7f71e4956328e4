# SPDX-License-Identifier: MIT
# cmake -D COMPILE=COMMAND -D SOURCE=FILE -P check.cmake: FILE compiles, and with PITH_REFUSE defined the compiler refuses
# it with what its line `// refused: REGEX` says.
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${SOURCE} expected REGEX "^// refused: " LIMIT_COUNT 1)
string(REPLACE "// refused: " "" expected "${expected}")
set(flags -fsyntax-only -Wall -Wextra -Werror)
execute_process(COMMAND ${COMPILE} ${flags} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE text)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} must compile without PITH_REFUSE:\n${text}")
endif()
execute_process(COMMAND ${COMPILE} ${flags} -DPITH_REFUSE ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE text)
if(status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} must not compile with PITH_REFUSE")
endif()
if(expected STREQUAL "" OR NOT text MATCHES "${expected}")
    message(FATAL_ERROR "${SOURCE} is refused, but not with '${expected}':\n${text}")
endif()
