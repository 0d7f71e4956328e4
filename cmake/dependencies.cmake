# SPDX-License-Identifier: MIT
# pith_find_headers(PACKAGE TARGET): a header-only dependency as TARGET: the target if the project has it, else the headers
# where CMake finds them, else a download pinned by hash. Installed with the package. (The packages' own configs are not
# asked: Debian's xsimd links a library that is not there.)

set(pith_Eigen3_header Eigen/Core)
set(pith_Eigen3_url https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.bz2)
set(pith_Eigen3_sha256 b4c198460eba6f28d34894e3a5710998818515104d6e74e5cc331ce31e46e626)
set(pith_xsimd_header xsimd/xsimd.hpp)
set(pith_xsimd_url https://github.com/xtensor-stack/xsimd/archive/8.1.0.tar.gz)
set(pith_xsimd_sha256 d52551360d37709675237d2a0418e28f70995b5b7cdad7c674626bcfbbf48328)
set(pith_protozero_header protozero/pbf_reader.hpp)
set(pith_protozero_url https://github.com/mapbox/protozero/archive/refs/tags/v1.7.1.tar.gz)
set(pith_protozero_sha256 27e0017d5b3ba06d646a3ec6391d5ccc8500db821be480aefd2e4ddc3de5ff99)
set(pith_doctest_header doctest/doctest.h)
set(pith_doctest_url https://github.com/doctest/doctest/archive/v2.4.9.tar.gz)
set(pith_doctest_sha256 19b2df757f2f3703a5e63cee553d85596875f06d91a3333acd80a969ef210856)
set(pith_CLI11_header CLI/CLI.hpp)
set(pith_CLI11_url https://github.com/CLIUtils/CLI11/archive/v2.1.2.tar.gz)
set(pith_CLI11_sha256 26291377e892ba0e5b4972cdfd4a2ab3bf53af8dac1f4ea8fe0d1376b625c8cb)
set(pith_nlohmann_json_header nlohmann/json.hpp)
set(pith_nlohmann_json_url https://github.com/nlohmann/json/archive/refs/tags/v3.11.2.tar.gz)
set(pith_nlohmann_json_sha256 d69f9deb6a75e2580465c6c4c5111b89c4dc2fa94e3a85fcd2ffcd9a143d9273)
set(pith_fmt_header fmt/format.h)
set(pith_fmt_definitions FMT_HEADER_ONLY)
set(pith_fmt_url https://github.com/fmtlib/fmt/archive/9.1.0.tar.gz)
set(pith_fmt_sha256 5dea48d1fcddc3ec571ce2058e13910a0d4a6bab4cc09a809d8b1dd1c88ae6f2)

# Downloads PACKAGE and sets OUT to the folder that holds its headers; its own CMakeLists.txt is not run.
function(pith_download package out)
    include(FetchContent)
    FetchContent_Declare(pith_${package} URL ${pith_${package}_url} URL_HASH SHA256=${pith_${package}_sha256}
                         SOURCE_SUBDIR headers-only DOWNLOAD_EXTRACT_TIMESTAMP OFF)
    FetchContent_MakeAvailable(pith_${package})
    string(TOLOWER pith_${package} name)
    find_path(pith_${package}_fetched ${pith_${package}_header} NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED
              PATHS ${${name}_SOURCE_DIR} ${${name}_SOURCE_DIR}/include)
    set(${out} ${pith_${package}_fetched} PARENT_SCOPE)
endfunction()

macro(pith_find_headers package target)
    if(NOT TARGET ${target})
        find_path(pith_${package}_include ${pith_${package}_header} PATH_SUFFIXES eigen3)
        mark_as_advanced(pith_${package}_include)
        if(pith_${package}_include)
            set(pith_include ${pith_${package}_include})
        else()
            pith_download(${package} pith_include)
        endif()
        add_library(${target} INTERFACE IMPORTED GLOBAL)
        set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${pith_include}"
                              INTERFACE_COMPILE_DEFINITIONS "${pith_${package}_definitions}")
    endif()
endmacro()
