// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_OPERATOR_SEEDS_HPP
#define PITH_TESTS_FUZZ_OPERATOR_SEEDS_HPP
/// One small model, or a few, for every operator that the ONNX reader knows.

#include <string>
#include <utility>
#include <vector>

namespace fuzz {

struct operator_seed {
    std::string op_type;
    std::string domain;
    std::string model; ///< a serialised ModelProto
};

[[nodiscard]] std::vector<operator_seed> operator_seeds();

/// Name and domain of every operator that the reader knows.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> known_operators();

} // namespace fuzz

#endif
