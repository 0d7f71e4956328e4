// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_PROGRAM_TEACHER_HPP
#define PITH_EXAMPLES_TOOL_PROGRAM_TEACHER_HPP
/// A packed program, quantised or not, as the teacher of a student.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model.hpp"
#include "pith/distill/features.hpp"
#include "pith/train/batch.hpp"

namespace tool {

class program_teacher {
public:
    /// @param batch images per answer
    [[nodiscard]] static pith::result<program_teacher> open(const std::string& path, std::size_t batch) {
        auto opened = load_model(path);
        if (!opened)
            return opened.error();
        const auto& program = opened->session.program();
        if (program.input_count() != 1 || program.output_count() < 1)
            return pith::fault{pith::errc::unsupported, "a teacher has one input, and gives logits", path};
        const auto in = program.input(0);
        const auto out = program.output(0);
        if (in.dims.rank() < 2 || in.dims[0] != 1 || out.dims.rank() < 2 || out.dims[0] != 1)
            return pith::fault{pith::errc::unsupported,
                               "a teacher has one input of one image, and gives one "
                               "row of logits",
                               path};
        for (const auto& door : {in, out})
            if (const auto type = pith::run::type_of(program.tensor(door.tensor));
                type != pith::format::dtype::f32)
                return pith::fault{pith::errc::unsupported, "a teacher's input and logits are float32",
                                   path + ": " + std::string(door.name) + " is " +
                                       std::string(pith::format::name_of(type))};
        return program_teacher(std::move(opened->session), batch);
    }

    [[nodiscard]] std::size_t outputs() const noexcept { return 1; }
    /// Of the last answer.
    [[nodiscard]] pith::distill::feature_map<const float> output(std::size_t) noexcept {
        const std::size_t classes = logits_.size() / batch_;
        return {logits_, {static_cast<std::int64_t>(batch_), static_cast<std::int64_t>(classes)}};
    }
    [[nodiscard]] pith::result<void> fits(const pith::train::batch<float>& b) const {
        if (b.inputs.size() == 1 && b.inputs[0].value.size() == batch_ * image_)
            return {};
        return pith::fault{pith::errc::bad_shape, "student and teacher do not take the same images",
                           std::to_string(b.inputs[0].value.size() / batch_) + " elements for " +
                               std::to_string(image_)};
    }
    /// Runs the program on every image of the batch.
    [[nodiscard]] pith::result<void> answer(const pith::train::batch<float>& b) {
        for (std::size_t i = 0; i < batch_; ++i) {
            const auto image = b.inputs[0].value.subspan(i * image_, image_);
            std::copy(image.begin(), image.end(), session_.input(0).begin());
            session_.run();
            const auto row = session_.output(0);
            std::copy(row.begin(), row.end(), logits_.begin() + static_cast<std::ptrdiff_t>(i * row.size()));
        }
        return {};
    }

private:
    program_teacher(pith::run::session s, std::size_t batch)
        : session_(std::move(s)), batch_(batch), image_(session_.input(0).size()),
          logits_(batch * session_.output(0).size()) {}

    pith::run::session session_;
    std::size_t batch_;
    std::size_t image_;
    std::vector<float> logits_;
};

} // namespace tool

#endif
