# SPDX-License-Identifier: MIT
# cmake -D TOOL=PROGRAM -D WORK_DIR=DIR -P check.cmake: what the tool's verbs do, print and refuse, by exit code and
# words. Real models and images come from $PITH_DATA; without it only what needs none is checked.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})

# expect(CODE WORDS ARGUMENTS...): the tool returns CODE and says WORDS (a regular expression) on either stream.
function(expect code words)
    execute_process(COMMAND ${TOOL} ${ARGN} WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE status OUTPUT_VARIABLE text
                    ERROR_VARIABLE complaint)
    list(JOIN ARGN " " line)
    if(NOT status STREQUAL code)
        message(FATAL_ERROR "pith ${line}\nreturned ${status}, not ${code}\n${text}${complaint}")
    endif()
    if(NOT "${text}${complaint}" MATCHES "${words}")
        message(FATAL_ERROR "pith ${line}\ndid not say '${words}' but\n${text}${complaint}")
    endif()
    if(code EQUAL 1)
        string(REGEX REPLACE "[^\n]" "" lines "${complaint}")
        string(LENGTH "${lines}" count)
        if(NOT count EQUAL 1)
            message(FATAL_ERROR "pith ${line}\nshould refuse in one line, not\n${complaint}")
        endif()
    endif()
endfunction()

# report(FILE KEY...): a report has these members.
function(report file)
    file(READ ${WORK_DIR}/${file} text)
    foreach(path IN LISTS ARGN)
        string(REPLACE "." ";" path "${path}")
        string(JSON value ERROR_VARIABLE error GET "${text}" ${path})
        if(error)
            message(FATAL_ERROR "${file}: ${error}\n${text}")
        endif()
    endforeach()
endfunction()

expect(2 "required" inspect)
expect(2 "subcommand")
expect(2 "--wrong" kernels --wrong)
expect(0 "compress" --help)
expect(0 "portable" kernels --json kernels.json)
report(kernels.json levels operations.igemm operations.average_pool_f32)
expect(1 "nothing.onnx" inspect nothing.onnx)
expect(1 "nothing.pith" run nothing.pith)
file(WRITE ${WORK_DIR}/junk.onnx "this is not a model")
expect(1 "." inspect junk.onnx)
file(WRITE ${WORK_DIR}/junk.pith "this is not a program")
expect(1 "." run junk.pith)
expect(1 "must end in .pith" compress junk.onnx --out wrong.name)
expect(1 "no kernels of that name" run junk.pith --kernels abacus)
if(EXISTS ${WORK_DIR}/wrong.name)
    message(FATAL_ERROR "a refusal left a file behind")
endif()

# Training, on drawn glyphs, and few bits by training.
set(glyphs --data glyphs-train --validation glyphs --normalize unit)
expect(1 "name a file" train --model mlp ${glyphs})
expect(1 "must end in .onnx" train --model mlp ${glyphs} --out mlp.pith)
expect(1 "the models are" train --model perceptron ${glyphs} --out mlp.onnx)
expect(1 "sgd or adam" train --model mlp ${glyphs} --out mlp.onnx --optimizer guess)
expect(1 "leave --classes away" train --model float.onnx ${glyphs} --out mlp.onnx --classes 5)
expect(1 "is not a class" train --model mlp ${glyphs} --out mlp.onnx --classes 5)
expect(2 "requires --teacher" train --model mlp ${glyphs} --out mlp.onnx --temperature 2)
expect(2 "checkpoint" train --model mlp ${glyphs} --out mlp.onnx --resume)
if(EXISTS ${WORK_DIR}/mlp.onnx)
    message(FATAL_ERROR "a refusal left a file behind")
endif()
expect(0 "epoch 1 of 1" train --model mlp ${glyphs} --epochs 1 --rate 0.02 --out mlp.onnx --checkpoint mlp.checkpoint
       --json train.json)
report(train.json accuracy loss)
expect(0 "accuracy +[6789]" evaluate mlp.onnx --data glyphs --normalize unit)
expect(0 "epoch 1 of 1" train --model mlp ${glyphs} --epochs 1 --rate 0.02 --out student.onnx --teacher mlp.onnx)
expect(0 "epoch 1 of 1" train --model mlp ${glyphs} --epochs 1 --rate 0.02 --out student.onnx --teacher mlp.onnx
       --teacher-loss decoupled)
expect(0 "held out: loss [0-9.]+, accuracy 9" train --model mlp --data glyphs-train --validation glyphs --epochs 1
       --out plain.onnx --checkpoint plain.checkpoint) # pixels of 0 to 255
expect(0 "accuracy +9" evaluate plain.onnx --data glyphs)
file(SHA256 ${WORK_DIR}/plain.checkpoint plain)
expect(1 "diverged; try a lower --rate.*in epoch 2, batch [0-9]+, at learning rate 1e.06; try 5e.05" train --model mlp
       --data glyphs-train --epochs 2 --rate 1e6 --out refused.onnx --checkpoint plain.checkpoint --resume)
file(SHA256 ${WORK_DIR}/plain.checkpoint kept)
if(NOT kept STREQUAL plain OR EXISTS ${WORK_DIR}/refused.onnx)
    message(FATAL_ERROR "a training that diverged wrote its checkpoint or its model")
endif()
expect(1 "diverged.*in epoch 1, batch" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4 --activations lsq4
       --epochs 1 --rate 1e6)
expect(1 "label [0-9] of image [0-9]+, classes 0 to 1" train --model mobilenet-v1 --data glyphs --out refused.onnx)
expect(1 "soft or decoupled" train --model mlp ${glyphs} --out refused.onnx --teacher mlp.onnx --teacher-loss guess)
foreach(weights lsq4 apot3 ewgs2 ternary binary)
    expect(0 "the same bits on 100" compress mlp.onnx --out ${weights}.pith ${glyphs} --weights ${weights}
           --activations lsq4 --epochs 1 --simulate 100 --json few.json)
    report(few.json accuracy simulated_accuracy same_bits file_bytes)
endforeach()
expect(0 "the same bits on 100" compress mlp.onnx --out few.pith ${glyphs} --weights uniform3 --first-last-bits 0
       --equalize --rounding nearest --correct-bias moments --samples 64 --simulate 100 --json few.json)
report(few.json accuracy simulated_accuracy same_bits file_bytes)
expect(1 "uniform2 ... uniform8" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4)
expect(1 "nearest or adaptive" compress mlp.onnx --out refused.pith ${glyphs} --weights uniform4 --rounding up)
expect(1 "none, analytic" compress mlp.onnx --out refused.pith ${glyphs} --weights uniform4 --correct-bias guess)
expect(1 "minmax or mse" compress mlp.onnx --out refused.pith ${glyphs} --weights uniform4 --weight-range entropy)
expect(1 "on samples" compress mlp.onnx --out refused.pith ${glyphs} --correct-bias analytic --samples 8)
expect(1 "--validation" compress mlp.onnx --out refused.pith --data glyphs-train --weights uniform4 --variants)
expect(2 "first-last-bits" compress mlp.onnx --out refused.pith ${glyphs} --first-last-bits 9)
expect(0 "steps.pith: " compress mlp.onnx --out steps.pith ${glyphs} --weights lsq4,ewgs2 --activations lsq4,ewgs2
       --first-last-weights lsq8 --epochs 1 --curvature-every 1 --checkpoint steps.checkpoint)
if(NOT EXISTS ${WORK_DIR}/steps.checkpoint.1)
    message(FATAL_ERROR "the first of two trainings left no checkpoint of its own")
endif()
file(SHA256 ${WORK_DIR}/steps.pith steps)
expect(0 "steps.pith: " compress mlp.onnx --out steps.pith ${glyphs} --weights lsq4,ewgs2 --activations lsq4,ewgs2
       --first-last-weights lsq8 --epochs 1 --curvature-every 1 --checkpoint steps.checkpoint --resume)
file(SHA256 ${WORK_DIR}/steps.pith resumed)
if(NOT resumed STREQUAL steps)
    message(FATAL_ERROR "trainings that had come to their ends were resumed to another program")
endif()
expect(1 "none.checkpoint.1" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4,lsq2 --epochs 1
       --checkpoint none.checkpoint --resume)
expect(1 "adapts ewgs" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4 --epochs 1 --curvature-every 1)
expect(1 "--activations lists one quantizer" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4,lsq3,lsq2
       --activations lsq4,lsq2 --epochs 1)
expect(1 "APoT weights have 2 to 6 bits" compress mlp.onnx --out refused.pith ${glyphs} --weights apot9 --epochs 1)
expect(1 "unknown quantizer of activations" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4 --epochs 1
       --activations guess)
foreach(idle "--rate;0.1" --flip "--activations;lsq4" "--teacher;mlp.onnx")
    expect(2 "requires --epochs" compress mlp.onnx --out refused.pith ${glyphs} ${idle})
endforeach()
foreach(idle "--rounding;nearest" --equalize --variants "--samples;8")
    expect(2 "excludes --epochs|excludes" compress mlp.onnx --out refused.pith ${glyphs} --epochs 1 ${idle})
endforeach()
expect(2 "means nothing" compress mlp.onnx --out refused.pith --quantize none --weights uniform4)
expect(1 "how an .onnx file" compress mlp.onnx --out refused.pith ${glyphs} --onnx pairs)
expect(1 "compares with a program" compress mlp.onnx --out refused.onnx ${glyphs} --simulate 5)
if(EXISTS ${WORK_DIR}/refused.pith)
    message(FATAL_ERROR "a refusal left a file behind")
endif()

foreach(style pairs codes int4)
    expect(0 "bytes" compress mlp.onnx --out ${style}.onnx --data glyphs-train --normalize unit --samples 32
           --weights uniform4 --rounding nearest --correct-bias none --onnx ${style})
endforeach()
file(SIZE ${WORK_DIR}/pairs.onnx pairs_bytes)
file(SIZE ${WORK_DIR}/int4.onnx int4_bytes)
math(EXPR share "100 * ${int4_bytes} / ${pairs_bytes}")
if(share GREATER 95) # its first and last layers keep eight bits
    message(FATAL_ERROR "four-bit weights make ${int4_bytes} bytes of ${pairs_bytes}")
endif()
expect(1 "pairs, codes or int4" compress mlp.onnx --out refused.onnx --data glyphs-train --onnx guess)
expect(0 "bytes" compress mlp.onnx --out float.onnx --quantize none)
expect(0 "dense" inspect float.onnx)

# Two versions of a network side by side.
expect(0 "bytes" compress mlp.onnx --out int8.pith --data glyphs-train --normalize unit --samples 32)

# A model that is quantised already.
expect(0 "(Gemm|dense)[^\n]* int8" inspect pairs.onnx)
expect(0 "its codes are kept" compress pairs.onnx --out kept.pith)
expect(0 "bytes" compress codes.onnx --out kept_codes.pith --quantize keep)
expect(0 "." evaluate pairs.onnx --data glyphs --normalize unit)
expect(1 "quantised already" compress pairs.onnx --out refused.pith --data glyphs-train --normalize unit)
expect(0 "bytes" compress pairs.onnx --out anew.pith --data glyphs-train --normalize unit --samples 32 --quantize int8)
expect(0 "bytes" compress pairs.onnx --out masters.onnx --quantize none)
expect(1 "no codes to keep" compress mlp.onnx --out refused.pith --quantize keep)
expect(2 "means nothing" compress pairs.onnx --out refused.pith --quantize keep --weights uniform4)
set(images --data glyphs --normalize unit)
expect(0 "hurts most: it adds noise" diff mlp.onnx int8.pith ${images} --samples 3 --json diff.json)
report(diff.json images hurts_most layers.0.value layers.0.kind layers.0.shape.1 layers.0.sqnr_db layers.0.added_db
       layers.0.worst_error layers.0.worst_index layers.0.a layers.0.b)
expect(0 "hurts most" diff mlp.onnx int8.pith ${images} --sqnr-at-least 5)
expect(3 "below 200.0 dB" diff mlp.onnx int8.pith ${images} --sqnr-at-least 200)
expect(0 "values in float_dump" run mlp.onnx --dump float_dump)
expect(0 "values in int8_dump" run int8.pith --dump int8_dump)
expect(0 "equal in every value" diff mlp.onnx float_dump)
expect(0 "equal in every value" diff int8.pith int8_dump)
expect(0 "equal in every value" diff int8.pith int8_dump --model mlp.onnx)
expect(0 "hurts most: it adds noise" diff mlp.onnx int8_dump)
expect(0 "only with --model" diff float_dump int8_dump)
expect(0 "hurts most: it adds noise" diff float_dump int8_dump --model mlp.onnx)
expect(1 "give images with --data" diff mlp.onnx int8.pith)
expect(1 "nothing.pith" diff mlp.onnx nothing.pith ${images})
file(MAKE_DIRECTORY ${WORK_DIR}/empty_dump)
expect(1 "holds no .npy" diff mlp.onnx empty_dump)
expect(2 "required" diff mlp.onnx)

# What became of a model's nodes.
foreach(made int8.pith pairs.onnx codes.onnx float.onnx)
    expect(0 "nodes [0-9]+ one to one" inspect mlp.onnx --against ${made} --json against.json)
    report(against.json nodes.0.name nodes.0.operator nodes.0.became operators.0.operator operators.0.a operators.0.b
           a.file_bytes a.parameters b.file_bytes b.parameters b.constants.0.type)
endforeach()
expect(0 "DequantizeLinear +0 +[1-9]" inspect mlp.onnx --against pairs.onnx)
expect(0 "QLinearMatMul +0 +[1-9]|QGemm +0 +[1-9]" inspect mlp.onnx --against codes.onnx)
expect(1 "compares an .onnx model" inspect int8.pith --against mlp.onnx)
expect(1 "nothing.onnx" inspect mlp.onnx --against nothing.onnx)

set(data $ENV{PITH_DATA})
if(NOT EXISTS "${data}/models")
    message(STATUS "no PITH_DATA: real models were not tried")
    return()
endif()

# What no program holds is computed by the graph, in the file's own types.
foreach(case test_add_uint64 test_cast_FLOAT_to_FLOAT16 test_cast_FLOAT16_to_INT4 test_reshape_reduced_dims)
    set(case ${data}/onnx-conformance/node/${case})
    file(GLOB inputs ${case}/test_data_set_0/input_*.pb)
    list(SORT inputs)
    list(TRANSFORM inputs PREPEND "--input;")
    if(inputs)
        expect(0 "layer by layer" run ${case}/model.onnx ${inputs} --expect ${case}/test_data_set_0/output_0.pb)
    endif()
endforeach()

set(cntk ${data}/models/mnist-cntk)
set(mnist mnist:${data}/mnist)
expect(0 "conv2d" inspect ${cntk}/model.onnx --json inspect.json)
report(inspect.json inputs.0.name outputs.0.shape layers.0.name layers.0.kind layers.0.shape layers.0.parameters
       layers.0.macs layers.0.weight_bytes layers.0.encoding layers.0.kernel parameters macs weight_bytes arena_bytes)
expect(0 "softmax" inspect ${data}/models/kws-int8/micro_kws_m_static_qdq.onnx)
foreach(dialect qdq qoperator)
    expect(0 "nodes [0-9]+ one to one" inspect ${data}/models/kws-int8/micro_kws_m_static_fp32.onnx
           --against ${data}/models/kws-int8/micro_kws_m_static_${dialect}.onnx)
endforeach()
foreach(set 0 1 2)
    expect(0 "as expected" run ${cntk}/model.onnx --input ${cntk}/test_data_set_${set}/input_0.pb
           --expect ${cntk}/test_data_set_${set}/output_0.pb)
endforeach()
expect(3 "differ" run ${cntk}/model.onnx --input ${cntk}/test_data_set_0/input_0.pb
       --expect ${cntk}/test_data_set_1/output_0.pb --json differ.json)
report(differ.json expected.0.beyond expected.0.worst)
expect(1 "another size" run ${cntk}/model.onnx --input ${cntk}/test_data_set_0/output_0.pb)

expect(1 "--data" compress ${cntk}/model.onnx --out refused.pith)
expect(1 "minmax" compress ${cntk}/model.onnx --out refused.pith --data ${mnist} --observer guess)
expect(1 "size of the model's input" compress ${cntk}/model.onnx --out refused.pith
       --data cifar10:${data}/cifar10/data_batch_1.bin)
if(EXISTS ${WORK_DIR}/refused.pith)
    message(FATAL_ERROR "a refusal left a file behind")
endif()
expect(0 "bytes" compress ${cntk}/model.onnx --out float.pith --quantize none)
foreach(observer minmax percentile mse entropy)
    expect(0 "bytes" compress ${cntk}/model.onnx --out ${observer}.pith --data mnist-train:${data}/mnist
           --observer ${observer} --json compress.json)
    report(compress.json file_bytes onnx_bytes ratio)
    expect(0 "accuracy +9[789]" evaluate ${observer}.pith --data ${mnist} --limit 1000 --json evaluate.json)
    report(evaluate.json accuracy images ms_per_image.median ms_per_image.min load_ms file_bytes weight_bytes
           arena_bytes peak_rss_bytes)
endforeach()
expect(0 "adaptive, bias" compress ${cntk}/model.onnx --out few.pith --data mnist-train:${data}/mnist --weights uniform4
       --first-last-bits 4 --samples 128 --variants --validation ${mnist} --json few.json)
report(few.json file_bytes variants.0.accuracy variants.9.weights variants.9.seconds variants.9.file_bytes)
expect(0 "accuracy +9[789]" evaluate few.pith --data ${mnist} --limit 1000)
expect(0 "igemm|convolution" inspect minmax.pith)
expect(0 "ms per image" run minmax.pith --repeat 5 --json run.json)
report(run.json ms_per_image.median ms_per_image.min)
expect(0 "convolution +1x28x28x8 +int8 +[a-z0-9_]+ +[0-9.]+ +[0-9.]+ % +[0-9.]+" run minmax.pith --layers --repeat 5
       --json layers.json)
report(layers.json ms_per_image.median layers.0.name layers.0.ms.median layers.0.share)
expect(0 "noise" evaluate minmax.pith --data random --limit 10)

# The same bits from every kernel, by way of files; and two threads see what one does.
expect(0 "" run minmax.pith --input ${cntk}/test_data_set_0/input_0.pb --output best.npy)
expect(0 "as expected" run minmax.pith --input ${cntk}/test_data_set_0/input_0.pb --kernels portable --expect best.npy
       --rtol 0 --atol 0)
expect(0 "accuracy +9[789]" evaluate float.pith --data ${mnist} --limit 500 --threads 2)

# A program that was cut or changed is refused.
file(SIZE ${WORK_DIR}/minmax.pith bytes)
math(EXPR half "${bytes} / 2")
execute_process(COMMAND head -c ${half} minmax.pith OUTPUT_FILE cut.pith WORKING_DIRECTORY ${WORK_DIR})
expect(1 "." run cut.pith)
