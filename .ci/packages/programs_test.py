#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Programs of somebody else's against an installed Trenail, found by CMake and by pkg-config.

Usage: programs_test.py BUILD-FOLDER"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from installed import installed, libdir, pkg_config, run

HERE = pathlib.Path(__file__).resolve().parent / 'test'
CLANG = ['clang++-19', '-std=c++23', '-O0', '-fuse-ld=lld']
GCC = ['g++', '-std=c++23', '-O0']


def check(condition, message):
    if not condition:
        sys.exit(message)


def needed(program):
    return re.findall(r'NEEDED.*\[(.*)\]', run('readelf', '-d', program))


def symbols(program):
    return run('llvm-nm-19', '--defined-only', program)


class Programs:
    def __init__(self, folder, prefix):
        self.folder, self.prefix = folder, prefix
        trenail = prefix / 'bin/trenail'
        self.module, self.component = folder / 'module.wasm', folder / 'component.wasm'
        run(trenail, 'parse', HERE / 'module.wat', '-o', self.module)
        run(trenail, 'parse', HERE / 'component.wat', '-o', self.component)
        self.artefact = None
        if (libdir(prefix) / 'trenail/libtrenail-aotc.so').exists():
            self.artefact = folder / 'module.so'
            run(trenail, 'compile', self.module, '-o', self.artefact)

    def files(self):
        return [self.module, self.component] + ([self.artefact] if self.artefact else [])

    def run_all(self, program):
        """program.cc or program.c, whatever it is linked with."""
        expected = 'module 41\ncomponent 42\n' + ('artefact 41\n' if self.artefact else '')
        # The library of what waits is not beside a program that holds the archives.
        search = dict(os.environ, LD_LIBRARY_PATH=str(libdir(self.prefix)))
        got = run(program, *self.files(), env=search)
        check(got == expected, f'{program} printed {got!r}')
        libraries = ' '.join(needed(program)) + run('ldd', program, env=search)
        check(not re.search('LLVM|boost|aotc', libraries), f'{program} needs {libraries}')
        check('4llvm' not in symbols(program), f'{program} has something of LLVM')

    def by_cmake(self):
        build = self.folder / 'cmake'
        run('cmake', '-S', HERE, '-B', build, '-G', 'Ninja', f'-DCMAKE_PREFIX_PATH={self.prefix}',
            '-DCMAKE_CXX_COMPILER=clang++-19', '-DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON')
        run('cmake', '--build', build)
        self.run_all(build / 'shared')
        check('libtrenail.so.0' in needed(build / 'shared'), 'shared is not linked with the library')
        shutil.copy(build / 'static', self.prefix / 'bin/static')
        self.run_all(self.prefix / 'bin/static')
        check('libtrenail.so.0' not in needed(build / 'static'), 'static needs libtrenail.so')
        return build

    def by_pkg_config(self):
        compiler = GCC if shutil.which('g++') else CLANG
        output = self.prefix / 'bin/by_pkg_config'
        run(*compiler, HERE / 'program.cc', '-o', output,
            *pkg_config(self.prefix, '--cflags', '--libs', 'trenail-interp', 'trenail-wasi'))
        self.run_all(output)
        shared = self.folder / 'by_pkg_config_shared'
        run(*compiler, HERE / 'hello.cc', '-o', shared,
            *pkg_config(self.prefix, '--cflags', '--libs', 'trenail'))
        check('libtrenail.so.0' in needed(shared), f'{shared} is not linked with the library')
        got = run(shared, env=dict(os.environ, LD_LIBRARY_PATH=str(libdir(self.prefix))))
        check(got == 'hello 42\n', f'{shared} printed {got!r}')

    def without_engines(self):
        output = self.folder / 'artefact_only'
        run(*CLANG, HERE / 'artefact_only.cc', '-o', output, '-Wl,--gc-sections',
            *pkg_config(self.prefix, '--cflags', '--libs', 'trenail-aot-runtime'))
        if self.artefact:
            got = run(output, self.artefact)
            check(got == 'artefact 41\n', f'{output} printed {got!r}')
        check('MakeInterpreter' not in symbols(output), f'{output} has an interpreter')

    def in_c(self):
        for output, package in (('in_c', 'trenail-c'), ('in_c_shared', 'trenail')):
            output = self.folder / output
            run('clang-19', '-std=c11', '-Wall', '-Wextra', '-Werror', HERE / 'program.c', '-o', output,
                *pkg_config(self.prefix, '--static', '--cflags', '--libs', package))
            self.run_all(output)


def main():
    build = sys.argv[1]
    with installed(build) as (folder, prefix):
        programs = Programs(folder, prefix)
        programs.by_cmake()
        programs.by_pkg_config()
        programs.without_engines()
        programs.in_c()


main()
