// SPDX-License-Identifier: MIT
/// write_models OUT_DIR DATA_DIR IMAGES: quantised networks as OUT_DIR/NAME.STYLE.onnx, with inputs (NAME.in)
/// and what our own programs make of them (NAME.out), raw float32 in the file's order of axes, image by
/// image. Those that others have quantised are copies of their files, with what we make of them.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/data/samples.hpp>
#include <pith/data/spec.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/passes/simplify.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/plan/pack.hpp>
#include <pith/quantize/post_training.hpp>
#include <pith/run/session.hpp>

#include "support/compiled.hpp"
#include "support/door.hpp"

namespace {

using namespace pith;
namespace fs = std::filesystem;
using image_source = std::function<tensor<float>(std::size_t)>;

template <class R>
[[nodiscard]] auto checked(R made, const std::string& name) {
    if (!made) {
        std::fprintf(stderr, "%s: %s %s\n", name.c_str(), made.error().what, made.error().where);
        std::exit(1);
    }
    return *std::move(made);
}

void append(std::ofstream& file, const tensor<float>& t) {
    file.write(reinterpret_cast<const char*>(t.data().data()),
               static_cast<std::streamsize>(t.size() * sizeof(float)));
}

/// Elements of a door in the file's order. @param fallback the order of doors without one of their own
[[nodiscard]] tensor<float> as_file(const tensor<float>& x, const door_layout& door, bool by_hand) {
    if (!door.permutation.empty())
        return tests::permuted(x, tests::inverse(door.permutation));
    return by_hand && x.dims().rank() == 4 ? tests::permuted(x, {0, 3, 1, 2}) : x;
}

class model_folder {
public:
    explicit model_folder(fs::path folder) : folder_(std::move(folder)) {}

    /// Quantises `g` by its first 100 images and writes what the program makes of `count`.
    void add(const std::string& name, graph<float> g, const image_source& images, std::size_t count,
             std::uint8_t bits, bool levels = false, bool int8 = false) const {
        const bool by_hand = g.metadata.empty();
        const quantize::post_training quantise{
            .calibration = [&](std::size_t i) -> std::optional<any_tensors<float>> {
                return any_tensors<float>{images(i)};
            },
            .samples = 100,
            .weights = {.bits = bits}};
        auto q = checked(quantise(std::move(g)), name);
        recode_identities(q);
        if (levels)
            use_few_codes(q);
        if (int8 && !levels) // codebooks are uint8, and ONNX Runtime's convolutions do not mix the two
            use_int8(q);
        save(q, name, ".pairs.onnx", {.codes = io::onnx_codes::pairs});
        save(q, name, ".operators.onnx", {.codes = io::onnx_codes::operators});
        if (bits <= 4)
            save(q, name, ".int4.onnx", {.opset = 21, .int4 = true});
        record(name, q, images, count, by_hand);
    }

    /// A network made by hand, with its codes.
    void add_coded(const std::string& name, const graph<float>& q, const image_source& images,
                   std::size_t count) const {
        save(q, name, ".pairs.onnx", {.codes = io::onnx_codes::pairs});
        save(q, name, ".operators.onnx", {.codes = io::onnx_codes::operators});
        record(name, q, images, count, true);
    }

    /// A quantised model as it is; its inputs are noise over the codes of its first value that has some.
    void add_file(const std::string& name, const fs::path& file, std::size_t count) const {
        const auto g = checked(io::load_onnx(file.string()), name);
        fs::copy_file(file, folder_ / (name + ".shipped.onnx"));
        const format::affine codes = first_codes(g);
        record(
            name, g,
            [&](std::size_t i) {
                random_bits bits(i + 1);
                tensor<float> x(g[g.inputs[0]].dims);
                for (auto& v : x.data())
                    v = format::decode(codes, 0) + 255.F * codes.scale * bits.unit();
                return x;
            },
            count, false);
    }

private:
    /// What the program of `q` makes of `count` images.
    void record(const std::string& name, const graph<float>& q, const image_source& images, std::size_t count,
                bool by_hand) const {
        const fs::path stem = folder_ / name;
        auto program = checked(run::session::open(checked(plan::pack(q), name)), name);
        std::ofstream in(stem.string() + ".in", std::ios::binary);
        std::ofstream out(stem.string() + ".out", std::ios::binary);
        for (std::size_t i = 0; i < count; ++i) {
            const tensor<float> x = images(i);
            std::copy(x.data().begin(), x.data().end(), program.input(0).begin());
            program.run();
            append(in, as_file(x, q.input_layouts[0], by_hand));
            for (std::size_t k = 0; k < q.outputs.size(); ++k) {
                const auto held = program.output(k);
                const tensor<float> y(q[q.outputs[k]].dims, {held.begin(), held.end()});
                append(out, as_file(y, q.output_layouts[k], by_hand));
            }
        }
        std::printf("%s %zu\n", name.c_str(), count);
    }
    static format::affine first_codes(const graph<float>& g) {
        for (const auto& n : g.nodes)
            for (const auto id : {n.inputs[0], n.outputs[0]})
                if (const auto codes = codes_of(g[id]))
                    return *codes;
        return {};
    }
    /// Activations are int8 in the file.
    static void use_int8(graph<float>& q) {
        for (auto& v : q.values)
            if (auto* f = std::get_if<format::affine_codes>(&v.encoded.element); f != nullptr && codes_of(v))
                f->moved = 128;
    }
    static void recode_identities(graph<float>& q) {
        for (const auto& n : q.nodes) {
            const auto* u = std::get_if<unary>(&n.layer);
            auto& code = q[n.outputs[0]].encoded;
            if (u == nullptr || u->op != unary_op::identity || !code.is_coded())
                continue;
            format::affine other = code.at(0);
            other.scale *= 1.25F;
            other.zero = other.zero * 3 / 4;
            code = encoding::per_tensor(other);
        }
    }
    /// Activations behind others use every sixteenth code only; those of layers have four bits.
    static void use_few_codes(graph<float>& q) {
        for (const auto& n : q.nodes) {
            auto& v = q[n.outputs[0]];
            if (!std::holds_alternative<unary>(n.layer) || !v.is_coded())
                continue;
            if (!q[n.inputs[0]].is_coded()) {
                const format::affine a = v.encoded.at(0);
                v.encoded = encoding::per_tensor({17.F * a.scale, a.zero / 17, 0, 15});
                continue;
            }
            format::codebook few;
            few.zero = v.encoded.codes().zero;
            for (std::int32_t code = few.zero % 16; code < 256; code += 16)
                if (code - few.zero >= -128 && code - few.zero <= 127)
                    few.levels[few.count++] = static_cast<std::int8_t>(code - few.zero);
            v.encoded.element = few;
        }
    }
    void save(const graph<float>& q, const std::string& name, const char* ending,
              const io::onnx_write_options& options) const {
        const std::string path = (folder_ / name).string() + ending;
        const auto saved = io::save_onnx(q, path, options);
        if (saved) { // what we write we read, and can run
            (void)checked(plan::pack(checked(io::load_onnx(path), path)), path);
            return;
        }
        std::fprintf(stderr, "%s: %s %s\n", name.c_str(), saved.error().what, saved.error().where);
        std::exit(1);
    }

    fs::path folder_;
};

/// Images of a data set in the shape of a model's input; smaller ones repeat each pixel.
[[nodiscard]] image_source fitting(const data::dataset& data, shape input) {
    return [&data, input](std::size_t i) {
        const shape small = data.dims();
        if (small.elements() == input.elements())
            return data::sample(data, i % data.size(), input);
        const tensor<float> x = data::sample(data, i % data.size(), {1, small[0], small[1], small[2]});
        const std::int64_t times = input[1] / small[0];
        return resize_nearest(resize2d{.sizes = {input[1], input[2]},
                                       .scales = {static_cast<double>(times), static_cast<double>(times)}},
                              x);
    };
}

void add_real_models(const model_folder& folder, const fs::path& data, std::size_t count) {
    struct model {
        const char* name;
        const char* file;
        const char* images;
    };
    const model all[] = {{"resnet8", "mlperf-tiny/resnet8_cifar10.onnx", "cifar10"},
                         {"resnet20", "cifar-resnet/resnet20.onnx", "cifar10"},
                         {"mnist", "mnist-cntk/model.onnx", "mnist"},
                         {"mobilenet", "mlperf-tiny/mobilenetv1_025_vww96.onnx", "cifar10"}};
    for (const auto& m : all) {
        const fs::path file = data / "models" / m.file;
        const std::string spec = m.images == std::string("mnist")
                                     ? "mnist:" + (data / "mnist").string()
                                     : "cifar10:" + (data / "cifar10/data_batch_5.bin").string();
        if (!fs::exists(file) || !fs::exists(data / m.images))
            continue;
        const auto g = checked(passes::simplify{}(checked(io::load_onnx(file.string()), m.name)), m.name);
        const auto images = checked(data::open_dataset(spec), m.name);
        for (const std::uint8_t bits : {std::uint8_t{8}, std::uint8_t{4}})
            folder.add(m.name + std::string(bits == 8 ? "_w8a8" : "_w4a8"), g,
                       fitting(images, g[g.inputs[0]].dims), count, bits);
    }
}

/// Layers that run in codes, put together by chance.
class maker {
public:
    random_bits random;
    graph_builder<float> b;
    std::vector<value_id> images;

    explicit maker(std::uint64_t seed) : random(seed), b(seed) {
        images.push_back(b.input({1, 5 + up_to(6), 5 + up_to(6), up_to(9)}, "x"));
        images.push_back(b.conv(images[0], {.out = up_to(12), .pads = {1, 1, 1, 1}}));
    }
    void grow() {
        const value_id x = images[images.size() - 1 - random.below(images.size() < 3 ? images.size() : 3)];
        const shape dims = b[x].dims;
        images.push_back(next(x, dims));
    }

private:
    std::int64_t up_to(std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); }

    value_id alike(value_id x) { return b.conv(x, {.out = b[x].dims[3], .pads = {1, 1, 1, 1}}); }
    value_id activated(value_id x) {
        const unary all[] = {{unary_op::relu},       {unary_op::relu},
                             {unary_op::clip, 0, 6}, {unary_op::clip, -0.5, 0.75},
                             {unary_op::sigmoid},    {unary_op::leaky_relu, 0.125},
                             {unary_op::identity}};
        return b.activate(x, all[random.below(std::size(all))]);
    }
    value_id next(value_id x, const shape& d) {
        switch (random.below(13)) {
        case 0:
            return activated(
                b.conv(x, {.out = up_to(16), .pads = {1, 1, 1, 1}, .bias = random.below(3) != 0}));
        case 1:
            return activated(b.depthwise(x));
        case 2:
            return b.add(x, alike(x));
        case 3:
            return activated(b.add(alike(x), x));
        case 4:
            return b.combine(binary_op::mul, x, b.activate(b.global_average(x), {unary_op::sigmoid}));
        case 5:
            return d[1] > 3 && d[2] > 3 ? b.max_pool(x, 2) : activated(x);
        case 6:
            return d[1] > 3 && d[2] > 3 ? b.add_node(pool2d{.op = pool_op::average,
                                                            .kernel = {3, 3},
                                                            .strides = {2, 1},
                                                            .pads = {1, 1, 1, 1}},
                                                     {x})
                                        : alike(x);
        case 7:
            return b.add_node(concat{3}, {x, activated(alike(x))});
        case 8:
            return d[3] > 1 ? b.node_of(split{3, {1, d[3] - 1}}, {x})[1] : x;
        case 9:
            return b.add_node(transpose{{0, 2, 1, 3}}, {x});
        case 10:
            return b.add_node(resize2d{.sizes = {2 * d[1], 2 * d[2]}, .scales = {2, 2}}, {x});
        case 11:
            return b.relu(b.fully_connected(x, up_to(8)));
        default:
            return activated(x);
        }
    }
};

void add_random_models(const model_folder& folder, std::size_t count) {
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        maker m(seed);
        for (int i = 0; i < 6; ++i)
            m.grow();
        const value_id last = m.images.back();
        const shape input = m.b[m.images.front()].dims;
        std::vector<value_id> outputs{last, m.b.soft_max(m.b.fully_connected(m.b.flatten(last), 5))};
        const std::string name = "random" + std::to_string(seed);
        auto g = checked(std::move(m.b).finish(std::move(outputs)), name);
        folder.add(
            name, std::move(g),
            [&](std::size_t i) {
                random_bits bits(1000 * seed + i);
                tensor<float> x(input);
                for (auto& v : x.data())
                    v = 2.F * bits.unit() - 1.F;
                return x;
            },
            20, seed % 3 == 0 ? 4 : 8, seed % 4 == 0, seed % 5 < 2);
    }
}

/// Averages of codes, int8 or uint8 on either side; with one scale on both every fourth is a tie or next to
/// one.
void add_average_pools(const model_folder& folder, std::size_t count) {
    for (const std::int32_t from : {0, 128})
        for (const std::int32_t to : {0, 128})
            for (const float scale : {0.5F, 0.0371F}) {
                if (from != to && scale != 0.5F)
                    continue; // averages of reals, whose sums are rounded in an order of ONNX Runtime's own
                graph_builder<float> b;
                const auto x = b.input({1, 9, 9, 5}, "x");
                const auto y = b.average_pool(x, 2);
                b[x].encoded = encoding::per_tensor({.scale = scale, .zero = 125, .moved = from});
                b[y].encoded = encoding::per_tensor({.scale = scale, .zero = 219, .moved = to});
                const std::string name = "average_" + std::to_string(from) + "_" + std::to_string(to) +
                                         (scale == 0.5F ? "_ties" : "_near");
                folder.add_coded(
                    name, checked(std::move(b).finish({y}), name),
                    [&](std::size_t i) {
                        random_bits bits(i + 1);
                        tensor<float> t({1, 9, 9, 5});
                        for (auto& v : t.data())
                            v = scale * static_cast<float>(static_cast<int>(bits.below(256)) - 125);
                        return t;
                    },
                    count);
            }
}

/// Models that others have quantised, as they are.
void add_shipped_models(const model_folder& folder, const fs::path& data, std::size_t count) {
    for (const char* const part : {"bench", "kws-int8"}) {
        if (!fs::exists(data / "models" / part))
            continue;
        for (const auto& entry : fs::directory_iterator(data / "models" / part)) {
            const std::string name = entry.path().stem().string();
            if (entry.path().extension() == ".onnx" && name.find("fp32") == std::string::npos)
                folder.add_file("shipped_" + name, entry.path(), count);
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4)
        return 2;
    const model_folder folder{argv[1]};
    add_random_models(folder, 60);
    const auto images = static_cast<std::size_t>(std::atoi(argv[3]));
    add_average_pools(folder, images);
    add_shipped_models(folder, argv[2], images);
    add_real_models(folder, argv[2], images);
    return 0;
}
