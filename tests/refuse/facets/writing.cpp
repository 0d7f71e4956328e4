// SPDX-License-Identifier: MIT
// PITH_FORGET=1: pith::io::onnx_write::layer_writing<L>::reads_mixed is missing
// PITH_FORGET=2: pith::io::onnx_write::layer_writing<L>::on_codes is missing
// PITH_FORGET=3: pith::io::onnx_write::layer_writing<L>::write is missing
// PITH_FORGET=4: a layer of the list has no pith::io::onnx_write::layer_writing
#ifndef PITH_FORGET
#define PITH_FORGET 0
#endif
#include <pith/io/onnx_write.hpp>

#include "turn.hpp"

#if PITH_FORGET != 4
template <>
struct pith::io::onnx_write::layer_writing<mine::turn> {
#if PITH_FORGET != 1
    static constexpr mixed_reading reads_mixed = mixed_reading::no;
#endif
#if PITH_FORGET != 2
    static bool on_codes(const mine::turn&) {
        return false;
    }
#endif
#if PITH_FORGET != 3
    template <class W, class Node>
    static void write(W&, const Node&, const mine::turn&) {}
#endif
};
#endif

bool write(const pith::graph<float, mine::layers>& g);

bool write(const pith::graph<float, mine::layers>& g) {
    return pith::io::onnx_bytes(g).has_value();
}
