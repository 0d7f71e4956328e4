// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_OUTPUTS_HPP
#define PITH_EXAMPLES_TOOL_OUTPUTS_HPP
/// What a verb reads and writes, checked before its work starts.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "pith/data/spec.hpp"
#include "pith/io/file.hpp"
#include "report.hpp"

namespace tool {

class file_list {
public:
    explicit file_list(bool force) : force_(force) {}

    /// Empty names stand for options that were not given.
    file_list& read(const std::string& path) {
        if (!path.empty())
            in_.push_back(path);
        return *this;
    }
    file_list& read(const std::vector<std::string>& paths) {
        for (const auto& p : paths)
            read(p);
        return *this;
    }
    /// The files of a data set's name.
    file_list& read_data(std::string_view spec) {
        const auto colon = spec.find(':');
        return colon == std::string_view::npos ? *this
                                               : read(pith::data::split_at_commas(spec.substr(colon + 1)));
    }
    file_list& write(const std::string& path) {
        if (!path.empty())
            out_.push_back(path);
        return *this;
    }
    file_list& write(const std::vector<std::string>& paths) {
        for (const auto& p : paths)
            write(p);
        return *this;
    }
    /// A report, which may go to standard output.
    file_list& write_report(const std::string& path) { return path == standard_output ? *this : write(path); }
    /// A folder that is made where there is none.
    file_list& write_folder(const std::string& path) {
        if (!path.empty())
            folders_.push_back(path);
        return *this;
    }

    /// Nothing is created to find out.
    [[nodiscard]] pith::result<void> check() const {
        for (const auto& folder : folders_)
            PITH_TRY(check_folder(folder));
        for (std::size_t i = 0; i < out_.size(); ++i) {
            PITH_TRY(pith::io::check_output(out_[i]));
            for (std::size_t k = 0; k < i; ++k)
                if (are_one_file(out_[k], out_[i]))
                    return pith::fault{pith::errc::bad_option, "two outputs cannot be one file", out_[i]};
            for (const auto& in : in_)
                if (!force_ && are_one_file(in, out_[i]))
                    return pith::fault{pith::errc::bad_option,
                                       "the output would replace a file that is read; --force allows it",
                                       out_[i]};
        }
        return {};
    }

private:
    /// Devices and pipes may be named as often as one likes.
    [[nodiscard]] static bool are_one_file(const std::string& a, const std::string& b) {
        namespace fs = std::filesystem;
        std::error_code failed;
        if (fs::exists(a, failed) && fs::exists(b, failed))
            return fs::is_regular_file(a, failed) && fs::equivalent(a, b, failed) && !failed;
        const auto x = fs::weakly_canonical(fs::absolute(a, failed), failed);
        const auto y = fs::weakly_canonical(fs::absolute(b, failed), failed);
        return !failed && x == y;
    }

    [[nodiscard]] static pith::result<void> check_folder(const std::string& path) {
        namespace fs = std::filesystem;
        std::error_code failed;
        fs::path at = fs::absolute(path, failed);
        if (!at.has_filename())
            at = at.parent_path();
        while (!fs::exists(fs::symlink_status(at, failed)) && at.has_relative_path())
            at = at.parent_path();
        if (!fs::is_directory(at, failed))
            return pith::fault{pith::errc::io, "the folder cannot be made: there is a file of that name",
                               path};
        return pith::io::check_output((at / ".pith-new").string()); // as any other new file in it
    }

    bool force_;
    std::vector<std::string> in_;
    std::vector<std::string> out_;
    std::vector<std::string> folders_;
};

} // namespace tool

#endif
