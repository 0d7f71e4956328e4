# SPDX-License-Identifier: MIT
# cmake -D README=FILE -D FOLDER=DIR -P lines.cmake: prints how long each header of an extension is, and checks what README
# says of it.
cmake_minimum_required(VERSION 3.25)

file(READ ${README} readme)
file(GLOB headers ${FOLDER}/*.hpp)
foreach(header IN LISTS headers)
    file(READ ${header} text)
    string(REGEX MATCHALL "\n" lines "${text}")
    list(LENGTH lines lines)
    get_filename_component(name ${header} NAME)
    message(STATUS "${name}: ${lines} lines")
    if(readme MATCHES "\\(tests/extend/${name}\\): ([0-9]+) lines" AND NOT CMAKE_MATCH_1 EQUAL lines)
        message(FATAL_ERROR "README says that ${name} has ${CMAKE_MATCH_1} lines; it has ${lines}")
    endif()
endforeach()
