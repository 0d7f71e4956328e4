// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_STORE_HPP
#define PITH_PLAN_STORE_HPP
/// Entropy coding of a packed program, the last stage of Deep Compression (Han et al. 2016): pruned weights,
/// weights of few levels and the rest of a file take the bits their distribution needs. Unlike Huffman codes
/// over weights and gaps, adaptive range coding needs no tables and spends fractions of a bit on a zero.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "../base/bits.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../format/entropy.hpp"
#include "../run/program.hpp"
#include "../run/records.hpp"
#include "../run/stored.hpp"
#include "range_encoder.hpp"

namespace pith::plan {

namespace detail {

/// Where statistics may change: sections, constants of tensors, and every number in an operation's record
/// that could be the place of a constant. One that only looks like a place costs a comparison, not
/// correctness.
[[nodiscard]] inline std::vector<std::size_t> places_of_change(const run::program_data& p) {
    const bytes_view file = p.bytes();
    std::vector<std::size_t> places{0, file.size()};
    const auto header = run::load_record<run::file_header>(file.data());
    run::section_record constants{};
    for (std::size_t i = 0; i < header.section_count; ++i) {
        const auto s =
            run::load_record<run::section_record>(file.data() + sizeof header + i * sizeof constants);
        places.insert(places.end(), {s.at, std::size_t{s.at} + s.bytes});
        if (s.kind == static_cast<std::uint16_t>(run::section_kind::constants))
            constants = s;
    }
    const auto add = [&](std::size_t at) {
        if (at > constants.at && at < std::size_t{constants.at} + constants.bytes)
            places.push_back(at);
    };
    for (std::size_t i = 0; i < p.tensor_count(); ++i)
        if (p.tensor(i).constant != 0)
            add(p.tensor(i).offset);
    for (const run::op_view op : p.ops())
        for (std::size_t w = 2; w < op.head().words; ++w)
            add(load_le<std::uint32_t>(op.data() + 4 * w));
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

/// The code of `bits` bits that occurs most often.
[[nodiscard]] inline std::uint8_t most_common(bytes_view bytes, unsigned bits) {
    std::array<std::size_t, 256> count{};
    for (const std::byte b : bytes)
        for (unsigned at = 0; at < 8; at += bits)
            ++count[static_cast<unsigned>(b) >> at & ((1u << bits) - 1)];
    return static_cast<std::uint8_t>(std::max_element(count.begin(), count.end()) - count.begin());
}

/// Bits that a run takes, its header included.
[[nodiscard]] inline double cost_of(const format::symbol_coding& how, std::span<std::byte> bytes) {
    coding_cost cost;
    format::symbol_coding header = how;
    format::code_header(cost, header);
    const auto model = std::make_unique<format::symbol_model>();
    format::code_symbols(cost, how, bytes, *model);
    return cost.bits();
}

struct coded_run {
    format::symbol_coding how;
    double bits = std::numeric_limits<double>::infinity();
};

/// The cheapest coding of a run. Long runs are judged by their beginning.
[[nodiscard]] inline coded_run cheapest(std::span<std::byte> bytes) {
    constexpr std::size_t judged = std::size_t{1} << 16;
    const auto part = bytes.first(std::min(bytes.size(), judged));
    coded_run best;
    const auto consider = [&](format::symbol_coding how) {
        how.bytes = static_cast<std::uint32_t>(bytes.size());
        if (const double bits = cost_of(how, part); bits < best.bits)
            best = {how, bits};
    };
    consider({});
    for (const std::uint8_t bits : {std::uint8_t{2}, std::uint8_t{4}, std::uint8_t{8}})
        for (const std::uint8_t distance :
             {std::uint8_t{1}, std::uint8_t{4}, std::uint8_t{16}, std::uint8_t{64}})
            consider({.bits = bits, .common = most_common(part, bits), .distance = distance});
    consider({.bits = 8, .lanes = 4, .common = most_common(part, 8)});
    best.bits *= static_cast<double>(bytes.size()) / static_cast<double>(part.size());
    return best;
}

/// Runs of the whole file, neighbours joined where that costs no more.
[[nodiscard]] inline std::vector<coded_run> runs_of(std::span<std::byte> file,
                                                    const std::vector<std::size_t>& places) {
    constexpr std::size_t longest_joined = 8192;
    std::vector<coded_run> runs;
    std::size_t last = 0; ///< where the last run begins
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
        const std::size_t size = places[i + 1] - places[i];
        coded_run next = cheapest(file.subspan(places[i], size));
        if (!runs.empty() && std::min<std::size_t>(size, runs.back().how.bytes) <= longest_joined) {
            const coded_run joined = cheapest(file.subspan(last, runs.back().how.bytes + size));
            if (joined.bits <= runs.back().bits + next.bits) {
                runs.back() = joined;
                continue;
            }
        }
        last = places[i];
        runs.push_back(next);
    }
    return runs;
}

} // namespace detail

/// The stored form of a program: run::expand gives back the same bytes.
/// @param program what basic_program_view<Ops>::open accepts; anything else is refused
template <class Ops = run::op_list>
[[nodiscard]] result<std::vector<std::byte>> store(bytes_view program) {
    const auto opened = run::basic_program_view<Ops>::open(program);
    if (!opened)
        return opened.error();
    std::vector<std::byte> file(program.begin(), program.end()); // a coder writes what it reads
    const auto runs = detail::runs_of(file, detail::places_of_change(*opened));
    range_encoder encoder;
    const auto model = std::make_unique<format::symbol_model>();
    std::size_t at = 0;
    for (const auto& r : runs) {
        format::symbol_coding how = r.how;
        format::code_header(encoder, how);
        *model = {};
        format::code_symbols(encoder, how, std::span(file).subspan(at, how.bytes), *model);
        at += how.bytes;
    }
    const std::vector<std::byte> stream = encoder.finish();
    const std::size_t least = file.size() / run::most_expansion + 1;
    std::vector<std::byte> stored(std::max(sizeof(run::stored_header) + stream.size(), least));
    const run::stored_header h{run::stored_magic, run::stored_version,
                               static_cast<std::uint32_t>(stored.size()),
                               static_cast<std::uint32_t>(file.size())};
    std::memcpy(stored.data(), &h, sizeof h);
    std::copy(stream.begin(), stream.end(), stored.begin() + sizeof h);
    return stored;
}

} // namespace pith::plan

#endif
