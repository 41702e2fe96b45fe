#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Garbage collection bounds memory: gigabytes are allocated with about ten megabytes alive, in less
than 200 MB, and no object that is alive is damaged.

Usage: run.py TRENAIL stress.wat GIGABYTES"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import SANITIZED, excerpt, run  # noqa: E402  (the folder above)

LIMIT_MB = 200


def main():
    trenail, module, gigabytes = sys.argv[1:]
    megabytes = int(float(gigabytes) * 1024)
    if SANITIZED:
        megabytes //= 16
    outcome = run([trenail, 'run', '--stats', '--invoke', f'run({megabytes})', module], timeout=500)
    text = outcome.stderr.decode(errors='replace')
    if outcome.status != 0 or outcome.stdout.strip() != b'0':
        sys.exit(f'exit code {outcome.status}, {excerpt(outcome.stdout)!r}: {excerpt(text)}')
    allocated = re.search(r'heap allocated +(\d+) bytes, (\d+) in use, (\d+) collections', text)
    if not allocated:
        sys.exit(f'no statistics of the heap: {excerpt(text)}')
    total, in_use, collections = map(int, allocated.groups())
    print(f'{total >> 20} MB allocated, {in_use >> 20} MB in use, {collections} collections, '
          f'{outcome.seconds:.1f} s, {outcome.peak_mb:.0f} MB at most')
    if total < megabytes << 20:
        sys.exit('less was allocated than asked for')
    if outcome.peak_mb > LIMIT_MB and not SANITIZED:
        sys.exit(f'more than {LIMIT_MB} MB')


main()
