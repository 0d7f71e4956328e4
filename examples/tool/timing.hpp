// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_TIMING_HPP
#define PITH_EXAMPLES_TOOL_TIMING_HPP
/// Wall-clock samples, their median and minimum, and a progress line for what takes longer than a second.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <vector>

#include "report.hpp"

namespace tool {

class stopwatch {
public:
    [[nodiscard]] double milliseconds() const {
        return std::chrono::duration<double, std::milli>(clock::now() - start_).count();
    }

private:
    using clock = std::chrono::steady_clock;
    clock::time_point start_ = clock::now();
};

struct spread {
    double median = 0;
    double min = 0;

    [[nodiscard]] json to_json() const { return {{"median", median}, {"min", min}}; }
};

[[nodiscard]] inline spread spread_of(std::vector<double> samples) {
    if (samples.empty())
        return {};
    std::sort(samples.begin(), samples.end());
    return {samples[samples.size() / 2], samples.front()};
}

/// Writes "task: 42 %" to a terminal on stderr once a second, from the first second on; clears the line at
/// the end.
class progress {
public:
    progress(std::string_view task, std::size_t total) : task_(task), total_(total) {}
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress() {
        if (shown_ > 0)
            fmt::print(stderr, "\r{:{}}\r", "", task_.size() + 24);
    }

    void reached(std::size_t done) {
        const double seconds = watch_.milliseconds() / 1000;
        if (!terminal_ || seconds < shown_ + 1 || total_ == 0)
            return;
        shown_ = seconds;
        const double left = seconds / static_cast<double>(std::max<std::size_t>(done, 1)) *
                            static_cast<double>(total_ - std::min(done, total_));
        fmt::print(stderr, "\r{}: {} %, {:.0f} s left ", task_, done * 100 / total_, left);
        std::fflush(stderr);
    }

private:
    std::string_view task_;
    std::size_t total_;
    double shown_ = 0;
    bool terminal_ = shows_progress();
    stopwatch watch_;
};

} // namespace tool

#endif
