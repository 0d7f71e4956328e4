# SPDX-License-Identifier: MIT
# pith::compiled: pith::pith and the one source that compiles what <pith/compiled.hpp> declares. It is built by the project
# that links it, with that project's compiler options, and only if something links it.

if(NOT TARGET pith_compiled)
    set(pith_compiled_source ${CMAKE_CURRENT_BINARY_DIR}/pith_compiled.cpp)
    file(CONFIGURE OUTPUT ${pith_compiled_source} CONTENT "#define PITH_COMPILE\n#include <pith/compiled.hpp>\n")
    add_library(pith_compiled STATIC EXCLUDE_FROM_ALL ${pith_compiled_source})
    add_library(pith::compiled ALIAS pith_compiled)
    target_link_libraries(pith_compiled PUBLIC pith::pith)
endif()
