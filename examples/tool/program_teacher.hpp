// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_PROGRAM_TEACHER_HPP
#define PITH_EXAMPLES_TOOL_PROGRAM_TEACHER_HPP
/// A packed program, quantised or not, as the teacher of a student.

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "model.hpp"
#include "pith/train/rows.hpp"

namespace tool {

class program_teacher {
public:
    /// @param batch images per call of logits()
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

    [[nodiscard]] std::size_t batch() const noexcept { return batch_; }
    [[nodiscard]] std::size_t classes() const noexcept { return session_.output(0).size(); }
    [[nodiscard]] std::size_t image_size() const noexcept { return image_; }

    /// They last until the next call. @pre images.size() == batch() * image_size()
    [[nodiscard]] pith::result<pith::train::rows<const float>> logits(pith::view<const float> images) {
        for (std::size_t i = 0; i < batch_; ++i) {
            const auto image = images.subspan(i * image_, image_);
            std::copy(image.begin(), image.end(), session_.input(0).begin());
            session_.run();
            const auto row = session_.output(0);
            std::copy(row.begin(), row.end(), logits_.begin() + static_cast<std::ptrdiff_t>(i * row.size()));
        }
        return pith::train::rows<const float>{logits_, classes()};
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
