// SPDX-License-Identifier: MIT
#ifndef MINE_CHANNEL_SHUFFLE_HPP
#define MINE_CHANNEL_SHUFFLE_HPP
/// A layer that the library does not have, all of it in one header: built, loaded from ONNX and written,
/// trained, simulated and packed, as an operation of programs that the library does not have either.

#include <cstring>
#include <span>

#include <pith/pith.hpp>

namespace mine {

/// inputs: x [..., c]; output as x, its channels dealt out from `groups` equal parts in turn (ShuffleNet).
struct channel_shuffle {
    std::int64_t groups = 1;

    /// The input channel that output channel `c` of `channels` is.
    std::int64_t source(std::int64_t c, std::int64_t channels) const {
        return c % groups * (channels / groups) + c / groups;
    }
};

struct layers : pith::layer_list::with<channel_shuffle> {};

struct deal_args {
    const std::byte* input;
    std::byte* output;
    std::size_t pixels, part, groups, element_bytes;
};
inline void deal_elements(const deal_args& a) noexcept {
    for (std::size_t i = 0; i < a.pixels * a.part * a.groups; ++i) {
        const std::size_t pixel = i / (a.part * a.groups);
        const std::size_t from = (pixel * a.groups + i % a.groups) * a.part + i / a.groups % a.part;
        std::memcpy(a.output + i * a.element_bytes, a.input + from * a.element_bytes, a.element_bytes);
    }
}

/// The operation of programs that the layer becomes.
struct deal : pith::run::without_weights {
    static constexpr std::uint8_t kind = 128;
    static constexpr std::string_view name = "deal";
    struct record {
        pith::run::op_record op;
        std::uint32_t groups;
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr auto second = pith::run::second_operand::none;
    static constexpr auto replaces = pith::run::in_place::nothing;
    using kernels = pith::kernel::slot<deal_args>;

    static constexpr kernels portable_kernels() {
        return {{"portable", pith::arch::isa::none, pith::format::any_tile, &deal_elements}};
    }
    template <class Use>
    static constexpr kernels best_kernels(pith::arch::isa_set) {
        return portable_kernels();
    }
    static const auto& kernel_of(pith::run::op_view, const kernels& k) { return k.best; }
    static bool check(const pith::run::op_checker&, pith::run::op_view op, const pith::run::tensor_record& in,
                      const pith::run::tensor_record& out) {
        const std::uint32_t groups = op.as<record>().groups;
        return in.type == out.type && same_dims(in, out) && no_borders(in, out) && groups != 0 &&
               in.dims[3] % groups == 0;
    }
    static void run(const pith::run::execution& x, pith::run::op_view op, const kernels& k) {
        const auto r = op.as<record>();
        const auto in = x.program.tensor(r.op.input);
        const std::size_t channels = in.dims[3];
        k.best.run({x.read<std::byte>(in), x.write<std::byte>(x.program.tensor(r.op.output)),
                    static_cast<std::size_t>(elements_of(in)) / channels, channels / r.groups, r.groups,
                    element_bytes(in)});
    }
};

using operations = pith::run::op_list::with<deal>;

} // namespace mine

template <>
struct pith::layer_traits<mine::channel_shuffle> : moving_layer<mine::channel_shuffle> {
    static std::string_view kind(const mine::channel_shuffle&) { return "channel_shuffle"; }
    static result<value_infos> infer(const mine::channel_shuffle& layer, std::span<const value_info> in) {
        if (in.size() != 1 || layer.groups < 1 || channels_of(in[0].dims) % layer.groups != 0)
            return fault{errc::bad_shape, "the channels to shuffle are no multiple of the groups"};
        return value_infos{in[0]};
    }
    template <class E>
    static std::vector<tensor<E>> move(const mine::channel_shuffle& layer,
                                       std::span<const tensor<E>* const> in) {
        const std::int64_t channels = channels_of(in[0]->dims());
        tensor<E> y(in[0]->dims());
        for (std::int64_t i = 0; i < y.dims().elements(); ++i) {
            const std::int64_t c = i % channels;
            y[static_cast<std::size_t>(i)] =
                (*in[0])[static_cast<std::size_t>(i - c + layer.source(c, channels))];
        }
        return {y};
    }
    static channel_sources channels(const mine::channel_shuffle& layer, std::span<const shape> in,
                                    std::size_t, std::int64_t channel) {
        return {{0, layer.source(channel, channels_of(in[0])), 1}};
    }
};

template <>
struct pith::train::layer_training<mine::channel_shuffle> : moving_training<mine::channel_shuffle> {};

template <>
struct pith::plan::layer_lowering<mine::channel_shuffle> {
    template <class T, class Layers>
    static result<void> lower(lowering<T, Layers>& x, const mine::channel_shuffle& layer,
                              const std::vector<value_id>& inputs) {
        const form f = moved_form(x, inputs[0]);
        const auto in = x.read(inputs[0], f, placement::dense);
        if (!in)
            return in.error();
        const tensor_id out = moved_output(x, x.current.output, f, false);
        x.template add<mine::deal>(
            {.op = operands(out, *in), .groups = static_cast<std::uint32_t>(layer.groups)});
        settle_moved(x, x.current.output, f, out);
        return {};
    }
};

template <>
struct pith::io::onnx::layer_reading<mine::channel_shuffle> {
    template <class G>
    static void read(call<G>& c) {
        const layout order = channels_last(c.in(0).dims.rank());
        const operand x = c.make.arranged(c.in(0), order);
        c.out(0, c.stored(c.make.emit(mine::channel_shuffle{c.whole("groups", 1)}, {x.id}), order));
    }
    template <class G>
    static constexpr operator_entry<G> operators[] = {{"ChannelShuffle", &read<G>, "mine"}};
};

template <>
struct pith::io::onnx_write::layer_writing<mine::channel_shuffle> : writes_reals {
    template <class W, class Node>
    static void write(W& w, const Node& n, const mine::channel_shuffle& layer) {
        const layout first = channels_first(w.dims(n.inputs[0]).rank());
        const std::string x = w.take(n.inputs[0], first);
        w.emit({n.name,
                "ChannelShuffle",
                {x},
                {w.give(n.outputs[0], first)},
                attribute_list{}.whole("groups", layer.groups),
                "mine"});
        w.domains.push_back("mine");
    }
};

#endif
