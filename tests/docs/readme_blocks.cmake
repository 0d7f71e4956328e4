# SPDX-License-Identifier: MIT
# Writes each C++ block of README to readme/readme_block_N.inc of the build, where docs/readme.cpp includes it.

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/README.md)
file(READ ${PROJECT_SOURCE_DIR}/README.md readme)
set(block 0)
while(TRUE)
    string(FIND "${readme}" "```cpp\n" first)
    if(first EQUAL -1)
        break()
    endif()
    math(EXPR first "${first} + 7")
    string(SUBSTRING "${readme}" ${first} -1 readme)
    string(FIND "${readme}" "```" last)
    string(SUBSTRING "${readme}" 0 ${last} code)
    string(SUBSTRING "${readme}" ${last} -1 readme)
    math(EXPR block "${block} + 1")
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/readme/readme_block_${block}.inc CONTENT "${code}" @ONLY)
endwhile()
