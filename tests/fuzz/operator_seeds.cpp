// SPDX-License-Identifier: MIT
#include "operator_seeds.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include <protozero/pbf_writer.hpp>

#include <pith/base/random.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx/operators.hpp>

#include "support/compiled.hpp"
#include "support/onnx_writer.hpp"

namespace fuzz {
namespace {

using attr = pith::tests::onnx_attribute;
using pith::tests::onnx_tensor;
using pith::tests::onnx_writer;
using pith::tests::sizes;

constexpr const char* runtime = "com.microsoft";

/// Inputs are words: a type letter, then sizes (2x3x4), for what is computed; the letter in capitals for a
/// constant; with ':' the constant's numbers follow (none of it is a list: 'S' and 'Z' are one number alone).
/// f float, i int64, b boolean, u uint8; S a float, Z a uint8; - an input that is left out.
struct recipe {
    const char* operators; ///< with spaces between
    const char* inputs;
    std::vector<attr> attributes = {};
    const char* domain = "";
    std::int64_t opset = 17;
    int outputs = 1;
};

sizes numbers_of(const std::string& text, char between) {
    sizes out;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, between);)
        out.push_back(std::strtoll(part.c_str(), nullptr, 10));
    return out;
}

std::vector<float> reals_of(const std::string& text) {
    std::vector<float> out;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');)
        out.push_back(std::strtof(part.c_str(), nullptr));
    return out;
}

/// Elements of at most 32 bits.
std::string small_tensor(const std::string& name, int element, const sizes& dims, const sizes& values) {
    std::string out;
    protozero::pbf_writer w{out};
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, element);
    w.add_packed_int64(5, values.begin(), values.end());
    w.add_string(8, name);
    return out;
}

std::size_t product(const sizes& dims) {
    std::size_t n = 1;
    for (const auto d : dims)
        n *= static_cast<std::size_t>(d);
    return n;
}

void add_constant(onnx_writer& w, const std::string& name, const std::string& word) {
    pith::random_bits bits(word.size() + 7);
    const std::string rest = word.substr(1);
    const bool listed = !rest.empty() && rest[0] == ':';
    const sizes dims = listed || word[0] == 'S' || word[0] == 'Z' ? sizes{} : numbers_of(rest, 'x');
    if (word[0] == 'S' || word[0] == 'F') {
        auto values =
            listed || word[0] == 'S' ? reals_of(listed ? rest.substr(1) : rest) : std::vector<float>{};
        if (values.empty())
            for (std::size_t i = 0; i < product(dims); ++i)
                values.push_back(bits.unit() - 0.5F);
        w.constant(name, listed ? sizes{static_cast<std::int64_t>(values.size())} : dims, values);
        return;
    }
    auto values = listed || word[0] == 'Z' ? numbers_of(listed ? rest.substr(1) : rest, ',') : sizes{};
    if (values.empty())
        for (std::size_t i = 0; i < product(dims); ++i)
            values.push_back(bits.below(2));
    const sizes held = listed ? sizes{static_cast<std::int64_t>(values.size())} : dims;
    if (word[0] == 'I')
        w.constant(name, held, values);
    else
        w.graph_field(5, small_tensor(name, word[0] == 'B' ? 9 : 2, held, values));
}

std::string model_of(const std::string& op, const recipe& r) {
    onnx_writer w;
    w.opset = r.opset;
    std::vector<std::string> inputs;
    std::istringstream words(r.inputs);
    for (std::string word; words >> word;) {
        const std::string name = "in" + std::to_string(inputs.size());
        inputs.push_back(word == "-" ? std::string{} : name);
        constexpr std::string_view computed = "fibu";
        constexpr int elements[] = {1, 7, 9, 2};
        if (const auto at = computed.find(word[0]); at != std::string_view::npos)
            w.input(name, numbers_of(word.substr(1), 'x'), elements[at]);
        else if (word != "-")
            add_constant(w, name, word);
    }
    std::vector<std::string> outputs;
    for (int i = 0; i < r.outputs; ++i) {
        outputs.push_back("out" + std::to_string(i));
        w.output(outputs.back());
    }
    w.node(op, inputs, outputs, r.attributes, r.domain);
    std::string own;
    protozero::pbf_writer import{own};
    import.add_string(1, r.domain);
    import.add_int64(2, 1);
    if (r.domain[0] != '\0')
        w.model_field(8, own);
    return w.text();
}

std::vector<recipe> recipes() {
    const attr square = attr::wholes("kernel_shape", {2, 2});
    const auto axis = [](std::int64_t v) { return attr::whole("axis", v); };
    const char* const image = "f1x4x6x6";
    const char* const quant = "f2x4 S0.1 S0 S4";
    return {
        {"Relu Sigmoid Tanh HardSwish Softplus Softsign Mish Exp Log Sqrt Reciprocal Abs Neg Sign Floor Ceil "
         "Round Erf Sin Cos LeakyRelu Elu HardSigmoid ThresholdedRelu Swish Selu Celu Gelu Clip IsNaN IsInf "
         "Shrink Shape Size Softmax LogSoftmax Dropout Identity Flatten Transpose Hardmax LpNormalization "
         "MeanVarianceNormalization GlobalMaxPool GlobalAveragePool GlobalLpPool ReduceMean ReduceSum "
         "ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp "
         "ArgMax ArgMin DynamicQuantizeLinear Concat",
         "f1x3x4x5"},
        {"Gelu", "f2x4", {}, runtime},
        {"Clip", "f2x4 S-1 S1"},
        {"Clip", "f2x4 f1 f1"},
        {"Softmax LogSoftmax Hardmax", "f2x3x4", {axis(1)}, "", 11},
        {"PRelu", "f1x3x4x5 F3x1x1"},
        {"Add Sub Mul Div Pow Equal Less LessOrEqual Greater GreaterOrEqual CastLike", "f1x3x4x5 f3x1x1"},
        {"Add Sub Mul Div Pow Equal Less LessOrEqual Greater GreaterOrEqual", "f1x3x4x5 F5"},
        {"Add Sub Mul Pow", "i2x3 I3"},
        {"Min Max Sum Mean", "f2x4 f4 F2x1"},
        {"And Or Xor", "b2x4 b4"},
        {"Not", "b2x4"},
        {"Where", "b4 f2x4 F4"},
        {"Cast", "f2x4", {attr::whole("to", 7)}},
        {"Concat", "f1x3x4x5 f1x2x4x5 F1x1x4x5", {axis(1)}},
        {"Split", "f1x6x4", {axis(1)}, "", 17, 3},
        {"Split", "f1x6x4 I:2,4", {axis(1)}, "", 17, 2},
        {"Slice", "f1x6x4x5 I:1,-3 I:5,9 I:1,3 I:2,1"},
        {"Slice", "f4x5 I:-1 I:-9 I:0 I:-2"},
        {"Pad", "f1x2x3x3 I:0,0,1,1,0,0,1,2"},
        {"Pad", "f1x2x3x3 I:0,0,1,1,0,0,1,2", {attr::text("mode", "reflect")}},
        {"Gather", "f2x5x3 I:0,2", {axis(1)}},
        {"Gather", "F5x3 i2"},
        {"Expand", "f1x3x1x5 I:2,3,4,5"},
        {"Tile", "f1x3x2 I:1,2,3"},
        {"Reshape", "f2x3x4 I:0,-1"},
        {"Squeeze", "f1x3x1 I:0,2"},
        {"Unsqueeze", "f3x2 I:0,3"},
        {"DepthToSpace", "f1x8x2x2", {attr::whole("blocksize", 2)}},
        {"SpaceToDepth", "f1x2x4x4", {attr::whole("blocksize", 2)}},
        {"Conv", "f1x4x6x6 F8x4x3x3 F8", {attr::wholes("pads", {1, 1, 1, 1})}},
        {"Conv", "f1x4x6x6 F4x1x3x3", {attr::whole("group", 4), attr::wholes("strides", {2, 2})}},
        {"Conv", "f1x2x7 F3x2x3"},
        {"Conv", "f1x2x4x4x4 F3x2x2x2x2"},
        {"ConvTranspose", "f1x4x5x5 F4x2x3x3 F2", {attr::wholes("strides", {2, 2})}},
        {"ConvTranspose", "f1x4x5x5 F4x1x3x3", {attr::whole("group", 4)}},
        {"MaxPool AveragePool LpPool", image, {square, attr::wholes("strides", {2, 2})}},
        {"MaxPool", image, {square, attr::wholes("pads", {1, 0, 0, 1})}, "", 17, 2},
        {"AveragePool MaxPool",
         image,
         {attr::wholes("kernel_shape", {3, 3}), attr::text("auto_pad", "SAME_UPPER")}},
        {"MaxUnpool", "f1x1x2x2 I1x1x2x2", {square, attr::wholes("strides", {2, 2})}},
        {"MatMul", "f2x4 F4x5"},
        {"MatMul", "f2x3x4 f4"},
        {"Gemm", "f2x4 F4x5 F5"},
        {"Gemm",
         "f4x2 f5x4 f5",
         {attr::whole("transA", 1), attr::whole("transB", 1), attr::real("alpha", 0.5F)}},
        {"Einsum", "f2x3 f3x4", {attr::text("equation", "ij,jk->ik")}},
        {"Einsum", "f2x3x3", {attr::text("equation", "...ii->...i")}},
        {"BatchNormalization", "f1x3x4x4 F3 F3 F3 F:1,2,3"},
        {"LayerNormalization", "f2x3x4 F4 F4", {}, "", 17, 3},
        {"InstanceNormalization", "f1x3x4x4 F3 F3"},
        {"RMSNormalization", "f2x3x4 F4", {}, "", 23},
        {"GroupNormalization", "f1x4x3x3 F4 F4", {attr::whole("num_groups", 2)}, "", 21},
        {"LRN", image, {attr::whole("size", 3)}},
        {"RotaryEmbedding", "f1x2x3x4 F1x3x2 F1x3x2", {}, "", 23},
        {"RotaryEmbedding", "f1x3x8 F1x3x2 F1x3x2", {attr::whole("num_heads", 2)}, "", 23},
        {"Attention", "f1x2x3x4 f1x2x3x4 f1x2x3x4", {attr::whole("is_causal", 1)}, "", 23},
        {"Attention",
         "f1x3x8 f1x3x8 f1x3x8",
         {attr::whole("q_num_heads", 2), attr::whole("kv_num_heads", 2)},
         "",
         23},
        {"DFT", "f1x8x1", {axis(1)}},
        {"STFT", "f1x16 I:4 F8"},
        {"HannWindow HammingWindow BlackmanWindow", "I:8"},
        {"MelWeightMatrix", "I:4 I:16 I:8000 S0 S4000"},
        {"Constant", "", {attr::wholes("value_ints", {1, 2, 3})}},
        {"Constant", "", {attr::tensor("value", onnx_tensor("c", {2}, std::vector<float>{1, 2}))}},
        {"ConstantOfShape", "I:2,3"},
        {"Range", "I:0 I:6 I:2"},
        {"Mod BitwiseAnd BitwiseOr BitwiseXor", "I:5,7,9 I:3,2,4"},
        {"BitwiseNot NonZero", "I:5,0,9"},
        {"BitShift", "U:5,7 U:1,2", {attr::text("direction", "LEFT")}},
        {"EyeLike Trilu", "f3x4"},
        {"CumSum", "f2x4 I:1"},
        {"GatherElements", "f3x4 I2x4"},
        {"GatherND", "f3x4 I2x1"},
        {"Compress", "f3x4 B:1,0,1", {axis(0)}},
        {"ReverseSequence", "f4x3x2 I:1,2,3"},
        {"OneHot", "i3 I:4 F:0,1"},
        {"ScatterElements Scatter", "f3x4 I1x4 f1x4"},
        {"ScatterND", "f3x4 I:0 f4"},
        {"ScatterND", "f3x4 I2x1 f2x4"},
        {"Resize", "f1x2x4x4 - F:1,1,2,2"},
        {"Resize", "f1x2x4x4 - - I:1,2,3,7", {attr::text("mode", "linear")}},
        {"Upsample", "f1x2x4x4 F:1,1,2,2", {}, "", 9},
        {"QuantizeLinear", "f2x4 S0.1 Z3"},
        {"DequantizeLinear", "u2x4 S0.1 Z3"},
        {"QuantizeLinear", "f2x4 S0.1 Z3", {}, runtime},
        {"DequantizeLinear", "u2x4 S0.1 Z3", {}, runtime},
        {"QLinearConv", "u1x2x5x5 S0.1 Z3 U3x2x3x3 S0.2 Z1 S0.3 Z2"},
        {"QLinearMatMul", "u2x4 S0.1 Z3 u4x3 S0.2 Z1 S0.3 Z2"},
        {"QGemm", "u2x4 S0.1 Z3 U4x3 S0.2 Z1 - S0.3 Z2", {}, runtime},
        {"QLinearAdd QLinearMul", "u2x4 S0.1 Z3 u2x4 S0.2 Z1 S0.3 Z2", {}, runtime},
        {"QLinearAveragePool", "u1x2x6x6 S0.1 Z3 S0.2 Z1", {square}, runtime},
        {"QLinearGlobalAveragePool QLinearSoftmax QLinearSigmoid QLinearLeakyRelu QLinearReduceMean",
         "u1x2x6x6 S0.1 Z3 S0.2 Z1",
         {},
         runtime},
        {"QLinearConcat", "S0.1 Z3 u2x4 S0.2 Z1 u2x4 S0.3 Z2", {axis(1)}, runtime},
        {"ConvInteger", "u1x2x5x5 U3x2x3x3"},
        {"MatMulInteger", "u2x4 U4x3"},
        {"MatMulIntegerToFloat", "u2x4 U4x3 S0.1 S0.2", {}, runtime},
        {"DynamicQuantizeMatMul", "f2x4 U4x3 S0.1 Z1", {}, runtime},
        {"Quant IntQuant", quant, {}, "qonnx.custom_op.general"},
        {"Quant IntQuant", quant, {}, "onnx.brevitas"},
        {"Quant", quant, {}, "finn.custom_op.general"},
        {"BipolarQuant", "f2x4 S0.1", {}, "qonnx.custom_op.general"},
        {"BipolarQuant", "f2x4 S0.1", {}, "onnx.brevitas"},
        {"BipolarQuant", "f2x4 S0.1", {}, "finn.custom_op.general"},
    };
}

} // namespace

std::vector<operator_seed> operator_seeds() {
    std::vector<operator_seed> seeds;
    for (const auto& r : recipes()) {
        std::istringstream names(r.operators);
        for (std::string op; names >> op;)
            seeds.push_back({op, r.domain, model_of(op, r)});
    }
    return seeds;
}

std::vector<std::pair<std::string, std::string>> known_operators() {
    namespace o = pith::io::onnx;
    std::vector<std::pair<std::string, std::string>> known;
    const auto add = [&](const auto& family) {
        for (const auto& entry : family)
            known.emplace_back(entry.op_type, entry.domain);
    };
    o::each_family<pith::graph<float>>([&](const auto& family, bool) { add(family); });
    return known;
}

} // namespace fuzz
