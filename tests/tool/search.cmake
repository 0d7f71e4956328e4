# SPDX-License-Identifier: MIT
# cmake -D TOOL=PROGRAM -D WORK_DIR=DIR -P search.cmake: `pith search` and `pith sensitivity`, what they print, write and refuse.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})
include(${CMAKE_CURRENT_LIST_DIR}/expect.cmake)

expect(0 "epoch 1 of 1" train --model mlp --data glyphs-train --normalize unit --epochs 1 --rate 0.02 --out mlp.onnx)
set(images --data glyphs-train --normalize unit --samples 64)
expect(0 "executed whole: .*: chosen.*accuracy [89]" search mlp.onnx ${images} --validation glyphs --out found.pith
       --bytes 110K --save-plan found.json --json search.json)
report(search.json choices.0.layer choices.0.bits choices.0.error plans.0.bytes layers file_bytes accuracy)
expect(0 "accuracy [89]" search mlp.onnx ${images} --validation glyphs --out again.pith --plan found.json)
file(SHA256 ${WORK_DIR}/found.pith found)
file(SHA256 ${WORK_DIR}/again.pith again)
if(NOT found STREQUAL again)
    message(FATAL_ERROR "a plan file gave another program than the search that wrote it")
endif()
file(SIZE ${WORK_DIR}/found.pith size)
if(size GREATER 112640)
    message(FATAL_ERROR "the program of ${size} bytes is larger than it may be")
endif()
expect(1 "more than the budget.*of 1000" search mlp.onnx ${images} --out refused.pith --bytes 1000)
expect(1 "data set with labels: random" search mlp.onnx ${images} --validation random --out refused.pith --bytes 110K)
expect(1 "needs --bytes" search mlp.onnx ${images} --out refused.pith)
expect(1 "must end in .pith" search mlp.onnx ${images} --out refused.onnx --bytes 110K)
file(WRITE ${WORK_DIR}/wrong.json "[]")
expect(1 "a plan file is" search mlp.onnx ${images} --out refused.pith --plan wrong.json)

expect(0 "channels of.*SQNR" sensitivity mlp.onnx ${images} --judged 64 --multiple 8 --shares 0.5
       --json sensitivity.json)
report(sensitivity.json groups.0.channels_of groups.0.removed groups.0.macs_saved groups.0.sqnr_db groups.0.same_class)
expect(0 "wide enough" sensitivity mlp.onnx ${images} --judged 64 --multiple 4096)
expect(1 "no samples are left" sensitivity mlp.onnx --data glyphs --normalize unit --samples 100000)
expect(2 "l1,l2" sensitivity mlp.onnx ${images} --criterion best)
if(EXISTS ${WORK_DIR}/refused.pith)
    message(FATAL_ERROR "a refusal left a file behind")
endif()
