// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/data/dataset.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <pith/data/spec.hpp>
#include <pith/io/file.hpp>
#include <pith/io/npy.hpp>

#include "support/data_folder.hpp"
#include "support/skip.hpp"

using namespace pith;

namespace {

/// A folder of its own, removed afterwards.
struct scratch {
    std::filesystem::path folder;
    explicit scratch(const std::string& name)
        : folder(std::filesystem::temp_directory_path() / ("pith_test_dataset_" + name)) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~scratch() { std::filesystem::remove_all(folder); }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    std::string write(const std::string& name, const std::vector<std::byte>& bytes) const {
        const std::string path = (folder / name).string();
        REQUIRE(io::write_file(path, bytes));
        return path;
    }
};

std::vector<std::byte> cifar_records(std::size_t count, int first_label) {
    std::vector<std::byte> out;
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(static_cast<std::byte>((first_label + static_cast<int>(i)) % 10));
        for (std::size_t k = 0; k < 3072; ++k)
            out.push_back(static_cast<std::byte>((k * 7 + k / 1024 * 50 + i) % 251));
    }
    return out;
}

std::vector<std::byte> idx_file(std::initializer_list<int> dims, int start) {
    std::vector<std::byte> out{std::byte{0}, std::byte{0}, std::byte{8}, static_cast<std::byte>(dims.size())};
    int n = 1;
    for (const int d : dims) {
        out.insert(out.end(), {std::byte{0}, std::byte{0}, std::byte{0}, static_cast<std::byte>(d)});
        n *= d;
    }
    for (int i = 0; i < n; ++i)
        out.push_back(static_cast<std::byte>((start + i) % 256));
    return out;
}

std::vector<float> image(const data::dataset& d, std::size_t i) {
    std::vector<float> out(static_cast<std::size_t>(d.dims().elements()));
    d.image(i, out);
    return out;
}

data::normalization norm(const char* text) {
    auto n = data::parse_normalization(text);
    REQUIRE(n);
    return *n;
}

} // namespace

TEST_CASE("dataset: normalisations by name and by number") {
    CHECK(norm("none") == data::normalization{});
    CHECK(norm("unit")(255.f, 0) == 1.f);
    CHECK(norm("0.1307/0.3081")(128.f, 0) == (128.f / 255.f - 0.1307f) / 0.3081f);
    CHECK(norm("imagenet")(10.f, 2) == (10.f / 255.f - 0.406f) / 0.225f);
    CHECK(norm("0.485,0.456,0.406/0.229,0.224,0.225") == norm("imagenet"));
    for (const char* bad : {"half", "1", "1/", "/1", "1/0", "1/-1", "1,2/3", "1/2x", "nan/1", "1/inf",
                            "1,/2,3", "1 /2", "0.5/0.5/0.5"}) {
        CAPTURE(bad);
        CHECK(!data::parse_normalization(bad));
    }
}

TEST_CASE("dataset: CIFAR-10 files follow each other, planes become channels") {
    const scratch s("cifar");
    const auto a = s.write("a.bin", cifar_records(2, 3));
    const auto b = s.write("b.bin", cifar_records(3, 7));
    const auto d = data::open_dataset("cifar10:" + a + "," + b);
    REQUIRE(d);
    CHECK(d->size() == 5);
    CHECK(d->dims() == shape{32, 32, 3});
    CHECK(d->labelled());
    const int labels[] = {3, 4, 7, 8, 9};
    for (std::size_t i = 0; i < 5; ++i)
        CHECK(d->label(i) == labels[i]);
    const auto bytes = cifar_records(3, 7);
    const auto x = image(*d, 4);
    for (std::size_t p = 0; p < 1024; ++p)
        for (std::size_t c = 0; c < 3; ++c)
            CHECK(x[p * 3 + c] ==
                  static_cast<float>(std::to_integer<int>(bytes[2 * 3073 + 1 + c * 1024 + p])));
}

TEST_CASE("dataset: normalisation is per channel and equals the formula") {
    const scratch s("norm");
    const auto path = s.write("a.bin", cifar_records(1, 0));
    const auto raw = data::open_dataset("cifar10:" + path);
    const auto d = data::open_dataset("cifar10:" + path, {.normalize = norm("imagenet")});
    REQUIRE(raw);
    REQUIRE(d);
    const auto r = image(*raw, 0);
    const auto x = image(*d, 0);
    for (std::size_t k = 0; k < r.size(); ++k)
        CHECK(x[k] == norm("imagenet")(r[k], k % 3));
    CHECK(!data::open_dataset("cifar10:" + path, {.normalize = norm("1,2/3,4")}));
}

TEST_CASE("dataset: IDX pairs, and MNIST by folder") {
    const scratch s("idx");
    const auto images = s.write("t10k-images-idx3-ubyte", idx_file({2, 3, 4}, 10));
    const auto labels = s.write("t10k-labels-idx1-ubyte", idx_file({2}, 5));
    for (const std::string& spec : {"idx:" + images + "," + labels, "mnist:" + s.folder.string()}) {
        const auto d = data::open_dataset(spec, {.normalize = norm("unit")});
        REQUIRE(d);
        CHECK(d->size() == 2);
        CHECK(d->dims() == shape{3, 4, 1});
        CHECK(d->label(1) == 6);
        const auto x = image(*d, 1);
        for (std::size_t k = 0; k < 12; ++k)
            CHECK(x[k] == static_cast<float>(22 + k) / 255.f);
    }
    CHECK(data::open_dataset("mnist-train:" + s.folder.string()).error().code == errc::missing);
    CHECK(!data::open_dataset("idx:" + labels + "," + images));
    const auto three = s.write("three", idx_file({3}, 0));
    CHECK(!data::open_dataset("idx:" + images + "," + three));
    CHECK(data::open_dataset("mnist:" + s.folder.string(), {.image = shape{28, 28, 1}}).error().code ==
          errc::bad_shape);
}

TEST_CASE("dataset: .npy images in the layout of the model's file") {
    const scratch s("npy");
    tensor<float> planes(shape{2, 3, 2, 2});
    for (std::size_t i = 0; i < planes.size(); ++i)
        planes[i] = static_cast<float>(i) * 0.5f;
    tensor<std::int64_t> classes(shape{2}, 4);
    const std::string images = (s.folder / "x.npy").string();
    const std::string labels = (s.folder / "y.npy").string();
    REQUIRE(io::save_npy(images, {"", format::dtype::f32, planes}));
    REQUIRE(io::save_npy(labels, {"", format::dtype::i64, classes}));
    const auto d = data::open_dataset("npy:" + images + "," + labels,
                                      {.image = shape{2, 2, 3}, .permutation = {0, 2, 3, 1}});
    REQUIRE(d);
    CHECK(d->size() == 2);
    CHECK(d->dims() == shape{2, 2, 3});
    CHECK(d->label(1) == 4);
    CHECK(image(*d, 1) == std::vector<float>{6, 8, 10, 6.5, 8.5, 10.5, 7, 9, 11, 7.5, 9.5, 11.5});

    const auto plain = data::open_dataset("npy:" + images);
    REQUIRE(plain);
    CHECK(plain->dims() == shape{3, 2, 2});
    CHECK(!plain->labelled());
    CHECK(image(*plain, 0) == std::vector<float>{0, .5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5});
    CHECK(!data::open_dataset("npy:" + images, {.permutation = {0, 1}}));
    CHECK(!data::open_dataset("npy:" + images, {.image = shape{5}}));
    CHECK(!data::open_dataset("npy:" + images + "," + images));
    CHECK(!data::open_dataset("npy:" + labels));

    tensor<std::int64_t> bytes(shape{1, 4}, 51);
    REQUIRE(io::save_npy(images, {"", format::dtype::u8, bytes}));
    const auto u8 = data::open_dataset("npy:" + images, {.normalize = norm("unit")});
    REQUIRE(u8);
    CHECK(image(*u8, 0) == std::vector<float>(4, 0.2f));
}

TEST_CASE("dataset: CIFAR-100 with its fine or its coarse classes") {
    const scratch s("cifar100");
    auto bytes = cifar_records(1, 7);
    bytes.insert(bytes.begin(), std::byte{3});
    const auto path = s.write("test.bin", bytes);
    const auto fine = data::open_dataset("cifar100:" + path);
    const auto coarse = data::open_dataset("cifar100-coarse:" + path);
    const auto ten = data::open_dataset("cifar10:" + s.write("ten.bin", cifar_records(1, 7)));
    REQUIRE(fine);
    REQUIRE(coarse);
    CHECK(fine->label(0) == 7);
    CHECK(coarse->label(0) == 3);
    CHECK(image(*fine, 0) == image(*ten, 0));
    CHECK(!data::open_dataset("cifar10:" + path));
}

TEST_CASE("dataset: truncated and missing files are refused with their name") {
    const scratch s("cut");
    auto bytes = cifar_records(1, 0);
    bytes.pop_back();
    const auto cut = s.write("cut.bin", bytes);
    const auto d = data::open_dataset("cifar10:" + cut);
    REQUIRE(!d);
    CHECK(d.error().code == errc::bad_file);
    CHECK(cut.compare(0, fault::where_capacity - 1, d.error().where) == 0);
    CHECK(data::open_dataset("cifar10:" + cut + ".not").error().code == errc::missing);
    CHECK(!data::open_dataset("cifar10:" + s.folder.string()));
    auto images = idx_file({2, 3, 4}, 10);
    images.resize(images.size() - 1);
    CHECK(!data::open_dataset("idx:" + s.write("i", images) + "," + s.write("l", idx_file({2}, 0))));
}

TEST_CASE("dataset: glyphs and noise need no files") {
    const auto test = data::open_dataset("glyphs");
    const auto train = data::open_dataset("glyphs-train:1", {.normalize = norm("unit")});
    REQUIRE(test);
    REQUIRE(train);
    CHECK(test->dims() == shape{28, 28, 1});
    CHECK(test->label(3) == static_cast<int>(data::glyphs{}.label(3)));
    std::vector<std::uint8_t> drawn(data::glyph_pixels);
    data::glyphs{.training = true}.draw(5, drawn);
    const auto x = image(*train, 5);
    for (std::size_t k = 0; k < x.size(); ++k)
        CHECK(x[k] == static_cast<float>(drawn[k]) / 255.f);

    const auto noise = data::open_dataset("random:3", {.normalize = norm("unit"), .image = shape{5, 7, 3}});
    REQUIRE(noise);
    CHECK(noise->is_noise());
    CHECK(!noise->labelled());
    CHECK(noise->label(0) == -1);
    const auto n = image(*noise, 1);
    CHECK(n == image(*noise, 1));
    CHECK(n != image(*noise, 2));
    for (const float v : n) {
        CHECK(v >= 0.f);
        CHECK(v <= 1.f);
    }
    CHECK(!data::open_dataset("random"));
    CHECK(!data::open_dataset("random:x", {.normalize = {}, .image = shape{4}}));
    CHECK(!data::open_dataset("glyphs:1x"));
}

TEST_CASE("dataset: unknown and incomplete names are refused") {
    for (const char* bad : {"", "cifar", "cifar10", "cifar10:", "cifar10:a,,b", "mnist", "idx:one",
                            "idx:a,b,c", "imagenet:x"}) {
        CAPTURE(bad);
        const auto d = data::open_dataset(bad);
        REQUIRE(!d);
        CHECK(d.error().code == errc::bad_option);
    }
}

TEST_CASE("dataset: the official files, where they are") {
    const std::string data = tests::data_folder().string();
    if (data.empty())
        return tests::skip("no official files (set PITH_DATA to the data folder)");
    const auto mnist = data::open_dataset("mnist:" + data + "/mnist");
    REQUIRE(mnist);
    CHECK(mnist->size() == 10000);
    CHECK(mnist->label(0) == 7);
    const auto train = data::open_dataset("mnist-train:" + data + "/mnist");
    REQUIRE(train);
    CHECK(train->size() == 60000);
    CHECK(train->label(0) == 5);
    const auto cifar = data::open_dataset("cifar10:" + data + "/cifar10/data_batch_1.bin");
    REQUIRE(cifar);
    CHECK(cifar->size() == 10000);
    CHECK(cifar->label(0) == 6); // a frog
    CHECK(image(*cifar, 0)[0] == 59.f);
    CHECK(image(*cifar, 0)[1] == 62.f);
    CHECK(image(*cifar, 0)[2] == 63.f);
}
