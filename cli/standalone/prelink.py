#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Links what a standalone program needs beside its module, the C library included, into one object.

Usage: prelink.py --check TARGET CLANG            whether the libraries for a target are there
       prelink.py TARGET CLANG LINKER OBJCOPY [--exceptions] OUT OBJECT…

With --exceptions some of what it links throws. Every section stays one of its own, so that the link with a module can leave out what is not used.
"""

import os
import subprocess
import sys
import tempfile

BEGIN = ['crt1.o', 'crti.o', 'crtbeginT.o']
# Nothing unwinds through these: traces and exceptions of compiled code end at the program's own
# functions. Their tables would be a tenth of a program.
WITHOUT_TABLES = ['libstdc++.a', 'libc.a']
LIBRARIES = WITHOUT_TABLES + ['libm.a', 'libgcc.a', 'libgcc_eh.a']
END = ['crtend.o', 'crtn.o']
# GNU ld's own script would join those.
UNIQUE = ['.text*', '.rodata*', '.data*', '.bss*', '.tdata*', '.tbss*']


def find(target, clang, name):
    """The path of a file of the target's C or C++ library; its bare name if there is none."""
    command = [clang, f'--target={target}', f'-print-file-name={name}']
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main():
    if sys.argv[1] == '--check':
        target, clang = sys.argv[2:]
        sys.exit(not all(os.path.isabs(find(target, clang, name))
                         for name in BEGIN + LIBRARIES + END))
    throws = '--exceptions' in sys.argv
    target, clang, linker, objcopy, out, *objects = (argument for argument in sys.argv[1:]
                                                     if argument != '--exceptions')
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(prelink(target, clang, linker, objcopy, throws, out, objects, folder))


def prelink(target, clang, linker, objcopy, throws, out, objects, folder):
    """The exit code of the link; `folder` is empty."""

    def paths(names):
        return [find(target, clang, name) for name in names]

    libraries = paths(LIBRARIES)
    for i, name in enumerate(WITHOUT_TABLES):
        if throws and name == 'libstdc++.a':
            continue
        copy = os.path.join(folder, name)
        subprocess.run([objcopy, '--remove-section=.eh_frame', libraries[i], copy], check=True)
        libraries[i] = copy

    unique = ['--unique'] if 'lld' in linker else [f'--unique={name}' for name in UNIQUE]
    outcome = subprocess.run(
        [linker, '-r', '-z', 'muldefs', *unique, '-o', out, *paths(BEGIN), *objects, '--start-group',
         *libraries, '--end-group', *paths(END)], check=False, stderr=subprocess.PIPE,
        text=True)
    if outcome.returncode != 0:
        # Otherwise it warns of dlopen, which no standalone program comes to.
        sys.stderr.write(outcome.stderr)
    return outcome.returncode


main()
