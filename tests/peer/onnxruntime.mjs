// SPDX-License-Identifier: MIT
// usage: node onnxruntime.mjs NODE_MODULES FOLDER: runs every FOLDER/NAME.STYLE.onnx in ONNX Runtime (level 'all') on the
// inputs in NAME.in and compares the outputs with NAME.out, bit for bit. Returns 1 if any differs.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [modules, folder] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'onnxruntime-node', 'package.json'));
const { Tensor } = require('onnxruntime-common');
const { binding, initOrt } = require('./dist/binding.js');
initOrt();

function floats(file) {
    const raw = readFileSync(file);
    return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
}

let batches = 0;

/** Elements that are the same, and all of them. */
function compare(name) {
    const session = new binding.InferenceSession();
    session.loadModel(join(folder, `${name}.onnx`), {
        intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
        executionProviders: ['cpu'],
        extra: { session: { qdqisint8allowed: '1' } }, // else it computes int8 convolutions between pairs in float
    });
    const input = session.inputMetadata[0];
    const dims = input.shape.map((d) => (d > 0 ? d : 1));
    const size = dims.reduce((a, b) => a * b, 1);
    const stem = join(folder, name.split('.')[0]);
    const given = floats(`${stem}.in`);
    const expected = floats(`${stem}.out`);
    const fetches = Object.fromEntries(session.outputMetadata.map((o) => [o.name, null]));
    let at = 0, equal = 0;
    for (let i = 0; i < given.length / size; ++i) {
        const feeds = { [input.name]: new Tensor('float32', given.slice(i * size, (i + 1) * size), dims) };
        const results = session.run(feeds, fetches, {});
        for (const output of session.outputMetadata)
            for (const value of results[output.name].data)
                equal += Object.is(value, expected[at++]) ? 1 : 0;
    }
    if (!(input.shape[0] > 0) && session.outputMetadata.length === 1) { // a free batch: all images at once
        const count = given.length / size;
        const feeds = { [input.name]: new Tensor('float32', given, [count, ...dims.slice(1)]) };
        const values = session.run(feeds, fetches, {})[session.outputMetadata[0].name].data;
        if (values.length !== expected.length || values.some((v, i) => !Object.is(v, expected[i])))
            throw new Error(`${name}: a batch of ${count} has other bits than its images`);
        batches += 1;
    }
    if (at !== expected.length) throw new Error(`${name}: ${at} outputs instead of ${expected.length}`);
    return { name, equal, total: at, images: given.length / size };
}

const names = readdirSync(folder).filter((f) => f.endsWith('.onnx')).map((f) => f.slice(0, -'.onnx'.length)).sort();
let wrong = 0, made = 0, total = 0;
for (const name of names) {
    const r = compare(name);
    const differs = r.equal !== r.total;
    if (name.startsWith('random')) {
        made += 1;
        total += r.total;
    }
    if (differs || !name.startsWith('random'))
        console.log(`${name}: ${r.equal} of ${r.total} outputs on ${r.images} images have ONNX Runtime's bits`);
    wrong += differs ? 1 : 0;
}
console.log(`${made} networks put together by chance, ${total} outputs; ${wrong} of ${names.length} models differ`);
console.log(`${batches} models with a free batch gave the same bits on all images at once`);
process.exit(wrong > 0 || names.length === 0 ? 1 : 0);
