#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Bindings of the worlds in the corpora compile without warnings: for hosts by Clang and by GCC, for
guests by Clang for WebAssembly and by GCC for this machine, whatever of these is there.

Usage: bind_test.py BIND_SUITE ROOT EVERY      only each EVERYth world"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

SUITE, ROOT, EVERY = sys.argv[1:]
SKIPPED = 77

WARNINGS = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror']
WASM = ['--target=wasm32-wasi', '-fno-exceptions']
# By folder: the batches, and how they are compiled.
COMPILERS = {
    'host': ('*.cc', [['clang++-19', '-std=c++23', f'-I{ROOT}'],
                      ['g++-12', '-std=c++23', f'-I{ROOT}']]),
    'guest_cpp': ('*.cc', [['clang++-19', '-std=c++23', *WASM], ['g++-12', '-std=c++23']]),
    'guest_c': ('*.c', [['clang-19', '-std=c17', *WASM[:1]], ['gcc-12', '-std=c17']]),
}
SYSROOTS = {'guest_cpp': '/usr/lib/wasm32-wasi/libc++.a', 'guest_c': '/usr/lib/wasm32-wasi/libc.a'}

with tempfile.TemporaryDirectory() as name:
    made = subprocess.run([SUITE, name, EVERY], check=False)
    if made.returncode != 0:
        sys.exit(made.returncode)
    compiled = failed = 0
    for kind, (pattern, compilers) in COMPILERS.items():
        for batch in sorted((pathlib.Path(name) / kind).glob('batch_' + pattern)):
            for compiler in compilers:
                to_wasm = WASM[0] in compiler
                if shutil.which(compiler[0]) is None or (
                        to_wasm and not pathlib.Path(SYSROOTS[kind]).exists()):
                    continue
                compiled += 1
                done = subprocess.run([*compiler, *WARNINGS, batch], capture_output=True,
                                      text=True, check=False)
                if done.returncode != 0:
                    failed += 1
                    errors = [line for line in done.stderr.splitlines() if 'error' in line]
                    print(f'{kind}, {compiler[0]}:', *errors[:10], sep='\n  ')
    print(f'{compiled} compilations, {failed} failed')
    sys.exit(SKIPPED if compiled == 0 else failed != 0)
