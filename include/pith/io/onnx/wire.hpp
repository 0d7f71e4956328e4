// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WIRE_HPP
#define PITH_IO_ONNX_WIRE_HPP
/// Protocol-buffer fields read with their wire type checked, and the one exception that reading ONNX uses.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <protozero/pbf_reader.hpp>

#include "../../base/bits.hpp"
#include "../../base/result.hpp"
#include "../../base/view.hpp"

namespace pith::io::onnx {

/// Thrown while a model is read only: guarded() turns it into its fault.
struct refused {
    fault why;
};

[[noreturn]] inline void refuse(errc code, const char* what, std::string_view where = {}) {
    throw refused{fault{code, what, where}};
}

/// What a fault says when nothing more precise is known; a test that meets it has found a missing check.
inline constexpr const char* unforeseen = "the file is damaged in a way that was not foreseen";

/// Runs `body`, which returns some result<T>, and turns everything thrown inside into a fault.
template <class Body>
auto guarded(const Body& body) -> std::invoke_result_t<const Body&> {
    try {
        return body();
    } catch (const refused& r) {
        return r.why;
    } catch (const protozero::exception&) {
        return fault{errc::bad_file, "not a well-formed protocol buffer: the file is damaged or truncated"};
    } catch (const std::bad_alloc&) {
        return fault{errc::no_memory, "the model needs more memory than there is"};
    } catch (const std::length_error&) {
        return fault{errc::no_memory, "the model needs more memory than there is"};
    } catch (const std::exception&) {
        return fault{errc::bad_file, unforeseen};
    }
}

/// Bytes that decoding may still allocate, and elements it may still compute with: a file cannot take much
/// more than its own size.
class budget {
public:
    explicit budget(std::size_t file_bytes)
        : left_(8 * static_cast<std::uint64_t>(file_bytes) + (64U << 20U)),
          work_(16 * static_cast<std::uint64_t>(file_bytes) + (128U << 20U)) {}

    void charge(std::uint64_t bytes, std::string_view where = {}) {
        if (bytes > left_)
            refuse(errc::no_memory,
                   "decoding needs far more memory than a file of this size may use: 8 times its bytes and "
                   "64 MiB",
                   where);
        left_ -= bytes;
    }
    /// Takes back what was charged for memory that is free again.
    void refund(std::uint64_t bytes) noexcept { left_ += bytes; }
    /// For elements that are read to compute with constants.
    void spend(std::uint64_t elements, std::string_view where = {}) {
        if (elements > work_)
            refuse(errc::unsupported,
                   "constants need far more work than a file of this size may use: 16 elements per byte and "
                   "2^27",
                   where);
        work_ -= elements;
    }

private:
    std::uint64_t left_;
    std::uint64_t work_;
};

[[nodiscard]] inline std::string_view as_text(bytes_view b) noexcept {
    return {reinterpret_cast<const char*>(b.data()), b.size()};
}

using protozero::pbf_reader;
using protozero::pbf_wire_type;

inline void expect_wire(const pbf_reader& r, pbf_wire_type type) {
    if (!r.has_wire_type(type))
        refuse(errc::bad_file, "a field has the wrong wire type: this is not an ONNX file, or it is damaged");
}

/// A string, bytes or message field.
[[nodiscard]] inline std::string_view read_text(pbf_reader& r) {
    expect_wire(r, pbf_wire_type::length_delimited);
    const auto v = r.get_view();
    return {v.data(), v.size()};
}

[[nodiscard]] inline std::int64_t read_int(pbf_reader& r) {
    expect_wire(r, pbf_wire_type::varint);
    return r.get_int64();
}

[[nodiscard]] inline float read_float(pbf_reader& r) {
    expect_wire(r, pbf_wire_type::fixed32);
    return r.get_float();
}

/// Calls `take(std::int64_t)` for one element of a repeated integer field, or all of a packed one.
template <class Take>
void read_ints(pbf_reader& r, const Take& take) {
    if (r.has_wire_type(pbf_wire_type::varint)) {
        take(r.get_int64());
        return;
    }
    expect_wire(r, pbf_wire_type::length_delimited);
    for (const std::int64_t v : r.get_packed_int64())
        take(v);
}

/// The same for little-endian fixed-width fields: T is float or double.
template <class T, class Take>
void read_fixed(pbf_reader& r, const Take& take) {
    constexpr bool wide = sizeof(T) == 8;
    if (r.has_wire_type(wide ? pbf_wire_type::fixed64 : pbf_wire_type::fixed32)) {
        if constexpr (wide)
            take(static_cast<T>(r.get_double()));
        else
            take(r.get_float());
        return;
    }
    const std::string_view packed = read_text(r);
    if (packed.size() % sizeof(T) != 0)
        refuse(errc::bad_file, "a packed field ends in the middle of a number");
    const auto* p = reinterpret_cast<const std::byte*>(packed.data());
    for (std::size_t i = 0; i < packed.size(); i += sizeof(T))
        take(load_le<T>(p + i));
}

/// Calls `field(reader)` at every field of a message; it reads the field or skips it.
template <class Field>
void for_each_field(std::string_view message, const Field& field) {
    pbf_reader r{message.data(), message.size()};
    while (r.next())
        field(r);
}

} // namespace pith::io::onnx

#endif
