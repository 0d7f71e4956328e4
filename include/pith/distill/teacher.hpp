// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_TEACHER_HPP
#define PITH_DISTILL_TEACHER_HPP
/// Teachers: where the logits come from that a student learns from.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../train/batches.hpp"
#include "../train/fit.hpp"
#include "../train/tape.hpp"
#include "../train/trainer.hpp"
#include "soft_targets.hpp"

namespace pith::distill {

/// A trained network that gives logits for batches, with its running statistics.
template <class T, class Layers = layer_list>
class teacher {
public:
    /// @param options its batch must be the student's
    [[nodiscard]] static result<teacher> make(graph<T, Layers> g, const train::tape_options& options) {
        auto made = train::tape<T, Layers>::make(std::move(g), options);
        if (!made)
            return made.error();
        if (made->inputs() != 1 || made->output_dims().rank() != 2)
            return fault{errc::unsupported, "a teacher needs one input and one output [batch, classes]"};
        made->train(false);
        return teacher(*std::move(made));
    }

    [[nodiscard]] std::size_t classes() const noexcept {
        return static_cast<std::size_t>(tape_.output_dims()[1]);
    }
    [[nodiscard]] std::size_t batch() const noexcept { return tape_.batch(); }
    [[nodiscard]] std::size_t image_size() const noexcept {
        return static_cast<std::size_t>(tape_.input_dims().elements()) / tape_.batch();
    }

    /// Logits of a batch of images; they last until the next call. @pre images.size() == batch() *
    /// image_size()
    [[nodiscard]] result<rows<const T>> logits(view<const T> images) {
        std::copy(images.begin(), images.end(), tape_.input().begin());
        PITH_TRY(tape_.forward());
        return rows<const T>{tape_.output(), classes()};
    }

    /// Logits of every image of a data set as it is, [size][classes]: worth keeping where images are not
    /// changed from epoch to epoch.
    template <train::image_source D>
    [[nodiscard]] result<std::vector<T>> logits_of(const D& data) {
        if (static_cast<std::size_t>(data.dims().elements()) != image_size())
            return fault{errc::bad_shape,
                         "the images of the data set do not have the size of the teacher's input"};
        std::vector<T> out(data.size() * classes());
        std::vector<std::uint32_t> indices(batch());
        std::vector<std::int32_t> labels(batch());
        for (std::size_t first = 0; first < data.size(); first += batch()) {
            const std::size_t count = std::min(batch(), data.size() - first);
            for (std::size_t i = 0; i < batch(); ++i) // a last, short batch is filled up with its first image
                indices[i] = static_cast<std::uint32_t>(first + (i < count ? i : 0));
            train::load_batch<T>(data, indices, {}, tape_.input(), view<std::int32_t>(labels));
            PITH_TRY(tape_.forward());
            std::copy_n(tape_.output().begin(), count * classes(),
                        out.begin() + static_cast<std::ptrdiff_t>(first * classes()));
        }
        return out;
    }

private:
    explicit teacher(train::tape<T, Layers> t) : tape_(std::move(t)) {}

    train::tape<T, Layers> tape_;
};

/// Whatever gives logits for a batch of images: a teacher, or a quantised program.
template <class G, class T>
concept gives_logits = requires(G& g, view<const T> images) {
    { g.batch() } -> std::convertible_to<std::size_t>;
    { g.classes() } -> std::convertible_to<std::size_t>;
    { g.image_size() } -> std::convertible_to<std::size_t>;
    { g.logits(images) } -> std::same_as<result<rows<const T>>>;
};

/// Trains the student on labels and on the teacher's logits for the very images the student sees, changed as
/// they are for it.
/// @param loss (student, labels, teacher, gradient, scratch) to the loss: distill::mixed, or anything like it
template <class T, class Layers, gives_logits<T> Teacher, train::image_source D, train::image_source V,
          class Loss>
[[nodiscard]] result<train::score> fit_with_teacher(train::trainer<T, Layers>& student, Teacher& of,
                                                    const D& data, const V& validation, const Loss& loss,
                                                    const train::fit_options& options = {}) {
    if (of.batch() != student.network_tape().batch() || of.classes() != student.classes() ||
        of.image_size() * of.batch() != student.network_tape().input().size())
        return fault{errc::bad_shape, "student and teacher differ in batch, image size or classes"};
    std::vector<T> scratch(of.batch() * of.classes());
    result<void> answered;
    const auto on_both = [&](rows<const T> logits, labels_view labels, view<const std::uint32_t>,
                             rows<T> gradient) {
        const auto hints = of.logits(student.network_tape().input());
        if (!hints) {
            answered = hints.error();
            std::fill(gradient.data.begin(), gradient.data.end(), T{0});
            return T{0};
        }
        return loss(logits, labels, *hints, gradient, rows<T>{scratch, of.classes()});
    };
    auto last = train::fit_with(student, data, validation, on_both, options);
    if (!answered)
        return answered.error();
    return last;
}

/// The same from logits the teacher gave before (teacher::logits_of); the student's images should not be
/// changed much.
/// @param kept [data.size()][classes]
template <class T, class Layers, train::image_source D, train::image_source V, class Loss>
[[nodiscard]] result<train::score> fit_with_logits(train::trainer<T, Layers>& student, view<const T> kept,
                                                   const D& data, const V& validation, const Loss& loss,
                                                   const train::fit_options& options = {}) {
    const std::size_t classes = student.classes();
    if (kept.size() != data.size() * classes)
        return fault{errc::bad_shape, "there must be one row of the teacher's logits per image"};
    const std::size_t batch = student.network_tape().batch();
    std::vector<T> scratch(batch * classes);
    std::vector<T> hints(batch * classes);
    const auto on_both = [&](rows<const T> logits, labels_view labels, view<const std::uint32_t> indices,
                             rows<T> gradient) {
        for (std::size_t i = 0; i < indices.size(); ++i)
            std::copy_n(kept.begin() + static_cast<std::ptrdiff_t>(indices[i] * classes), classes,
                        hints.begin() + static_cast<std::ptrdiff_t>(i * classes));
        return loss(logits, labels, rows<const T>{hints, classes}, gradient, rows<T>{scratch, classes});
    };
    return train::fit_with(student, data, validation, on_both, options);
}

} // namespace pith::distill

#endif
