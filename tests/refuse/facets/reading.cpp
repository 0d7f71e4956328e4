// SPDX-License-Identifier: MIT
// PITH_FORGET=1: pith::io::onnx::layer_reading<L>::operators is missing
#ifndef PITH_FORGET
#define PITH_FORGET 0
#endif
#include <pith/io/onnx.hpp>

#include "turn.hpp"

template <>
struct pith::io::onnx::layer_reading<mine::turn> {
    template <class G>
    static void read(call<G>& c) {
        c.out(0, c.plain(c.make.emit(mine::turn{}, {c.make.place(c.in(0))})));
    }
#if PITH_FORGET != 1
    template <class G>
    static constexpr operator_entry<G> operators[] = {{"Turn", &read<G>, "mine"}};
#endif
};

bool known(pith::bytes_view bytes);

bool known(pith::bytes_view) {
    using made = pith::graph<float, mine::layers>;
    return pith::io::onnx::detail::own_handler<made, mine::turn>("mine", "Turn") != nullptr;
}
