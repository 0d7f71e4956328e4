// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_DATA_HPP
#define PITH_EXAMPLES_TOOL_DATA_HPP
/// --data and --normalize: a data set that fits one input of a model.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pith/pith.hpp"
#include "report.hpp"

namespace tool {

/// What stands before the colon of a data set's name.
inline const std::vector<std::string> data_kinds = {
    "cifar10", "cifar100", "cifar100-coarse", "mnist",        "mnist-train",
    "idx",     "npy",      "glyphs",          "glyphs-train", "random"};

/// A refusal of a data set's name, with the kind that may have been meant.
[[nodiscard]] inline pith::fault with_kind(const pith::fault& f, const std::string& spec) {
    const auto meant = did_you_mean(spec.substr(0, spec.find(':')), data_kinds);
    return meant.empty() ? f : pith::fault{f.code, f.what, spec + meant};
}

/// @param image shape of the model's input without batch; empty: whatever the images have, @param permutation
/// that input's door layout
/// @param unlabelled what to say of a data set without labels; null: it may have none
[[nodiscard]] inline pith::result<pith::data::dataset>
open_data(const std::string& spec, const std::string& normalize, pith::shape image,
          std::span<const std::uint8_t> permutation, const char* unlabelled = nullptr) {
    auto scaled = pith::data::parse_normalization(normalize);
    if (!scaled)
        return scaled.error();
    auto data = pith::data::open_dataset(
        spec,
        {.normalize = *scaled, .image = image, .permutation = {permutation.begin(), permutation.end()}});
    if (!data)
        return with_kind(data.error(), spec);
    if (image.rank() != 0 && data->dims().elements() != image.elements())
        return pith::fault{pith::errc::bad_shape,
                           "the images of the data set do not have the size of the model's input",
                           std::to_string(data->dims().elements()) + " elements, the model takes " +
                               std::to_string(image.elements())};
    if (unlabelled != nullptr && !data->labelled())
        return pith::fault{pith::errc::bad_option, unlabelled, spec};
    if (data->is_noise())
        fmt::print(stderr, "pith: {} is noise: good for timing, not for accuracy\n", printable(spec));
    return data;
}

/// The same for the one input of `g`.
[[nodiscard]] inline pith::result<pith::data::dataset> images_for(const pith::graph<float>& g,
                                                                  const std::string& spec,
                                                                  const std::string& normalize,
                                                                  const char* unlabelled = nullptr) {
    if (g.inputs.size() != 1)
        return pith::fault{pith::errc::unsupported,
                           "calibration from a data set needs a model with one input"};
    pith::shape image;
    const pith::shape& dims = g[g.inputs[0]].dims;
    for (std::size_t i = 1; i < dims.rank(); ++i)
        image.push_back(dims[i]);
    return open_data(spec, normalize, image, g.input_layouts[0].permutation, unlabelled);
}

} // namespace tool

#endif
