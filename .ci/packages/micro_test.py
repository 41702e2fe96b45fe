#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A small host with the archive for devices stays small.

Usage: micro_test.py BUILD-FOLDER"""

import pathlib
import sys

from installed import installed, pkg_config, run

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = 700_000


def main():
    with installed(sys.argv[1], '--tags', 'devel') as (folder, prefix):
        host = folder / 'hello'
        run('clang++-19', '-std=c++23', '-Os', '-fno-exceptions', '-fno-rtti', '-fuse-ld=lld',
            '-ffunction-sections', '-Wl,--gc-sections', '-Wl,--icf=safe', '-Wl,-s',
            '-static-libstdc++', '-static-libgcc', HERE / 'test/hello.cc', '-o', host,
            *pkg_config(prefix, '--cflags', '--libs', 'trenail-micro'))
        printed = run(host)
        if printed != 'hello 42\n':
            sys.exit(f'the host printed {printed!r}')
        size = host.stat().st_size
        print(size, 'bytes')
        if size >= LIMIT:
            sys.exit(f'the host has {size} bytes, which should be less than {LIMIT}')


main()
