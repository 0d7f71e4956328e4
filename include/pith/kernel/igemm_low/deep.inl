// SPDX-License-Identifier: MIT
// Behind scratch.inl, panels too large for a scratch where igemm widens operands: igemm/deep.inl on weights
// decoded in parts.

/// The parts of weights that igemm_deep asks for.
struct decoded_weights {
    const igemm_low_args& args;
    decode_function decode;
    code_table table;
    alignas(64) std::int8_t scratch[std::size_t{igemm_detail::deep_part} * panel_outputs];

    [[nodiscard]] const std::int8_t* operator()(std::size_t at, std::uint32_t length) noexcept {
        const std::size_t groups = (length + 3) / 4;
        decode(args.weights + format::low_bit_bytes(at * group_weights, args.codes.bits), groups, table.codes,
               scratch);
        if (length % 4 != 0)
            clear_tail(length, groups, scratch);
        return scratch;
    }
};

template <class = on_use>
inline void igemm_split(const igemm_low_args& args) noexcept {
    igemm_args a = args.dense;
    a.weights = reinterpret_cast<const std::int8_t*>(args.weights); // not read
    decoded_weights weights{args, pick_decode(args.codes), code_table(args.codes), {}};
    igemm_detail::igemm_deep(a, weights);
}
