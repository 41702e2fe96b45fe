#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Debian packages of a build folder, unpacked into a folder: the program runs without the
compiler's package, says what is missing, and compiles with it.

Usage: deb_test.py BUILD-FOLDER"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from installed import pkg_config, run

HERE = pathlib.Path(__file__).resolve().parent


def check(condition, message):
    if not condition:
        sys.exit(message)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='trenail-'))
    try:
        files = run(sys.executable, HERE / 'deb.py', sys.argv[1], folder, '--fast').splitlines()
        debs = {pathlib.Path(file).name.split('_')[0]: file for file in files}
        check({'trenail', 'libtrenail0', 'libtrenail-dev'} <= set(debs), f'only {list(debs)}')
        depends = {name: run('dpkg-deb', '-f', file, 'Depends') for name, file in debs.items()}
        for name, text in depends.items():
            check(('llvm' in text.lower()) == (name == 'trenail-compiler'),
                  f'{name} depends on {text}')
        check('libssl' in depends['trenail'], f'trenail depends on {depends["trenail"]}')
        check('libstdc++6' in depends['libtrenail0'],
              f'libtrenail0 depends on {depends["libtrenail0"]}')

        root = folder / 'root'
        for name in ('trenail', 'libtrenail0', 'libtrenail-dev'):
            run('dpkg-deb', '-x', debs[name], root)
        trenail = root / 'usr/bin/trenail'
        module, artefact = folder / 'module.wasm', folder / 'module.so'
        module.write_bytes(b'')
        text = folder / 'module.wat'
        text.write_text('(module (func (export "answer") (result i32) (i32.const 42)))')
        run(trenail, 'parse', text, '-o', module)
        answer = run(trenail, 'run', '--invoke', 'answer', module)
        check(answer.strip() == '42', f'trenail run printed {answer!r}')

        compiled = subprocess.run([trenail, 'compile', module, '-o', artefact],
                                  stderr=subprocess.PIPE, text=True, check=False)
        check(compiled.returncode == 2, f'without the compiler: {compiled.returncode}')
        check(len(compiled.stderr.splitlines()) == 1 and 'trenail-compiler' in compiled.stderr,
              f'without the compiler: {compiled.stderr}')
        if 'trenail-compiler' in debs:
            run('dpkg-deb', '-x', debs['trenail-compiler'], root)
            run(trenail, 'compile', module, '-o', artefact)
            answer = run(trenail, 'run', '--invoke', 'answer', artefact)
            check(answer.strip() == '42', f'compiled, trenail run printed {answer!r}')

        program = folder / 'hello'
        run('clang++-19', '-std=c++23', HERE / 'test/hello.cc', '-o', program,
            *pkg_config(root / 'usr', '--cflags', '--libs', 'trenail'))
        [library] = (root / 'usr/lib').rglob('libtrenail.so.0')
        answer = run(program, env=dict(os.environ, LD_LIBRARY_PATH=str(library.parent)))
        check(answer == 'hello 42\n', f'{program} printed {answer!r}')
        check(re.search(r'libtrenail\.so\.0', run('readelf', '-d', program)), 'not linked with it')
    finally:
        shutil.rmtree(folder)


main()
