# SPDX-License-Identifier: MIT
# The layering check itself: it passes a clean house and names each kind of broken one.
cmake_minimum_required(VERSION 3.25)

set(work ${CMAKE_CURRENT_BINARY_DIR}/layering_self_test)

include(${CMAKE_CURRENT_LIST_DIR}/../support/expect_verdict.cmake)

function(expect name verdict pattern)
    expect_verdict(${name} ${verdict} "${pattern}" -D INCLUDE_DIR=${work}/${name} -P ${CMAKE_CURRENT_LIST_DIR}/check.cmake)
endfunction()

function(house name)
    file(REMOVE_RECURSE ${work}/${name})
    file(WRITE ${work}/${name}/pith/base/a.hpp "#include <cstddef>\n")
    file(WRITE ${work}/${name}/pith/kernel/k.hpp "#include \"../base/a.hpp\"\n")
    file(WRITE ${work}/${name}/pith/graph/g.hpp "#include <vector>\n#include \"../base/a.hpp\"\n")
    file(WRITE ${work}/${name}/pith/device.hpp "#include \"kernel/k.hpp\"\n")
endfunction()

house(clean)
expect(clean passes "no forbidden arrow")
house(upward)
file(APPEND ${work}/upward/pith/kernel/k.hpp "#include \"../graph/g.hpp\"\n")
expect(upward refused "kernel/k.hpp: must not include graph/g.hpp")
house(circle)
file(APPEND ${work}/circle/pith/base/a.hpp "#include \"b.hpp\"\n")
file(WRITE ${work}/circle/pith/base/b.hpp "#  include <pith/base/a.hpp>\n")
expect(circle refused "a circle of includes")
house(hosted)
file(APPEND ${work}/hosted/pith/base/a.hpp "#include <iostream>\n")
expect(hosted refused "base/a.hpp: <iostream> is not for firmware")
house(unknown)
file(WRITE ${work}/unknown/pith/shed/s.hpp "")
expect(unknown refused "do not know the folder shed")
house(dangling)
file(APPEND ${work}/dangling/pith/graph/g.hpp "#include \"gone.hpp\"\n")
expect(dangling refused "does not exist")
