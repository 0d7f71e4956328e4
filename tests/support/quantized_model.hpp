// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_QUANTIZED_MODEL_HPP
#define PITH_TESTS_SUPPORT_QUANTIZED_MODEL_HPP
/// Small quantised ONNX models written by hand, and what is asked of the graphs they become.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/quantized.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/io/onnx.hpp>

#include "door.hpp"
#include "onnx_writer.hpp"

namespace pith::tests::quantized {

using attr = onnx_attribute;

inline constexpr int u8 = 2;
inline constexpr int i8 = 3;
inline constexpr int i32 = 6;
inline constexpr int u4 = 21;
inline constexpr int i4 = 22;
inline const std::string runtime = "com.microsoft";
inline const std::string qonnx = "qonnx.custom_op.general";

/// A model with constants of any whole type.
struct model : onnx_writer {
    model() { opset = 21; }
    model& input(const std::string& name, const sizes& dims, int element = 1) {
        onnx_writer::input(name, dims, element);
        return *this;
    }
    model& output(const std::string& name) {
        onnx_writer::output(name);
        return *this;
    }
    model& node(const std::string& op, const std::vector<std::string>& inputs,
                const std::vector<std::string>& outputs, const std::vector<attr>& attributes = {},
                const std::string& domain = {}) {
        onnx_writer::node(op, inputs, outputs, attributes, domain);
        return *this;
    }
    template <class E>
    model& constant(const std::string& name, const sizes& dims, const std::vector<E>& values) {
        onnx_writer::constant(name, dims, values);
        return *this;
    }
    model& codes(const std::string& name, int element, const sizes& dims, const sizes& values) {
        std::string raw;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto v = static_cast<std::uint32_t>(values[i]);
            if (element != u4 && element != i4)
                for (int byte = 0; byte < (element == i32 ? 4 : 1); ++byte)
                    raw.push_back(static_cast<char>(v >> 8 * byte));
            else if (i % 2 == 0)
                raw.push_back(static_cast<char>(v & 15U));
            else
                raw.back() = static_cast<char>(static_cast<unsigned char>(raw.back()) | (v & 15U) << 4U);
        }
        std::string out;
        protozero::pbf_writer w{out};
        w.add_packed_int64(1, dims.begin(), dims.end());
        w.add_int32(2, element);
        w.add_string(8, name);
        w.add_bytes(9, raw);
        graph_field(5, out);
        return *this;
    }
    /// Scale NAME_s and zero point NAME_z.
    model& code(const std::string& name, float scale, std::int64_t zero, int element = u8) {
        constant(name + "_s", {}, std::vector<float>{scale});
        return codes(name + "_z", element, {}, {zero});
    }
    model& quantize(const std::string& x, const std::string& y, const std::string& by,
                    const std::vector<attr>& attributes = {}) {
        node("QuantizeLinear", {x, by + "_s", by + "_z"}, {y}, attributes);
        return *this;
    }
    model& decode(const std::string& x, const std::string& y, const std::string& by,
                  const std::vector<attr>& attributes = {}) {
        node("DequantizeLinear", {x, by + "_s", by + "_z"}, {y}, attributes);
        return *this;
    }
};

[[nodiscard]] inline graph<float> read(const onnx_writer& w) {
    const std::string text = w.text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE_MESSAGE(g, g.error().what, " ", g.error().where);
    return *g;
}

inline void refused(const onnx_writer& w, std::string_view what, std::string_view where) {
    const std::string text = w.text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE(!g);
    CHECK_MESSAGE(std::string_view(g.error().what).find(what) != std::string_view::npos, g.error().what);
    CHECK_MESSAGE(std::string_view(g.error().where).find(where) != std::string_view::npos, g.error().where);
}

[[nodiscard]] inline any_tensor<float> evaluated(const graph<float>& g,
                                                 std::vector<any_tensor<float>> inputs) {
    const auto y = through_doors(g, std::move(inputs),
                                 [](const auto& net, const auto& in) { return simulate(net, in); });
    REQUIRE_MESSAGE(y, y.error().what, " ", y.error().where);
    return (*y)[0];
}

[[nodiscard]] inline tensor<float> noise(const shape& dims, float limit, std::uint64_t seed = 1) {
    random_bits bits(seed);
    tensor<float> t(dims);
    for (auto& v : t.data())
        v = limit * (2.F * bits.unit() - 1.F);
    return t;
}

[[nodiscard]] inline sizes random_codes(std::size_t count, std::int64_t low, std::int64_t high,
                                        std::uint64_t seed) {
    random_bits bits(seed);
    sizes out(count);
    for (auto& v : out)
        v = low + static_cast<std::int64_t>(bits.below(static_cast<std::uint64_t>(high - low + 1)));
    return out;
}

[[nodiscard]] inline const encoding& code_of(const graph<float>& g, value_id id) {
    REQUIRE(g[id].is_coded());
    return g[id].encoded;
}

/// Whether every node runs in codes or is part of one that does.
[[nodiscard]] inline bool all_in_codes(const graph<float>& g) {
    const auto how = executions_of(g);
    return std::all_of(how.begin(), how.end(), [](const auto& e) { return e.how != execution::real; });
}

} // namespace pith::tests::quantized

#endif
