#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A host with generated bindings calls guests with and without; and what bind says when it is asked
for what is not there.

Usage: bindings_test.py TRENAIL HOST GUEST OTHER_GUEST"""

import pathlib
import subprocess
import sys
import tempfile

TRENAIL, HOST, *GUESTS = sys.argv[1:]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def expect(actual, wanted):
    if actual != wanted:
        sys.exit(f'got      {actual!r}\nexpected {wanted!r}')


WIT = '''package cyber:system;

interface log-parser {
  parse: func(line: string) -> result<u64, strin>;
}
world parser { export log-parser; }
'''

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    # The other guest as a binary: it is a text.
    binaries = [GUESTS[0], folder / 'other.wasm']
    expect(run(TRENAIL, 'parse', GUESTS[1], '-o', binaries[1]), (0, '', ''))
    for guest in binaries:
        expect(run(HOST, guest, 'BREACH at 04:00'),
               (0, '1715420000 CRITICAL: Perimeter breach detected\n', ''))
        expect(run(HOST, guest, 'BREACH at 25:00'),
               (1, '', 'error: no time: BREACH at 25:00\n'))
        expect(run(HOST, guest, 'RAIN at 00:00'), (1, '', 'error: unknown event: RAIN\n'))

    # Nothing is written unless all of it can be.
    wit = folder / 'broken.wit'
    wit.write_text(WIT)
    out = folder / 'out'
    expect(run(TRENAIL, 'bind', wit, '--host', '-o', out),
           (1, '', f'error: {wit}:4:44: there is no type `strin`\n'
            ' 4 |   parse: func(line: string) -> result<u64, strin>;\n'
            '   |                                            ^^^^^\n'))
    expect(out.exists(), False)
    wit.write_text(WIT.replace('strin>', 'string>') + 'world other {}\n')
    code, _, message = run(TRENAIL, 'bind', wit, '--host', '-o', out)
    expect((code, 'parser' in message, out.exists()), (1, True, False))
    code, _, message = run(TRENAIL, 'bind', wit, '--host', '--guest')
    expect((code, message.splitlines()[0]), (2, 'error: either --host or --guest is needed'))
    code, _, message = run(TRENAIL, 'bind', wit, '--host', '--lang', 'c')
    expect((code, message.splitlines()[0]),
           (2, 'error: bindings for hosts are in C++: --lang cpp'))

    # The same text each time, for each of them.
    texts = []
    for turn in ('a', 'b'):
        for kind in (['--host'], ['--guest'], ['--guest', '--lang', 'c']):
            target = folder / turn / kind[-1]
            expect(run(TRENAIL, 'bind', wit, '--world', 'parser', *kind, '-o', target),
                   (0, '', ''))
        texts.append({path.relative_to(folder / turn): path.read_text()
                      for path in sorted((folder / turn).rglob('*.*'))})
    expect(texts[0], texts[1])
    expect(len(texts[0]), 7)
