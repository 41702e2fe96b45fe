#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every module and component of the corpora is valid, modules eagerly and on several threads, and
every verb that reads them can work on it. That text and binary of modules say the same is the round
trip's business (spec-tests/roundtrip.cc).

Usage: run.py TRENAIL"""

import csv
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import Tally, corpora, excerpt, run  # noqa: E402  (the folder above)


def verb(*command):
    outcome = run(command, timeout=60)
    if outcome.status != 0:
        return f'{command[1]}: exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return None


def check_core(trenail, module, scratch):
    stripped = scratch / 'stripped.wasm'
    return (verb(trenail, 'validate', '-j', '1', module) or
            verb(trenail, 'validate', '-j', '3', module) or
            verb(trenail, 'objdump', '--side-table', module) or
            verb(trenail, 'objdump', '-x', '-d', module) or
            verb(trenail, 'strip', module, '-o', stripped) or
            verb(trenail, 'validate', stripped))


def check_component(trenail, component, scratch):
    stripped, text, parsed, again = (scratch / name for name in
                                     ('stripped.wasm', 'c.wat', 'c.wasm', 'again.wat'))
    problem = (verb(trenail, 'validate', component) or
               verb(trenail, 'objdump', component) or
               verb(trenail, 'wit', component) or
               verb(trenail, 'strip', component, '-o', stripped) or
               verb(trenail, 'validate', stripped) or
               verb(trenail, 'print', component, '-o', text) or
               verb(trenail, 'parse', text, '-o', parsed) or
               verb(trenail, 'validate', parsed) or
               verb(trenail, 'print', parsed, '-o', again))
    # An empty section is not written again, and what stood behind it then stands behind another.
    places = re.compile(rb'[(]after [a-z]+[)]')
    if problem is None and places.sub(b'', text.read_bytes()) != places.sub(b'', again.read_bytes()):
        problem = 'printed, parsed and printed again it is another text'
    return problem


def main():
    trenail = str(pathlib.Path(sys.argv[1]).resolve())
    modules = corpora('modules')
    tally = Tally()
    with open(modules / 'MODULES.tsv', newline='', encoding='utf-8') as rows, \
            tempfile.TemporaryDirectory() as scratch:
        for row in csv.DictReader(rows, delimiter='\t', quoting=csv.QUOTE_NONE):
            path = modules.parent / row['file']
            if row['kind'] == 'core':
                tally.check(row['file'], check_core(trenail, path, pathlib.Path(scratch)))
            else:
                tally.check(row['file'], check_component(trenail, path, pathlib.Path(scratch)))
    tally.finish()


main()
