// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_FILE_HPP
#define PITH_BASE_FILE_HPP
/// Whole files in, whole files out, for hosts. A file is written under another name beside its place, brought
/// to the disk and renamed, so it is never half there.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#define PITH_POSIX_FILES 1
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#define PITH_POSIX_FILES 0
#endif

#include "random.hpp"
#include "result.hpp"
#include "view.hpp"

namespace pith {

namespace detail {

struct close_file {
    void operator()(std::FILE* f) const noexcept { static_cast<void>(std::fclose(f)); }
};
using file_handle = std::unique_ptr<std::FILE, close_file>;

/// @tparam Bytes made of their number: a vector of bytes, or a buffer
template <class Bytes>
[[nodiscard]] result<Bytes> read_whole(const std::string& path, std::uint64_t most) {
    const file_handle file{std::fopen(path.c_str(), "rb")};
    if (!file)
        return fault{errc::missing, "the file cannot be opened; check its path and permissions", path};
    long size = 0;
    if (std::fseek(file.get(), 0, SEEK_END) == 0) {
        size = std::ftell(file.get());
        if (size < 0 || size == std::numeric_limits<long>::max() || std::fseek(file.get(), 0, SEEK_SET) != 0)
            return fault{errc::io, "the file cannot be read; is it a directory?", path};
    }
    if (static_cast<std::uint64_t>(size) > most)
        return fault{errc::bad_file, "the file is too large to be what it should be",
                     path + ": " + std::to_string(size) + " bytes, at most " + std::to_string(most) +
                         " expected"};
    Bytes bytes;
    try {
        bytes = Bytes(static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
        return fault{errc::no_memory, "the file is larger than the memory", path};
    }
    if (bytes.size() != 0 && std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
        return fault{errc::io, "the file cannot be read to its end", path};
    return bytes;
}

/// The part of a path before its last component.
[[nodiscard]] inline std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

#if PITH_POSIX_FILES

/// What a path leads to.
struct output_target {
    std::string path;    ///< behind all symbolic links
    int descriptor = -1; ///< of this process: /dev/stdout and the like
    bool exists = false;
    bool regular = false;
    mode_t mode = 0;
    uid_t user = 0;
    gid_t group = 0;
};

[[nodiscard]] inline fault system_fault(const char* sentence, const std::string& path, int error) {
    return {errc::io, sentence, path + ": " + std::strerror(error)};
}

/// The number of the descriptor that /dev/stdout, /dev/fd/N and /proc/self/fd/N name; -1 for all else.
[[nodiscard]] inline int own_descriptor(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (name.empty() || name.size() > 6 || name.find_first_not_of("0123456789") != std::string::npos)
        return -1;
    char* const folder = ::realpath(folder_of(path).c_str(), nullptr);
    if (folder == nullptr)
        return -1;
    const std::string_view at = folder;
    const bool own = at == "/dev/fd" || at == "/proc/" + std::to_string(::getpid()) + "/fd";
    std::free(folder);
    return own ? std::atoi(name.c_str()) : -1;
}

[[nodiscard]] inline result<output_target> output_target_of(const std::string& path) {
    output_target t{.path = path};
    constexpr int most_links = 40;
    for (int links = 0; links < most_links; ++links) {
        t.descriptor = own_descriptor(t.path);
        if (t.descriptor >= 0)
            return t;
        struct stat s {};
        if (::lstat(t.path.c_str(), &s) != 0) {
            if (errno == ENOENT)
                return t;
            return system_fault("the file cannot be written", path, errno);
        }
        if (!S_ISLNK(s.st_mode)) {
            t.exists = true;
            t.regular = S_ISREG(s.st_mode);
            t.mode = s.st_mode & 07777;
            t.user = s.st_uid;
            t.group = s.st_gid;
            if (S_ISDIR(s.st_mode))
                return fault{errc::io, "the file cannot be written: there is a folder of that name", path};
            return t;
        }
        char to[4096];
        const ssize_t length = ::readlink(t.path.c_str(), to, sizeof to);
        if (length <= 0 || length == sizeof to)
            return fault{errc::io, "the symbolic link cannot be followed", path};
        const std::string link(to, static_cast<std::size_t>(length));
        t.path = link[0] == '/' ? link : folder_of(t.path) + "/" + link;
    }
    return fault{errc::io, "the symbolic links lead in a circle", path};
}

/// @param path as it was given, for the faults
[[nodiscard]] inline result<void> check_target(const output_target& t, const std::string& path) {
    if (t.descriptor >= 0) {
        const int flags = ::fcntl(t.descriptor, F_GETFL);
        if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
            return fault{errc::io, "the file is not open for writing", path};
        return {};
    }
    if (t.exists && ::access(t.path.c_str(), W_OK) != 0)
        return system_fault("the file must not be written", path, errno);
    if (t.exists && !t.regular)
        return {};
    const std::string folder = folder_of(t.path);
    struct stat s {};
    if (::stat(folder.c_str(), &s) != 0)
        return system_fault("the file cannot be created in its folder", path, errno);
    if (!S_ISDIR(s.st_mode))
        return system_fault("the file cannot be created in its folder", path, ENOTDIR);
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return system_fault("the file cannot be created in its folder", path, errno);
    return {};
}

/// An open descriptor and the name it was created under, both gone at the end unless taken.
class temporary_file {
public:
    /// A new file that nobody else writes, in the same folder.
    [[nodiscard]] static result<temporary_file> beside(const output_target& t, const std::string& path) {
        constexpr int attempts = 100;
        std::timespec now{};
        static_cast<void>(std::timespec_get(&now, TIME_UTC));
        random_bits random(static_cast<std::uint64_t>(now.tv_nsec) ^
                           (static_cast<std::uint64_t>(now.tv_sec) << 30) ^
                           reinterpret_cast<std::uintptr_t>(&t));
        int error = EEXIST;
        for (int i = 0; i < attempts && error == EEXIST; ++i) {
            temporary_file f;
            f.name_ = folder_of(t.path) + "/.pith-" + std::to_string(::getpid()) + "-" +
                      std::to_string(random()) + ".part";
            f.descriptor_ = ::open(f.name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                   t.exists ? 0600 : 0666);
            if (f.descriptor_ >= 0)
                return f;
            error = errno;
        }
        return system_fault("the file cannot be created in its folder", path, error);
    }
    temporary_file(temporary_file&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {
        other.name_.clear();
    }
    temporary_file& operator=(temporary_file&& other) = delete;
    ~temporary_file() {
        if (descriptor_ >= 0)
            static_cast<void>(::close(descriptor_));
        if (!name_.empty())
            static_cast<void>(::unlink(name_.c_str()));
    }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] bool close() noexcept { return ::close(std::exchange(descriptor_, -1)) == 0; }
    [[nodiscard]] bool rename_to(const std::string& path) {
        if (::rename(name_.c_str(), path.c_str()) != 0)
            return false;
        name_.clear();
        return true;
    }

private:
    temporary_file() = default;

    int descriptor_ = -1;
    std::string name_;
};

[[nodiscard]] inline bool write_all(int descriptor, bytes_view bytes) noexcept {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t n = ::write(descriptor, bytes.data() + at, bytes.size() - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    return true;
}

/// To the disk; what no disk is behind needs none.
[[nodiscard]] inline bool synchronize(int descriptor) noexcept {
    return ::fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS;
}

inline void synchronize_folder(const std::string& folder) noexcept {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    static_cast<void>(::fsync(descriptor));
    static_cast<void>(::close(descriptor));
}

/// The mode of the file that is replaced, and its owner where that is allowed.
[[nodiscard]] inline bool take_over_mode(int descriptor, const output_target& t) noexcept {
    struct stat s {};
    if (::fstat(descriptor, &s) != 0)
        return false;
    if ((s.st_uid != t.user || s.st_gid != t.group) && ::fchown(descriptor, t.user, t.group) != 0)
        static_cast<void>(0); // the file goes to who writes it
    return ::fchmod(descriptor, t.mode) == 0;
}

/// Devices, pipes and what is open already are no files that could be replaced.
[[nodiscard]] inline result<void> write_through(const output_target& t, bytes_view bytes,
                                                const std::string& path) {
    static_cast<void>(std::fflush(nullptr)); // behind what was printed so far
    const int own = t.descriptor < 0 ? ::open(t.path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC) : -1;
    if (t.descriptor < 0 && own < 0)
        return system_fault("the file cannot be opened for writing", path, errno);
    const bool written = write_all(own >= 0 ? own : t.descriptor, bytes);
    const int error = errno;
    if (own >= 0)
        static_cast<void>(::close(own));
    if (!written)
        return system_fault("the file cannot be written", path, error);
    return {};
}

[[nodiscard]] inline result<void> replace_file(const output_target& t, bytes_view bytes,
                                               const std::string& path) {
    auto file = temporary_file::beside(t, path);
    if (!file)
        return file.error();
    const int descriptor = file->descriptor();
    if (!write_all(descriptor, bytes) || (t.exists && !take_over_mode(descriptor, t)) ||
        !synchronize(descriptor) || !file->close() || !file->rename_to(t.path))
        return system_fault("the file cannot be written", path, errno);
    synchronize_folder(folder_of(t.path));
    return {};
}

#endif

} // namespace detail

/// All bytes of a file. @param most refuses larger files before any memory is taken for them
[[nodiscard]] inline result<std::vector<std::byte>>
read_file(const std::string& path, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
    return detail::read_whole<std::vector<std::byte>>(path, most);
}

#if PITH_POSIX_FILES

/// Whether write_file could write there, as far as that can be seen without doing it: before long work.
[[nodiscard]] inline result<void> check_output(const std::string& path) {
    const auto target = detail::output_target_of(path);
    if (!target)
        return target.error();
    return detail::check_target(*target, path);
}

/// Replaces the file in one step: readers see the old bytes or the new ones, also after a loss of power. Its
/// mode is kept, symbolic links are followed; devices and pipes are written through.
[[nodiscard]] inline result<void> write_file(const std::string& path, bytes_view bytes) {
    const auto target = detail::output_target_of(path);
    if (!target)
        return target.error();
    PITH_TRY(detail::check_target(*target, path));
    if (target->descriptor >= 0 || (target->exists && !target->regular))
        return detail::write_through(*target, bytes, path);
    return detail::replace_file(*target, bytes, path);
}

#else

/// Nothing is known here before a file is written.
[[nodiscard]] inline result<void> check_output(const std::string&) {
    return {};
}

/// Replaces the file; readers see the old bytes, none, or the new ones.
[[nodiscard]] inline result<void> write_file(const std::string& path, bytes_view bytes) {
    const std::string beside = path + ".part";
    {
        detail::file_handle file{std::fopen(beside.c_str(), "wbx")};
        if (!file)
            return fault{errc::io, "the file cannot be created; check the folder and its permissions", path};
        const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
        if (std::fclose(file.release()) != 0 || !written) {
            static_cast<void>(std::remove(beside.c_str()));
            return fault{errc::io, "the file cannot be written; is the disk full?", path};
        }
    }
    static_cast<void>(std::remove(path.c_str()));
    if (std::rename(beside.c_str(), path.c_str()) != 0) {
        static_cast<void>(std::remove(beside.c_str()));
        return fault{errc::io, "the file cannot be renamed into its place", path};
    }
    return {};
}

#endif

} // namespace pith

#endif
