// SPDX-License-Identifier: MIT
// Every value of an ONNX model as ONNX Runtime computes it, for `pith diff MODEL FOLDER`:
// usage: node dump_values.mjs NODE_MODULES MODEL.onnx FOLDER NAME=INPUT.npy...
// Float inputs and outputs; each value becomes FOLDER/NAME.npy, what is special in a name as %XX.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [modules, model, folder, ...given] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'onnxruntime-node', 'package.json'));
const { Tensor } = require('onnxruntime-common');
const { binding, initOrt } = require('./dist/binding.js');
initOrt();

/** [tag, value] of a protocol buffer's fields; what has a length is bytes. */
function fields(bytes) {
    const out = [];
    let at = 0;
    const varint = () => {
        let value = 0, unit = 1;
        for (;;) {
            const byte = bytes[at++];
            value += (byte & 127) * unit;
            if (byte < 128) return value;
            unit *= 128;
        }
    };
    while (at < bytes.length) {
        const key = varint(), tag = Math.floor(key / 8), wire = key % 8;
        if (wire === 0) out.push([tag, varint()]);
        else {
            const size = wire === 2 ? varint() : wire === 5 ? 4 : 8;
            out.push([tag, bytes.subarray(at, (at += size))]);
        }
    }
    return out;
}

function varint(value) {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    return Buffer.from([...bytes, value]);
}
const message = (tag, body) => Buffer.concat([varint(tag * 8 + 2), varint(body.length), body]);

/** The model with every value as an output: messages of one field are merged, so more outputs follow the file. */
function with_all_outputs(file) {
    const graph = fields(file).find(([tag]) => tag === 7)[1];
    const known = new Set(), names = [];
    for (const [tag, body] of fields(graph))
        if (tag === 12) known.add(fields(body).find((f) => f[0] === 1)[1].toString());
    for (const [tag, body] of fields(graph))
        if (tag === 1)
            for (const [inner, name] of fields(body))
                if (inner === 2 && name.length > 0 && !known.has(name.toString())) names.push(name);
    return Buffer.concat([file, message(7, Buffer.concat(names.map((name) => message(12, message(1, name)))))]);
}

function read_npy(file) {
    const raw = readFileSync(file);
    const start = raw[6] === 1 ? 10 + raw.readUInt16LE(8) : 12 + raw.readUInt32LE(8);
    const header = raw.toString('latin1', 10, start);
    const dims = header.match(/'shape': \(([^)]*)\)/)[1].split(',').filter((d) => d.trim()).map(Number);
    return new Tensor('float32', new Float32Array(raw.buffer.slice(raw.byteOffset + start, raw.byteOffset + raw.length)), dims);
}

function write_npy(file, dims, values) {
    let header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.map((d) => `${d},`).join('')}), }`;
    header += ' '.repeat(63 - ((header.length + 10) % 64)) + '\n';
    const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
    writeFileSync(file, Buffer.concat([magic, Buffer.from(header, 'latin1'),
                                       Buffer.from(values.buffer, values.byteOffset, values.byteLength)]));
}

const plain = /[0-9A-Za-z_-]/;
const file_name = (name) => [...Buffer.from(name)].map((code, i) => {
    const c = String.fromCharCode(code);
    return plain.test(c) || (c === '.' && i > 0) ? c : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}).join('');

mkdirSync(folder, { recursive: true });
const session = new binding.InferenceSession();
const bytes = with_all_outputs(readFileSync(model));
session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
    intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'disabled',
    executionProviders: ['cpu'],
});
const feeds = Object.fromEntries(given.map((text) => {
    const cut = text.indexOf('=');
    return [text.slice(0, cut), read_npy(text.slice(cut + 1))];
}));
const results = session.run(feeds, Object.fromEntries(session.outputMetadata.map((o) => [o.name, null])), {});
let count = 0;
for (const [name, tensor] of [...Object.entries(feeds), ...Object.entries(results)]) {
    if (tensor.type !== 'float32') continue;
    write_npy(join(folder, `${file_name(name)}.npy`), tensor.dims, tensor.data);
    ++count;
}
console.log(`${count} values in ${folder}`);
