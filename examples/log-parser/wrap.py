#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Puts a core module into the text of a component, where it says @MODULE@.

Usage: wrap.py TRENAIL MODULE_WASM TEMPLATE OUT"""

import pathlib
import subprocess
import sys

PROGRAM, MODULE, TEMPLATE, OUT = sys.argv[1:]
printed = subprocess.run([PROGRAM, 'print', '--no-custom', '--no-names', MODULE], check=True,
                         capture_output=True, text=True).stdout
assert printed.startswith('(module')
module = '(core module $module' + printed.removeprefix('(module').rstrip()
lines = pathlib.Path(TEMPLATE).read_text().splitlines()
pathlib.Path(OUT).write_text(
    '\n'.join(module if line.strip() == '@MODULE@' else line for line in lines) + '\n')
