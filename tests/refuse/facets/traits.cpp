// SPDX-License-Identifier: MIT
// PITH_FORGET=1: pith::layer_traits<L>::role is missing
// PITH_FORGET=2: pith::layer_traits<L>::kind is missing
// PITH_FORGET=3: pith::layer_traits<L>::infer is missing
// PITH_FORGET=4: pith::layer_traits<L>::forward is missing
// PITH_FORGET=5: pith::layer_traits<L>::channels is missing
// PITH_FORGET=6: pith::layer_traits<L>::keeps_elements is missing
// PITH_FORGET=7: pith::layer_traits<L>::runs_quantized is missing
// PITH_FORGET=8: pith::layer_traits<L>::forward_codes is missing
// PITH_FORGET=9: pith::layer_traits<L>::macs is missing
// PITH_FORGET=10: pith::layer_traits<L>::move is missing
// PITH_FORGET=11: a layer of the list has no pith::layer_traits
// PITH_FORGET=12: pith::layer_traits<L>::taps is missing
// PITH_FORGET=13: pith::layer_traits<L>::multiply or ::cut_of_sums is missing
#ifndef PITH_FORGET
#define PITH_FORGET 0
#endif
#include <span>

#include <pith/graph/graph.hpp>

#include <pith/graph/evaluate.hpp>
#include <pith/graph/measure.hpp>

namespace mine {

struct shift {};
struct turn {};
struct mix {};
struct layers : pith::layer_list::with<shift, turn, mix> {};

} // namespace mine

namespace pith {

#if PITH_FORGET != 11
template <>
struct layer_traits<mine::shift> {
#if PITH_FORGET != 1
    static constexpr layer_role role = layer_role::pointwise;
#endif
#if PITH_FORGET != 2
    static std::string_view kind(const mine::shift&) {
        return "shift";
    }
#endif
#if PITH_FORGET != 3
    static result<value_infos> infer(const mine::shift&, std::span<const value_info> in) {
        return value_infos{in[0]};
    }
#endif
#if PITH_FORGET != 4
    template <class T>
    static result<any_tensors<T>> forward(const mine::shift&, tensor_inputs<T> in) {
        return any_tensors<T>{*in[0].reals};
    }
#endif
#if PITH_FORGET != 5
    static channel_sources channels(const mine::shift&, std::span<const shape> in, std::size_t,
                                    std::int64_t c) {
        return same_channel(in, c);
    }
#endif
#if PITH_FORGET != 6
    static bool keeps_elements(const mine::shift&) {
        return false;
    }
#endif
#if PITH_FORGET != 7
    static bool runs_quantized(const mine::shift&, const node_codes&) {
        return false;
    }
#endif
#if PITH_FORGET != 8
    template <class T>
    static result<simulated_values<T>> forward_codes(const mine::shift&, const integer_call<T>&) {
        return fault{errc::unsupported, "no"};
    }
#endif
#if PITH_FORGET != 9
    static std::int64_t macs(const mine::shift&, const shape&, std::span<const shape>) {
        return 0;
    }
#endif
#if PITH_FORGET != 12
    static std::int64_t taps(const mine::shift&, const shape&, std::span<const shape>) {
        return 0;
    }
#endif
};
#endif

template <>
struct layer_traits<mine::turn> : moving_layer<mine::turn> {
    static std::string_view kind(const mine::turn&) { return "turn"; }
    static result<value_infos> infer(const mine::turn&, std::span<const value_info> in) {
        return value_infos{in[0]};
    }
    static channel_sources channels(const mine::turn&, std::span<const shape> in, std::size_t,
                                    std::int64_t c) {
        return same_channel(in, c);
    }
#if PITH_FORGET != 10
    template <class E>
    static std::vector<tensor<E>> move(const mine::turn&, std::span<const tensor<E>* const> in) {
        return {*in[0]};
    }
#endif
};

template <>
struct layer_traits<mine::mix> : multiplying_layer<mine::mix> {
    static std::string_view kind(const mine::mix&) { return "mix"; }
    static result<value_infos> infer(const mine::mix&, std::span<const value_info> in) {
        return value_infos{in[0]};
    }
    static channel_sources channels(const mine::mix&, std::span<const shape> in, std::size_t, std::int64_t) {
        return all_channels(in);
    }
    static bool runs_quantized(const mine::mix&, const node_codes&) { return false; }
    static sum_cut cut_of_sums(const mine::mix&, const shape&) { return sum_cut::not_at_all; }
#if PITH_FORGET != 13
    template <class T>
    static tensor<T> multiply(const mine::mix&, const tensor<T>& x, const tensor<T>&, const tensor<T>*) {
        return x;
    }
#endif
};

} // namespace pith

std::size_t nodes();

std::size_t nodes() {
    const pith::graph<float, mine::layers> g;
    static_cast<void>(pith::evaluate(g, std::vector<pith::any_tensor<float>>{}));
    return pith::measure(g).nodes.size();
}
