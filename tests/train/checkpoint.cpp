// SPDX-License-Identifier: MIT
#include "pith/train/checkpoint.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "pith/base/random.hpp"
#include "pith/graph/builder.hpp"
#include "pith/quantize/aware.hpp"
#include "pith/train/fit.hpp"
#include "pith/train/initialize.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;
using bytes = std::vector<std::byte>;

/// Two hidden layers behind a normalisation, so that there are statistics.
graph<float> small_net(std::int32_t hidden = 12, const char* activation = "relu") {
    graph_builder<float> b;
    auto x = b.normalize(b.flatten(b.input({1, 28, 28, 1})));
    x = b.fully_connected(x, hidden);
    x = std::string(activation) == "relu" ? b.relu(x) : b.activate(x, {unary_op::tanh});
    x = b.relu(b.fully_connected(x, hidden));
    return train::initialize{.seed = 3}(*std::move(b).finish({b.fully_connected(x, 10)}));
}

/// Noise, a little brighter with every class.
struct images {
    std::size_t count;
    shape image_dims{28, 28, 1};

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return static_cast<std::int32_t>(i % 10); }
    [[nodiscard]] const shape& dims() const { return image_dims; }
    void image(std::size_t i, std::span<float> out) const {
        random_bits bits(i);
        for (auto& e : out)
            e = bits.unit() + static_cast<float>(label(i)) / 10;
    }
};

train::trainer_options options() {
    return {.tape = {.batch = 32},
            .schedule = train::one_cycle_rate{},
            .rate = 0.1,
            .epochs = 2,
            .seed = 5,
            .change = {.translate = 1},
            .average = train::moving_average{.decay = 0.9}};
}

train::trainer<float> trainer_of(const train::trainer_options& o, graph<float> g = small_net()) {
    return *train::trainer<float>::make(std::move(g), o);
}

std::vector<float> all_numbers(train::trainer<float>& t) {
    std::vector<float> out;
    for (const auto& m : t.memories())
        out.insert(out.end(), m.begin(), m.end());
    return out;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

const train::on_labels<train::cross_entropy> loss;

/// A checkpoint in the middle of the second of two epochs of eight batches.
bytes some_checkpoint() {
    auto t = trainer_of(options());
    for (int i = 0; i < 11; ++i)
        REQUIRE(t.step(images{256}, loss));
    return train::checkpoint_bytes(t);
}

/// What a trainer says to a checkpoint, whose place in the file is set to `value` and its digest repaired.
std::string said(train::trainer<float> t, bytes file) {
    const auto before = all_numbers(t);
    const auto at = t.at();
    const auto done = train::resume_from(t, std::span<const std::byte>(file));
    if (done)
        return "";
    CHECK(t.at() == at);
    CHECK(same_bits(all_numbers(t), before));
    return std::string(done.error().what) + ": " + done.error().where;
}

void repair(bytes& file) {
    const auto sum = train::detail::digest_of(std::span<const std::byte>(file).first(file.size() - 8));
    std::memcpy(file.data() + file.size() - 8, &sum, sizeof sum);
}

/// With one number of its head changed.
bytes with(bytes file, std::uint64_t train::detail::checkpoint_head::*field, std::uint64_t value) {
    train::detail::checkpoint_head head;
    std::memcpy(&head, file.data(), sizeof head);
    head.*field = value;
    std::memcpy(file.data(), &head, sizeof head);
    repair(file);
    return file;
}

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("checkpoint: a resumed training ends in the same bits as an uninterrupted one") {
    const images data{256};
    for (const bool with_adam : {false, true}) {
        auto o = options();
        if (with_adam)
            o.optimizer = train::adam{.weight_decay = 0.01};
        auto whole = trainer_of(o);
        bytes kept;
        for (int i = 0; !whole.finished(); ++i) {
            if (i == 5)
                kept = train::checkpoint_bytes(whole);
            REQUIRE(whole.step(data, loss));
        }
        auto resumed = trainer_of(o);
        REQUIRE(train::resume_from(resumed, std::span<const std::byte>(kept)));
        CHECK(resumed.at().step == 5);
        while (!resumed.finished())
            REQUIRE(resumed.step(data, loss));
        CHECK(resumed.at() == whole.at());
        CHECK(same_bits(all_numbers(resumed), all_numbers(whole)));
        auto other = o;
        other.seed = 6;
        auto different = trainer_of(other);
        while (!different.finished())
            REQUIRE(different.step(data, loss));
        CHECK(!same_bits(all_numbers(different), all_numbers(whole)));
    }
}

TEST_CASE("checkpoint: one before the first step, and one behind the last") {
    auto fresh = trainer_of(options());
    CHECK(said(trainer_of(options()), train::checkpoint_bytes(fresh)).empty());
    auto t = trainer_of(options());
    const images data{256};
    const auto last = train::fit(t, data, data);
    REQUIRE(last);
    auto again = trainer_of(options());
    REQUIRE(train::resume_from(again, std::span<const std::byte>(train::checkpoint_bytes(t))));
    CHECK(again.finished());
    const auto validated = train::fit(again, data, data);
    REQUIRE(validated);
    CHECK(validated->loss == last->loss);
    CHECK(validated->accuracy == last->accuracy);
}

TEST_CASE("checkpoint: files that are cut, damaged or of another kind are refused and change nothing") {
    const auto whole = some_checkpoint();
    const auto refused = [](bytes b) { return !said(trainer_of(options()), std::move(b)).empty(); };
    CHECK(!refused(whole));
    for (const std::size_t n :
         {std::size_t{0}, std::size_t{10}, std::size_t{130}, whole.size() / 2, whole.size() - 1})
        CHECK(refused({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)}));
    auto flipped = whole;
    flipped[whole.size() / 2] ^= std::byte{1};
    CHECK(has(said(trainer_of(options()), flipped), "check sum"));
    auto longer = whole;
    longer.insert(longer.end(), 8, std::byte{0});
    repair(longer);
    CHECK(has(said(trainer_of(options()), longer), "number of bytes"));
    using head = train::detail::checkpoint_head;
    CHECK(has(said(trainer_of(options()), with(whole, &head::mark, train::detail::first_checkpoint_mark)),
              "earlier version"));
    CHECK(has(said(trainer_of(options()), with(whole, &head::mark, 1)), "not a checkpoint"));
    auto endless = whole;
    const float infinity = std::numeric_limits<float>::infinity();
    std::memcpy(endless.data() + endless.size() - 12, &infinity, sizeof infinity);
    repair(endless);
    CHECK(has(said(trainer_of(options()), endless), "not finite"));
}

TEST_CASE("checkpoint: a training with other options is told which differ, with both values") {
    const auto whole = some_checkpoint();
    const auto said_with = [&](const auto& change) {
        auto o = options();
        change(o);
        return said(trainer_of(o), whole);
    };
    CHECK(has(said_with([](auto& o) { o.tape.batch = 64; }), "batch size: 32 in the checkpoint, 64 here"));
    CHECK(has(said_with([](auto& o) { o.seed = 6; }), "seed: 5 in the checkpoint, 6 here"));
    CHECK(has(said_with([](auto& o) { o.epochs = 3; }), "epochs, on which its schedule depends: 2 in"));
    CHECK(has(said_with([](auto& o) { o.optimizer = train::adam{}; }), "sgd in the checkpoint, adam here"));
    CHECK(has(said_with([](auto& o) { o.schedule = train::constant_rate{}; }),
              "one-cycle in the checkpoint, constant here"));
    CHECK(has(said_with([](auto& o) { o.schedule = train::one_cycle_rate{.peak = 0.5}; }),
              "peak of the rate 0.3"));
    CHECK(has(said_with([](auto& o) { o.rate = 0.2; }), "rate 0.100000 in the checkpoint, 0.200000 here"));
    CHECK(has(said_with([](auto& o) { o.change.cutout = 4; }), "cutout 0.000000"));
    CHECK(has(said_with([](auto& o) { o.average.reset(); }), "moving average 0.9"));
    CHECK(has(said_with([](auto& o) { o.optimizer = train::sgd{.momentum = 0.5}; }), "momentum 0.9"));
}

TEST_CASE("checkpoint: another network is refused, also one with the same sizes") {
    const auto whole = some_checkpoint();
    const auto said_by = [&](graph<float> g) { return said(trainer_of(options(), std::move(g)), whole); };
    CHECK(has(said_by(small_net(13)), "another network; its number of parameters differs: "));
    CHECK(has(said_by(small_net(12, "tanh")), "another network; layers"));
    auto renamed = small_net();
    for (auto& v : renamed.values)
        v.name += "_";
    CHECK(has(said_by(std::move(renamed)), "another network; layers"));
    graph_builder<float> b;
    const auto y = b.fully_connected(b.flatten(b.input({1, 28, 28, 1})), 10);
    CHECK(has(said_by(*std::move(b).finish({y})), "number of layers differs"));
}

TEST_CASE("checkpoint: another number of bits is another network") {
    const auto make = [](unsigned bits) {
        const auto name = "dorefa" + std::to_string(bits);
        auto net = quantize::aware{.weights = *quantize::parse_weight_quantizer(name),
                                   .activations = *quantize::parse_activation_quantizer(name)}(small_net());
        REQUIRE(net);
        return *train::trainer<float>::make(*std::move(net), options());
    };
    auto four = make(4);
    const auto file = train::checkpoint_bytes(four);
    CHECK(said(make(4), file).empty());
    CHECK(has(said(make(3), file), "quantizers differ"));
}

TEST_CASE("checkpoint: a position that the training does not have is refused") {
    using head = train::detail::checkpoint_head;
    const auto whole = some_checkpoint();
    const auto said_of = [](const bytes& file) { return said(trainer_of(options()), file); };
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    CHECK(has(said_of(with(whole, &head::epoch, 3)), "epoch 3 in the checkpoint, 2 epochs here"));
    CHECK(has(said_of(with(whole, &head::epoch, most)), "later epoch"));
    CHECK(has(said_of(with(whole, &head::epoch, 2)), "batch 3 of 8"));
    CHECK(has(said_of(with(whole, &head::epoch, 0)), "step 11, epoch 0 of 8 batches, batch 3"));
    for (const auto batch : {std::uint64_t{8}, std::uint64_t{1} << 40, most})
        CHECK(has(said_of(with(whole, &head::at_batch, batch)), "of a batch that its epoch does not have"));
    for (const auto step : {std::uint64_t{0}, std::uint64_t{12}, most})
        CHECK(has(said_of(with(whole, &head::step, step)), "number of steps does not fit"));
    CHECK(has(said_of(with(whole, &head::images, 0)), "batch 3 of 0"));
    CHECK(has(said_of(with(whole, &head::images, most)), "number of steps"));
    auto o = options();
    o.schedule = train::constant_rate{};
    o.epochs = most;
    auto t = trainer_of(o);
    for (int i = 0; i < 11; ++i)
        REQUIRE(t.step(images{256}, loss));
    const auto huge = with(with(train::checkpoint_bytes(t), &head::epoch, most / 8 + 1), &head::step, 3);
    CHECK(has(said(trainer_of(o), huge), "number of steps")); // whose product would be 3 again
}

TEST_CASE("checkpoint: with a constant rate a training may be made longer") {
    auto o = options();
    o.schedule = train::constant_rate{};
    auto t = trainer_of(o);
    const images data{256};
    while (!t.finished())
        REQUIRE(t.step(data, loss));
    const auto file = train::checkpoint_bytes(t);
    o.epochs = 3;
    auto longer = trainer_of(o);
    REQUIRE(train::resume_from(longer, std::span<const std::byte>(file)));
    CHECK(!longer.finished());
    CHECK(longer.step(data, loss));
    o.epochs = 1;
    CHECK(has(said(trainer_of(o), file), "later epoch"));
}

TEST_CASE("checkpoint: a data set of another size is refused at the next step") {
    auto t = trainer_of(options());
    REQUIRE(train::resume_from(t, std::span<const std::byte>(some_checkpoint())));
    for (const std::size_t count : {std::size_t{16}, std::size_t{64}, std::size_t{255}, std::size_t{300}}) {
        const auto s = t.step(images{count}, loss);
        REQUIRE(!s);
        CHECK(has(s.error().where, std::to_string(count).c_str()));
    }
    CHECK(t.step(images{256}, loss));
}

TEST_CASE("checkpoint: files are written and read; one much too large is refused before it is read") {
    auto t = trainer_of(options());
    const std::string path = "pith_test_checkpoint.bin";
    REQUIRE(train::save_checkpoint(t, path));
    CHECK(train::load_checkpoint(t, path));
    auto o = options();
    o.seed = 9;
    auto other = trainer_of(o);
    const auto refused = train::load_checkpoint(other, path);
    REQUIRE(!refused);
    CHECK(has(refused.error().where, "pith_test_checkpoint.bin: 5 in"));
    std::FILE* f = std::fopen(path.c_str(), "r+b");
    REQUIRE(f != nullptr);
    REQUIRE(std::fseek(f, 1L << 32, SEEK_SET) == 0);
    std::fputc(0, f);
    std::fclose(f);
    const auto large = train::load_checkpoint(t, path);
    REQUIRE(!large);
    CHECK(has(large.error().what, "too large"));
    std::remove(path.c_str());
    CHECK(!train::load_checkpoint(t, path));
}

TEST_CASE("checkpoint: one that cannot be written does not end a training") {
    const images data{64};
    auto told = trainer_of(options());
    int faults = 0;
    const auto last = train::fit(told, data, data, train::cross_entropy{},
                                 {.checkpoint = "no_such_folder/checkpoint", .unsaved = [&](const fault& f) {
                                      CHECK(f.code == errc::io);
                                      ++faults;
                                  }});
    CHECK(last);
    CHECK(faults == 2);
    CHECK(told.finished());
    auto untold = trainer_of(options());
    CHECK(
        !train::fit(untold, data, data, train::cross_entropy{}, {.checkpoint = "no_such_folder/checkpoint"}));
    CHECK(untold.finished());
    CHECK(same_bits(all_numbers(told), all_numbers(untold)));
}
