#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every module of the corpora is valid, eagerly and on several threads, and every verb that reads
modules can work on it. That text and binary say the same is the round trip's business
(spec-tests/roundtrip.cc).

Usage: run.py TRENAIL"""

import csv
import pathlib
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


def check_component(trenail, module):
    outcome = run([trenail, 'validate', module])
    if outcome.status != 1 or b'component' not in outcome.stderr:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return None


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
                tally.check(row['file'], check_component(trenail, path))
    tally.finish()


main()
