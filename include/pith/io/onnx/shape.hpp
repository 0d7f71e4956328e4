// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_SHAPE_HPP
#define PITH_IO_ONNX_SHAPE_HPP
/// The sizes of a value while a file is read. A file decides how many axes there are, so an axis that is not
/// there is the file's fault and refused, where pith::shape takes it for a caller's mistake.

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "../../base/shape.hpp"
#include "wire.hpp"

namespace pith::io::onnx {

/// While ONNX is read this is what `shape` means.
class shape : public pith::shape {
public:
    shape() = default;
    shape(const pith::shape& dims) : pith::shape(dims) {}
    shape(std::initializer_list<std::int64_t> dims) {
        for (const auto d : dims)
            push_back(d);
    }

    [[nodiscard]] std::int64_t operator[](std::size_t i) const {
        expect_axis(i < rank());
        return pith::shape::operator[](i);
    }
    [[nodiscard]] std::int64_t& operator[](std::size_t i) {
        expect_axis(i < rank());
        return pith::shape::operator[](i);
    }
    [[nodiscard]] std::int64_t back() const { return (*this)[rank() - 1]; }

    void push_back(std::int64_t dim) {
        if (rank() == max_rank)
            refuse(errc::unsupported, "tensors have at most 8 dimensions here");
        pith::shape::push_back(dim);
    }

    /// Product of the sizes of axes [first, last); 1 if there are none.
    [[nodiscard]] std::int64_t product(std::size_t first, std::size_t last) const {
        expect_axis(last <= rank() || first >= last);
        return pith::shape::product(first, last);
    }

private:
    static void expect_axis(bool there) {
        if (!there)
            refuse(errc::bad_shape, "an input has fewer axes than its operator needs");
    }
};

} // namespace pith::io::onnx

#endif
