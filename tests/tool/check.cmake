# SPDX-License-Identifier: MIT
# cmake -D TOOL=PROGRAM -D WORK_DIR=DIR -P check.cmake: what the tool's verbs do, print and refuse, by exit code and
# words. Real models and images come from $PITH_DATA; without it only what needs none is checked.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})

include(${CMAKE_CURRENT_LIST_DIR}/expect.cmake)

expect(2 "MODEL is required" inspect)
expect(2 "A subcommand is required")
expect(2 "there is no option --wrong" kernels --wrong)
expect(0 "compress" --help)
foreach(verb inspect compress run diff evaluate train compare kernels)
    expect(0 "Usage: pith ${verb}" ${verb} --help)
endforeach()
expect(0 "IN TEXT REQUIRED.*--out TEXT REQUIRED" compress --help)

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../../include/pith/version.hpp version REGEX "VERSION_[A-Z]+ [0-9]+")
string(REGEX REPLACE "#define PITH_VERSION_[A-Z]+ " "" version "${version}")
list(JOIN version "[.]" version)
expect(0 "^pith ${version}\ninstruction sets: [a-z]" --version)

# What is nearly a name.
expect(2 "there is no subcommand inspct; did you mean inspect[?]" inspct model.onnx)
expect(2 "there is no option --quantise; did you mean --quantize[?]" compress mlp.onnx --out o.pith --quantise int8)
expect(2 "there is no option --oot; did you mean --out[?]" compress mlp.onnx --oot=o.pith)
expect(2 "there is no option --unlike.anything [(]see" compress mlp.onnx --out o.pith --unlike-anything)
expect(1 "unform4; did you mean uniform4[?]" compress mlp.onnx --out o.pith --weights unform4)
expect(1 "lqs4; did you mean lsq4[?]" compress mlp.onnx --out o.pith --data glyphs --weights lqs4 --epochs 1)
expect(1 "pact1; did you mean pact[2-8][?]" compress mlp.onnx --out o.pith --data glyphs --weights lsq4 --activations pact1
       --epochs 1)
expect(1 "cortex_m44; did you mean cortex_m4[?]" compress mlp.onnx --out o.pith --target cortex_m44)
expect(1 "--help. lists them: abacus\n" compress mlp.onnx --out o.pith --target abacus)
expect(1 "none or keep: non; did you mean none[?]" compress mlp.onnx --out o.pith --quantize non)
expect(1 "neerest; did you mean nearest[?]" compress mlp.onnx --out o.pith --rounding neerest)
expect(1 "x86_avx3; did you mean x86_avx2[?]" run junk.pith --kernels x86_avx3)
expect(1 "resnet21; did you mean resnet20[?]" train --model resnet21 --data glyphs --out o.onnx)
expect(1 "glyps; did you mean glyphs[?]" train --model mlp --data glyps --out o.onnx)
expect(0 "portable" kernels --json kernels.json)
report(kernels.json levels operations.igemm operations.average_pool_f32 operations.gemm operations.train)
expect(1 "nothing.onnx" inspect nothing.onnx)
expect(1 "nothing.pith" run nothing.pith)
file(WRITE ${WORK_DIR}/junk.onnx "this is not a model")
expect(1 "not a well-formed protocol buffer: the file is damaged or truncated" inspect junk.onnx)
file(WRITE ${WORK_DIR}/junk.pith "this is not a program")
expect(1 "this is too short for a .pith program" run junk.pith)
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
expect(1 "diverged; try a lower --rate.*in epoch 1, batch [0-9]+, at learning rate 1e.06; try 5e.05" train --model mlp
       --data glyphs-train --epochs 2 --rate 1e6 --out refused.onnx --checkpoint plain.checkpoint)
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
expect(0 "the same bits on 100" compress mlp.onnx --out few.pith ${glyphs} --weights uniform2 --first-last-bits 0
       --samples 64 --simulate 100 --json few.json)
report(few.json accuracy simulated_accuracy same_bits file_bytes rounding.0.layer rounding.0.nearest_error
       rounding.0.error rounding.0.kept_nearest)
expect(0 "magnitude:0.5: [0-9 ]+ of [0-9 ]+ parameters.*weights are zero" compress mlp.onnx --out sparse.pith ${glyphs}
       --prune magnitude:0.5 --simulate 100 --json prune.json)
report(prune.json prune accuracy file_bytes)
expect(0 "stays: an output of the network.*nm:2:4: " compress mlp.onnx --out narrow.pith ${glyphs}
       --prune channels:obs:0.5:8 --prune nm:2:4 --no-refit)
expect(0 "is not fitted anew" compress mlp.onnx --out narrow.pith --quantize none --prune channels:l1:0.5:8)
expect(1 "--prune is magnitude:SHARE" compress mlp.onnx --out refused.pith ${glyphs} --prune magnitude:1.5)
expect(1 "--prune is magnitude:SHARE" compress mlp.onnx --out refused.pith ${glyphs} --prune block:4:0.5)
expect(1 "l1, l2, fpgm, norm or obs" compress mlp.onnx --out refused.pith ${glyphs} --prune channels:l3:0.5)
expect(1 "more than none and fewer than m" compress mlp.onnx --out refused.pith ${glyphs} --prune nm:4:4)
expect(1 "add --data" compress mlp.onnx --out refused.pith --quantize none --prune obs:0.5)
expect(1 "mean nothing without --prune" compress mlp.onnx --out refused.pith ${glyphs} --no-refit)
expect(1 "uniform2 ... uniform8" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4)
expect(1 "nearest, adaptive or second-order" compress mlp.onnx --out refused.pith ${glyphs} --weights uniform4 --rounding up)
expect(1 "corrects biases itself" compress mlp.onnx --out refused.pith ${glyphs} --weights uniform4 --correct-bias none)
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
foreach(target native x86_avx2 aarch64_dotprod cortex_m4 riscv64)
    expect(0 "bytes" compress pairs.onnx --out ${target}.pith --target ${target})
    expect(0 "arena" inspect ${target}.pith)
endforeach()
expect(1 "there is no --target of that name" compress pairs.onnx --out refused.pith --target cortex_m9)
expect(1 "does not fit in the target's flash.* bytes, of 1000" compress pairs.onnx --out refused.pith --flash 1000)
expect(1 "do not fit in the target's RAM.* bytes, of 100" compress pairs.onnx --out refused.pith --ram 100)
expect(0 "bytes" compress pairs.onnx --out small.pith --quantized-inputs --quantized-outputs --overwrite-inputs --no-names)
expect(0 "uint8" inspect small.pith)
expect(1 "teacher's input and logits are float32" train --model mlp ${glyphs} --teacher small.pith --out refused.onnx)
expect(0 "its codes are kept" compress pairs.onnx --out kept.pith)
expect(0 "bytes" compress codes.onnx --out kept_codes.pith --quantize keep)
expect(0 "accuracy +[89][0-9.]+ % of 2000 images" evaluate pairs.onnx --data glyphs --normalize unit)
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

# What is written is checked before the work starts, and replaces nothing that is read.
expect(1 "cannot be created in its folder: none/mlp.onnx" train --model mlp ${glyphs} --out none/mlp.onnx)
expect(1 "cannot be created in its folder: none/c" train --model mlp ${glyphs} --out refused.onnx --checkpoint none/c)
expect(1 "cannot be created in its folder: none/r.json" evaluate mlp.onnx ${images} --json none/r.json)
expect(1 "cannot be created in its folder: none/f.pith" compress mlp.onnx --out none/f.pith --quantize none)
expect(1 "there is a folder of that name" inspect mlp.onnx --json empty_dump)
expect(1 "a file of that name" run mlp.onnx --dump mlp.onnx)
expect(1 "cannot be one file" run mlp.onnx --output same.npy --json ./same.npy)
file(COPY_FILE ${WORK_DIR}/mlp.onnx ${WORK_DIR}/own.onnx)
file(CREATE_LINK own.onnx ${WORK_DIR}/link.onnx SYMBOLIC)
foreach(same own.onnx ./own.onnx link.onnx ${WORK_DIR}/own.onnx)
    expect(1 "--force allows it" compress own.onnx --out ${same} --quantize none)
    expect(1 "--force allows it" inspect own.onnx --json ${same})
endforeach()
expect(1 "--force allows it" train --model mlp ${glyphs} --out own.onnx --teacher link.onnx)
file(SHA256 ${WORK_DIR}/own.onnx own)
file(SHA256 ${WORK_DIR}/mlp.onnx mlp)
if(NOT own STREQUAL mlp)
    message(FATAL_ERROR "a refusal changed its input")
endif()
expect(0 "bytes" compress own.onnx --out link.onnx --quantize none --force)
if(NOT IS_SYMLINK ${WORK_DIR}/link.onnx OR IS_SYMLINK ${WORK_DIR}/own.onnx)
    message(FATAL_ERROR "a link was replaced by what was written through it")
endif()
expect(0 "arena_bytes" inspect mlp.onnx --json /dev/stdout)
expect(0 "266 610 parameters" inspect mlp.onnx --json /dev/null)
if(NOT EXISTS /dev/null)
    message(FATAL_ERROR "/dev/null is gone")
endif()
file(GLOB left ${WORK_DIR}/.pith-* ${WORK_DIR}/*.part)
if(left OR EXISTS ${WORK_DIR}/none OR EXISTS ${WORK_DIR}/refused.onnx)
    message(FATAL_ERROR "something is left of what was refused or replaced: ${left}")
endif()

# Options beyond what there is.
expect(2 "256" train --model mlp ${glyphs} --out refused.onnx --threads 100000)
expect(2 "256" evaluate mlp.onnx ${images} --threads 100000)
expect(2 "samples" diff mlp.onnx int8.pith ${images} --samples 0)
expect(2 "samples" compress mlp.onnx --out refused.pith ${images} --samples 0)
expect(2 "batch" train --model mlp ${glyphs} --out refused.onnx --batch 0)
expect(1 "10000 images, batches of 1000000000" train --model mlp ${glyphs} --out refused.onnx --batch 1000000000)
expect(1 "1000000000" compress mlp.onnx --out refused.pith ${glyphs} --weights lsq4 --epochs 1 --batch 1000000000)

# A checkpoint is of one training.
set(resumed ${glyphs} --rate 0.02 --out refused.onnx --checkpoint mlp.checkpoint --resume)
expect(1 "batch size: mlp.checkpoint: 128 in the checkpoint, 64 here" train --model mlp ${resumed} --epochs 1 --batch 64)
expect(1 "seed: mlp.checkpoint: 1 in the checkpoint, 2 here" train --model mlp ${resumed} --epochs 1 --seed 2)
expect(1 "epochs, on which its schedule depends: mlp.checkpoint: 1 in the checkpoint, 3 here" train --model mlp ${resumed}
       --epochs 3)
expect(1 "another network; .*mlp.checkpoint: " train --model lenet5 ${resumed} --epochs 1)
expect(1 "sgd in the checkpoint, adam here" train --model mlp ${resumed} --epochs 1 --optimizer adam)
expect(1 "weight decay 0.000500 in the checkpoint" train --model mlp ${resumed} --epochs 1 --decay 0.1)
expect(1 "not a checkpoint" train --model mlp ${glyphs} --out refused.onnx --checkpoint mlp.onnx --resume --force)
if(EXISTS ${WORK_DIR}/refused.onnx)
    message(FATAL_ERROR "a refusal left a file behind")
endif()
expect(0 "^$" train --model mlp ${glyphs} --epochs 1 --rate 0.02 --out again.onnx --checkpoint mlp.checkpoint --resume)
file(SHA256 ${WORK_DIR}/again.onnx again)
if(NOT again STREQUAL mlp)
    message(FATAL_ERROR "a training that had come to its end was resumed to another network")
endif()

# Each --help ends with an example, which README has too, and which works as it stands.
file(READ ${CMAKE_CURRENT_LIST_DIR}/../../README.md readme)
foreach(verb train compress inspect evaluate run diff kernels compare)
    execute_process(COMMAND ${TOOL} ${verb} --help OUTPUT_VARIABLE help)
    if(NOT help MATCHES "Example:\n  (pith ${verb}[^\n]*)\n+$")
        message(FATAL_ERROR "pith ${verb} --help does not end with an example:\n${help}")
    endif()
    set(example ${CMAKE_MATCH_1})
    string(FIND "${readme}" "${example}\n" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "README does not have the example '${example}'")
    endif()
    separate_arguments(arguments UNIX_COMMAND "${example}")
    list(POP_FRONT arguments)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env --unset=PITH_DATA ${TOOL} ${arguments} WORKING_DIRECTORY ${WORK_DIR}
                    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE complaint)
    if(NOT status EQUAL 0 OR text STREQUAL "")
        message(FATAL_ERROR "${example}\nreturned ${status}\n${text}${complaint}")
    endif()
endforeach()
report(compare.json rows.0.network rows.1.kind rows.1.accuracy rows.1.file_bytes rows.11.speed_up)

# --json - leaves standard output to the report.
foreach(line "inspect;mlp.onnx" "inspect;mlp.onnx;--against;mlp.pith" "run;mlp.pith;--layers;--repeat;3" "kernels"
             "evaluate;mlp.pith;--data;glyphs;--limit;5" "diff;mlp.onnx;mlp.pith;--data;glyphs;--samples;2"
             "compress;mlp.onnx;--out;again.pith;--quantize;none"
             "train;--model;mlp;--data;glyphs;--epochs;1;--batch;512;--out;again.onnx")
    execute_process(COMMAND ${TOOL} ${line} --json - WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE status
                    OUTPUT_FILE ${WORK_DIR}/output.json ERROR_VARIABLE people)
    file(STRINGS ${WORK_DIR}/output.json lines)
    list(LENGTH lines count)
    if(NOT status EQUAL 0 OR NOT count EQUAL 1 OR people STREQUAL "")
        message(FATAL_ERROR "pith ${line} --json -\nreturned ${status}, ${count} lines on standard output\n${people}")
    endif()
    report(output.json)
endforeach()
if(EXISTS ${WORK_DIR}/-)
    message(FATAL_ERROR "--json - wrote a file of that name")
endif()

# Names may hold any byte: reports stay UTF-8, and no terminal obeys them. odd_name(BYTES REST): the value relu2 is renamed
# to BYTES, written as sed wants them and as the tool shows them, and REST; the length stays, as the file's format wants it.
function(odd_name bytes rest)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C sed "s/relu2/${bytes}${rest}/g" mlp.onnx
                    WORKING_DIRECTORY ${WORK_DIR} OUTPUT_FILE ${WORK_DIR}/odd.onnx)
    execute_process(COMMAND ${TOOL} inspect odd.onnx --json odd.json WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE status
                    OUTPUT_FILE ${WORK_DIR}/odd.txt)
    execute_process(COMMAND iconv -f UTF-8 -t UTF-8 odd.json WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE invalid
                    OUTPUT_QUIET)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C grep -q "[^ -~]" odd.txt WORKING_DIRECTORY ${WORK_DIR}
                    RESULT_VARIABLE clean)
    file(READ ${WORK_DIR}/odd.txt text)
    string(FIND "${text}" "${bytes}${rest}" shown)
    if(NOT status EQUAL 0 OR NOT invalid EQUAL 0 OR NOT clean EQUAL 1 OR shown EQUAL -1)
        message(FATAL_ERROR "a name with ${bytes}: ${status}, ${invalid}, ${clean}\n${text}")
    endif()
    report(odd.json layers.2.name)
endfunction()
odd_name("\\xff" "elu2")
odd_name("\\xe2\\x82" "lu2")
odd_name("\\x1b" "elu2")
odd_name("\\xc2\\x9b" "lu2")

# Progress is for terminals.
find_program(SCRIPT script)
if(SCRIPT)
    set(long "run mlp.pith --repeat 500000")
    execute_process(COMMAND ${SCRIPT} -qec "${TOOL} ${long}" terminal.txt WORKING_DIRECTORY ${WORK_DIR} OUTPUT_QUIET)
    file(READ ${WORK_DIR}/terminal.txt text)
    if(NOT text MATCHES "\rrun: [0-9]+ %")
        message(FATAL_ERROR "no progress on a terminal:\n${text}")
    endif()
    separate_arguments(long)
    expect(0 "median" ${long})
endif()

set(data $ENV{PITH_DATA})
if(NOT EXISTS "${data}/models")
    message(STATUS "skipped: no PITH_DATA, real models were not tried")
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

# A first axis that is not 1 takes as many images at once.
set(abs ${data}/onnx-conformance/node/test_abs)
expect(0 "equal in every value" diff ${abs}/model.onnx ${abs}/model.onnx --data random --samples 9)
expect(1 "size of the model's input" diff ${abs}/model.onnx ${abs}/model.onnx --data glyphs)

# Programs whose inputs and outputs are of any type, size and number, or not there.
foreach(name int64_input io_bool io_f64 io_i64 io_i8 names no_doors no_outputs rank0 teacher_u8 teacher_u8_784)
    set(file ${data}/hostile/${name}.pith)
    if(EXISTS ${file})
        foreach(line "inspect;${file}" "run;${file}" "run;${file};--dump;hostile_dump" "run;${file};--layers"
                     "diff;${file};${file};--data;random" "diff;${file};${file};--data;glyphs" "evaluate;${file};--data;random"
                     "evaluate;${file};--data;glyphs" "run;${file};--input;best.npy;--expect;best.npy")
            survives(${line})
        endforeach()
        expect(1 "teacher|student|version" train --model lenet5 --data glyphs --epochs 1 --batch 64 --teacher ${file} --out t.onnx)
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
expect(0 "second-order, bias" compress ${cntk}/model.onnx --out few.pith --data mnist-train:${data}/mnist --weights uniform4
       --first-last-bits 4 --samples 128 --variants --validation ${mnist} --json few.json)
report(few.json file_bytes variants.0.accuracy variants.9.weights variants.9.seconds variants.9.file_bytes)
expect(0 "accuracy +9[789]" evaluate few.pith --data ${mnist} --limit 1000)
expect(0 "igemm|convolution" inspect minmax.pith)
expect(0 "ms per image" run minmax.pith --repeat 5 --json run.json)
report(run.json ms_per_image.median ms_per_image.min)
expect(0 "convolution_u8 +1x28x28x8 +int8 +[a-z0-9_]+ +[0-9.]+ +[0-9.]+ % +[0-9.]+" run minmax.pith --layers --repeat 5
       --json layers.json)
report(layers.json ms_per_image.median layers.0.name layers.0.ms.median layers.0.share)
expect(0 "noise" evaluate minmax.pith --data random --limit 10)

# The same bits from every kernel, by way of files; and two threads see what one does.
expect(0 "^$" run minmax.pith --input ${cntk}/test_data_set_0/input_0.pb --output best.npy)
expect(0 "as expected" run minmax.pith --input ${cntk}/test_data_set_0/input_0.pb --kernels portable --expect best.npy
       --rtol 0 --atol 0)
expect(0 "accuracy +9[789]" evaluate float.pith --data ${mnist} --limit 500 --threads 2)

# A program that was cut or changed is refused.
file(SIZE ${WORK_DIR}/minmax.pith bytes)
math(EXPR half "${bytes} / 2")
execute_process(COMMAND head -c ${half} minmax.pith OUTPUT_FILE cut.pith WORKING_DIRECTORY ${WORK_DIR})
expect(1 "the .pith program is cut off, or something was added behind it" run cut.pith)
