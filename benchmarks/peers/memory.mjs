// SPDX-License-Identifier: MIT
// Networks in float and in int8, in ONNX Runtime and in pith, one thread each, side by side in one run.
// usage: node memory.mjs NODE_MODULES PITH_TOOL PITH_DATA SCRATCH_DIR [options of benchmarks/peers/memory]
//
// Heap: the most bytes that malloc had handed out at one time (heap_counter.c), less what was live before the model was
// opened: opening and running, without the data. RSS: the same of resident memory. In ONNX Runtime that is what the
// process of node grows by; in pith what `pith run MODEL` needs more than `pith run` of a file that is not there.
import { execFileSync } from 'node:child_process';
import { accessSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];

// Images as `pith evaluate` has them -----------------------------------------------------------------------------

function big_endian(raw, at) {
    return raw.readUInt32BE(at);
}

/** { count, channels, planes(i): bytes of image i, channel by channel, label(i) } */
function open_set(spec) {
    const [kind, where] = [spec.slice(0, spec.indexOf(':')), spec.slice(spec.indexOf(':') + 1)];
    if (kind === 'mnist' || kind === 'mnist-train') {
        const stem = kind === 'mnist' ? 't10k' : 'train';
        const images = readFileSync(join(where, `${stem}-images-idx3-ubyte`));
        const labels = readFileSync(join(where, `${stem}-labels-idx1-ubyte`));
        const size = big_endian(images, 8) * big_endian(images, 12);
        return { count: big_endian(images, 4), channels: 1, planes: (i) => images.subarray(16 + i * size, 16 + (i + 1) * size),
                 label: (i) => labels[8 + i] };
    }
    if (kind === 'cifar10') {
        const raw = Buffer.concat(where.split(',').map((file) => readFileSync(file)));
        return { count: raw.length / 3073, channels: 3, planes: (i) => raw.subarray(i * 3073 + 1, (i + 1) * 3073),
                 label: (i) => raw[i * 3073] };
    }
    throw new Error(`${spec}: the sets here are mnist:DIR, mnist-train:DIR and cifar10:FILE,...`);
}

/** value(byte, channel) of a --normalize text. */
function normalization(text, channels) {
    if (text === 'none') return (v) => v;
    if (text === 'unit') return (v) => v / 255;
    const [mean, std] = text.split('/').map((list) => list.split(',').map(Number));
    const of = (list, c) => list[list.length === channels ? c : 0];
    return (v, c) => (v / 255 - of(mean, c)) / of(std, c);
}

/** Image i in the order that a model's input has: channels first, or last where its last size is their number. */
function image_for(set, normalize, dims, i, out) {
    const bytes = set.planes(i);
    const pixels = bytes.length / set.channels;
    const last = set.channels > 1 && dims[dims.length - 1] === set.channels;
    for (let c = 0; c < set.channels; ++c)
        for (let p = 0; p < pixels; ++p)
            out[last ? p * set.channels + c : c * pixels + p] = normalize(bytes[c * pixels + p], c);
}

// ONNX Runtime, in a process of its own ---------------------------------------------------------------------------

function resident(field) {
    return 1024 * Number(readFileSync('/proc/self/status', 'utf8').match(new RegExp(`${field}:\\s+(\\d+)`))[1]);
}

function run_ort({ modules, model, test, normalize, images, counter }) {
    const require = createRequire(join(resolve(modules), 'onnxruntime-node', 'package.json'));
    const { Tensor } = require('onnxruntime-common');
    const { binding, initOrt } = require('./dist/binding.js');
    initOrt();
    const set = open_set(test);
    const count = Math.min(images, set.count);
    global.gc?.();
    if (counter) {
        writeFileSync('/proc/self/clear_refs', '5'); // the most that is resident, from now on
        accessSync('/heap_counter/mark');
    }
    const before = resident('VmRSS');
    const session = new binding.InferenceSession();
    session.loadModel(model, {
        intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
        executionProviders: ['cpu'],
    });
    const input = session.inputMetadata[0];
    const dims = input.shape.map((d) => (d > 0 ? d : 1));
    const x = new Float32Array(dims.reduce((a, b) => a * b, 1));
    const feeds = { [input.name]: new Tensor('float32', x, dims) };
    const output = session.outputMetadata[0].name;
    const fetches = { [output]: null };
    const value = normalization(normalize, set.channels);
    const samples = [];
    let right = 0;
    for (let i = 0; i < count; ++i) {
        image_for(set, value, dims, i, x);
        const start = performance.now();
        const scores = session.run(feeds, fetches, {})[output].data;
        samples.push(performance.now() - start);
        right += scores.indexOf(Math.max(...scores)) === set.label(i) ? 1 : 0;
    }
    const result = { ms: median(samples), accuracy: right / count };
    if (counter) {
        accessSync(`/heap_counter/report${counter}`);
        const [live, peak] = readFileSync(counter, 'utf8').trim().split(' ').map(Number);
        Object.assign(result, { heap: peak, heap_after: live, rss: resident('VmHWM') - before });
    }
    return result;
}

if (process.argv[2] === '--ort') {
    writeFileSync(process.argv[4], JSON.stringify(run_ort(JSON.parse(process.argv[3]))));
    process.exit(0);
}

// Both --------------------------------------------------------------------------------------------------------------

const [modules, tool, data, scratch] = process.argv.slice(2).map((p) => resolve(p));
const options = { '--images': '2000', '--rounds': '3', '--json': '', '--mnist': '', '--cifar': '' };
const nets = [];
for (let i = 6; i < process.argv.length; ++i) {
    const name = process.argv[i];
    if (name === '--net') nets.push(process.argv.slice(i + 1, (i += 5) + 1));
    else if (name in options) options[name] = process.argv[++i];
    else throw new Error(`unknown option ${name}`);
}
const images = Number(options['--images']);
const rounds = Number(options['--rounds']);
const counter = { preload: join(scratch, 'heap_counter.so'), file: join(scratch, 'heap.txt') };

function pith(args, env = {}) {
    execFileSync(tool, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
}
function pith_json(args, env = {}) {
    const file = join(scratch, 'pith.json');
    pith([...args, '--json', file], env);
    return JSON.parse(readFileSync(file, 'utf8'));
}

function ort(job, env = {}) {
    const file = join(scratch, 'ort.json');
    const self = fileURLToPath(import.meta.url);
    execFileSync(process.execPath, ['--expose-gc', self, '--ort', JSON.stringify({ modules, ...job }), file],
                 { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    return JSON.parse(readFileSync(file, 'utf8'));
}
const ort_memory = (job) => ort({ ...job, images: 20, counter: counter.file }, { LD_PRELOAD: counter.preload });

/** [live, peak, resident] of one call of the tool. */
function pith_heap(args) {
    const env = { LD_PRELOAD: counter.preload, HEAP_COUNTER_AT_EXIT: counter.file };
    try {
        pith(args, env);
    } catch (error) {
        if (error.status !== 1) throw error; // refused, as the baseline is
    }
    return readFileSync(counter.file, 'utf8').trim().split(' ').map(Number);
}
function pith_memory(model) {
    const nothing = pith_heap(['run', join(scratch, 'nothing.pith')]);
    const with_model = pith_heap(['run', model, '--repeat', '5']);
    return { heap: with_model[1] - nothing[1], rss: with_model[2] - nothing[2] };
}

/** The MNIST network of fully connected layers, taught once. */
function mnist_model() {
    if (options['--mnist']) return options['--mnist'];
    const model = join(scratch, 'mlp.onnx');
    if (!existsSync(model)) {
        console.error(`teaching ${model}`);
        pith(['train', '--model', 'mlp', '--data', `mnist-train:${data}/mnist`, '--validation', `mnist:${data}/mnist`,
              '--normalize', 'unit', '--epochs', '5', '--out', model]);
    }
    return model;
}

function measure([net, model, train, test, normalize]) {
    const made = (suffix) => join(scratch, net.replace(/\W/g, '_') + suffix);
    const calibrate = ['--data', train, '--normalize', normalize];
    pith(['compress', model, '--out', made('_int8.onnx'), ...calibrate]);
    pith(['compress', model, '--out', made('_int8.pith'), ...calibrate]);
    pith(['compress', model, '--out', made('_float.pith'), '--quantize', 'none']);
    const rows = [
        { what: 'float, ONNX Runtime', file: model },
        { what: 'int8, ONNX Runtime', file: made('_int8.onnx') },
        { what: 'float, pith', file: made('_float.pith') },
        { what: 'int8, pith', file: made('_int8.pith') },
    ];
    const parameters = pith_json(['inspect', model]).parameters;
    for (const row of rows) {
        const by_ort = row.file.endsWith('.onnx');
        const memory = by_ort ? ort_memory({ model: row.file, test, normalize }) : pith_memory(row.file);
        Object.assign(row, { net, parameters, bytes: statSync(row.file).size, heap: memory.heap, rss: memory.rss, ms: Infinity });
        row.by_ort = by_ort;
    }
    for (let round = 0; round < rounds; ++round)
        for (const row of rows) {
            const seen = row.by_ort
                ? ort({ model: row.file, test, normalize, images })
                : pith_json(['evaluate', row.file, '--data', test, '--normalize', normalize, '--limit', String(images)]);
            row.accuracy = seen.accuracy;
            row.ms = Math.min(row.ms, row.by_ort ? seen.ms : seen.ms_per_image.median);
        }
    return rows;
}

if (nets.length === 0) {
    const batch = (i) => `cifar10:${data}/cifar10/data_batch_${i}.bin`;
    nets.push(['MNIST DNN', mnist_model(), `mnist-train:${data}/mnist`, `mnist:${data}/mnist`, 'unit']);
    nets.push(['CIFAR CNN', options['--cifar'] || `${data}/models/mlperf-tiny/resnet8_cifar10.onnx`, batch(1), batch(5), 'none']);
}

const grouped = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ' ');
const columns = [
    ['network', 10, (r) => r.net], ['', 20, (r) => r.what], ['file bytes', 11, (r) => grouped(r.bytes)],
    ['parameters', 11, (r) => grouped(r.parameters)], ['peak heap', 12, (r) => grouped(r.heap)],
    ['peak RSS', 12, (r) => grouped(r.rss)], ['ms', 9, (r) => r.ms.toFixed(4)],
    ['accuracy', 9, (r) => `${(100 * r.accuracy).toFixed(2)} %`],
];
console.log(`${images} images, one thread, batch 1; ms: lowest of ${rounds} rounds' medians; memory in bytes above what was there `
            + 'before the model was opened.');
const line = (cell) => columns.map((c) => (c[1] === 10 || c[1] === 20 ? cell(c).padEnd(c[1]) : cell(c).padStart(c[1]))).join(' ');
console.log(line((c) => c[0]));
const rows = [];
for (const net of nets)
    for (const row of measure(net)) {
        rows.push({ ...row, file: basename(row.file) });
        console.log(line((c) => c[2](row)));
    }
if (options['--json']) writeFileSync(options['--json'], JSON.stringify(rows, null, 2));
