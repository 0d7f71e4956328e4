// SPDX-License-Identifier: MIT
// refused: ignoring return
#include <pith/base/result.hpp>

pith::result<void> step();
int use();

int use() {
#ifdef PITH_REFUSE
    step();
    return 0;
#else
    return step() ? 0 : 1;
#endif
}
