// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_CHECK_FILE_HPP
#define PITH_RUN_CHECK_FILE_HPP
/// Is this a program file, whole and consistent? Header, checksum, sections, tensors, doors and text;
/// operations check themselves (program.hpp).

#include <cstddef>
#include <cstdint>

#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../base/view.hpp"
#include "checksum.hpp"
#include "layout.hpp"
#include "op_view.hpp"
#include "program_data.hpp"
#include "records.hpp"

namespace pith::run::detail {

/// `label` and a number, for fault::where.
struct place {
    char text[48] = {};
    std::size_t size = 0;

    place(const char* label, std::size_t number) noexcept {
        while (*label != '\0' && size < 24)
            text[size++] = *label++;
        char digits[20];
        std::size_t n = 0;
        do {
            digits[n++] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        while (n > 0)
            text[size++] = digits[--n];
    }
    [[nodiscard]] std::string_view view() const noexcept { return {text, size}; }
};

[[nodiscard]] inline result<void> check_header(bytes_view bytes, file_header& h) noexcept {
    if (bytes.size() < sizeof(file_header))
        return fault{errc::bad_file, "this is too short for a .pith program"};
    if constexpr (!little_endian)
        return fault{errc::unsupported, "programs run on little-endian processors only"};
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % required_alignment != 0)
        return fault{errc::bad_option,
                     "a program's bytes must be aligned to 16 bytes (alignas(64) fits all)"};
    h = load_record<file_header>(bytes.data());
    if (h.magic != file_magic)
        return fault{errc::bad_file, "this is not a .pith program"};
    if (h.version != file_version)
        return fault{errc::unsupported,
                     "this library reads version 3 of .pith programs: pack the model again",
                     place("the file has version ", h.version).view()};
    if (h.total_bytes != bytes.size())
        return fault{errc::bad_file, "the .pith program is cut off, or something was added behind it"};
    if (h.checksum != checksum(bytes.subspan(16)))
        return fault{errc::bad_file, "the .pith program is damaged: its checksum does not match"};
    const bool consistent =
        h.arena_bytes >= over_read_bytes && h.reserved[0] == 0 && h.reserved[1] == 0 && h.reserved[2] == 0;
    if (!consistent)
        return fault{errc::bad_file, "the .pith program's header contradicts itself"};
    return {};
}

/// [at, at + bytes) lies behind the table of sections and inside the file.
[[nodiscard]] inline bool inside(const file_header& h, const section_record& s) noexcept {
    const std::size_t first = sizeof(file_header) + h.section_count * sizeof(section_record);
    return s.at >= first && s.at % 4 == 0 && s.at <= h.total_bytes && s.bytes <= h.total_bytes - s.at &&
           s.required <= 1;
}

[[nodiscard]] inline result<void> check_sections(bytes_view file, const file_header& h,
                                                 section_table& t) noexcept {
    if (file.size() < sizeof(file_header) + h.section_count * sizeof(section_record))
        return fault{errc::bad_file, "the .pith program's table of sections is cut off"};
    for (std::size_t i = 0; i < h.section_count; ++i) {
        const auto s = load_record<section_record>(file.data() + sizeof h + i * sizeof(section_record));
        if (!inside(h, s))
            return fault{errc::bad_file, "a section of the .pith program lies outside the file",
                         place("section ", i).view()};
        section_record* known = t.find(s.kind);
        if (known == nullptr && s.required != 0)
            return fault{
                errc::unsupported,
                "the .pith program needs a newer version of this library: it has a section that this "
                "one does not know",
                place("section kind ", s.kind).view()};
        if (known == nullptr)
            continue;
        if (known->kind != 0)
            return fault{errc::bad_file, "the .pith program has two sections of one kind",
                         place("section kind ", s.kind).view()};
        *known = s;
    }
    const bool complete = t.tensors.kind != 0 && t.operations.kind != 0 && t.doors.kind != 0 &&
                          t.tensors.count < no_tensor &&
                          t.tensors.bytes == std::uint64_t{t.tensors.count} * sizeof(tensor_record) &&
                          t.doors.count == std::uint32_t{h.input_count} + h.output_count &&
                          (t.names.count == 0 || t.names.count == t.operations.count);
    if (!complete)
        return fault{errc::bad_file, "the .pith program's sections contradict each other"};
    return {};
}

/// Bytes that an arena may have beyond what its tensors need, for writers that round up or leave gaps.
inline constexpr std::uint64_t most_spare_arena_bytes = 0x10000;
/// Bytes of a tensor with its border: offsets in it fit the smallest pointer differences there are.
inline constexpr std::uint64_t most_tensor_bytes = 0x7FFFFFFF;

/// @pre the tensor's element and sizes are sound
[[nodiscard]] inline bool has_few_bytes(const tensor_record& t) noexcept {
    constexpr std::uint64_t most = most_tensor_bytes;
    return row_stride(t) <= most && image_pixels(t) <= most && image_stride(t) <= most &&
           stored_elements(t) * element_bytes(t) <= most;
}

[[nodiscard]] inline bool tensor_is_sound(const file_header& h, const tensor_record& t) noexcept {
    const std::uint64_t element = element_bytes(t);
    if (element == 0 || t.constant > 1 || t.reserved != 0)
        return false;
    for (const std::uint32_t d : t.dims)
        if (d == 0 || d > (1u << 28))
            return false;
    if (!has_few_bytes(t))
        return false;
    const std::uint64_t before = elements_before(t) * element;
    const std::uint64_t behind = stored_elements(t) * element - before;
    const std::uint64_t size = t.constant != 0 ? h.total_bytes : h.arena_bytes;
    const std::uint64_t least = before + (t.constant != 0 ? sizeof(file_header) : 0);
    return t.offset >= least && t.offset % (element < 4 ? element : 4) == 0 &&
           (element < 8 || t.offset % 8 == 0) && t.offset + behind + over_read_bytes <= size;
}

/// Every tensor lies in its memory, and the arena is hardly larger than they need.
[[nodiscard]] inline result<void> check_tensors(bytes_view file, const file_header& h,
                                                const section_record& tensors) noexcept {
    std::uint64_t needed = 0;
    for (std::size_t i = 0; i < tensors.count; ++i) {
        const auto t = load_record<tensor_record>(file.data() + tensors.at + i * sizeof(tensor_record));
        if (!tensor_is_sound(h, t))
            return fault{errc::bad_file, "a tensor of the .pith program lies outside its memory",
                         place("tensor ", i).view()};
        const std::uint64_t end =
            t.offset + (stored_elements(t) - elements_before(t)) * std::uint64_t{element_bytes(t)};
        needed = t.constant == 0 && end > needed ? end : needed;
    }
    if (h.arena_bytes > needed + over_read_bytes + most_spare_arena_bytes)
        return fault{errc::bad_file, "the .pith program asks for more memory than its tensors need",
                     place("bytes: ", h.arena_bytes).view()};
    return {};
}

[[nodiscard]] inline bool door_fits(const door_record& r, const std::byte* sizes,
                                    const tensor_record& t) noexcept {
    std::uint64_t n = 1;
    for (std::size_t i = 0; i < r.rank; ++i) {
        const std::uint32_t d = load_le<std::uint32_t>(sizes + 4 * i);
        if (d > (1u << 28) || (n *= d) > (std::uint64_t{1} << 31))
            return false;
    }
    return n == elements_of(t) && !has_border(t);
}

/// @param at moves behind the door
[[nodiscard]] inline bool door_is_sound(bytes_view file, const section_record& tensors, std::size_t& at,
                                        std::size_t end, bool is_input) noexcept {
    if (end - at < sizeof(door_record))
        return false;
    const auto r = load_record<door_record>(file.data() + at);
    if (r.rank > max_rank || (r.permuted != 0 && r.permuted != r.rank) || r.reserved != 0 ||
        r.tensor >= tensors.count || door_bytes(r) > end - at)
        return false;
    const auto t = load_record<tensor_record>(file.data() + tensors.at + r.tensor * sizeof(tensor_record));
    if (!door_fits(r, file.data() + at + sizeof r, t) || (is_input && t.constant != 0))
        return false;
    std::uint32_t seen = 0;
    for (std::size_t i = 0; i < r.permuted; ++i) {
        const auto axis = static_cast<std::uint32_t>(file[at + sizeof r + std::size_t{4} * r.rank + i]);
        if (axis >= r.permuted || (seen & 1u << axis) != 0)
            return false;
        seen |= 1u << axis;
    }
    at += door_bytes(r);
    return true;
}

[[nodiscard]] inline result<void> check_doors(bytes_view file, const file_header& h,
                                              const section_table& s) noexcept {
    std::size_t at = s.doors.at;
    const std::size_t end = at + s.doors.bytes;
    for (std::size_t i = 0; i < s.doors.count; ++i)
        if (!door_is_sound(file, s.tensors, at, end, i < h.input_count))
            return fault{errc::bad_file, "an input or output of the .pith program is damaged",
                         place("door ", i).view()};
    return {};
}

/// @param texts names in the section, each a length and so many bytes
[[nodiscard]] inline result<void> check_texts(bytes_view file, const section_record& s,
                                              std::uint64_t texts) noexcept {
    std::size_t at = s.at;
    const std::size_t end = at + s.bytes;
    for (std::uint64_t i = 0; i < texts; ++i) {
        if (end - at < 2 || load_le<std::uint16_t>(file.data() + at) > end - at - 2)
            return fault{errc::bad_file, "a name in the .pith program is damaged",
                         place("name ", static_cast<std::size_t>(i)).view()};
        at += std::size_t{2} + load_le<std::uint16_t>(file.data() + at);
    }
    return {};
}

/// Everything but the operations. @param h, sections are filled in
[[nodiscard]] inline result<void> check_file(bytes_view file, file_header& h,
                                             section_table& sections) noexcept {
    PITH_TRY(check_header(file, h));
    PITH_TRY(check_sections(file, h, sections));
    PITH_TRY(check_tensors(file, h, sections.tensors));
    PITH_TRY(check_doors(file, h, sections));
    PITH_TRY(check_texts(file, sections.names, sections.names.count));
    return check_texts(file, sections.metadata, std::uint64_t{2} * sections.metadata.count);
}

} // namespace pith::run::detail

#endif
