// SPDX-License-Identifier: MIT
/// Random networks: one model of many nodes, whose layouts the door tracks from end to end, computes what the
/// same nodes compute as models of their own, where every value passes a door in the model's order.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/io/onnx.hpp>

#include "support/compiled.hpp"
#include "support/door.hpp"
#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using attr = onnx_attribute;

struct weight {
    std::string name;
    sizes dims;
    std::vector<float> reals;
    sizes wholes; ///< used if there are no reals
};

struct step {
    std::string op;
    std::vector<std::string> inputs;
    std::string output;
    std::vector<attr> attributes;
    std::vector<weight> weights;
};

sizes sizes_of(const shape& s) {
    return {s.begin(), s.end()};
}

void write(onnx_writer& w, const step& s) {
    for (const auto& c : s.weights) {
        if (!c.reals.empty())
            w.constant(c.name, c.dims, c.reals);
        else
            w.constant(c.name, c.dims, c.wholes);
    }
    w.node(s.op, s.inputs, {s.output}, s.attributes);
}

class network {
public:
    explicit network(std::uint64_t seed) : bits_(seed) {
        const shape dims{1, 2 * bits_.between(1, 3), bits_.between(3, 6), bits_.between(3, 6)};
        values_.emplace("x", random_tensor(dims, 1.F));
        names_ = {"x"};
    }

    /// Adds a random node whose value its own one-node model computes.
    void grow() {
        std::optional<step> s;
        while (!s)
            s = random_step();
        onnx_writer w;
        std::vector<any_tensor<float>> given;
        for (std::size_t i = 0; i < s->inputs.size(); ++i) {
            const auto at = values_.find(s->inputs[i]);
            if (at == values_.end() ||
                std::count(s->inputs.begin(), s->inputs.begin() + static_cast<std::ptrdiff_t>(i),
                           s->inputs[i]) != 0)
                continue;
            w.input(at->first, sizes_of(at->second.dims()));
            given.emplace_back(at->second);
        }
        write(w, *s);
        const auto g = io::parse_onnx(as_bytes(w.output(s->output).text()));
        REQUIRE_MESSAGE(g, s->op, ": ", g.error().what, " ", g.error().where);
        const auto y = evaluate_as_file(*g, std::move(given));
        REQUIRE_MESSAGE(y, s->op, ": ", y.error().what);
        values_.emplace(s->output, std::get<0>((*y)[0]));
        names_.push_back(s->output);
        steps_.push_back(std::move(*s));
    }

    void check() const {
        onnx_writer w;
        w.input("x", sizes_of(values_.at("x").dims()));
        std::string story;
        for (const auto& s : steps_) {
            write(w, s);
            story += s.op + text_of(values_.at(s.output).dims()) + " ";
        }
        for (const auto& s : steps_)
            w.output(s.output);
        const auto g = io::parse_onnx(as_bytes(w.text()));
        REQUIRE_MESSAGE(g, story, g.error().what, " ", g.error().where);
        const auto y = evaluate_as_file(*g, {values_.at("x")});
        REQUIRE_MESSAGE(y, story, y.error().what, " ", y.error().where);
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const auto d = difference((*y)[i], values_.at(steps_[i].output), 1e-3F, 1e-4F);
            CHECK_MESSAGE(d.empty(), story, "at ", steps_[i].output, ": ", d);
        }
    }

private:
    std::vector<float> random_reals(std::int64_t n, float scale) {
        std::vector<float> out;
        for (std::int64_t i = 0; i < n; ++i)
            out.push_back(scale * (2.F * bits_.unit() - 1.F));
        return out;
    }
    tensor<float> random_tensor(const shape& dims, float scale) {
        return {dims, random_reals(dims.elements(), scale)};
    }
    std::size_t pick(std::size_t n) { return bits_.below(n); }
    std::string fresh(const std::string& stem) { return stem + std::to_string(names_.size()); }

    weight reals(const std::string& stem, const sizes& dims, float scale = 0.4F) {
        std::int64_t n = 1;
        for (const auto d : dims)
            n *= d;
        return {fresh(stem), dims, random_reals(n, scale), {}};
    }
    weight wholes(const std::string& stem, const sizes& values) {
        return {fresh(stem), {static_cast<std::int64_t>(values.size())}, {}, values};
    }
    step with(std::string op, std::string x, std::vector<attr> attributes = {},
              std::vector<weight> weights = {}) {
        step s{std::move(op), {std::move(x)}, fresh("v"), std::move(attributes), std::move(weights)};
        for (const auto& w : s.weights)
            s.inputs.push_back(w.name);
        return s;
    }

    std::optional<step> random_step() {
        // Mostly the newest value, so that networks are deep.
        const std::string x = pick(3) == 0 ? names_[pick(names_.size())] : names_.back();
        const sizes d = sizes_of(values_.at(x).dims());
        if (values_.at(x).size() > 4000)
            return std::nullopt;
        switch (pick(16)) {
        case 0:
        case 1:
            return convolution(x, d);
        case 2:
            return with("Sigmoid", x);
        case 3:
            return with("LeakyRelu", x);
        case 4:
            return sum(x, d);
        case 5:
            return pool(x, d);
        case 6:
        case 7:
            return permute(x, d);
        case 8:
        case 9:
            return regroup(x, d);
        case 10:
            return join(x, d);
        case 11:
            return cut(x, d);
        case 12:
            return d.empty() ? std::nullopt
                             : std::optional(with("Softmax", x, {attr::whole("axis", axis(d))}));
        case 13:
            return reduce(x, d);
        case 14:
            return multiply(x, d);
        default:
            return pad(x, d);
        }
    }

    std::int64_t axis(const sizes& d) { return static_cast<std::int64_t>(pick(d.size())); }

    std::optional<step> convolution(const std::string& x, const sizes& d) {
        if (d.size() != 4 && d.size() != 3)
            return std::nullopt;
        const bool deep = pick(2) == 0;
        sizes w{deep ? d[1] : bits_.between(1, 5), deep ? 1 : d[1]};
        sizes pads;
        for (std::size_t i = 2; i < d.size(); ++i)
            w.push_back(3);
        for (std::size_t i = 2; i < 2 * d.size() - 2; ++i)
            pads.push_back(1);
        std::vector<weight> weights{reals("w", w)};
        if (pick(2) == 0)
            weights.push_back(reals("b", {w[0]}));
        return with("Conv", x, {attr::wholes("pads", pads), attr::whole("group", deep ? d[1] : 1)}, weights);
    }

    std::optional<step> sum(const std::string& x, const sizes& d) {
        const auto kind = pick(3);
        if (kind == 0) { // with a value that broadcasts
            for (std::size_t tries = 0; tries < 8; ++tries) {
                const std::string& other = names_[pick(names_.size())];
                if (!broadcast(values_.at(x).dims(), values_.at(other).dims()))
                    continue;
                step s = with(pick(2) == 0 ? "Add" : "Mul", x);
                s.inputs.push_back(other);
                if (pick(2) == 0)
                    std::swap(s.inputs[0], s.inputs[1]);
                return s;
            }
            return std::nullopt;
        }
        sizes w;
        for (std::size_t i = pick(d.size() + 1); i < d.size(); ++i)
            w.push_back(pick(2) == 0 ? 1 : d[i]);
        step s = with(kind == 1 ? "Add" : "Sub", x, {}, {reals("b", w)});
        if (pick(2) == 0)
            std::swap(s.inputs[0], s.inputs[1]);
        return s;
    }

    std::optional<step> pool(const std::string& x, const sizes& d) {
        if (d.size() != 4)
            return std::nullopt;
        if (pick(3) == 0)
            return with("GlobalAveragePool", x);
        if (d[2] < 2 || d[3] < 2)
            return std::nullopt;
        return with(pick(2) == 0 ? "MaxPool" : "AveragePool", x,
                    {attr::wholes("kernel_shape", {2, 2}), attr::wholes("strides", {1, 2})});
    }

    std::optional<step> permute(const std::string& x, const sizes& d) {
        sizes perm(d.size());
        std::iota(perm.begin(), perm.end(), std::int64_t{0});
        for (std::size_t i = d.size(); i > 1; --i)
            std::swap(perm[i - 1], perm[pick(i)]);
        if (d.size() == 4 && pick(2) == 0)
            perm = pick(2) == 0 ? sizes{0, 2, 3, 1} : sizes{0, 3, 1, 2};
        return with("Transpose", x, {attr::wholes("perm", perm)});
    }

    /// Splits an axis, joins two, inserts or drops one of length 1, or flattens.
    std::optional<step> regroup(const std::string& x, const sizes& d) {
        sizes to = d;
        switch (pick(4)) {
        case 0:
            if (d.empty() || d.size() > 5)
                return std::nullopt;
            for (std::size_t i = 0; i < to.size(); ++i)
                if (to[i] % 2 == 0 && to[i] > 0) {
                    to[i] /= 2;
                    to.insert(to.begin() + static_cast<std::ptrdiff_t>(pick(2) == 0 ? i : i + 1), 2);
                    break;
                }
            break;
        case 1: {
            if (d.size() < 2)
                return std::nullopt;
            const auto i = static_cast<std::ptrdiff_t>(pick(d.size() - 1));
            to[static_cast<std::size_t>(i)] *= to[static_cast<std::size_t>(i) + 1];
            to.erase(to.begin() + i + 1);
            break;
        }
        case 2:
            if (d.size() < 5)
                to.insert(to.begin() + static_cast<std::ptrdiff_t>(pick(d.size() + 1)), 1);
            break;
        default:
            if (d.empty())
                return std::nullopt;
            return with("Flatten", x, {attr::whole("axis", static_cast<std::int64_t>(pick(d.size() + 1)))});
        }
        return with("Reshape", x, {}, {wholes("s", to)});
    }

    std::optional<step> join(const std::string& x, const sizes& d) {
        if (d.empty())
            return std::nullopt;
        step s = with("Concat", x, {attr::whole("axis", axis(d))});
        for (const auto& name : names_)
            if (values_.at(name).dims() == values_.at(x).dims() && s.inputs.size() < 3)
                s.inputs.push_back(name);
        return s;
    }

    std::optional<step> cut(const std::string& x, const sizes& d) {
        if (d.empty())
            return std::nullopt;
        const std::int64_t a = axis(d);
        if (d[static_cast<std::size_t>(a)] < 2)
            return std::nullopt;
        const bool backwards = pick(3) == 0;
        return with("Slice", x, {},
                    {wholes("from", {backwards ? -1 : 1}), wholes("to", {backwards ? -100 : 100}),
                     wholes("axes", {a}), wholes("steps", {backwards ? -2 : 1})});
    }

    std::optional<step> reduce(const std::string& x, const sizes& d) {
        if (d.empty())
            return std::nullopt;
        sizes axes;
        for (std::size_t i = 0; i < d.size(); ++i)
            if (pick(3) == 0)
                axes.push_back(static_cast<std::int64_t>(i));
        return with(
            pick(2) == 0 ? "ReduceMean" : "ReduceMax", x,
            {attr::wholes("axes", axes), attr::whole("keepdims", static_cast<std::int64_t>(pick(2)))});
    }

    std::optional<step> multiply(const std::string& x, const sizes& d) {
        if (d.size() < 2 || d.back() > 600)
            return std::nullopt;
        const std::int64_t columns = bits_.between(1, 6);
        if (d.size() == 2 && pick(2) == 0)
            return with("Gemm", x, {attr::whole("transB", 1), attr::real("alpha", 0.5F)},
                        {reals("w", {columns, d[1]}), reals("b", {columns})});
        return with("MatMul", x, {}, {reals("w", {d.back(), columns})});
    }

    std::optional<step> pad(const std::string& x, const sizes& d) {
        if (d.empty())
            return std::nullopt;
        sizes counts(2 * d.size(), 0);
        counts[pick(counts.size())] = 1;
        return with("Pad", x, {}, {wholes("p", counts)});
    }

    random_bits bits_;
    std::map<std::string, tensor<float>> values_;
    std::vector<std::string> names_;
    std::vector<step> steps_;
};

TEST_CASE("a random network computes what its nodes compute alone") {
    for (std::uint64_t seed = 1; seed <= 250; ++seed) {
        network n{seed};
        for (int i = 0; i < 14; ++i)
            n.grow();
        n.check();
    }
}

} // namespace
