# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""For the tests of what is installed: a build folder, installed into a new one and moved from there."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def run(*command, **options):
    """The output of a command that has to succeed."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f'{" ".join(map(str, command))} failed ({done.returncode}):\n{done.stdout}')
    return done.stdout


def install(build, folder, *options):
    """Installs `build` below `folder`; the prefix."""
    run('meson', 'install', '-C', build, '--no-rebuild', '--quiet', '--destdir', folder / 'root',
        *options, env=dict(os.environ, NINJA='ninja'))
    [header] = (folder / 'root').rglob('include/trenail/libwasm/libwasm.h')
    # Nothing may depend on where it was meant to be.
    return header.parents[3].rename(folder / 'moved')


@contextlib.contextmanager
def installed(build, *options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix='trenail-'))
    try:
        yield folder, install(build, folder, *options)
    finally:
        shutil.rmtree(folder)


def libdir(prefix):
    [file] = prefix.rglob('trenail-wasm.pc')
    return file.parents[1]


def pkg_config(prefix, *arguments):
    path = libdir(prefix) / 'pkgconfig'
    return run('pkg-config', *arguments, env=dict(os.environ, PKG_CONFIG_LIBDIR=str(path))).split()
