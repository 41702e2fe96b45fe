# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is run: our own kernels in C, compiled here, and the programs of the corpora."""

import shutil
import subprocess
import sys

import patch_module
from engines import Program

# Kernels whose time goes into calls, direct and indirect.
CALL_HEAVY = {'ackermann', 'fib', 'methods', 'n_queens', 'parser', 'sort_by', 'tak'}

# Programs of sightglass that take from a twentieth of a second to two in interpreters.
SIGHTGLASS = [
    'blake3-scalar/benchmark', 'bz2/benchmark', 'pulldown-cmark/benchmark', 'quicksort/benchmark',
    'richards/benchmark', 'rust-compression/benchmark', 'rust-json/benchmark',
    'shootout/shootout-gimli', 'shootout/shootout-memmove', 'shootout/shootout-ratelimit',
    'shootout/shootout-xblabla20', 'tinygo/tinygo-json',
]
# Those that take several seconds.
SIGHTGLASS_LONG = [
    'shootout/shootout-base64', 'shootout/shootout-ctype', 'shootout/shootout-heapsort',
    'shootout/shootout-sieve',
]
# Kernels in text form and the argument that makes them take long enough.
TEXT_KERNELS = [
    ('bulk-ops', 50000), ('counter-global', 20000000), ('counter-local', 20000000),
    ('counter-param', 20000000), ('fibonacci-iter', 10000000), ('fibonacci-rec', 30),
    ('fibonacci-tail', 10000000),
]
# CoreMark does 1210 iterations with this clock.
COREMARK_CLOCK_STEP = 143


def compile_kernels(source, target, clang):
    """Compiles what is out of date; returns the programs."""
    if not shutil.which(clang):
        print(f'{clang} is not installed: no kernels', file=sys.stderr)
        return []
    target.mkdir(parents=True, exist_ok=True)
    header = (source / 'kernel.h').stat().st_mtime
    programs = []
    for file in sorted(source.glob('*.c')):
        module = target / (file.stem + '.wasm')
        newest = max(header, file.stat().st_mtime)
        if not module.exists() or module.stat().st_mtime < newest:
            subprocess.run([clang, '--target=wasm32-wasi', '-O2', '-Wall', '-Wextra', '-Wl,-s',
                            file, '-o', module], check=True)
        programs.append(Program(file.stem, module, target, call_heavy=file.stem in CALL_HEAVY))
    return programs


def corpora_programs(corpora, target, trenail, long=False):
    if not patch_module.available():
        print("Debian's wasm-objdump (package wabt) is not installed: no programs of the corpora",
              file=sys.stderr)
        return []
    target.mkdir(parents=True, exist_ok=True)
    programs = []
    modules = corpora / 'modules'

    def patched(name, contents):
        path = target / (name + '.wasm')
        path.write_bytes(contents)
        return path

    coremark = modules / 'wasmi-benchmarks/wasm/coremark.wasm'
    if coremark.exists():
        module = patched('coremark', patch_module.with_counted_clock(coremark,
                                                                     COREMARK_CLOCK_STEP))
        programs.append(Program('coremark', module, target, function='run'))
    for relative in SIGHTGLASS + (SIGHTGLASS_LONG if long else []):
        path = modules / 'sightglass' / (relative + '.wasm')
        if not path.exists():
            continue
        folder, file = relative.split('/')
        name = folder if file == 'benchmark' else file
        module = patched(name, patch_module.without_optional_calls(path))
        expected = None
        for stem in (file, 'default'):
            text = path.parent / (stem + '.stdout.expected')
            if text.exists():
                expected = text.read_bytes().strip()
                break
        programs.append(Program(name, module, path.parent, expected=expected))
    for name, argument in TEXT_KERNELS:
        path = modules / 'wasmi-benchmarks/wat' / (name + '.wat')
        module = target / (name + '.wasm')
        if not path.exists():
            continue
        done = subprocess.run([trenail, 'parse', path, '-o', module], check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            programs.append(Program(name, module, target, function='run', argument=argument,
                                    call_heavy=name == 'fibonacci-rec'))
    return programs
