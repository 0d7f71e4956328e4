// SPDX-License-Identifier: MIT
#ifndef PITH_DATA_DATASET_HPP
#define PITH_DATA_DATASET_HPP
/// dataset: labelled images by index. What came from a file stays in the file's own bytes and is transposed
/// and normalised when it is asked for; what is drawn by code is drawn when it is asked for.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "../base/assert.hpp"
#include "../base/bits.hpp"
#include "../base/random.hpp"
#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "glyphs.hpp"
#include "normalize.hpp"

namespace pith::data {

/// What the elements of images become: a byte or a float32, normalised by its channel, the last axis.
class pixel_values {
public:
    pixel_values() = default;
    /// @pre normalize.fits(channels), channels > 0
    pixel_values(std::size_t channels, normalization normalize)
        : channels_(channels), normalize_(std::move(normalize)) {
        const std::size_t rows = normalize_.mean.empty() ? 1 : normalize_.mean.size();
        table_.resize(256 * rows);
        for (std::size_t c = 0; c < rows; ++c)
            for (std::size_t v = 0; v < 256; ++v)
                table_[256 * c + v] = normalize_(static_cast<float>(v), c);
    }

    /// An element of a file of bytes. @pre channel < channels
    [[nodiscard]] float of_byte(std::uint8_t raw, std::size_t channel) const noexcept {
        return table_[(normalize_.mean.size() > 1 ? 256 * channel : 0) + raw];
    }
    /// An element of a file of float32.
    [[nodiscard]] float of_float(float raw, std::size_t channel) const noexcept {
        return normalize_(raw, channel);
    }
    /// Elements `first` and following of an image, channels last. @pre out.size() == raw.size()
    void of_bytes(std::span<const std::uint8_t> raw, std::size_t first, std::span<float> out) const noexcept {
        for (std::size_t k = 0; k < raw.size(); ++k)
            out[k] = of_byte(raw[k], (first + k) % channels_);
    }

private:
    std::size_t channels_ = 1;
    normalization normalize_;
    std::vector<float> table_ = std::vector<float>(256); ///< [channels or 1][256], each byte normalised
};

/// Images of equal size in files held as bytes.
struct stored_images {
    struct file {
        std::vector<std::byte> bytes;
        std::size_t offset = 0; ///< of the first image's first element
        std::size_t count = 0;
    };
    std::vector<file> files;
    std::size_t record_bytes = 0; ///< from one image to the next
    bool floats = false;          ///< little-endian float32 elements, else uint8
    /// Elements from one to the next along each axis of the image, so any order of axes can be read.
    std::array<std::int64_t, max_rank> strides{};

    [[nodiscard]] std::size_t size() const noexcept {
        std::size_t n = 0;
        for (const auto& f : files)
            n += f.count;
        return n;
    }
    /// Image i. @pre i < size(), out.size() == dims.elements()
    void read(std::size_t i, const shape& dims, const pixel_values& values,
              std::span<float> out) const noexcept;
};

/// Uniform bytes without meaning, for timing.
struct noise_images {
    std::uint64_t seed = 1;
    std::size_t count = 256;

    [[nodiscard]] std::size_t size() const noexcept { return count; }
    /// Image i. @pre i < size()
    void read(std::size_t i, const shape&, const pixel_values& values, std::span<float> out) const noexcept;
};

/// Digits drawn by code.
struct drawn_images {
    glyphs stream;
    std::size_t count = 0;

    [[nodiscard]] std::size_t size() const noexcept { return count; }
    /// Image i. @pre i < size()
    void read(std::size_t i, const shape&, const pixel_values& values, std::span<float> out) const noexcept {
        std::array<std::uint8_t, glyph_pixels> raw{};
        stream.draw(i, raw);
        values.of_bytes(raw, 0, out);
    }
    [[nodiscard]] std::vector<std::int32_t> labels() const {
        std::vector<std::int32_t> all(count);
        for (std::size_t i = 0; i < count; ++i)
            all[i] = static_cast<std::int32_t>(stream.label(i));
        return all;
    }
};

using any_images = std::variant<noise_images, drawn_images, stored_images>;

/// Labelled images by index, from files or drawn by code.
class dataset {
public:
    dataset() = default;
    /// @param image shape of one image, height, width, channels (or whatever the network takes), no batch.
    /// @param labels one per image, or empty
    /// @pre normalize.fits(image.back())
    dataset(any_images source, shape image, std::vector<std::int32_t> labels, normalization normalize)
        : source_(std::move(source)), dims_(image),
          values_(static_cast<std::size_t>(image.back()), std::move(normalize)), labels_(std::move(labels)),
          size_(std::visit([](const auto& s) { return s.size(); }, source_)) {
        PITH_ASSERT(labels_.empty() || labels_.size() == size_);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// One image, without a batch axis.
    [[nodiscard]] const shape& dims() const noexcept { return dims_; }
    /// Whether accuracy means anything here.
    [[nodiscard]] bool labelled() const noexcept { return !labels_.empty(); }
    /// Noise: good for timing only.
    [[nodiscard]] bool is_noise() const noexcept { return std::holds_alternative<noise_images>(source_); }
    /// Class of image i, -1 without labels. @pre i < size()
    [[nodiscard]] std::int32_t label(std::size_t i) const noexcept {
        PITH_ASSERT(i < size_);
        return labels_.empty() ? -1 : labels_[i];
    }
    /// Image i, normalised, in the order of dims(). @pre i < size(), out.size() == dims().elements()
    void image(std::size_t i, std::span<float> out) const noexcept {
        PITH_ASSERT(i < size_ && out.size() == static_cast<std::size_t>(dims_.elements()));
        std::visit([&](const auto& s) { s.read(i, dims_, values_, out); }, source_);
    }

    /// Bytes this data set keeps in memory.
    [[nodiscard]] std::size_t held_bytes() const noexcept {
        std::size_t n = labels_.size() * sizeof(std::int32_t);
        if (const auto* stored = std::get_if<stored_images>(&source_))
            for (const auto& f : stored->files)
                n += f.bytes.size();
        return n;
    }

private:
    any_images source_;
    shape dims_;
    pixel_values values_;
    std::vector<std::int32_t> labels_;
    std::size_t size_ = 0;
};

inline void noise_images::read(std::size_t i, const shape&, const pixel_values& values,
                               std::span<float> out) const noexcept {
    random_bits random(seed + 0x9E3779B9u * i);
    for (std::size_t first = 0; first < out.size(); first += 8) {
        std::array<std::uint8_t, 8> raw{};
        std::uint64_t bits = random();
        for (auto& r : raw) {
            r = static_cast<std::uint8_t>(bits & 255);
            bits >>= 8;
        }
        const std::size_t n = out.size() - first < 8 ? out.size() - first : 8;
        values.of_bytes({raw.data(), n}, first, out.subspan(first, n));
    }
}

inline void stored_images::read(std::size_t i, const shape& dims, const pixel_values& values,
                                std::span<float> out) const noexcept {
    std::size_t f = 0;
    for (; i >= files[f].count; ++f)
        i -= files[f].count;
    const std::byte* const record = files[f].bytes.data() + files[f].offset + i * record_bytes;
    const std::size_t last = dims.rank() - 1;
    const auto channels = static_cast<std::size_t>(dims.back());
    const auto step = static_cast<std::size_t>(strides[last]);
    std::array<std::int64_t, max_rank> at{};
    std::size_t from = 0; // element of the record where the row along the last axis begins
    for (std::size_t k = 0; k < out.size(); k += channels) {
        for (std::size_t c = 0; c < channels; ++c) {
            const std::byte* const element = record + (floats ? 4 : 1) * (from + c * step);
            out[k + c] = floats ? values.of_float(load_le<float>(element), c)
                                : values.of_byte(std::to_integer<std::uint8_t>(*element), c);
        }
        for (std::size_t axis = last; axis-- > 0;) {
            from += static_cast<std::size_t>(strides[axis]);
            if (++at[axis] < dims[axis])
                break;
            from -= static_cast<std::size_t>(strides[axis] * dims[axis]);
            at[axis] = 0;
        }
    }
}

} // namespace pith::data

#endif
