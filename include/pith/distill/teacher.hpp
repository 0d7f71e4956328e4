// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_TEACHER_HPP
#define PITH_DISTILL_TEACHER_HPP
/// Teachers: networks that answer the batches that a student sees, and answers kept from before.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/shape_text.hpp"
#include "../train/batch.hpp"
#include "../train/batches.hpp"
#include "../train/source.hpp"
#include "../train/tape.hpp"
#include "features.hpp"

namespace pith::distill {

/// A trained network, which answers with its running statistics.
template <class T, class Layers = layer_list>
class teacher {
public:
    /// @param options its batch must be the student's
    [[nodiscard]] static result<teacher> make(graph<T, Layers> g, const train::tape_options& options) {
        auto made = train::tape<T, Layers>::make(std::move(g), options);
        if (!made)
            return made.error();
        made->train(false);
        return teacher(*std::move(made));
    }

    [[nodiscard]] std::size_t outputs() const noexcept { return tape_.outputs(); }
    /// Of the last answer. @pre k < outputs()
    [[nodiscard]] feature_map<const T> output(std::size_t k) noexcept {
        return {tape_.output(k), tape_.output_dims(k)};
    }
    /// Refuses batches whose inputs are not the teacher's.
    [[nodiscard]] result<void> fits(const train::batch<T>& b) const {
        bool same = b.inputs.size() == tape_.inputs();
        for (std::size_t k = 0; same && k < b.inputs.size(); ++k)
            same = b.inputs[k].dims.elements() == tape_.input_dims(k).elements();
        if (same)
            return {};
        return fault{errc::bad_shape, "student and teacher do not take the same batches",
                     "the student " + text_of(b.inputs[0].dims) + ", the teacher " +
                         text_of(tape_.input_dims())};
    }
    /// Runs the network on the student's inputs. @pre fits(b)
    [[nodiscard]] result<void> answer(const train::batch<T>& b) {
        for (std::size_t k = 0; k < b.inputs.size(); ++k)
            std::copy(b.inputs[k].value.begin(), b.inputs[k].value.end(), tape_.input(k).begin());
        return tape_.forward();
    }

    /// Output 0 for every sample of a source as it is, [size][...]: worth keeping (see kept_answers) where
    /// samples are not changed from epoch to epoch.
    template <train::training_source D>
    [[nodiscard]] result<std::vector<T>> answers_to(const D& data) {
        if (train::inputs_of(data) != tape_.inputs() ||
            train::dims_of(data, 0).elements() * tape_.input_dims()[0] != tape_.input_dims().elements())
            return fault{errc::bad_shape,
                         "the images of the data set do not have the size of the teacher's input",
                         text_of(train::dims_of(data, 0)) + " for " + text_of(tape_.input_dims())};
        const std::size_t n = tape_.batch();
        const std::size_t row = tape_.output().size() / n;
        std::vector<T> out(data.size() * row);
        std::vector<std::uint32_t> indices(n);
        for (std::size_t first = 0; first < data.size(); first += n) {
            const std::size_t count = std::min(n, data.size() - first);
            for (std::size_t i = 0; i < n; ++i) // a last, short batch is filled up with its first image
                indices[i] = static_cast<std::uint32_t>(first + (i < count ? i : 0));
            for (std::size_t k = 0; k < tape_.inputs(); ++k)
                train::load_input<T>(data, k, indices, {}, tape_.input(k));
            PITH_TRY(tape_.forward());
            std::copy_n(tape_.output().begin(), count * row,
                        out.begin() + static_cast<std::ptrdiff_t>(first * row));
        }
        return out;
    }

private:
    explicit teacher(train::tape<T, Layers> t) : tape_(std::move(t)) {}

    train::tape<T, Layers> tape_;
};

/// Whatever answers batches as a teacher does: a network, a packed program, answers kept from before.
template <class G, class T>
concept answers = requires(G& g, const train::batch<T>& b, std::size_t k) {
    { g.outputs() } -> std::convertible_to<std::size_t>;
    { g.output(k) } -> std::same_as<feature_map<const T>>;
    { g.fits(b) } -> std::same_as<result<void>>;
    { g.answer(b) } -> std::same_as<result<void>>;
};

/// What a teacher said before (teacher::answers_to) of the samples of one source; they should not be changed
/// much since.
template <class T>
class kept_answers {
public:
    /// @param all [samples of the source][columns] @param batch samples of a batch
    kept_answers(std::span<const T> all, std::int64_t columns, std::int64_t batch)
        : all_(all), dims_{batch, columns}, answer_(static_cast<std::size_t>(dims_.elements())) {}

    [[nodiscard]] std::size_t outputs() const noexcept { return 1; }
    [[nodiscard]] feature_map<const T> output(std::size_t) noexcept { return {answer_, dims_}; }
    [[nodiscard]] result<void> fits(const train::batch<T>& b) const {
        if (b.outputs[0].dims == dims_)
            return {};
        return fault{errc::bad_shape, "kept answers do not have the shape of the student's output",
                     text_of(dims_) + " for " + text_of(b.outputs[0].dims)};
    }
    [[nodiscard]] result<void> answer(const train::batch<T>& b) {
        const auto columns = static_cast<std::size_t>(dims_[1]);
        for (std::size_t i = 0; i < b.samples(); ++i) {
            if ((b.indices[i] + 1) * columns > all_.size())
                return fault{errc::bad_shape, "there must be one row of the teacher's answers per sample",
                             std::to_string(all_.size() / columns) + " rows, and a sample " +
                                 std::to_string(b.indices[i])};
            const auto row = all_.subspan(b.indices[i] * columns, columns);
            std::copy(row.begin(), row.end(), answer_.begin() + static_cast<std::ptrdiff_t>(i * columns));
        }
        return {};
    }

private:
    std::span<const T> all_;
    shape dims_;
    std::vector<T> answer_;
};

} // namespace pith::distill

#endif
