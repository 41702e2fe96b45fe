#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Adds up the logs of one or several runs of `meson test` (a folder of their testlog.json files):
what failed with its output, what was skipped and why, and the totals as the last line.

A test that exits 77 is skipped; the last line that it printed is the reason. Where the official
suites are required (TRENAIL_REQUIRE_CORPORA=1), a test skipped for the want of them has failed."""

import json
import os
import pathlib
import sys

PASSED = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}


def last_line(text):
    lines = [line for line in (text or '').splitlines() if line.strip()]
    return lines[-1].strip() if lines else 'no reason given'


def main():
    required = os.environ.get('TRENAIL_REQUIRE_CORPORA') == '1'
    totals = {'passed': 0, 'failed': 0, 'skipped': 0}
    skips = {}
    for log in sorted(pathlib.Path(sys.argv[1]).glob('*.json')):
        run = log.stem.split(' ', 1)[1]
        counts = dict.fromkeys(totals, 0)
        for line in log.read_text().splitlines():
            test = json.loads(line)
            # Meson names a test "suite / name" or "project:suite / name".
            name = test['name'].split(' / ')[-1]
            reason = last_line(test.get('stdout') or test.get('stderr'))
            if test['result'] in PASSED:
                outcome = 'passed'
            elif test['result'] in SKIPPED and not (required and 'corpora' in reason.lower()):
                outcome = 'skipped'
                skips.setdefault((name, reason), []).append(run)
            else:
                outcome = 'failed'
                print(f"FAILED {name} ({run}): {test['result']}, status {test.get('returncode')}")
                for stream in ('stdout', 'stderr'):
                    text = (test.get(stream) or '').rstrip()
                    if text:
                        tail = text.splitlines()[-60:]
                        print('\n'.join('    ' + row for row in tail))
            counts[outcome] += 1
            totals[outcome] += 1
        print(f"{run}: {counts['passed']} passed, {counts['failed']} failed, "
              f"{counts['skipped']} skipped")
    for (name, reason), runs in sorted(skips.items()):
        where = '' if len(runs) == 1 and runs[0] == 'tests' else f" ({', '.join(runs)})"
        print(f'skipped {name}{where}: {reason}')
    if skips and any('corpora' in reason.lower() for _, reason in skips):
        print('The official suites are not part of this repository: docs/testing.md says where to '
              'get them;\nthen ./x test --corpora DIR.')
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    if totals['passed'] + totals['failed'] == 0:
        sys.exit('no test ran')
    sys.exit(1 if totals['failed'] else 0)


main()
