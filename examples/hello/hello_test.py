#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The example in C, end to end: arguments, standard input, a granted directory, and none granted.

Usage: hello_test.py TRENAIL HELLO_WASM"""

import pathlib
import subprocess
import sys
import tempfile

PROGRAM, HELLO = sys.argv[1:]


def run(*arguments, stdin=''):
    done = subprocess.run([PROGRAM, 'run', *arguments], input=stdin, capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def expect(actual, wanted):
    if actual != wanted:
        sys.exit(f'got      {actual!r}\nexpected {wanted!r}')


expect(run(HELLO), (0, 'hello, world\nstdin has 0 lines\n', ''))
expect(run(HELLO, 'Ada', stdin='1\n2\n3\n'), (0, 'hello, Ada\nstdin has 3 lines\n', ''))
with tempfile.TemporaryDirectory() as folder:
    status, out, err = run('--dir', f'{folder}::/data', HELLO, 'Ada', '/data', stdin='1\n')
    expect((status, err), (0, ''))
    expect(out, 'hello, Ada\nstdin has 1 lines\nwrote /data/note.txt\n/data holds note.txt\n')
    note = pathlib.Path(folder, 'note.txt')
    expect(note.read_text(), 'Ada sent 1 lines\n')

    # Read-only, and not granted at all: the program sees an error and ends by itself.
    note.unlink()
    status, out, err = run('--dir', f'{folder}::/data:ro', HELLO, 'Ada', '/data')
    expect((status, out.splitlines()[2].split(':')[0]), (1, 'cannot write /data/note.txt'))
    status, out, err = run(HELLO, 'Ada', folder)
    expect((status, out.splitlines()[2].split(':')[0]), (1, f'cannot write {folder}/note.txt'))
    expect(note.exists(), False)
