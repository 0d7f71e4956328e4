// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_NAME_TABLE_HPP
#define PITH_IO_ONNX_NAME_TABLE_HPP
/// Names of a model to what they stand for: a hash table that costs little to compile.

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace pith::io::onnx {

/// Names are views into bytes that outlive the table. Entries stay where they are as others come.
template <class V>
class name_table {
public:
    name_table() : buckets_(64, nullptr) {}
    name_table(name_table&& other) noexcept
        : buckets_(std::move(other.buckets_)), size_(std::exchange(other.size_, 0)) {}
    name_table& operator=(name_table&&) = delete;
    ~name_table() {
        for (entry* e : buckets_)
            while (e != nullptr)
                delete std::exchange(e, e->next);
    }

    /// What the name stands for, or null.
    [[nodiscard]] V* find(std::string_view name) const noexcept {
        for (entry* e = buckets_[bucket_of(name)]; e != nullptr; e = e->next)
            if (e->name == name)
                return &e->value;
        return nullptr;
    }
    [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }

    /// The name's entry, and whether it is new; an old one keeps its value.
    std::pair<V*, bool> insert(std::string_view name, V value = {}) {
        if (V* known = find(name))
            return {known, false};
        if (size_ == buckets_.size())
            grow();
        entry*& first = buckets_[bucket_of(name)];
        first = new entry{name, std::move(value), first};
        ++size_;
        return {&first->value, true};
    }
    V& operator[](std::string_view name) { return *insert(name).first; }

private:
    struct entry {
        std::string_view name;
        V value;
        entry* next;
    };

    [[nodiscard]] std::size_t bucket_of(std::string_view name) const noexcept {
        return std::hash<std::string_view>{}(name) & (buckets_.size() - 1);
    }
    void grow() {
        std::vector<entry*> old(2 * buckets_.size(), nullptr);
        old.swap(buckets_);
        for (entry* e : old)
            while (e != nullptr) {
                entry* const next = e->next;
                entry*& first = buckets_[bucket_of(e->name)];
                e->next = std::exchange(first, e);
                e = next;
            }
    }

    std::vector<entry*> buckets_; ///< a power of two of them
    std::size_t size_ = 0;
};

} // namespace pith::io::onnx

#endif
