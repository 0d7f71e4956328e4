# SPDX-License-Identifier: MIT
# expect_verdict(CASE VERDICT PATTERN ARGUMENTS...): `cmake ARGUMENTS...`, a check that is itself under test, passes or is
# refused (the VERDICT) with words that match PATTERN; its line breaks count as spaces.
function(expect_verdict case verdict pattern)
    execute_process(COMMAND ${CMAKE_COMMAND} ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
    if(status EQUAL 0)
        set(got passes)
    else()
        set(got refused)
    endif()
    string(REGEX REPLACE "[ \n]+" " " text "${text}")
    if(NOT got STREQUAL verdict OR NOT text MATCHES "${pattern}")
        message(FATAL_ERROR "${case}: ${got}, expected ${verdict} with '${pattern}':\n${text}")
    endif()
endfunction()
