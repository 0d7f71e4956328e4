// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_RECORDS_HPP
#define PITH_RUN_RECORDS_HPP
/// What a program file is made of. All numbers are little endian, all offsets count bytes from the file's
/// first byte, all records lie on multiples of four bytes.
///
/// Header | table of sections | sections. A reader skips optional sections that it does not know and refuses
/// required ones. Operations have their records in op/, one header each.

#include <cstddef>
#include <cstdint>

#include "../format/dtype.hpp"

namespace pith::run {

inline constexpr std::uint32_t file_magic = 0x48544950; ///< "PITH"
/// The version of .pith files that is written and read.
inline constexpr std::uint32_t file_version = 3;
/// Stands for an operand that is not there.
inline constexpr std::uint16_t no_tensor = 0xFFFF;
/// Axes of the strided operations.
inline constexpr std::size_t max_axes = 8;
/// Alignment a program's first byte and an arena's must have.
inline constexpr std::size_t required_alignment = 16;

struct file_header {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t total_bytes;
    std::uint32_t checksum; ///< of everything behind this field
    std::uint32_t arena_bytes;
    std::uint16_t section_count; ///< section_records behind the header
    std::uint16_t input_count;
    std::uint16_t output_count;
    std::uint16_t reserved[3]; ///< 0
};

/// What a section holds. The values are permanent; each kind occurs at most once.
enum class section_kind : std::uint16_t {
    constants = 1, ///< packed weights, biases, factors, tables
    tensors,       ///< tensor_records
    operations,    ///< records of op/, one behind the other
    doors,         ///< inputs, then outputs: door_record, sizes, permutation, name
    names,         ///< of the operations; optional
    metadata,      ///< pairs of key and value; optional
};

struct section_record {
    std::uint16_t kind;     ///< section_kind
    std::uint16_t required; ///< 1: a reader that does not know the kind must refuse the file; 0: it skips it
    std::uint32_t at;
    std::uint32_t bytes;
    std::uint32_t count; ///< entries
};

/// Images [n, h, w, c], c innermost; smaller ranks are [1, 1, ..] with the last axis as c. A border of real
/// zeros may surround each image in the arena; the borders left and right of neighbouring rows are shared.
struct tensor_record {
    std::uint32_t offset; ///< element (0, 0, 0, 0), in the arena or, for constants, in the file
    std::uint32_t dims[4];
    float scale;            ///< of codes
    std::uint8_t type;      ///< format::dtype
    std::uint8_t zero;      ///< of codes
    std::uint8_t constant;  ///< 1: lies in the file
    std::uint8_t reserved;  ///< 0
    std::uint8_t border[4]; ///< top, left, bottom, right
};

/// The head of each operation's record.
struct op_record {
    std::uint8_t kind;  ///< of the operation, as op/ has it
    std::uint8_t words; ///< length of the record in 32-bit words
    std::uint16_t output;
    std::uint16_t input;
    std::uint16_t second; ///< the other operand or residual, or no_tensor
};

/// In the section of doors: followed by `rank` sizes (uint32), `permuted` axes (bytes), the name, and zeros
/// up to a multiple of four bytes.
struct door_record {
    std::uint16_t tensor;
    std::uint8_t rank;
    std::uint8_t permuted; ///< 0, or rank
    std::uint16_t name_bytes;
    std::uint16_t reserved;
};

static_assert(sizeof(file_header) == 32 && sizeof(section_record) == 16 && sizeof(tensor_record) == 32);
static_assert(sizeof(op_record) == 8 && sizeof(door_record) == 8);

} // namespace pith::run

#endif
