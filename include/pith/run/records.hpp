// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_RECORDS_HPP
#define PITH_RUN_RECORDS_HPP
/// What a program file is made of. All numbers are little endian, all offsets count bytes from the file's
/// first byte, all records lie on multiples of four bytes.
///
/// Header | constants (packed weights, biases, factors, tables) | tensors | operations | text.
/// Text: inputs, outputs (door_record, sizes, permutation, name), operation names, metadata.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "../format/dtype.hpp"

namespace pith::run {

inline constexpr std::uint32_t file_magic = 0x48544950; ///< "PITH"
inline constexpr std::uint32_t file_version = 2;
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
    std::uint32_t tensors_at;
    std::uint32_t tensor_count;
    std::uint32_t ops_at;
    std::uint32_t op_count;
    std::uint32_t ops_bytes;
    std::uint32_t text_at;
    std::uint32_t text_bytes;
    std::uint16_t input_count;
    std::uint16_t output_count;
    std::uint16_t named_ops; ///< 1: the text holds a name for each operation
    std::uint16_t metadata_count;
    std::uint32_t constant_bytes; ///< bytes of packed weights, biases, factors and tables
    std::uint32_t reserved;       ///< 0
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

enum class op_kind : std::uint8_t {
    convolution_u8 = 1, ///< igemm: codes, or real output
    convolution_f32,    ///< sgemm
    depthwise_u8,
    depthwise_f32,
    quantize,
    dequantize,
    table_u8,
    unary_f32,
    binary_u8,
    binary_f32,
    pool,
    softmax,
    copy,
    pad,
    resize,
    reduce,
    gather,
    matmul,
    convert,
};
inline constexpr std::uint8_t last_op_kind = static_cast<std::uint8_t>(op_kind::convert);

/// The head of each operation's record.
struct op_record {
    std::uint8_t kind;  ///< op_kind
    std::uint8_t words; ///< length of the record in 32-bit words
    std::uint16_t output;
    std::uint16_t input;
    std::uint16_t second; ///< the other operand or residual, or no_tensor
};

/// Where a convolution looks. A dense layer is a convolution by one pixel.
struct window_record {
    std::uint16_t kernel[2];
    std::uint16_t strides[2];
    std::uint16_t dilations[2];
    std::uint8_t pads[2]; ///< top, left
    std::uint8_t tile_outputs;
    std::uint8_t tile_depth;
};

/// op_kind::convolution_u8 and depthwise_u8. `second` is the residual.
struct codes_convolution_record {
    op_record op;
    window_record window;
    std::uint32_t weights;
    std::uint32_t bias;
    std::uint32_t factor;
    std::uint16_t groups; ///< each with its own panels
    std::uint8_t lowest;
    std::uint8_t highest;
    std::uint8_t zero;       ///< of the codes before a residual is added
    std::uint8_t add_lowest; ///< bounds after the addition
    std::uint8_t add_highest;
    std::uint8_t residual_is_first;
    float add_ra;
    float add_rb;
    float add_offset;
    std::uint32_t levels;      ///< 2^weight_bits int8 codes, or 0: codes are weight_lowest + index
    std::uint8_t weight_bits;  ///< 8: int8 codes; 1..7, not of depthwise_u8: indices (format/low_bit.hpp)
    std::int8_t weight_lowest; ///< of indices without levels
    std::uint8_t level_count;  ///< in use; 0 without levels
    std::uint8_t reserved;     ///< 0
};

/// op_kind::convolution_f32 and depthwise_f32. `second` is the residual.
struct real_convolution_record {
    op_record op;
    window_record window;
    std::uint32_t weights;
    std::uint32_t bias;
    std::uint16_t groups;
    std::uint16_t reserved;
    float low;
    float high;
    float add_low;
    float add_high;
};

/// op_kind::quantize. Scale and zero are the output tensor's.
struct quantize_record {
    op_record op;
    std::uint8_t lowest;
    std::uint8_t highest;
    std::uint16_t reserved;
};

/// op_kind::table_u8: 256 codes.
struct table_record {
    op_record op;
    std::uint32_t table;
};

/// op_kind::unary_f32.
struct unary_record {
    op_record op;
    std::uint8_t function; ///< format::unary_op
    std::uint8_t reserved[3];
    float alpha;
    float beta;
};

/// How an operand of binary_u8 repeats.
enum class operand_repeat : std::uint8_t { none, scalar, channels };

/// In codes_binary_record::function: the codes are int8 ones, held moved by 128 (format::affine::moved).
inline constexpr std::uint8_t on_int8_codes = 128;
/// op_kind::binary_u8: `input` is a, `second` is b.
struct codes_binary_record {
    op_record op;
    std::uint8_t function; ///< format::binary_op: add or mul; plus on_int8_codes
    std::uint8_t lowest;
    std::uint8_t highest;
    std::uint8_t repeats; ///< operand_repeat of a, and of b times 16
    float factors[3];     ///< add: ra, rb, offset; mul: factor, 0, 0
};

/// op_kind::binary_f32. Followed by sizes, strides of a, of b and of the output, `rank` words each.
struct real_binary_record {
    op_record op;
    std::uint8_t function; ///< format::binary_op
    std::uint8_t rank;
    std::uint16_t reserved;
    float low;
    float high;
};

/// op_kind::pool, on codes or reals.
struct pool_record {
    op_record op;
    std::uint16_t kernel[2];
    std::uint16_t strides[2];
    std::uint16_t dilations[2];
    std::uint8_t pads[4];
    std::uint8_t function; ///< pool_function
    std::uint8_t count_padding;
    std::uint8_t lowest;
    std::uint8_t highest;
    float factor; ///< of whole_average on codes
};
/// average_int8: as average, on int8 codes, held moved by 128.
enum class pool_function : std::uint8_t { max, average, whole_average, average_int8 };

/// op_kind::softmax over the middle of [outer, size, inner], on codes or reals.
struct softmax_record {
    op_record op;
    std::uint32_t outer;
    std::uint32_t size;
    std::uint32_t inner;
    std::uint32_t table; ///< codes: 256 exponentials
    float levels;        ///< codes: format::softmax_levels
    std::uint8_t log;
    std::uint8_t lowest;
    std::uint8_t highest;
    std::uint8_t reserved;
};

/// op_kind::copy. Followed by sizes, strides of the input and of the output, `rank` words each.
struct copy_record {
    op_record op;
    std::uint8_t rank;
    std::uint8_t reserved[3];
    std::int32_t input_first;  ///< element copied first
    std::int32_t output_first; ///< where to
};

/// op_kind::pad. Followed by sizes, elements before and after, `rank` words each.
struct pad_record {
    op_record op;
    std::uint8_t rank;
    std::uint8_t mode; ///< format::pad_mode
    std::uint16_t reserved;
    std::uint32_t fill[2]; ///< one element's bytes
};

/// op_kind::resize. Offsets of the tables; weights are not there when taps is 1.
struct resize_record {
    op_record op;
    std::uint32_t taps;
    std::uint32_t row_indices;
    std::uint32_t row_weights;
    std::uint32_t column_indices;
    std::uint32_t column_weights;
};

/// op_kind::reduce over the middle of [outer, size, inner].
struct reduce_record {
    op_record op;
    std::uint32_t outer;
    std::uint32_t size;
    std::uint32_t inner;
    std::uint8_t function; ///< format::reduce_op
    std::uint8_t reserved[3];
};

/// op_kind::gather; `second` holds int32 indices.
struct gather_record {
    op_record op;
    std::uint32_t outer;
    std::uint32_t axis;
    std::uint32_t count;
    std::uint32_t inner_bytes;
};

/// op_kind::matmul. Followed by batch sizes, strides of a and of b, `rank` words each.
struct matmul_record {
    op_record op;
    std::uint32_t m;
    std::uint32_t k;
    std::uint32_t n;
    std::uint32_t rank;
};

/// In the text: followed by `rank` sizes (uint32), `permuted` axes (bytes), the name, and zeros up to a
/// multiple of four bytes.
struct door_record {
    std::uint16_t tensor;
    std::uint8_t rank;
    std::uint8_t permuted; ///< 0, or rank
    std::uint16_t name_bytes;
    std::uint16_t reserved;
};

static_assert(sizeof(file_header) == 64 && sizeof(tensor_record) == 32 && sizeof(op_record) == 8);
static_assert(sizeof(window_record) == 16 && sizeof(codes_convolution_record) == 64);
static_assert(sizeof(real_convolution_record) == 52 && sizeof(door_record) == 8);
static_assert(sizeof(quantize_record) == 12 && sizeof(table_record) == 12 && sizeof(unary_record) == 20);
static_assert(sizeof(codes_binary_record) == 24 && sizeof(real_binary_record) == 20);
static_assert(sizeof(pool_record) == 32 && sizeof(softmax_record) == 32 && sizeof(copy_record) == 20);
static_assert(sizeof(pad_record) == 20 && sizeof(resize_record) == 28 && sizeof(reduce_record) == 24);
static_assert(sizeof(gather_record) == 24 && sizeof(matmul_record) == 24);

} // namespace pith::run

#endif
