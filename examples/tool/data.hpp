// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_DATA_HPP
#define PITH_EXAMPLES_TOOL_DATA_HPP
/// --data and --normalize: a data set that fits one input of a model.

#include <cstdio>
#include <string>
#include <string_view>

#include "pith/pith.hpp"

namespace tool {

/// @param image shape of the model's input without batch; empty: whatever the images have, @param permutation
/// that input's door layout
[[nodiscard]] inline pith::result<pith::io::dataset> open_data(const std::string& spec,
                                                               const std::string& normalize,
                                                               pith::shape image,
                                                               pith::view<const std::uint8_t> permutation) {
    auto scaled = pith::io::parse_normalization(normalize);
    if (!scaled)
        return scaled.error();
    auto data = pith::io::open_dataset(
        spec,
        {.normalize = *scaled, .image = image, .permutation = {permutation.begin(), permutation.end()}});
    if (data && image.rank() != 0 && data->dims().elements() != image.elements())
        return pith::fault{pith::errc::bad_shape,
                           "the images of the data set do not have the size of the model's input",
                           std::to_string(data->dims().elements()) + " elements, the model takes " +
                               std::to_string(image.elements())};
    if (data && data->is_noise())
        std::fprintf(stderr, "pith: %s is noise: good for timing, not for accuracy\n", spec.c_str());
    return data;
}

} // namespace tool

#endif
