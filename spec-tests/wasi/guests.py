#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs guests of our own on WASI 0.2, made of C by `component embed` and `component new`, and
components of the corpora that others made. What a guest finds wrong it says itself.

Usage: guests.py TRENAIL CLANG [--engine interp|aot] [--filter TEXT]"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import SLOW, Tally, corpora, excerpt, run  # noqa: E402  (the folder above)


class Guests:
    def __init__(self, trenail, clang, engine, scratch):
        self.trenail = trenail
        self.clang = clang
        self.scratch = scratch
        self.run_verb = [trenail, 'run', '--engine', engine] + (['-O', '0'] if engine == 'aot'
                                                                 else [])
        self.engine = engine
        # The world, and what it imports where it is looked for.
        self.wit = scratch / 'wit'
        self.wit.mkdir()
        (self.wit / 'world.wit').write_bytes((HERE / 'guests/world.wit').read_bytes())
        (self.wit / 'deps').symlink_to(corpora('wit') / 'wasi-0.2.12')

    def make(self, name):
        core, embedded, component = (self.scratch / f'{name}.{kind}.wasm'
                                     for kind in ('core', 'embedded', 'component'))
        if not component.exists():
            subprocess.run([self.clang, '--target=wasm32', '-O2', '-nostdlib', '-Wl,--no-entry',
                            HERE / f'guests/{name}.c', '-o', core], check=True)
            subprocess.run([self.trenail, 'component', 'embed', '--world', 'guest', self.wit, core,
                            '-o', embedded], check=True)
            subprocess.run([self.trenail, 'component', 'new', embedded, '-o', component],
                           check=True)
        return component

    def run(self, name, options=(), arguments=(), stdin=b''):
        return run([*self.run_verb, *options, self.make(name), *arguments], cwd=self.scratch,
                   stdin=stdin)


def expect(outcome, status=0, stdout=b'', stderr=b''):
    """Compares all that there is to see."""
    if outcome.timed_out:
        return 'does not end'
    if outcome.status != status:
        return f'exit code {outcome.status}, expected {status}: {excerpt(outcome.stderr)}'
    if outcome.stdout != stdout:
        return f'stdout is {excerpt(outcome.stdout)!r}, expected {excerpt(stdout)!r}'
    if outcome.stderr != stderr:
        return f'stderr is {excerpt(outcome.stderr)!r}, expected {excerpt(stderr)!r}'
    return None


def test_cli(guests):
    variables = ['--env', 'A=1', '--env', 'B=two words']
    return (expect(guests.run('cli'), stderr=b'done\n') or
            expect(guests.run('cli', variables, ['fail', 'ü']), status=1,
                   stdout='fail\nü\nA=1\nB=two words\n'.encode(), stderr=b'done\n') or
            expect(guests.run('cli', arguments=['exit']), stdout=b'exit\n', stderr=b'done\n'))


def test_clocks(guests):
    return expect(guests.run('clocks'))


def test_streams(guests):
    return expect(guests.run('streams', stdin=b'0123456789' + b'x' * 100000),
                  stdout=b'out:' + b'6789' + bytes(4099))


def test_overflow(guests):
    outcome = guests.run('overflow')
    if outcome.status != 134 or b'check-write' not in outcome.stderr:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return None


def test_many(guests):
    outcome = guests.run('many')
    if outcome.status != 134 or b'more than 100000 resources' not in outcome.stderr:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return None


def test_files(guests):
    for name in ('data', 'data/dir', 'fixed'):
        (guests.scratch / name).mkdir()
    for name in ('data', 'fixed'):
        (guests.scratch / name / 'there').write_text('there', encoding='utf-8')
    (guests.scratch / 'secret').write_text('secret', encoding='utf-8')
    problem = expect(
        guests.run('files', ['--dir', 'data', '--dir', 'fixed:ro']),
        stderr=b'denied: wasi:filesystem open "/etc/passwd" (grant it with --dir /etc)\n'
               b'denied: wasi:filesystem remove-directory "out/" (grant it with --dir DIR)\n'
               b'denied: wasi:filesystem rename "there" as "out/taken" '
               b'(grant it with --dir DIR)\n'
               b'denied: wasi:filesystem link "out/secret" as "mine" (grant it with --dir DIR)\n'
               b'denied: wasi:filesystem unlink-file "there" (grant it with --dir, without :ro)\n')
    return problem or (None if (guests.scratch / 'secret').read_text(encoding='utf-8') == 'secret'
                       else 'it was changed')


def test_signals(guests):
    component = guests.make('wait')
    for arguments in ([], ['compute']):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen([*guests.run_verb, component, *arguments],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                if process.stdout.readline() != b'there\n':
                    return f'it did not begin: {excerpt(process.communicate()[1])}'
                time.sleep(0.05)
                process.send_signal(number)
                stdout, stderr = process.communicate(timeout=20 * SLOW)
            except subprocess.TimeoutExpired:
                return f'{number.name} does not end it'
            finally:
                process.kill()
            if (process.returncode, stdout, stderr) != (128 + number, b'', b''):
                return f'{number.name} {arguments}: {process.returncode} {excerpt(stderr)}'
    return None


def to_wave(expected):
    """What the table of the log parser says, as `run --invoke` prints it."""
    kind, _, rest = expected.partition(' ')
    if kind == 'err':
        return f'err({rest})'
    time_stamp, severity, message = re.fullmatch(r'(\d+) ("[^"]*") (".*")', rest).groups()
    return f'ok({{timestamp: {time_stamp}, severity: {severity}, message: {message}}})'


def test_javascript(guests, build):
    """A component that a JavaScript engine is in."""
    folder = corpora('modules') / 'js-components'
    table = (folder / 'log-parser-qjs.expected.txt').read_text(encoding='utf-8')
    for line in table.splitlines():
        argument, _, expected = line.partition(' => ')
        outcome = run([*guests.run_verb, '--invoke', f'parse({argument})',
                       folder / f'log-parser-qjs{build}.wasm'], timeout=120)
        problem = expect(outcome, stdout=to_wave(expected).encode() + b'\n')
        if problem:
            return f'{json.loads(argument)!r}: {problem}'
    return None


TESTS = {
    'cli': test_cli,
    'clocks': test_clocks,
    'streams': test_streams,
    'overflow': test_overflow,
    'many': test_many,
    'files': test_files,
    'signals': test_signals,
    'javascript': lambda guests: test_javascript(guests, ''),
    'javascript-async': lambda guests: test_javascript(guests, '-async'),
    'javascript-without-wasi': lambda guests: test_javascript(guests, '-nowasi'),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trenail')
    parser.add_argument('clang')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot'])
    parser.add_argument('--filter', default='', help='only tests whose name contains it')
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        # Nothing is there from before.
        os.environ['TRENAIL_CACHE'] = str(pathlib.Path(scratch) / 'cache')
        guests = Guests(str(pathlib.Path(arguments.trenail).resolve()), arguments.clang,
                        arguments.engine, pathlib.Path(scratch))
        for name, test in TESTS.items():
            if arguments.filter in name:
                tally.check(name, test(guests))
    tally.finish()


main()
