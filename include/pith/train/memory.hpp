// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MEMORY_HPP
#define PITH_TRAIN_MEMORY_HPP
/// lanes<T>: numbers aligned for any vector unit, allocated once and kept from step to step; memory_pool<T>:
/// several of them, used again and again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "../base/bits.hpp"
#include "../base/buffer.hpp"
#include "../base/view.hpp"

namespace pith::train {

namespace detail {

struct release {
    void operator()(void* p) const noexcept { std::free(p); }
};

/// Zeroed bytes. Much memory is asked for in large pages: a training streams through all of it again and
/// again, and processors do not fetch ahead across pages.
[[nodiscard]] inline std::unique_ptr<void, release> zeroed(std::size_t bytes) {
    constexpr std::size_t large_page = std::size_t{1} << 21;
    const bool large = bytes >= large_page;
    const std::size_t alignment = large ? large_page : buffer::alignment;
    const std::size_t size = round_up(bytes + over_read_bytes, alignment);
    std::unique_ptr<void, release> memory(std::aligned_alloc(alignment, size));
    if (!memory)
        throw std::bad_alloc();
#if defined(__linux__)
    if (large)
        static_cast<void>(madvise(memory.get(), size, MADV_HUGEPAGE)); // best effort
#endif
    std::memset(memory.get(), 0, size);
    return memory;
}

/// Of the machine; more than any where that is not known.
[[nodiscard]] inline std::uint64_t physical_memory() noexcept {
#if defined(__linux__)
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long bytes = sysconf(_SC_PAGESIZE);
    if (pages > 0 && bytes > 0)
        return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes);
#endif
    return std::numeric_limits<std::uint64_t>::max();
}

} // namespace detail

/// Zeroed elements in whole vectors, aligned for any of them.
template <class T>
class lanes {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    lanes() = default;
    explicit lanes(std::size_t count) : memory_(detail::zeroed(count * sizeof(T))), count_(count) {}

    /// At least `count` elements; what was there is lost when it has to grow.
    T* hold(std::size_t count) {
        if (count > count_)
            *this = lanes(count);
        return data();
    }
    [[nodiscard]] T* data() noexcept { return static_cast<T*>(memory_.get()); }
    [[nodiscard]] const T* data() const noexcept { return static_cast<const T*>(memory_.get()); }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] std::span<T> all() noexcept { return {data(), count_}; }
    [[nodiscard]] std::span<const T> all() const noexcept { return {data(), count_}; }

private:
    std::unique_ptr<void, detail::release> memory_;
    std::size_t count_ = 0;
};

/// Memory that is handed out, and again once it is given back. All of it lives as long as the pool.
template <class T>
class memory_pool {
public:
    struct piece {
        T* at = nullptr;
        std::size_t size = 0;
    };

    /// The smallest piece at hand of at least `count` elements, else new memory, zeroed.
    [[nodiscard]] piece take(std::size_t count) {
        auto best = free_.end();
        for (auto it = free_.begin(); it != free_.end(); ++it)
            if (it->size >= count && (best == free_.end() || it->size < best->size))
                best = it;
        if (best == free_.end())
            return {add(count), count};
        const piece p = *best;
        free_.erase(best);
        return p;
    }
    void give_back(const piece& p) { free_.push_back(p); }
    /// New memory, zeroed, that is never handed out again.
    [[nodiscard]] T* add(std::size_t count) {
        memory_.push_back(lanes<T>(count));
        return memory_.back().data();
    }
    [[nodiscard]] std::size_t bytes() const noexcept {
        std::size_t n = 0;
        for (const auto& m : memory_)
            n += m.size() * sizeof(T);
        return n;
    }

private:
    std::vector<lanes<T>> memory_;
    std::vector<piece> free_;
};

} // namespace pith::train

#endif
