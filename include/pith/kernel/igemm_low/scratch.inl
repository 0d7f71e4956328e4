// SPDX-License-Identifier: MIT
// Behind decode.inl, several pixels: panels are decoded once, into a scratch on the stack, and `igemm` runs
// on that. Needs scratch_bytes, block_bytes (to be decoded at a time) and least_panels (that igemm takes at a
// time).

/// `a` from channel `first` on, for `channels` of them.
template <class = on_use>
[[nodiscard]] inline igemm_args channels_of(const igemm_args& a, std::uint32_t first,
                                            std::uint32_t channels) noexcept {
    igemm_args part = a;
    part.channels = channels;
    if (a.real_output != nullptr)
        part.real_output += first;
    else
        part.output += first;
    part.epilogue.bias += first;
    part.epilogue.factor += first;
    if (a.epilogue.residual != nullptr)
        part.epilogue.residual += first;
    return part;
}

/// Zeros what fills up the last of `groups` groups.
template <class = on_use>
inline void clear_tail(std::uint32_t run_length, std::size_t groups, std::int8_t* codes) noexcept {
    const std::uint32_t keep = (1u << 8 * (run_length % 4)) - 1;
    for (std::size_t o = group_weights * (groups - 1); o < group_weights * groups; o += 4) {
        std::uint32_t four;
        std::memcpy(&four, codes + o, sizeof four);
        four &= keep;
        std::memcpy(codes + o, &four, sizeof four);
    }
}

/// Whether the scratch holds what igemm takes at a time.
template <class = on_use>
[[nodiscard]] inline bool suits_scratch(const igemm_low_args& args) noexcept {
    return (args.dense.channels > panel_outputs ? least_panels : 1) * groups_of(args.dense.over) *
               group_weights <=
           scratch_bytes;
}

/// @pre suits_scratch(args)
template <class = on_use>
PITH_NOINLINE void igemm_decoded(const igemm_low_args& args) noexcept {
    alignas(64) std::int8_t scratch[scratch_bytes];
    const igemm_args& a = args.dense;
    const decode_function decode = pick_decode(args.codes);
    const code_table table(args.codes);
    const std::size_t groups = groups_of(a.over);
    const std::size_t run = (a.over.run_length + 3) / 4;
    // Few enough to stay in the cache, and no fewer than igemm takes at a time.
    std::size_t panels = block_bytes / (groups * group_weights);
    panels = panels > 1 ? panels - panels % 2 : least_panels;
    const auto most = static_cast<std::uint32_t>(panels * panel_outputs);
    const std::uint8_t* from = args.weights;
    for (std::uint32_t first = 0; first < a.channels; first += most) {
        const std::uint32_t channels = a.channels - first < most ? a.channels - first : most;
        const std::size_t here = (channels + panel_outputs - 1) / panel_outputs * groups;
        decode(from, here, table.codes, scratch);
        from += format::low_bit_bytes(here * group_weights, args.codes.bits);
        if (a.over.run_length % 4 != 0)
            for (std::size_t g = 0; g < here; g += run)
                clear_tail(a.over.run_length, run, scratch + g * group_weights);
        igemm_args part = channels_of(a, first, channels);
        part.weights = scratch;
        part.packed = format::low_bit_tile;
        igemm(part);
    }
}
