// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_COUPLED_SLOTS_HPP
#define PITH_PRUNE_COUPLED_SLOTS_HPP
/// Sets of slots that can only go together, each maybe with a reason why it has to stay.

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace pith::prune {

/// Union-find; a slot is the place of one channel of one value.
class coupled_slots {
public:
    explicit coupled_slots(std::size_t slots) : parent_(slots), why_(slots, 0) {
        std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
    }

    /// The set that a slot is in.
    [[nodiscard]] std::uint32_t set_of(std::size_t slot) const noexcept {
        auto at = static_cast<std::uint32_t>(slot);
        while (parent_[at] != at)
            at = parent_[at];
        return at;
    }
    /// Puts the sets of two slots together.
    void join(std::size_t a, std::size_t b) noexcept {
        const std::uint32_t x = shorten(a);
        const std::uint32_t y = shorten(b);
        if (x == y)
            return;
        parent_[y] = x;
        if (why_[x] == 0)
            why_[x] = why_[y];
    }
    /// A reason for keep().
    [[nodiscard]] std::uint32_t reason(std::string text) {
        reasons_.push_back(std::move(text));
        return static_cast<std::uint32_t>(reasons_.size() - 1);
    }
    /// The slot's set has to stay; the first reason is remembered.
    void keep(std::size_t slot, std::uint32_t reason) noexcept {
        const std::uint32_t set = shorten(slot);
        why_[set] = why_[set] == 0 ? reason : why_[set];
    }
    /// Why a set has to stay, or nothing.
    [[nodiscard]] const std::string& why(std::uint32_t set) const noexcept { return reasons_[why_[set]]; }

private:
    std::uint32_t shorten(std::size_t slot) noexcept {
        const std::uint32_t root = set_of(slot);
        for (auto at = static_cast<std::uint32_t>(slot); parent_[at] != root;)
            at = std::exchange(parent_[at], root);
        return root;
    }

    std::vector<std::uint32_t> parent_;
    std::vector<std::uint32_t> why_;
    std::vector<std::string> reasons_ = {std::string{}};
};

} // namespace pith::prune

#endif
