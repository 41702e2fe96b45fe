#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds the example as its users do: with an installed Trenail, by Meson and, if it is there, CMake.

Usage: object_test.py BUILD-FOLDER OTHER-FOLDER   installs the first into a new folder in the other"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = 'gcd(1071, 462) = 21\n'


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        sys.exit(f'{command} failed:\n{done.stdout}')
    return done.stdout


def main():
    build, folder = sys.argv[1:]
    folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
    try:
        run('meson', 'install', '-C', build, '--no-rebuild', '--destdir', str(folder / 'root'))
        [config] = (folder / 'root').rglob('trenail.pc')
        # Installed elsewhere than configured.
        prefix = next(parent for parent in config.parents if (parent / 'bin/trenail').exists())
        environment = dict(os.environ, PKG_CONFIG_PATH=str(config.parent),
                           PATH=f'{prefix / "bin"}:{os.environ["PATH"]}')
        run('meson', 'setup', folder / 'meson', HERE, env=environment)
        run('ninja', '-C', folder / 'meson', env=environment)
        results = [run(folder / 'meson' / 'gcd')]
        if shutil.which('cmake'):
            run('cmake', '-S', HERE, '-B', folder / 'cmake', f'-DCMAKE_PREFIX_PATH={prefix}',
                env=environment)
            run('cmake', '--build', folder / 'cmake', env=environment)
            results.append(run(folder / 'cmake' / 'gcd'))
        for result in results:
            if result != EXPECTED:
                sys.exit(f'printed {result!r}')
    finally:
        shutil.rmtree(folder)


main()
