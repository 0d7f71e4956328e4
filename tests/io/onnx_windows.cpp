// SPDX-License-Identifier: MIT
/// Convolutions, transposed convolutions and pools of one to three spatial axes against loops that follow the
/// standard's definitions index by index; saved and loaded again they compute the same.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>

#include "support/compiled.hpp"
#include "support/door.hpp"
#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using attr = onnx_attribute;
using real_tensor = tensor<float>;

/// Calls f(index) for every index below `dims`, in order.
template <class F>
void for_each(const sizes& dims, const F& f) {
    sizes at(dims.size(), 0);
    for (const auto d : dims)
        if (d == 0)
            return;
    for (;;) {
        f(static_cast<const sizes&>(at));
        std::size_t i = dims.size();
        while (i > 0 && ++at[i - 1] == dims[i - 1])
            at[--i] = 0;
        if (i == 0)
            return;
    }
}

std::size_t offset(const shape& dims, const sizes& at) {
    std::int64_t o = 0;
    for (std::size_t i = 0; i < at.size(); ++i)
        o = o * dims[i] + at[i];
    return static_cast<std::size_t>(o);
}

sizes operator+(sizes a, const sizes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

shape shape_of(const sizes& s) {
    shape out;
    for (const auto d : s)
        out.push_back(d);
    return out;
}

sizes spatial(const shape& s) {
    return {s.begin() + 2, s.end()};
}

/// A window of `rank` axes.
struct windows {
    sizes kernel, strides, dilations, before, after;
    std::int64_t groups = 1;

    [[nodiscard]] std::vector<attr> attributes() const {
        return {attr::wholes("kernel_shape", kernel), attr::wholes("strides", strides),
                attr::wholes("dilations", dilations), attr::wholes("pads", before + after)};
    }
    [[nodiscard]] std::int64_t reach(std::size_t i) const { return (kernel[i] - 1) * dilations[i] + 1; }
};

struct chance {
    random_bits bits;

    std::int64_t up_to(std::int64_t n) {
        return 1 + static_cast<std::int64_t>(bits.below(static_cast<std::uint64_t>(n)));
    }
    bool once_in(std::uint64_t n) { return bits.below(n) == 0; }
    sizes sizes_up_to(std::size_t rank, std::int64_t n) {
        sizes out;
        for (std::size_t i = 0; i < rank; ++i)
            out.push_back(up_to(n));
        return out;
    }
    real_tensor reals(const sizes& dims) {
        real_tensor t(shape_of(dims));
        for (auto& v : t.data())
            v = 2 * bits.unit() - 1;
        return t;
    }
    windows any_window(std::size_t rank, bool pool) {
        windows w{sizes_up_to(rank, 3), sizes_up_to(rank, 3), sizes_up_to(rank, 2), sizes(rank, 0),
                  sizes(rank, 0)};
        for (std::size_t i = 0; i < rank; ++i) {
            w.before[i] = up_to(pool ? w.kernel[i] : 3) - 1;
            w.after[i] = up_to(pool ? w.kernel[i] : 3) - 1;
        }
        return w;
    }
};

/// y [n, out, ...] of x [n, in, ...] and w [out, in / groups, ...].
real_tensor convolve_by_loops(const real_tensor& x, const real_tensor& w, const real_tensor& bias,
                              const windows& a, const sizes& image) {
    const std::int64_t out = w.dims()[0], depth = w.dims()[1], per_group = out / a.groups;
    real_tensor y(shape_of(sizes{x.dims()[0], out} + image));
    for_each({y.dims().begin(), y.dims().end()}, [&](const sizes& o) {
        double sum = static_cast<double>(bias[static_cast<std::size_t>(o[1])]);
        for_each(sizes{depth} + a.kernel, [&](const sizes& k) {
            sizes from{o[0], o[1] / per_group * depth + k[0]};
            for (std::size_t i = 0; i < image.size(); ++i)
                from.push_back(o[2 + i] * a.strides[i] + k[1 + i] * a.dilations[i] - a.before[i]);
            for (std::size_t i = 2; i < from.size(); ++i)
                if (from[i] < 0 || from[i] >= x.dims()[i])
                    return;
            sum += static_cast<double>(x[offset(x.dims(), from)]) *
                   static_cast<double>(w[offset(w.dims(), sizes{o[1]} + k)]);
        });
        y[offset(y.dims(), o)] = static_cast<float>(sum);
    });
    return y;
}

/// Every input adds its multiple of the kernel to the output. w [in, out / groups, ...]
real_tensor transpose_by_loops(const real_tensor& x, const real_tensor& w, const real_tensor& bias,
                               const windows& a, const sizes& image) {
    const std::int64_t per_group = w.dims()[1], in_group = w.dims()[0] / a.groups;
    real_tensor y(shape_of(sizes{x.dims()[0], per_group * a.groups} + image));
    for_each({y.dims().begin(), y.dims().end()},
             [&](const sizes& o) { y[offset(y.dims(), o)] = bias[static_cast<std::size_t>(o[1])]; });
    for_each({x.dims().begin(), x.dims().end()}, [&](const sizes& at) {
        for_each(sizes{per_group} + a.kernel, [&](const sizes& k) {
            sizes to{at[0], at[1] / in_group * per_group + k[0]};
            for (std::size_t i = 0; i < image.size(); ++i)
                to.push_back(at[2 + i] * a.strides[i] + k[1 + i] * a.dilations[i] - a.before[i]);
            for (std::size_t i = 2; i < to.size(); ++i)
                if (to[i] < 0 || to[i] >= y.dims()[i])
                    return;
            y[offset(y.dims(), to)] += x[offset(x.dims(), at)] * w[offset(w.dims(), sizes{at[1]} + k)];
        });
    });
    return y;
}

struct pooled {
    real_tensor y;
    tensor<std::int64_t> places;
};

/// @param function 0 maximum, 1 average, 2 average of padding too, 3 sum of squares' root
pooled pool_by_loops(const real_tensor& x, const windows& a, int function, const sizes& image) {
    const shape dims = shape_of(sizes{x.dims()[0], x.dims()[1]} + image);
    pooled p{real_tensor(dims), tensor<std::int64_t>(dims)};
    for_each({dims.begin(), dims.end()}, [&](const sizes& o) {
        double sum = 0, squares = 0, most = -std::numeric_limits<double>::infinity();
        std::int64_t inside = 0, padded = 0, place = -1;
        for_each(a.kernel, [&](const sizes& k) {
            sizes from{o[0], o[1]};
            bool in = true, in_padding = true;
            for (std::size_t i = 0; i < image.size(); ++i) {
                from.push_back(o[2 + i] * a.strides[i] + k[i] * a.dilations[i] - a.before[i]);
                in = in && from.back() >= 0 && from.back() < x.dims()[2 + i];
                in_padding = in_padding && from.back() < x.dims()[2 + i] + a.after[i];
            }
            padded += in_padding ? 1 : 0;
            if (!in)
                return;
            const auto v = static_cast<double>(x[offset(x.dims(), from)]);
            ++inside;
            sum += v;
            squares += v * v;
            if (v > most) {
                most = v;
                place = static_cast<std::int64_t>(offset(x.dims(), from));
            }
        });
        const double all[] = {most, sum / static_cast<double>(inside), sum / static_cast<double>(padded),
                              std::sqrt(squares)};
        p.y[offset(dims, o)] = static_cast<float>(all[function]);
        p.places[offset(dims, o)] = place;
    });
    return p;
}

/// Computes the model, then what it is saved as; both must give `want`.
void check_model(const onnx_writer& w, const real_tensor& x, const any_tensors<float>& want) {
    const std::string text = w.text();
    auto g = io::parse_onnx(as_bytes(text));
    REQUIRE_MESSAGE(g.has_value(), std::string(g ? "" : g.error().what));
    for (int round = 0; round < 2; ++round) {
        const auto y = evaluate_as_file(*g, {x});
        REQUIRE_MESSAGE(y.has_value(), std::string(y ? "" : y.error().what));
        REQUIRE(y->size() == want.size());
        for (std::size_t i = 0; i < want.size(); ++i)
            CHECK(difference((*y)[i], want[i], 1e-5F, 1e-5F) == "");
        if (round == 1)
            return;
        const auto bytes = io::onnx_bytes(*g, {.opset = 19});
        REQUIRE_MESSAGE(bytes.has_value(), std::string(bytes ? "" : bytes.error().what));
        g = io::parse_onnx(*bytes);
        REQUIRE_MESSAGE(g.has_value(), std::string(g ? "" : g.error().what));
    }
}

std::vector<float> elements(const real_tensor& t) {
    return {t.data().begin(), t.data().end()};
}

/// A model of one node that reads x and, if there are any, weights and bias.
onnx_writer one_node(const std::string& op, const real_tensor& x, const std::vector<attr>& attributes,
                     const real_tensor* w = nullptr, const real_tensor* bias = nullptr) {
    onnx_writer m;
    m.opset = 19;
    m.input("x", {x.dims().begin(), x.dims().end()}).output("y");
    std::vector<std::string> inputs{"x"};
    if (w != nullptr)
        m.constant(inputs.emplace_back("w"), {w->dims().begin(), w->dims().end()}, elements(*w));
    if (bias != nullptr)
        m.constant(inputs.emplace_back("b"), {bias->dims()[0]}, elements(*bias));
    m.node(op, inputs, {"y"}, attributes);
    return m;
}

TEST_CASE("convolutions of one to three spatial axes by loops") {
    for (std::uint64_t seed = 0; seed < 90; ++seed) {
        chance c{random_bits(seed)};
        const std::size_t rank = 1 + seed % 3;
        windows a = c.any_window(rank, false);
        a.groups = c.up_to(3);
        const std::int64_t depth = c.up_to(3), out = a.groups * c.up_to(3);
        sizes image;
        sizes made;
        for (std::size_t i = 0; i < rank; ++i) {
            const std::int64_t least = std::max<std::int64_t>(1, a.reach(i) - a.before[i] - a.after[i]);
            image.push_back(least + c.up_to(5) - 1);
            made.push_back((image[i] + a.before[i] + a.after[i] - a.reach(i)) / a.strides[i] + 1);
        }
        const auto x = c.reals(sizes{c.up_to(2), depth * a.groups} + image);
        const auto w = c.reals(sizes{out, depth} + a.kernel);
        const auto bias = c.reals({out});
        auto attributes = a.attributes();
        attributes.push_back(attr::whole("group", a.groups));
        CAPTURE(seed);
        check_model(one_node("Conv", x, attributes, &w, &bias), x, {convolve_by_loops(x, w, bias, a, made)});
    }
}

TEST_CASE("transposed convolutions of one to three spatial axes by loops") {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        chance c{random_bits(seed)};
        const std::size_t rank = 1 + seed % 3;
        windows a = c.any_window(rank, false);
        a.groups = c.up_to(2);
        const std::int64_t depth = c.up_to(2), out = c.up_to(3);
        const auto x = c.reals(sizes{c.up_to(2), depth * a.groups} + c.sizes_up_to(rank, 4));
        const auto w = c.reals(sizes{depth * a.groups, out} + a.kernel);
        const auto bias = c.reals({out * a.groups});
        const sizes image = spatial(x.dims());
        sizes extra, made;
        std::vector<attr> attributes{attr::wholes("strides", a.strides),
                                     attr::wholes("dilations", a.dilations), attr::whole("group", a.groups)};
        const auto manner = c.bits.below(4); // pads, output_shape, or auto_pad
        for (std::size_t i = 0; i < rank; ++i) {
            extra.push_back(c.up_to(std::max(a.strides[i], a.dilations[i])) - 1);
            const std::int64_t full = (image[i] - 1) * a.strides[i] + extra[i] + a.reach(i);
            if (full - a.before[i] - a.after[i] < 1)
                a.before[i] = a.after[i] = 0;
            made.push_back(full - a.before[i] - a.after[i]);
            if (manner >= 1) {
                made[i] = manner == 1 ? c.up_to(full + 2) : image[i] * a.strides[i];
                const std::int64_t total = std::max<std::int64_t>(full - made[i], 0);
                a.before[i] = manner == 2 ? total / 2 : total - total / 2;
            }
        }
        if (manner == 0)
            attributes.push_back(attr::wholes("pads", a.before + a.after));
        if (manner == 1)
            attributes.push_back(attr::wholes("output_shape", made));
        if (manner >= 2)
            attributes.push_back(attr::text("auto_pad", manner == 2 ? "SAME_UPPER" : "SAME_LOWER"));
        attributes.push_back(attr::wholes("output_padding", extra));
        CAPTURE(seed);
        check_model(one_node("ConvTranspose", x, attributes, &w, &bias), x,
                    {transpose_by_loops(x, w, bias, a, made)});
    }
}

TEST_CASE("pools of one to three spatial axes by loops") {
    const char* operators[] = {"MaxPool", "AveragePool", "AveragePool", "LpPool"};
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        chance c{random_bits(seed)};
        const std::size_t rank = 1 + seed % 3;
        const int function = static_cast<int>(seed / 3 % 4);
        windows a = c.any_window(rank, true);
        const bool ceil = function != 3 && c.once_in(2);
        sizes image, made;
        for (std::size_t i = 0; i < rank; ++i) {
            if (a.dilations[i] > 1) // else a window might hold nothing but padding
                a.before[i] = a.after[i] = 0;
            const std::int64_t least = std::max<std::int64_t>(1, a.reach(i) - a.before[i] - a.after[i]);
            image.push_back(least + c.up_to(5) - 1);
            const std::int64_t room = image[i] + a.before[i] + a.after[i] - a.reach(i);
            std::int64_t n = room / a.strides[i] + 1;
            if (ceil && room % a.strides[i] != 0 && n * a.strides[i] < image[i] + a.before[i])
                ++n;
            made.push_back(n);
        }
        const auto x = c.reals(sizes{c.up_to(2), c.up_to(3)} + image);
        auto attributes = a.attributes();
        if (function != 3)
            attributes.push_back(attr::whole("ceil_mode", ceil ? 1 : 0));
        if (function == 2)
            attributes.push_back(attr::whole("count_include_pad", 1));
        const pooled want = pool_by_loops(x, a, function, made);
        onnx_writer m;
        m.opset = 19;
        m.input("x", {x.dims().begin(), x.dims().end()}).output("y");
        any_tensors<float> outputs{want.y};
        std::vector<std::string> names{"y"};
        if (function == 0) {
            m.output(names.emplace_back("places"));
            outputs.emplace_back(want.places);
        }
        m.node(operators[function], {"x"}, names, attributes);
        CAPTURE(seed);
        check_model(m, x, outputs);
    }
}

TEST_CASE("places of maxima count columns first if asked to") {
    const real_tensor x({1, 1, 2, 3}, {1, 5, 2, 4, 3, 6});
    onnx_writer m;
    m.input("x", {1, 1, 2, 3}).output("places");
    m.node("MaxPool", {"x"}, {"y", "places"},
           {attr::wholes("kernel_shape", {2, 2}), attr::whole("storage_order", 1)});
    check_model(m, x, {tensor<std::int64_t>({1, 1, 1, 2}, {2, 5})});
}

TEST_CASE("pools over a whole image of three spatial axes") {
    const real_tensor x({1, 2, 1, 2, 2}, {1, 2, 3, 6, -1, -2, -3, 0});
    check_model(one_node("GlobalAveragePool", x, {}), x, {real_tensor({1, 2, 1, 1, 1}, {3, -1.5F})});
    check_model(one_node("GlobalMaxPool", x, {}), x, {real_tensor({1, 2, 1, 1, 1}, {6, 0})});
    check_model(one_node("GlobalLpPool", x, {attr::whole("p", 1)}), x,
                {real_tensor({1, 2, 1, 1, 1}, {12, 6})});
}

TEST_CASE("a transposed convolution whose weights the network computes") {
    const real_tensor w({1, 1, 2, 2}, {1, 2, 3, 4});
    onnx_writer m;
    m.input("w", {1, 1, 2, 2}).constant("x", {1, 1, 1, 2}, std::vector<float>{1, 10});
    m.node("ConvTranspose", {"x", "w"}, {"y"}, {attr::wholes("strides", {1, 2})}).output("y");
    check_model(m, w, {real_tensor({1, 1, 2, 4}, {1, 2, 10, 20, 3, 4, 30, 40})});
}

TEST_CASE("windows that do not fit are refused by name") {
    const real_tensor x({1, 2, 4, 4}), w({2, 1, 3, 3}), b({1});
    const auto refusal = [&](const onnx_writer& m) {
        const std::string text = m.text();
        const auto g = io::parse_onnx(as_bytes(text));
        return g ? std::string() : std::string(g.error().where);
    };
    const auto transposed = [&](std::vector<attr> attributes) {
        return refusal(one_node("ConvTranspose", x, attributes, &w, &b));
    };
    CHECK(transposed({}).empty());
    CHECK_FALSE(transposed({attr::whole("group", 3)}).empty());
    CHECK_FALSE(transposed({attr::wholes("pads", {3, 3, 3, 3})}).empty());
    CHECK_FALSE(transposed({attr::wholes("strides", {0, 1})}).empty());
    CHECK_FALSE(transposed({attr::wholes("strides", {1 << 20, 1 << 20})}).empty());
    CHECK_FALSE(transposed({attr::wholes("output_shape", {1})}).empty());
    CHECK_FALSE(transposed({attr::wholes("output_shape", {-5, 4})}).empty());
    CHECK_FALSE(transposed({attr::text("auto_pad", "MAYBE")}).empty());
    CHECK_FALSE(refusal(one_node("MaxPool", real_tensor({1, 1, 1, 1, 1, 1}),
                                 {attr::wholes("kernel_shape", {1, 1, 1, 1})}))
                    .empty());
}

} // namespace
