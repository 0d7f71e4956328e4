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
#include <vector>

#include "../base/assert.hpp"
#include "../base/bits.hpp"
#include "../base/random.hpp"
#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "glyphs.hpp"
#include "normalize.hpp"

namespace pith::data {

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
};

/// Uniform bytes without meaning, for timing.
struct noise_images {
    std::uint64_t seed = 1;
    std::size_t count = 256;
};

/// Digits drawn by code.
struct drawn_images {
    glyphs stream;
    std::size_t count = 0;
};

/// Labelled images by index, from files or drawn by code.
class dataset {
public:
    /// One of the three kinds.
    struct images {
        enum class kind : std::uint8_t { noise, drawn, stored };

        images() = default;
        images(noise_images of) : noise(of) {}
        images(const drawn_images& of) : which(kind::drawn), drawn(of) {}
        images(stored_images of) : which(kind::stored), stored(std::move(of)) {}

        kind which = kind::noise;
        noise_images noise;
        drawn_images drawn;
        stored_images stored;
    };

    dataset() = default;
    /// @param image shape of one image, height, width, channels (or whatever the network takes), no batch.
    /// @param labels one per image, or empty. Drawn images know theirs.
    /// @pre normalize.fits(image.back())
    dataset(images source, shape image, std::vector<std::int32_t> labels, normalization normalize);

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// One image, without a batch axis.
    [[nodiscard]] const shape& dims() const noexcept { return dims_; }
    /// Whether accuracy means anything here.
    [[nodiscard]] bool labelled() const noexcept {
        return !labels_.empty() || source_.which == images::kind::drawn;
    }
    /// Noise: good for timing only.
    [[nodiscard]] bool is_noise() const noexcept { return source_.which == images::kind::noise; }
    /// Class of image i, -1 without labels. @pre i < size()
    [[nodiscard]] std::int32_t label(std::size_t i) const noexcept {
        PITH_ASSERT(i < size_);
        if (source_.which == images::kind::drawn)
            return static_cast<std::int32_t>(source_.drawn.stream.label(i));
        return labels_.empty() ? -1 : labels_[i];
    }
    /// Image i, normalised, in the order of dims(). @pre i < size(), out.size() == dims().elements()
    void image(std::size_t i, std::span<float> out) const noexcept;

    /// Bytes this data set keeps in memory.
    [[nodiscard]] std::size_t held_bytes() const noexcept;

private:
    void stored(const stored_images& s, std::size_t i, std::span<float> out) const noexcept;
    void normalize_bytes(std::span<const std::uint8_t> raw, std::size_t first,
                         std::span<float> out) const noexcept;
    [[nodiscard]] const float* table(std::size_t channel) const noexcept {
        return table_.data() + (normalize_.mean.size() > 1 ? 256 * channel : 0);
    }

    images source_;
    shape dims_;
    std::vector<std::int32_t> labels_;
    normalization normalize_;
    std::vector<float> table_; ///< [channels or 1][256], each byte normalised
    std::size_t size_ = 0;
};

inline dataset::dataset(images source, shape image, std::vector<std::int32_t> labels, normalization normalize)
    : source_(std::move(source)), dims_(image), labels_(std::move(labels)), normalize_(std::move(normalize)) {
    PITH_ASSERT(dims_.rank() > 0 && normalize_.fits(static_cast<std::size_t>(dims_.back())));
    const std::size_t rows = normalize_.mean.empty() ? 1 : normalize_.mean.size();
    table_.resize(256 * rows);
    for (std::size_t c = 0; c < rows; ++c)
        for (std::size_t v = 0; v < 256; ++v)
            table_[256 * c + v] = normalize_(static_cast<float>(v), c);
    if (source_.which == images::kind::stored) {
        for (const auto& f : source_.stored.files)
            size_ += f.count;
    } else {
        size_ = source_.which == images::kind::drawn ? source_.drawn.count : source_.noise.count;
    }
}

inline std::size_t dataset::held_bytes() const noexcept {
    std::size_t n = labels_.size() * sizeof(std::int32_t);
    for (const auto& f : source_.stored.files)
        n += f.bytes.size();
    return n;
}

inline void dataset::image(std::size_t i, std::span<float> out) const noexcept {
    PITH_ASSERT(i < size_ && out.size() == static_cast<std::size_t>(dims_.elements()));
    if (source_.which == images::kind::stored) {
        stored(source_.stored, i, out);
    } else if (source_.which == images::kind::drawn) {
        std::array<std::uint8_t, glyph_pixels> raw{};
        source_.drawn.stream.draw(i, raw);
        normalize_bytes(raw, 0, out);
    } else {
        random_bits random(source_.noise.seed + 0x9E3779B9u * i);
        for (std::size_t first = 0; first < out.size(); first += 8) {
            std::array<std::uint8_t, 8> raw{};
            std::uint64_t bits = random();
            for (auto& r : raw) {
                r = static_cast<std::uint8_t>(bits & 255);
                bits >>= 8;
            }
            const std::size_t n = out.size() - first < 8 ? out.size() - first : 8;
            normalize_bytes({raw.data(), n}, first, out);
        }
    }
}

inline void dataset::normalize_bytes(std::span<const std::uint8_t> raw, std::size_t first,
                                     std::span<float> out) const noexcept {
    const auto channels = static_cast<std::size_t>(dims_.back());
    for (std::size_t k = 0; k < raw.size(); ++k)
        out[first + k] = table((first + k) % channels)[raw[k]];
}

inline void dataset::stored(const stored_images& s, std::size_t i, std::span<float> out) const noexcept {
    std::size_t f = 0;
    for (; i >= s.files[f].count; ++f)
        i -= s.files[f].count;
    const std::byte* const record = s.files[f].bytes.data() + s.files[f].offset + i * s.record_bytes;
    const std::size_t last = dims_.rank() - 1;
    const auto channels = static_cast<std::size_t>(dims_.back());
    const auto step = static_cast<std::size_t>(s.strides[last]);
    std::array<std::int64_t, max_rank> at{};
    std::size_t from = 0; // element of the record where the row along the last axis begins
    for (std::size_t k = 0; k < out.size(); k += channels) {
        for (std::size_t c = 0; c < channels; ++c)
            out[k + c] = s.floats ? normalize_(load_le<float>(record + 4 * (from + c * step)), c)
                                  : table(c)[std::to_integer<std::size_t>(record[from + c * step])];
        for (std::size_t axis = last; axis-- > 0;) {
            from += static_cast<std::size_t>(s.strides[axis]);
            if (++at[axis] < dims_[axis])
                break;
            from -= static_cast<std::size_t>(s.strides[axis] * dims_[axis]);
            at[axis] = 0;
        }
    }
}

} // namespace pith::data

#endif
