# SPDX-License-Identifier: MIT
# What the checks of the tool are written in. Wants TOOL and WORK_DIR.

# A line of a table, whose columns are two spaces apart, of more than 100 characters.
string(REPEAT "[^\n]" 101 too_wide)

# expect(CODE WORDS ARGUMENTS...): the tool returns CODE and says WORDS (a regular expression) on either stream; its tables
# fit 100 columns, and nothing overwrites itself where there is no terminal.
function(expect code words)
    execute_process(COMMAND ${TOOL} ${ARGN} WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE status OUTPUT_VARIABLE text
                    ERROR_VARIABLE complaint)
    list(JOIN ARGN " " line)
    if(NOT status STREQUAL code)
        message(FATAL_ERROR "pith ${line}\nreturned ${status}, not ${code}\n${text}${complaint}")
    endif()
    if(NOT "${text}${complaint}" MATCHES "${words}")
        message(FATAL_ERROR "pith ${line}\ndid not say '${words}' but\n${text}${complaint}")
    endif()
    if("${text}${complaint}" MATCHES "\r")
        message(FATAL_ERROR "pith ${line}\nshows its progress to a file:\n${text}${complaint}")
    endif()
    string(REGEX MATCHALL "${too_wide}[^\n]*" wide_lines "${text}")
    list(FILTER wide_lines INCLUDE REGEX "  ")
    list(FILTER wide_lines EXCLUDE REGEX "^{")
    if(wide_lines)
        message(FATAL_ERROR "pith ${line}\nprints more than 100 columns:\n${wide_lines}")
    endif()
    if(code EQUAL 1)
        string(REGEX REPLACE "[^\n]" "" lines "${complaint}")
        string(LENGTH "${lines}" count)
        if(NOT count EQUAL 1)
            message(FATAL_ERROR "pith ${line}\nshould refuse in one line, not\n${complaint}")
        endif()
    endif()
endfunction()

# survives(ARGUMENTS...): the tool does it or refuses it, and ends by itself.
function(survives)
    execute_process(COMMAND ${TOOL} ${ARGN} WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE status OUTPUT_VARIABLE text
                    ERROR_VARIABLE complaint TIMEOUT 60)
    list(JOIN ARGN " " line)
    if(NOT status MATCHES "^[013]$")
        message(FATAL_ERROR "pith ${line}\nreturned ${status}\n${text}${complaint}")
    endif()
endfunction()

# report(FILE KEY...): a report has these members, and says which layout and which library it is of.
function(report file)
    file(READ ${WORK_DIR}/${file} text)
    foreach(path version pith ${ARGN})
        string(REPLACE "." ";" path "${path}")
        string(JSON value ERROR_VARIABLE error GET "${text}" ${path})
        if(error)
            message(FATAL_ERROR "${file}: ${error}\n${text}")
        endif()
    endforeach()
endfunction()
