#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The symbols that the libraries export: a checked-in list, and whether it is true.

  abi.py script LIST MAP          writes the version script of libtrenail.so
  abi.py check LIST NM READELF NAME=FILE…    compares the list with what has been built
  abi.py update LIST NM READELF NAME=FILE…   writes the list from it

An archive NAME exports the functions that its public headers declare: strong symbols of default
visibility. `libtrenail.so` exports those of all archives, versioned; any other shared library NAME
exports what its section says. A line of the list is a symbol, `#` and what it means.
"""

import pathlib
import re
import subprocess
import sys

VERSION = 'TRENAIL_0.1'
UMBRELLA = 'libtrenail.so'
HEADING = '''# The symbols that Trenail's libraries export, a section for each: the archives' are those of
# libtrenail.so, under the version {}. The test packages/abi compares; to write this anew:
# ninja -C build abi-update. A symbol that goes, or changes what it means, needs a new soname.
'''.format(VERSION)


def read(path):
    sections, symbols = {}, None
    for line in path.read_text().splitlines():
        line = line.split('#')[0].strip()
        if line.startswith('['):
            symbols = sections.setdefault(line[1:-1], set())
        elif line:
            symbols.add(line)
    return sections


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def exported(nm, readelf, file):
    if file.endswith('.a'):
        rows = (line.split() for line in output(readelf, '-sW', file).splitlines())
        return {row[7] for row in rows
                if len(row) == 8 and row[4:6] == ['GLOBAL', 'DEFAULT'] and row[6] != 'UND'}
    rows = output(nm, '-D', '--defined-only', file).splitlines()
    return {row.split()[2] for row in rows if row.split()[1] != 'A'}


def expected(sections, name):
    if name != UMBRELLA:
        return sections.get(name, set())
    return {f'{symbol}@@{VERSION}' for section, symbols in sections.items()
            if not section.endswith('.so') for symbol in symbols}


def meanings(nm, symbols):
    """By symbol, what a reader calls it."""
    filt = re.sub(r'nm(?=[^/]*$)', 'cxxfilt', nm)
    text = subprocess.run([filt], input='\n'.join(symbols), stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    # As they are written.
    text = text.replace('std::__cxx11::basic_string<char, std::char_traits<char>, '
                        'std::allocator<char>>', 'std::string')
    text = text.replace('std::basic_string_view<char, std::char_traits<char>>', 'std::string_view')
    text = text.replace('[abi:cxx11]', '').replace(', 18446744073709551615ul>', '>')
    text = re.sub(r', std::allocator<[^<>]*>>', '>', text)
    return dict(zip(symbols, text.splitlines()))


def main():
    command, path = sys.argv[1], pathlib.Path(sys.argv[2])
    if command == 'script':
        symbols = sorted(symbol for section, members in read(path).items()
                         if not section.endswith('.so') for symbol in members)
        lines = ''.join(f'    {symbol};\n' for symbol in symbols)
        pathlib.Path(sys.argv[3]).write_text(f'{VERSION} {{\n  global:\n{lines}  local: *;\n}};\n')
        return
    nm, readelf = sys.argv[3:5]
    files = dict(argument.split('=', 1) for argument in sys.argv[5:])
    built = {name: exported(nm, readelf, file) for name, file in files.items()}
    if command == 'update':
        text = HEADING
        for name, symbols in built.items():
            if name == UMBRELLA:
                continue
            meaning = meanings(nm, sorted(symbols))
            text += f'\n[{name}]\n'
            for symbol in sorted(symbols):
                text += symbol if meaning[symbol] == symbol else f'{symbol}  # {meaning[symbol]}'
                text += '\n'
        path.write_text(text)
        return
    sections = read(path)
    wrong = []
    for name, symbols in built.items():
        listed = expected(sections, name)
        plain = {symbol: symbol.split('@')[0] for symbol in symbols | listed}
        meaning = meanings(nm, sorted(set(plain.values())))
        wrong += [f'{name} exports, but the list does not have: {meaning[plain[symbol]]} ({symbol})'
                  for symbol in sorted(symbols - listed)]
        wrong += [f'the list has, but {name} does not export: {meaning[plain[symbol]]} ({symbol})'
                  for symbol in sorted(listed - symbols)]
    wrong += [f'the list has a section [{name}] for a library that is not built'
              for name in sections if name not in files]
    if wrong:
        sys.exit('\n'.join(wrong) + f'''

Public headers declare what is exported ([[gnu::visibility("default")]]); the list is {path}.
A new function: ninja -C BUILD-FOLDER abi-update, and commit the list. One that has gone or has
another signature breaks programs that are linked with libtrenail.so: it needs a new soname, too.''')
    print(sum(map(len, built.values())), 'symbols as listed')


main()
