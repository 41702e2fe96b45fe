// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a module in Node: FILE runs its _start under WASI, FILE NAME calls that export, FILE --compile
// only compiles it.

import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [file, name] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const wasi = new WASI({ version: 'preview1', args: ['program'] });
if (name !== '--compile') {
  const { exports } = new WebAssembly.Instance(module, wasi.getImportObject());
  if (name === undefined) {
    wasi.start({ exports });
  } else {
    console.log(exports[name]());
  }
}
