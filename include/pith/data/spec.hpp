// SPDX-License-Identifier: MIT
#ifndef PITH_DATA_SPEC_HPP
#define PITH_DATA_SPEC_HPP
/// Data sets by name, as the command line writes them:
///   cifar10:FILE[,FILE...]   official binary files; cifar100: the fine classes, cifar100-coarse: the coarse
///   mnist:DIR                the official test pair in DIR; mnist-train:DIR the training pair
///   idx:IMAGES,LABELS        any IDX pair of uint8
///   npy:IMAGES[,LABELS]      uint8 or float32 [count, ...] in the layout the model's file has; whole labels
///   glyphs[:SEED]            digits drawn by code; glyphs-train[:SEED] another stream of them
///   random[:SEED]            noise of the input's shape
/// Files are checked whole when they are opened.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../graph/shape_text.hpp"
#include "../io/file.hpp"
#include "../io/npy.hpp"
#include "cifar.hpp"
#include "dataset.hpp"
#include "idx.hpp"
#include "normalize.hpp"

namespace pith::data {

/// How the images of a data set are handed out.
struct dataset_options {
    normalization normalize{};
    /// One input of the network as it is inside (height, width, channels), no batch. `random` needs it; the
    /// others are checked against it where it is given: as many elements.
    shape image{};
    /// door_layout of that input: axis i inside is axis permutation[i] of the model's file, batch included;
    /// empty means the same order. Only `npy` uses it.
    std::vector<std::uint8_t> permutation{};
};

/// "a,b" is {"a", "b"}; "" is {""}.
[[nodiscard]] inline std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = text.find(',');
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parts;
}

namespace detail {

[[nodiscard]] inline result<std::uint64_t> parse_seed(std::string_view text) {
    std::uint64_t seed = 1;
    if (text.empty())
        return seed;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc{} || rest != text.data() + text.size())
        return fault{errc::bad_option, "the seed of a data set must be a whole number", text};
    return seed;
}

[[nodiscard]] inline result<dataset> finish(any_images source, shape image, std::vector<std::int32_t> labels,
                                            const dataset_options& options) {
    if (options.image.rank() != 0 && options.image.elements() != image.elements())
        return fault{errc::bad_shape, "the images of the data set do not have the size of the model's input",
                     text_of(image) + " for " + text_of(options.image)};
    if (!options.normalize.fits(static_cast<std::size_t>(image.back())))
        return fault{errc::bad_option,
                     "the normalisation has neither one mean nor one per channel of the images"};
    return dataset(std::move(source), image, std::move(labels), options.normalize);
}

[[nodiscard]] inline result<dataset> open_cifar(const cifar& set, const std::vector<std::string>& paths,
                                                const dataset_options& options) {
    constexpr std::int64_t side = cifar_side;
    stored_images images;
    images.record_bytes = set.record_bytes();
    images.strides = {side, 1, side * side};
    std::vector<std::int32_t> labels;
    for (const auto& path : paths) {
        auto bytes = read_file(path);
        if (!bytes)
            return bytes.error();
        const auto count = parse_cifar(set, *bytes, path);
        if (!count)
            return count.error();
        for (std::size_t i = 0; i < *count; ++i)
            labels.push_back(set.label(*bytes, i));
        images.files.push_back({*std::move(bytes), set.label_bytes, *count});
    }
    return finish(std::move(images), shape{side, side, 3}, std::move(labels), options);
}

/// IDX images [count, height, width] or [count, height, width, channels] with labels [count].
[[nodiscard]] inline result<dataset> open_idx(const std::string& image_path, const std::string& label_path,
                                              const dataset_options& options) {
    auto image_bytes = read_file(image_path);
    if (!image_bytes)
        return image_bytes.error();
    const auto image_header = parse_idx(*image_bytes, image_path);
    if (!image_header)
        return image_header.error();
    auto label_bytes = read_file(label_path);
    if (!label_bytes)
        return label_bytes.error();
    const auto label_header = parse_idx(*label_bytes, label_path);
    if (!label_header)
        return label_header.error();
    const shape& dims = image_header->dims;
    if (dims.rank() < 3)
        return fault{errc::bad_file, "IDX images must have 3 or 4 axes: are images and labels exchanged?",
                     image_path};
    if (label_header->dims != shape{dims[0]})
        return fault{errc::bad_file, "there must be as many IDX labels, on one axis, as images", label_path};

    const shape image{dims[1], dims[2], dims.rank() == 4 ? dims[3] : 1};
    const auto count = static_cast<std::size_t>(dims[0]);
    stored_images images;
    images.record_bytes = static_cast<std::size_t>(image.elements());
    images.strides = {image[1] * image[2], image[2], 1};
    std::vector<std::int32_t> labels;
    for (std::size_t i = 0; i < count; ++i)
        labels.push_back(std::to_integer<std::int32_t>((*label_bytes)[label_header->offset + i]));
    images.files.push_back({*std::move(image_bytes), image_header->offset, count});
    return finish(std::move(images), image, std::move(labels), options);
}

/// Strides of images that lie in a file as dims[1...], read with axis i of an image from axis permutation[i].
[[nodiscard]] inline result<shape>
permute_strides(const shape& dims, const std::vector<std::uint8_t>& permutation, stored_images& images) {
    if (!permutation.empty() && (permutation.size() != dims.rank() || permutation[0] != 0))
        return fault{errc::bad_shape, "the .npy images must have the axes of the model's input, batch first"};
    shape image;
    for (std::size_t i = 1; i < dims.rank(); ++i) {
        const std::size_t axis = permutation.empty() ? i : permutation[i];
        image.push_back(dims[axis]);
        images.strides[i - 1] = dims.product(axis + 1, dims.rank());
    }
    return image;
}

[[nodiscard]] inline result<std::vector<std::int32_t>> load_npy_labels(const std::string& path,
                                                                       std::int64_t count) {
    const auto file = io::load_npy(path);
    if (!file)
        return file.error();
    if (file->wholes() == nullptr || file->dims().elements() != count)
        return fault{errc::bad_file, "there must be as many whole-numbered .npy labels as images", path};
    std::vector<std::int32_t> labels;
    for (const std::int64_t label : file->wholes()->data()) {
        if (label < 0 || label > 0x7FFFFFFF)
            return fault{errc::bad_file, "labels must be classes counted from 0", path};
        labels.push_back(static_cast<std::int32_t>(label));
    }
    return labels;
}

[[nodiscard]] inline result<dataset> open_npy(const std::vector<std::string>& paths,
                                              const dataset_options& options) {
    const auto file = io::load_npy(paths[0]);
    if (!file)
        return file.error();
    if (file->type != format::dtype::f32 && file->type != format::dtype::u8)
        return fault{errc::unsupported, ".npy images must be float32 or uint8", paths[0]};
    const shape& dims = file->dims();
    if (dims.rank() < 2 || dims.elements() == 0)
        return fault{errc::bad_shape, ".npy images must be [count, ...] and not empty", paths[0]};
    stored_images images;
    const auto image = permute_strides(dims, options.permutation, images);
    if (!image)
        return image.error();
    images.floats = file->type == format::dtype::f32;
    const std::size_t element = images.floats ? 4 : 1;
    images.record_bytes = element * static_cast<std::size_t>(image->elements());
    stored_images::file bytes;
    bytes.count = static_cast<std::size_t>(dims[0]);
    bytes.bytes.resize(bytes.count * images.record_bytes);
    for (std::size_t i = 0; i < bytes.bytes.size() / element; ++i) {
        if (images.floats)
            store_le(bytes.bytes.data() + 4 * i, (*file->reals())[i]);
        else
            bytes.bytes[i] = static_cast<std::byte>((*file->wholes())[i]);
    }
    images.files.push_back(std::move(bytes));
    std::vector<std::int32_t> labels;
    if (paths.size() == 2) {
        auto loaded = load_npy_labels(paths[1], dims[0]);
        if (!loaded)
            return loaded.error();
        labels = *std::move(loaded);
    }
    return finish(std::move(images), *image, std::move(labels), options);
}

[[nodiscard]] inline result<dataset> open_drawn(std::string_view seed_text, bool training,
                                                const dataset_options& options) {
    const auto seed = parse_seed(seed_text);
    if (!seed)
        return seed.error();
    constexpr std::int64_t side = glyph_side;
    const std::size_t count = training ? 10000 : 2000;
    const drawn_images images{{*seed, training}, count};
    return finish(images, shape{side, side, 1}, images.labels(), options);
}

[[nodiscard]] inline result<dataset> open_noise(std::string_view seed_text, const dataset_options& options) {
    const auto seed = parse_seed(seed_text);
    if (!seed)
        return seed.error();
    if (options.image.rank() == 0)
        return fault{errc::bad_option, "random images need the shape of a model's input"};
    return finish(noise_images{*seed}, options.image, {}, options);
}

} // namespace detail

/// @tparam Dataset nothing else: a template, so that compiled.hpp can compile it once
template <class Dataset = dataset>
[[nodiscard]] result<Dataset> open_dataset(std::string_view spec, const dataset_options& options = {}) {
    const std::size_t colon = spec.find(':');
    const std::string_view kind = spec.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? "" : spec.substr(colon + 1);
    if (kind == "glyphs" || kind == "glyphs-train")
        return detail::open_drawn(rest, kind == "glyphs-train", options);
    if (kind == "random")
        return detail::open_noise(rest, options);
    const auto paths = split_at_commas(rest);
    for (const auto& path : paths)
        if (path.empty())
            return fault{errc::bad_option, "a data set of files is written KIND:FILE[,FILE...]", spec};
    for (const auto& [name, set] : {std::pair<std::string_view, cifar>{"cifar10", cifar10},
                                    {"cifar100", cifar100},
                                    {"cifar100-coarse", cifar100_coarse}})
        if (kind == name)
            return detail::open_cifar(set, paths, options);
    if ((kind == "mnist" || kind == "mnist-train") && paths.size() == 1) {
        const std::string stem = paths[0] + (kind == "mnist" ? "/t10k" : "/train");
        return detail::open_idx(stem + "-images-idx3-ubyte", stem + "-labels-idx1-ubyte", options);
    }
    if (kind == "idx" && paths.size() == 2)
        return detail::open_idx(paths[0], paths[1], options);
    if (kind == "npy" && paths.size() <= 2)
        return detail::open_npy(paths, options);
    return fault{errc::bad_option,
                 "a data set is cifar10:FILE[,FILE...], cifar100:FILE, cifar100-coarse:FILE, mnist:DIR, "
                 "mnist-train:DIR, idx:IMAGES,LABELS, "
                 "npy:IMAGES[,LABELS], glyphs[:SEED], glyphs-train[:SEED] or random[:SEED]",
                 spec};
}

} // namespace pith::data

#endif
