// SPDX-License-Identifier: MIT
#ifndef MINE_CHANNEL_SHUFFLE_HPP
#define MINE_CHANNEL_SHUFFLE_HPP
/// A layer that the library does not have, all of it in one header: built, loaded from ONNX and written,
/// trained, simulated and packed.

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

} // namespace mine

template <>
struct pith::layer_traits<mine::channel_shuffle> : moving_layer<mine::channel_shuffle> {
    static std::string_view kind(const mine::channel_shuffle&) { return "channel_shuffle"; }
    static result<value_infos> infer(const mine::channel_shuffle& layer, view<const value_info> in) {
        if (in.size() != 1 || layer.groups < 1 || channels_of(in[0].dims) % layer.groups != 0)
            return fault{errc::bad_shape, "the channels to shuffle are no multiple of the groups"};
        return value_infos{in[0]};
    }
    template <class E>
    static std::vector<tensor<E>> move(const mine::channel_shuffle& layer, view<const tensor<E>* const> in) {
        const std::int64_t channels = channels_of(in[0]->dims());
        tensor<E> y(in[0]->dims());
        for (std::int64_t i = 0; i < y.dims().elements(); ++i) {
            const std::int64_t c = i % channels;
            y[static_cast<std::size_t>(i)] =
                (*in[0])[static_cast<std::size_t>(i - c + layer.source(c, channels))];
        }
        return {y};
    }
    static channel_sources channels(const mine::channel_shuffle& layer, view<const shape> in, std::size_t,
                                    std::int64_t channel) {
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
        const shape& dims = x.g[inputs[0]].dims;
        const std::int64_t channels = channels_of(dims);
        const std::int64_t part = channels / layer.groups;
        const shape dealt{channels == 0 ? 0 : dims.elements() / channels, part, layer.groups};
        x.copy(*in, out, dealt, strides{channels, 1, part}, dense_strides(dealt));
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
