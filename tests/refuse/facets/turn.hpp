// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_REFUSE_FACETS_TURN_HPP
#define PITH_TESTS_REFUSE_FACETS_TURN_HPP
/// A layer with traits, and nothing else.

#include <span>

#include <pith/graph/graph.hpp>

namespace mine {

struct turn {};
struct layers : pith::layer_list::with<turn> {};

} // namespace mine

template <>
struct pith::layer_traits<mine::turn> : moving_layer<mine::turn> {
    static std::string_view kind(const mine::turn&) { return "turn"; }
    static result<value_infos> infer(const mine::turn&, std::span<const value_info> in) {
        return value_infos{in[0]};
    }
    static channel_sources channels(const mine::turn&, std::span<const shape> in, std::size_t,
                                    std::int64_t c) {
        return same_channel(in, c);
    }
    template <class E>
    static std::vector<tensor<E>> move(const mine::turn&, std::span<const tensor<E>* const> in) {
        return {*in[0]};
    }
};

#endif
