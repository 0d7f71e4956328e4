// SPDX-License-Identifier: MIT
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <pith/graph/builder.hpp>
#include <pith/train/batch_loss.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/initialize.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

/// Two points in the plane; sample i has its own.
struct pairs_of_points {
    std::size_t count = 64;
    shape point{2};

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::size_t inputs() const { return 2; }
    [[nodiscard]] const shape& dims(std::size_t) const { return point; }
    void input(std::size_t k, std::size_t i, std::span<float> out) const {
        out[0] = at(i, 2 * k);
        out[1] = at(i, 2 * k + 1);
    }
    [[nodiscard]] static float at(std::size_t i, std::size_t axis) {
        return static_cast<float>((i * (axis + 3) * 7) % 11) / 11 - 0.5f;
    }
};
static_assert(train::training_source<pairs_of_points> && !train::has_labels<pairs_of_points>);

/// Output 0 is to be the sum of both points, output 1 the difference: targets that the loss looks up.
struct to_sum_and_difference {
    template <class T>
    [[nodiscard]] T operator()(const train::batch<T>& b) const {
        T loss{0};
        for (std::size_t s = 0; s < b.samples(); ++s)
            for (std::size_t axis = 0; axis < 2; ++axis) {
                const T first = pairs_of_points::at(b.indices[s], axis);
                const T second = pairs_of_points::at(b.indices[s], 2 + axis);
                loss += pull(b.outputs[0], 2 * s + axis, first + second, b.samples());
                loss += pull(b.outputs[1], 2 * s + axis, first - second, b.samples());
            }
        return loss;
    }

private:
    template <class T>
    static T pull(const train::batch_value<T>& to, std::size_t i, T target, std::size_t samples) {
        const T d = to.value[i] - target;
        to.gradient[i] = 2 * d / static_cast<T>(samples);
        return d * d / static_cast<T>(samples);
    }
};

graph<float> two_by_two() {
    graph_builder<float> b;
    const auto x = b.input({1, 2}, "first");
    const auto y = b.input({1, 2}, "second");
    const auto sum = b.add(b.fully_connected(x, 2), b.fully_connected(y, 2));
    const auto difference = b.add(b.fully_connected(x, 2), b.fully_connected(y, 2));
    return train::initialize{.seed = 3}(*std::move(b).finish({sum, difference}));
}

/// Of value 3 with gradient `slope` everywhere in output 0.
struct constant_slope {
    float slope;

    template <class T>
    [[nodiscard]] T operator()(const train::batch<T>& b) const {
        for (T& g : b.outputs[0].gradient)
            g = static_cast<T>(slope);
        return T{3};
    }
};

} // namespace

TEST_CASE("losses on batches: two inputs, two outputs and targets that are no classes are fitted") {
    auto t = *train::trainer<float>::make(
        two_by_two(), {.tape = {.batch = 16}, .schedule = train::constant_rate{}, .rate = 0.3, .epochs = 60});
    const pairs_of_points data;
    const auto last = train::fit(t, data, pairs_of_points{.count = 23}, to_sum_and_difference{});
    REQUIRE(last);
    CHECK(last->loss < 1e-3);
    CHECK(!last->accuracy);
}

TEST_CASE("losses on batches: sources that do not fit are refused with the numbers") {
    auto t = *train::trainer<float>::make(two_by_two(), {.tape = {.batch = 16}});
    const auto classes = train::fit(t, pairs_of_points{}, pairs_of_points{});
    REQUIRE(!classes);
    CHECK(std::string_view(classes.error().what) == "a loss on labels needs a data set with labels");
    const auto wide =
        train::fit(t, pairs_of_points{.point = {3}}, pairs_of_points{}, to_sum_and_difference{});
    REQUIRE(!wide);
    CHECK(std::string_view(wide.error().where) == "[3] for [2]");
    graph_builder<float> b;
    auto one = *train::trainer<float>::make(*std::move(b).finish({b.fully_connected(b.input({1, 2}), 2)}),
                                            {.tape = {.batch = 16}});
    const auto inputs = train::fit(one, pairs_of_points{}, pairs_of_points{}, constant_slope{1});
    REQUIRE(!inputs);
    CHECK(std::string_view(inputs.error().where) == "2 for 1");
}

TEST_CASE("losses on batches: sums and weights reach value and gradient") {
    std::vector<float> y(4);
    std::vector<float> gradient(4);
    train::batch<float> b;
    b.outputs.push_back({{2, 2}, y, gradient});
    const train::sum_of both(train::weighted<constant_slope>{{1}, 10}, constant_slope{2});
    const auto loss = both(b);
    REQUIRE(loss);
    CHECK(*loss == 33);
    CHECK(gradient == std::vector<float>(4, 12));
}
