#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Debian packages of a build folder: the program, the library, its headers, and the compiler apart.

Usage: deb.py BUILD-FOLDER OUTPUT-FOLDER [--fast]     --fast: without compression

What a package depends on is found out from what its files are linked with (dpkg-shlibdeps). Nothing
is fetched, and nothing is written outside of the output folder and a temporary one."""

import gzip
import hashlib
import os
import pathlib
import re
import subprocess
import sys

from installed import installed, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAINTAINER = 'The Trenail authors <trenail@trenail.invalid>'
DESCRIPTION = ''' Trenail executes WebAssembly in place, or as native code that was compiled ahead of
 time. It implements WebAssembly 3.0, the Component Model and WASI.
 .
 '''
# Of each package: its files, as patterns below the prefix, and its fields. The library folder is L.
PACKAGES = {
    'trenail': {
        'files': ['bin/trenail', r'L/trenail/libtrenail-(net|triggers)\.so'],
        'Section': 'interpreters',
        'Suggests': 'trenail-compiler (= {version})',
        'Description': 'WebAssembly engine',
        'text': 'This package has the program, which runs, serves, checks and explains modules and\n'
                ' components, and what it loads to wait for HTTP and messages.',
    },
    'trenail-compiler': {
        'files': [r'L/trenail/libtrenail-aotc\.so', r'L/trenail/trenail-runtime-.*\.o'],
        'Section': 'devel',
        'Depends': 'trenail (= {version})',
        'Description': 'WebAssembly engine - ahead-of-time compiler',
        'text': 'This package has the compiler, which "trenail compile" loads, and what it links into\n'
                ' programs of their own. It alone needs LLVM.',
    },
    'libtrenail0': {
        'files': [r'L/libtrenail\.so\.[0-9.]+'],
        'Section': 'libs',
        'Multi-Arch': 'same',
        'Recommends': 'trenail (= {version})',
        'Description': 'WebAssembly engine - shared library',
        'text': 'This package has the library, for programs that run modules and components.\n'
                ' Components that wait need a library of the package trenail.',
    },
    'libtrenail-dev': {
        'files': ['include/.*', r'L/libtrenail[^/]*\.a', r'L/libtrenail\.so', 'L/pkgconfig/.*',
                  'L/cmake/.*'],
        'Section': 'libdevel',
        'Multi-Arch': 'same',
        'Depends': 'libtrenail0 (= {version})',
        'Recommends': 'libstdc++-12-dev | libstdc++-dev, pkgconf | pkg-config',
        'Description': 'WebAssembly engine - headers and archives',
        'text': 'This package has what programs with Trenail in them are made of: headers, archives\n'
                ' of each part, and what pkg-config and CMake need to find them.',
    },
}
CONTROL = ['Package', 'Version', 'Architecture', 'Maintainer', 'Section', 'Priority', 'Multi-Arch',
           'Depends', 'Recommends', 'Suggests', 'Installed-Size', 'Homepage', 'Description']


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(0o644)


def is_elf(path):
    return path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b'\x7fELF'


def strip(path):
    """Debugging information and the names that nobody links with. What the compiler links with,
    trenail-runtime-*.o, stays as it is."""
    if path.is_symlink():
        return
    if path.suffix == '.a':
        run('strip', '--strip-debug', '--enable-deterministic-archives', path)
    elif is_elf(path) and path.suffix != '.o':
        run('strip', '--strip-unneeded', '--remove-section=.comment', path)


def depends(folder, stage, libraries):
    """What the files of `stage` are linked with, as packages."""
    files = [path for path in sorted(stage.rglob('*')) if is_elf(path) and path.suffix != '.o']
    if not files:
        return ''
    # It reads the names of the packages in the making from here.
    write(folder / 'debian/control', 'Source: trenail\n\n' + ''.join(
        f'Package: {name}\nArchitecture: any\n\n' for name in PACKAGES))
    output = run('dpkg-shlibdeps', '-O', '--ignore-missing-info', f'-l{libraries}',
                 *[f'-e{path}' for path in files], cwd=folder)
    [found] = re.findall(r'^shlibs:Depends=(.*)$', output, re.M)
    # LLVM is found by a path into its development package, of which nobody knows anything.
    needed = set(re.findall(r'\[(libLLVM\S*)\]', run('readelf', '-d', *files)))
    for owner in {line.split(':')[0] for name in needed
                  for line in run('dpkg', '-S', f'*/{name}').splitlines()}:
        if owner.startswith('libllvm') and owner not in found:
            found += f', {owner}'
    return found


def documents(stage, name, version, date):
    folder = stage / 'usr/share/doc' / name
    write(folder / 'copyright',
          'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
          'Upstream-Name: Trenail\n\nFiles: *\nCopyright: The Trenail authors\n'
          'License: Apache-2.0 WITH LLVM-exception\n' +
          ''.join(f' {line.rstrip() or "."}\n' for line in (ROOT / 'LICENSE').open()))
    write(folder / 'changelog.gz', gzip.compress(
        f'trenail ({version}) unstable; urgency=medium\n\n  * This version.\n\n'
        f' -- {MAINTAINER}  {date}\n'.encode(), 9, mtime=0))


def build_package(folder, name, fields, stage, values, output, fast):
    control = dict(fields, Package=name, Version=values['version'], Maintainer=MAINTAINER,
                   Architecture=values['arch'], Priority='optional')
    linked = depends(folder, stage, values['libraries'])
    control['Depends'] = ', '.join(filter(None, [
        fields.get('Depends', '').format(**values), linked]))
    for field in ('Recommends', 'Suggests'):
        control[field] = fields.get(field, '').format(**values)
    documents(stage, name, values['version'], values['date'])
    files = [path for path in sorted(stage.rglob('*')) if path.is_file() or path.is_symlink()]
    control['Installed-Size'] = str(sum(
        (path.lstat().st_size + 1023) // 1024 for path in files))
    control['Description'] += '\n' + DESCRIPTION + fields['text']
    meta = stage / 'DEBIAN'
    write(meta / 'control', ''.join(f'{field}: {control[field]}\n' for field in CONTROL
                                    if control.get(field)))
    write(meta / 'md5sums', ''.join(
        f'{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(stage)}\n'
        for path in files if not path.is_symlink()))
    if name == 'libtrenail0':
        # Whoever is linked with the library depends on this package.
        write(meta / 'shlibs', f'libtrenail 0 libtrenail0 (>= {values["version"]})\n')
        write(meta / 'triggers', 'activate-noawait ldconfig\n')
    for path in stage.rglob('*'):
        if path.is_dir():
            path.chmod(0o755)
        elif not path.is_symlink():
            path.chmod(0o755 if path.parent.name == 'bin' else 0o644)
    run('dpkg-deb', '--root-owner-group', '-Znone' if fast else '-Zxz', '--build', stage, output)


def main():
    fast = '--fast' in sys.argv
    build, output = [pathlib.Path(argument) for argument in sys.argv[1:] if argument != '--fast']
    build, output = build.resolve(), output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    with installed(build) as (folder, prefix):
        [pc] = prefix.rglob('trenail.pc')
        [version] = re.findall(r'^Version: (.*)$', pc.read_text(), re.M)
        library = pc.parents[1].relative_to(prefix)
        # The time of the sources, so that packages are reproducible.
        seconds = os.environ.setdefault('SOURCE_DATE_EPOCH', subprocess.run(
            ['git', '-C', ROOT, 'log', '-1', '--format=%ct'], stdout=subprocess.PIPE, text=True,
            check=False).stdout.strip() or '0')
        values = {'version': version, 'library': library,
                  'arch': run('dpkg', '--print-architecture').strip(),
                  'date': run('date', '-Ru', '-d', f'@{seconds}').strip()}
        packages = {}
        for path in sorted(prefix.rglob('*')):
            if path.is_dir() and not path.is_symlink():
                continue
            name = str(path.relative_to(prefix)).replace(f'{library}/', 'L/', 1)
            owners = [package for package, fields in PACKAGES.items()
                      if any(re.fullmatch(pattern, name) for pattern in fields['files'])]
            if len(owners) != 1:
                sys.exit(f'{name} belongs to no package' if not owners else
                         f'{name} belongs to {" and ".join(owners)}')
            stage = folder / owners[0]
            place = stage / 'usr' / path.relative_to(prefix)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.rename(place)
            strip(place)
            packages[owners[0]] = stage
        values['libraries'] = folder / 'libtrenail0/usr' / library
        for name, stage in packages.items():
            file = output / f'{name}_{version}_{values["arch"]}.deb'
            build_package(folder, name, PACKAGES[name], stage, values, file, fast)
            print(file)


main()
