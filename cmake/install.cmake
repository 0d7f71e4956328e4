# SPDX-License-Identifier: MIT
# Headers, targets and the package config: afterwards find_package(pith) offers pith::pith,
# pith::compiled and pith::device.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/pith)
set(installed pith_device)
if(PITH_HOST)
    list(APPEND installed pith)
endif()
install(TARGETS ${installed} EXPORT pith_targets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/pith DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.inl")
install(EXPORT pith_targets NAMESPACE pith:: FILE pith-targets.cmake DESTINATION ${package_dir})
configure_file(${PROJECT_SOURCE_DIR}/cmake/pith-config.cmake.in pith-config.cmake @ONLY)
write_basic_package_version_file(pith-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/pith-config.cmake ${PROJECT_BINARY_DIR}/pith-config-version.cmake
        ${PROJECT_SOURCE_DIR}/cmake/dependencies.cmake ${PROJECT_SOURCE_DIR}/cmake/compiled.cmake DESTINATION ${package_dir})
