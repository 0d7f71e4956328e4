# SPDX-License-Identifier: MIT
# cmake -D TOOL=PROGRAM -D WORK_DIR=DIR -P factorize.cmake: `pith compress --factorize`, what it prints, reports and refuses.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})
include(${CMAKE_CURRENT_LIST_DIR}/expect.cmake)
set(glyphs --data glyphs-train --validation glyphs --normalize unit)

expect(0 "epoch 1 of 1" train --model lenet5 ${glyphs} --epochs 1 --rate 0.02 --out lenet5.onnx)
expect(0 "channels:0.4:2: [0-9 ]+ of [0-9 ]+ parameters, [0-9 ]+ of [0-9 ]+ multiply-adds.*: rank [0-9]+.*the same bits on 100"
       compress lenet5.onnx --out thin.pith ${glyphs} --factorize channels:0.4:2 --simulate 100 --json thin.json)
report(thin.json factorize.0.macs_before factorize.0.macs factorize.0.layers.0.why factorize.0.layers.1.lost accuracy)
file(READ ${WORK_DIR}/thin.json text)
string(JSON before GET "${text}" factorize 0 macs_before)
string(JSON macs GET "${text}" factorize 0 macs)
math(EXPR most "${before} * 6 / 10")
if(macs GREATER most)
    message(FATAL_ERROR "channels:0.4 left ${macs} of ${before} multiply-adds")
endif()
expect(0 "stays: it is a first or last layer.*stays: a dense layer has no height and width" compress lenet5.onnx
       --out thin.pith ${glyphs} --factorize spatial:0.1:2 --no-refit)
expect(0 "is not fitted anew" compress lenet5.onnx --out thin.onnx --quantize none --factorize channels:0.2:2)
expect(0 "accuracy" evaluate thin.onnx --data glyphs --normalize unit)
expect(0 "magnitude:0.5.*its weights are sparse|channels:l1" compress lenet5.onnx --out thin.pith ${glyphs}
       --prune channels:l1:0.3:2 --factorize channels:0.1:2)
expect(1 "spatal; did you mean spatial[?]" compress lenet5.onnx --out refused.pith ${glyphs} --factorize spatal:0.5)
expect(1 "above 0 and below 1 of the multiply-adds: spatial:1" compress lenet5.onnx --out refused.pith ${glyphs}
       --factorize spatial:1)
expect(1 "above 0 and below 1" compress lenet5.onnx --out refused.pith ${glyphs} --factorize channels:0.5:0)
expect(1 "[0-9]+ of [0-9]+ were asked for, [0-9]+ is the most" compress lenet5.onnx --out refused.pith ${glyphs}
       --factorize spatial:0.99)
expect(1 "--quantize keep keeps them" compress lenet5.onnx --out refused.pith ${glyphs} --quantize keep
       --factorize spatial:0.5)
