// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_TAUGHT_BY_HPP
#define PITH_DISTILL_TAUGHT_BY_HPP
/// taught_by: the loss of a student that learns from labels and from what a teacher says of the very batch
/// that the student sees.

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/shape_text.hpp"
#include "../train/batch_loss.hpp"
#include "features.hpp"
#include "soft_targets.hpp"
#include "teacher.hpp"

namespace pith::distill {

/// Part of what a student learns from a teacher: its classes.
/// @tparam Loss (student, labels, teacher, gradient, scratch) to the loss: mixed, decoupled_with_labels
template <class Loss = mixed<>>
struct on_logits {
    static constexpr bool wants_labels = true;

    Loss loss{};
    std::size_t student = 0; ///< output of the student
    std::size_t teacher = 0; ///< output of the teacher

    template <class T>
    [[nodiscard]] result<void> fits(const train::batch<T>& b, const feature_map<const T>& said) const {
        if (b.outputs[student].dims == said.dims && said.dims.rank() == 2)
            return {};
        return fault{errc::bad_shape, "student and teacher do not have the same classes",
                     text_of(b.outputs[student].dims) + " for " + text_of(said.dims)};
    }
    template <class T>
    [[nodiscard]] T operator()(const train::batch<T>& b, const feature_map<const T>& said) const {
        const rows<T> gradient = b.outputs[student].gradient_rows();
        std::vector<T> scratch(gradient.data.size());
        return loss(b.outputs[student].value_rows(), b.labels, rows<const T>{said.data, gradient.columns},
                    gradient, rows<T>{scratch, gradient.columns});
    }
};

/// Part of what a student learns from a teacher: a feature map. @tparam Loss hint, attention
template <class Loss>
struct on_features {
    static constexpr bool wants_labels = false;

    Loss loss{};
    std::size_t student = 1; ///< output of the student, as tap made it
    std::size_t teacher = 1; ///< output of the teacher
    double weight = 1;

    template <class T>
    [[nodiscard]] result<void> fits(const train::batch<T>& b, const feature_map<const T>& said) const {
        return loss.fits(b.outputs[student].dims, said.dims);
    }
    template <class T>
    [[nodiscard]] T operator()(const train::batch<T>& b, const feature_map<const T>& said) const {
        const auto& mine = b.outputs[student];
        const T value = loss(feature_map<const T>{mine.value, mine.dims}, said, mine.gradient);
        for (T& g : mine.gradient)
            g *= static_cast<T>(weight);
        return static_cast<T>(weight) * value;
    }
};

/// A batch_loss: runs the teacher once per batch and adds up the parts. Held-out data are judged by their
/// labels where they have some.
template <class Teacher, class... Parts>
class taught_by {
public:
    /// @param teacher outlives the training
    explicit taught_by(Teacher& teacher, Parts... parts) : of_(&teacher), parts_(std::move(parts)...) {}

    template <class T>
    [[nodiscard]] result<T> operator()(const train::batch<T>& b) const {
        static_assert(answers<Teacher, T>);
        PITH_TRY(of_->answer(b));
        return std::apply(
            [&](const auto&... part) {
                return train::detail::add_up(b, [&](const train::batch<T>& batch) -> result<T> {
                    return part(batch, of_->output(part.teacher));
                }...);
            },
            parts_);
    }
    template <class T, train::training_source D>
    [[nodiscard]] result<void> check(const train::batch<T>& b, const D& data) const {
        PITH_TRY(of_->fits(b));
        result<void> done;
        const auto fits = [&](const auto& part) -> result<void> {
            if (part.student >= b.outputs.size() || part.teacher >= of_->outputs())
                return fault{
                    errc::bad_option, "a part of the teacher's loss reads an output that is not there",
                    "output " + std::to_string(part.student) + " of the student's " +
                        std::to_string(b.outputs.size()) + ", output " + std::to_string(part.teacher) +
                        " of the teacher's " + std::to_string(of_->outputs())};
            return part.fits(b, of_->output(part.teacher));
        };
        std::apply([&](const auto&... part) { static_cast<void>(((done = fits(part)) && ...)); }, parts_);
        if (!done)
            return done;
        if (train::is_labelled(data) || (Parts::wants_labels || ...))
            return train::check_labels(b, 0, data);
        return {};
    }
    template <class T>
    [[nodiscard]] result<train::score> judge(const train::batch<T>& b) const {
        if (!b.labels.empty())
            return train::judge_labels(b, 0);
        return (*this)(b).transform([](T loss) { return train::score{.loss = static_cast<double>(loss)}; });
    }

private:
    Teacher* of_;
    std::tuple<Parts...> parts_;
};

} // namespace pith::distill

#endif
