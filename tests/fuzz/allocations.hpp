// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_ALLOCATIONS_HPP
#define PITH_TESTS_FUZZ_ALLOCATIONS_HPP
/// Counts the heap by AddressSanitizer's own hooks: the most bytes that were live at one time.

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define PITH_COUNTS_ALLOCATIONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PITH_COUNTS_ALLOCATIONS 1
#endif
#endif

#ifdef PITH_COUNTS_ALLOCATIONS
// As in <sanitizer/allocator_interface.h>, which g++ does not bring along.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t),
                                                         void (*)(const volatile void*));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void*);
#endif

namespace fuzz {

/// Of this thread, since the counter was made. Only one may be alive.
class peak_counter {
public:
    peak_counter() {
#ifdef PITH_COUNTS_ALLOCATIONS
        static const bool installed = __sanitizer_install_malloc_and_free_hooks(&grown, &shrunk) != 0;
        static_cast<void>(installed);
#endif
        live() = 0;
        peak() = 0;
        counting() = true;
    }
    peak_counter(const peak_counter&) = delete;
    peak_counter& operator=(const peak_counter&) = delete;
    ~peak_counter() {
        counting() = false;
    }

    /// 0 in a build that cannot count.
    [[nodiscard]] std::size_t bytes() const {
        return static_cast<std::size_t>(peak());
    }

private:
    static bool& counting() {
        thread_local bool on = false;
        return on;
    }
    static long long& live() {
        thread_local long long bytes = 0;
        return bytes;
    }
    static long long& peak() {
        thread_local long long bytes = 0;
        return bytes;
    }
#ifdef PITH_COUNTS_ALLOCATIONS
    static void grown(const volatile void*, std::size_t size) {
        if (!counting())
            return;
        live() += static_cast<long long>(size);
        if (live() > peak())
            peak() = live();
    }
    static void shrunk(const volatile void* p) {
        if (counting() && p != nullptr)
            live() -= static_cast<long long>(__sanitizer_get_allocated_size(p));
    }
#endif
};

} // namespace fuzz

#endif
