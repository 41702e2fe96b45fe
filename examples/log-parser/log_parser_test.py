#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two components in C, put together in both ways and called; and what is said when they do not fit.

Usage: log_parser_test.py TRENAIL CALL WATCH_WAT LOG_PARSER_WAT [--aot]. With --aot, compiled too."""

import pathlib
import subprocess
import sys
import tempfile

TRENAIL, CALL, WATCH, PARSER, *AOT = sys.argv[1:]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def expect(actual, wanted):
    if actual != wanted:
        sys.exit(f'got      {actual!r}\nexpected {wanted!r}')


LINES = ['BREACH at 04:00', 'ALIVE at 23:59', 'RAIN at 00:00', 'BREACH at 25:00', '']
SUMMARIES = '''CRITICAL: Perimeter breach detected (1715420000)
INFO: All sensors answer (1715491940)
ignored: unknown event: RAIN
ignored: no time: BREACH at 25:00
ignored: no event and time: 
'''

# Calls of the parser, in WAVE, and what is printed.
BREACH = 'parse("BREACH at 04:00")'
PARSED = {
    BREACH: 'ok({timestamp: 1715420000, severity: "CRITICAL", message: "Perimeter breach detected"})',
    'parse("RAIN at 00:00")': 'err("unknown event: RAIN")',
    'cyber:system/log-parser.parse("")': 'err("no event and time: ")',
}
SUMMARY = 'summary("BREACH at 04:00")'
SUMMARIZED = '"CRITICAL: Perimeter breach detected (1715420000)"\n'

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    service = folder / 'service.wasm'
    expect(run(TRENAIL, 'plug', WATCH, '--with', PARSER, '-o', service), (0, '', ''))
    expect(run(CALL, service, 'summary', *LINES), (0, SUMMARIES, ''))
    for call, result in PARSED.items():
        expect(run(TRENAIL, 'run', '--invoke', call, PARSER), (0, result + '\n', ''))
    expect(run(TRENAIL, 'run', '--invoke', SUMMARY, service), (0, SUMMARIZED, ''))

    # Each as one native program.
    if AOT:
        parser = folder / 'log-parser'
        expect(run(TRENAIL, 'compile', PARSER, '-o', parser), (0, '', ''))
        for call, result in PARSED.items():
            expect(run(parser, call), (0, result + '\n', ''))
        expect(run(parser, 'parse(1)')[0], 2)
        program = folder / 'service'
        expect(run(TRENAIL, 'compile', service, '-o', program), (0, '', ''))
        expect(run(program, SUMMARY), (0, SUMMARIZED, ''))

    # The same as a document.
    document = folder / 'service.wac'
    document.write_text('''package cyber:service;
let parser = new cyber:parser {};
export new cyber:watch { ...parser }...;
''')
    by_wac = folder / 'by_wac.wasm'
    expect(run(TRENAIL, 'compose', document, '--dep', f'cyber:parser={PARSER}', '--dep',
               f'cyber:watch={WATCH}', '-o', by_wac), (0, '', ''))
    expect(run(CALL, by_wac, 'summary', LINES[0]), (0, SUMMARIES.splitlines(True)[0], ''))
    (folder / 'cyber').mkdir()
    for part, file in (('parser', PARSER), ('watch', WATCH)):
        (folder / 'cyber' / f'{part}.wat').write_text(pathlib.Path(file).read_text())
    expect(run(TRENAIL, 'compose', document, '--deps-dir', folder, '-o', by_wac), (0, '', ''))

    # Whatever does not fit is a sentence, and no file.
    none = folder / 'none.wasm'
    changed = folder / 'changed.wat'
    text = pathlib.Path(PARSER).read_text()
    changed.write_text(text.replace('(field "timestamp" u64)', '(field "timestamp" s64)'))
    expect(run(TRENAIL, 'plug', WATCH, '--with', changed, '-o', none),
           (1, '', f'error: {WATCH} wants `cyber:system/log-parser`, and {changed} offers it with '
            'another type; first difference: in `log-entry`, field `timestamp`: expected `u64`, '
            'found `s64`\n'))
    changed.write_text(text.replace('"cyber:system/log-parser" (instance',
                                    '"cyber:system/log-parser@0.2.12" (instance'))
    newer = folder / 'newer.wat'
    newer.write_text(pathlib.Path(WATCH).read_text().replace(
        '(import "cyber:system/log-parser" (inst', '(import "cyber:system/log-parser@0.3.0" (inst'))
    expect(run(TRENAIL, 'plug', newer, '--with', changed, '-o', none),
           (1, '', f'error: {newer} wants `cyber:system/log-parser@0.3.0`, {changed} offers '
            '0.2.12, which is not compatible\n'))
    expect(run(TRENAIL, 'plug', PARSER, '--with', WATCH, '-o', none)[0], 1)
    expect(run(TRENAIL, 'plug', WATCH, '-o', none)[0], 2)
    expect(run(TRENAIL, 'plug', WATCH, PARSER, '-o', none),
           (2, '', f'error: there is one socket; a plug is named by --with: --with {PARSER}\n'
            'try: trenail plug --help\n'))
    expect(run(TRENAIL, 'compose', document, '--deps-dir', folder / 'nowhere', '-o', none),
           (2, '', f'error: {document}:2:18: there is no package `cyber:parser`: it is not '
            f'{folder}/nowhere/cyber/parser.wasm; --dep cyber:parser=FILE names another file\n'
            ' 2 | let parser = new cyber:parser {};\n'
            '   |                  ^^^^^^^^^^^^\n'))
    expect(none.exists(), False)
