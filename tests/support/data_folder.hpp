// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_DATA_FOLDER_HPP
#define PITH_TESTS_SUPPORT_DATA_FOLDER_HPP
/// Where real models and data sets lie: $PITH_DATA, else ~/.cache/pith-data; empty if neither is there.

#include <cstdlib>
#include <filesystem>

namespace pith::tests {

[[nodiscard]] inline std::filesystem::path data_folder() {
    std::filesystem::path folder;
    if (const char* given = std::getenv("PITH_DATA"))
        folder = given;
    else if (const char* home = std::getenv("HOME"))
        folder = std::filesystem::path(home) / ".cache" / "pith-data";
    std::error_code error;
    return std::filesystem::is_directory(folder, error) ? folder : std::filesystem::path{};
}

} // namespace pith::tests

#endif
