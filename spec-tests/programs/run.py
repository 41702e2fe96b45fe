#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs real programs, which nobody in the project wrote, and compares what they print.

Usage: run.py TRENAIL [--long | --all] [--only REGEX] [--list] [--wrapper COMMAND]
              [--engine interp|aot [-O N]] [--compile [--target TRIPLE --emulator COMMAND]]

The programs are those of modules/MODULES.tsv of the corpora that were seen to give their expected
output elsewhere, and three more that need what the engine they were seen on lacked. Each gets its
own folder as "."; bench.start, bench.end and env.clock_ms are defined by `--bench-hooks`. Without
an option the quick ones run, with --long those that take an interpreter over a second.
--engine is that of the verb `run`; with --compile each becomes a program of its own, in a folder with nothing else."""

import argparse
import csv
import os
import pathlib
import re
import shlex
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import Tally, corpora, excerpt, run  # noqa: E402  (the folder above)

ALSO = {'libsodium-pwhash_argon2i', 'libsodium-pwhash_argon2id', 'splay'}
# Those that take over a second of processor time.
LONG = {
    'libsodium-box7', 'libsodium-box_easy2', 'libsodium-core3', 'libsodium-core_ed25519',
    'libsodium-core_ristretto255', 'libsodium-ed25519_convert', 'libsodium-metamorphic',
    'libsodium-pwhash_argon2i', 'libsodium-pwhash_argon2id', 'libsodium-pwhash_scrypt',
    'libsodium-pwhash_scrypt_ll', 'libsodium-sodium_utils2', 'shootout-base64', 'shootout-ctype',
    'shootout-ed25519', 'shootout-fib2', 'shootout-heapsort', 'shootout-sieve', 'coremark',
}
# wat/*: the argument of `run`, and what it returns.
TEXT = [
    ('bulk-ops', 5000, None), ('counter-global', 500000, '0'), ('counter-local', 500000, '0'),
    ('counter-param', 500000, '0'), ('fibonacci-iter', 90, '2880067194370816120'),
    ('fibonacci-rec', 25, '75025'), ('fibonacci-tail', 90, '2880067194370816120'),
]


def programs(modules):
    """(name, module) of what has an expected output."""
    with open(modules / 'MODULES.tsv', newline='', encoding='utf-8') as rows:
        for row in csv.DictReader(rows, delimiter='\t', quoting=csv.QUOTE_NONE):
            path = modules.parent / row['file']
            checked = row['checked_on_node20(rc,stdout,stderr)']
            name = path.parent.name if path.stem == 'benchmark' else path.stem
            if checked.startswith('0 stdout:match') or name in ALSO:
                yield name, path


def expected_output(module, stream):
    for stem in (module.stem, 'default'):
        path = module.parent / f'{stem}.{stream}.expected'
        if path.exists():
            return path.read_bytes()
    return None


class Compiler:
    """Makes programs of modules, for one target."""

    def __init__(self, trenail, options, emulator):
        self.command = [*trenail, 'compile', '--bench-hooks', '--dir', '.', '-O1', *options]
        self.emulator = emulator

    def run(self, module, timeout):
        with tempfile.TemporaryDirectory() as folder:
            # The name is argv[0], which some print.
            program = pathlib.Path(folder) / module.name
            compiled = run([*self.command, '--emit', 'exe', module, '-o', program],
                           timeout=timeout)
            if compiled.status != 0:
                return compiled
            return run([*self.emulator, program], cwd=module.parent, timeout=timeout)


def check_program(run_verb, compiler, module, timeout):
    if compiler:
        outcome = compiler.run(module, timeout)
    else:
        outcome = run([*run_verb, '--bench-hooks', '--dir', '.', module.name], cwd=module.parent,
                      timeout=timeout)
    # What bench.end reports is not the program's.
    outcome.stderr = re.sub(rb'bench: [0-9.]+ ms\n', b'', outcome.stderr)
    if outcome.timed_out:
        return 'does not end'
    if outcome.status != 0:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    for stream in ('stdout', 'stderr'):
        expected = expected_output(module, stream)
        actual = getattr(outcome, stream)
        # A newline at the end does not count.
        if expected is not None and actual.rstrip(b'\n') != expected.rstrip(b'\n'):
            return f'{stream} is {excerpt(actual)!r}, expected {excerpt(expected)!r}'
    return None


def check_invoke(run_verb, module, call, expected):
    outcome = run([*run_verb, '--bench-hooks', '--invoke', call, module], timeout=120)
    if outcome.status != 0:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    result = outcome.stdout.decode().strip()
    if callable(expected):
        return None if expected(result) else f'{call} gave {result}'
    if expected is not None and result != expected:
        return f'{call} gave {result}, expected {expected}'
    return None


def invocations(run_verb, benchmarks):
    """(name, job) of what exports functions."""
    for name, n, result in TEXT:
        yield f'{name}.wat', lambda name=name, n=n, result=result: check_invoke(
            run_verb, benchmarks / 'wat' / f'{name}.wat', f'run({n})', result)
    # The score: iterations per second.
    yield 'coremark', lambda: check_invoke(run_verb, benchmarks / 'wasm/coremark.wasm', 'run()',
                                           lambda text: float(text) > 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trenail')
    parser.add_argument('--long', action='store_true', help='only those over a second')
    parser.add_argument('--all', action='store_true', help='the quick ones and the long ones')
    parser.add_argument('--only', default='', help='programs whose name matches')
    parser.add_argument('--list', action='store_true', help='only say what would run')
    parser.add_argument('--wrapper', default='', help='a command that runs the program')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot'])
    parser.add_argument('-O', dest='level', default='1', help='how much --engine aot optimises')
    parser.add_argument('--compile', action='store_true', help='to programs of their own')
    parser.add_argument('--target', default='', help='what to compile for')
    parser.add_argument('--emulator', default='', help='a command that runs compiled programs')
    arguments = parser.parse_args()
    trenail = shlex.split(arguments.wrapper) + [str(pathlib.Path(arguments.trenail).resolve())]

    run_verb = [*trenail, 'run', '--engine', arguments.engine]
    if arguments.engine == 'aot':
        run_verb += ['-O', arguments.level]
        # Nothing stays, and nothing is there from before.
        os.environ['TRENAIL_CACHE_SIZE'] = '0'
    compiler = None
    if arguments.compile:
        options = ['--target', arguments.target] if arguments.target else []
        compiler = Compiler(trenail, options, shlex.split(arguments.emulator))

    # Some take an interpreter minutes, more on a busy machine.
    timeout = 1500 if arguments.long or arguments.all else 120
    modules = corpora('modules')
    jobs = [(name, lambda path=path: check_program(run_verb, compiler, path, timeout))
            for name, path in programs(modules)]
    # Those are called by name.
    if not compiler:
        jobs += invocations(run_verb, modules / 'wasmi-benchmarks')
    tally = Tally()
    for name, job in jobs:
        if not re.search(arguments.only, name):
            continue
        if not arguments.all and (name in LONG) != arguments.long:
            continue
        if arguments.list:
            print(name)
        else:
            tally.check(name, job())
    if not arguments.list:
        tally.finish()


main()
