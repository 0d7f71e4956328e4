// SPDX-License-Identifier: MIT
// Times ONNX Runtime and pith in turn on the same networks, one thread each, and prints their ratios.
// usage: node onnxruntime.mjs NODE_MODULES PITH_TOOL MODELS_DIR SCRATCH_DIR [--rounds N] [--json FILE] [NET...]
// MODELS_DIR holds NET_fp32.onnx and NET_int8.onnx (the same weights as QDQ); pith quantises NET_fp32 itself.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const seconds_per_round = 0.15;
const float_rtol = 1e-3;

const positional = [];
const options = { '--rounds': '7', '--json': '' };
for (let i = 2; i < process.argv.length; ++i) {
    if (process.argv[i] in options) options[process.argv[i]] = process.argv[++i];
    else positional.push(process.argv[i]);
}
const [modules, tool, models, scratch, ...wanted] = positional;
const rounds = Number(options['--rounds']);
const require = createRequire(join(resolve(modules), 'onnxruntime-node', 'package.json'));
const { Tensor } = require('onnxruntime-common');
const { binding, initOrt } = require('./dist/binding.js');
initOrt();

/** Uniform floats in [-1, 1), the same on every run. */
function noise(count) {
    let state = 12345;
    return Float32Array.from({ length: count }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 31 - 1;
    });
}

const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];

/** A session with ONNX Runtime's best single-threaded settings. The native call is used directly: the public
 *  run() adds a turn of the event loop to every measurement. */
function open_ort(file) {
    const session = new binding.InferenceSession();
    session.loadModel(file, {
        intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
        executionProviders: ['cpu'],
    });
    const feeds = {};
    for (const input of session.inputMetadata) {
        const dims = input.shape.map((d) => (d > 0 ? d : 1));
        feeds[input.name] = new Tensor('float32', noise(dims.reduce((a, b) => a * b, 1)), dims);
    }
    const fetches = Object.fromEntries(session.outputMetadata.map((o) => [o.name, null]));
    const run = () => session.run(feeds, fetches, {});
    const output = () => run()[session.outputMetadata[0].name];
    return { run, feeds, output };
}

/** Median milliseconds of one run within a round. */
function time_ort(session) {
    const samples = [];
    const end = performance.now() + seconds_per_round * 1000;
    while (performance.now() < end || samples.length < 5) {
        const start = performance.now();
        session.run();
        samples.push(performance.now() - start);
    }
    return median(samples);
}

function call_pith(args) {
    return execFileSync(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

function time_pith(file, repeat) {
    const json = join(scratch, 'run.json');
    call_pith(['run', file, '--repeat', String(repeat), '--json', json]);
    return JSON.parse(readFileSync(json, 'utf8')).ms_per_image.median;
}

function write_npy(file, dims, values) {
    let header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`;
    header += ' '.repeat(63 - ((header.length + 10) % 64)) + '\n';
    const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    writeFileSync(file, Buffer.concat([magic, Buffer.from(header, 'latin1'), bytes]));
}

function read_npy(file) {
    const raw = readFileSync(file);
    const start = raw[6] === 1 ? 10 + raw.readUInt16LE(8) : 12 + raw.readUInt32LE(8);
    return new Float32Array(raw.buffer.slice(raw.byteOffset + start, raw.byteOffset + raw.length));
}

/** Largest difference relative to the largest magnitude of `expected`. */
function relative_error(actual, expected) {
    if (actual.length !== expected.length) return Infinity;
    let scale = 1e-12, worst = 0;
    for (const v of expected) scale = Math.max(scale, Math.abs(v));
    for (let i = 0; i < actual.length; ++i) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    return worst / scale;
}

/** pith's answer on ONNX Runtime's input, compared with ONNX Runtime's answer. */
function disagreement(session, packed) {
    const inputs = [];
    for (const [name, tensor] of Object.entries(session.feeds)) {
        const file = join(scratch, `${name.replace(/\W/g, '_')}.npy`);
        write_npy(file, tensor.dims, tensor.data);
        inputs.push('--input', file);
    }
    const output = join(scratch, 'output.npy');
    call_pith(['run', packed, ...inputs, '--output', output]);
    return relative_error(read_npy(output), session.output().data);
}

function measure(net) {
    const onnx = (kind) => join(models, `${net}_${kind}.onnx`);
    const ort = { fp32: open_ort(onnx('fp32')), int8: open_ort(onnx('int8')) };
    const row = { net, ort_fp32: Infinity, ort_int8: Infinity };
    const pith = {};
    if (tool) {
        for (const [kind, quantize] of [['fp32', 'none'], ['int8', 'int8']]) {
            pith[kind] = join(scratch, `${net}_${kind}.pith`);
            const data = kind === 'int8' ? ['--data', 'random', '--normalize', '0.5/0.5'] : [];
            call_pith(['compress', onnx('fp32'), '--out', pith[kind], '--quantize', quantize, ...data]);
            row[`pith_${kind}`] = Infinity;
            row[`error_${kind}`] = disagreement(ort.fp32, pith[kind]);
        }
    }
    for (const kind of ['fp32', 'int8']) time_ort(ort[kind]);
    for (let round = 0; round < rounds; ++round) {
        for (const kind of ['fp32', 'int8']) {
            const ms = time_ort(ort[kind]);
            row[`ort_${kind}`] = Math.min(row[`ort_${kind}`], ms);
            if (!tool) continue;
            const repeat = Math.max(5, Math.round((seconds_per_round * 1000) / ms));
            row[`pith_${kind}`] = Math.min(row[`pith_${kind}`], time_pith(pith[kind], repeat));
        }
    }
    if (tool) {
        row.ratio_int8 = row.pith_int8 / row.ort_int8;
        row.ratio_fp32 = row.pith_fp32 / row.ort_fp32;
        row.agrees = row.error_fp32 <= float_rtol;
    }
    return row;
}

const columns = [
    ['net', (r) => r.net.padEnd(14)],
    ['ORT fp32', (r) => r.ort_fp32.toFixed(4)], ['pith fp32', (r) => r.pith_fp32?.toFixed(4)],
    ['ratio', (r) => r.ratio_fp32?.toFixed(2)],
    ['ORT int8', (r) => r.ort_int8.toFixed(4)], ['pith int8', (r) => r.pith_int8?.toFixed(4)],
    ['ratio', (r) => r.ratio_int8?.toFixed(2)],
    ['fp32 error', (r) => r.error_fp32?.toExponential(1)], ['int8 error', (r) => r.error_int8?.toExponential(1)],
];

if (tool && !existsSync(tool)) {
    console.error(`no pith tool at ${tool}`);
    process.exit(1);
}
mkdirSync(scratch, { recursive: true });
const nets = wanted.length > 0 ? wanted : readdirSync(models).filter((f) => f.endsWith('_fp32.onnx'))
    .map((f) => f.slice(0, -'_fp32.onnx'.length)).filter((n) => existsSync(join(models, `${n}_int8.onnx`)));
console.log(`ms per image, one thread, batch 1: lowest of ${rounds} alternating rounds' medians; ratio = pith / ONNX Runtime.`);
console.log('error = largest difference from ONNX Runtime fp32 relative to its largest output, on noise.');
console.log(columns.map(([title]) => (title === 'net' ? title.padEnd(14) : title.padStart(10))).join(' '));
const rows = [];
let failed = false;
for (const net of nets) {
    try {
        const row = measure(net);
        rows.push(row);
        console.log(columns.map(([title, cell]) => (cell(row) ?? '-').padStart(title === 'net' ? 14 : 10)).join(' '));
        if (row.agrees === false) {
            console.error(`${net}: pith fp32 differs from ONNX Runtime by ${row.error_fp32}`);
            failed = true;
        }
    } catch (error) {
        console.error(`${net}: ${error.stderr?.toString().trim() || error.message}`);
        failed = true;
    }
}
if (options['--json']) writeFileSync(options['--json'], JSON.stringify(rows, null, 2));
process.exit(failed ? 1 : 0);
