#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""File tests: what the program prints is kept in the file it printed it about.

A test begins with lines `;; RUN: ARGUMENTS`, in which % is the file's name. Behind the line
`;; EXPECTED` stand, as comments, each command, its output, its messages (behind `!`) and its exit
code if that is not 0. Commands run in the file's folder.

  run.py --program TRENAIL [FILE|FOLDER…]     compares
  BLESS=1 run.py …                            writes what came out into the files; review the diff
"""

import difflib
import os
import pathlib
import shlex
import subprocess
import sys

MARK = ';; EXPECTED'


def collect(paths):
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob('*') if p.suffix in ('.wat', '.wast'))
        else:
            yield path


def comment(lines, prefix):
    return [f'{prefix}{line}'.rstrip() for line in lines]


def run(program, file, arguments):
    # errors='replace': messages may quote bytes of a module that are not UTF-8.
    done = subprocess.run([program, *shlex.split(arguments.replace('%', file.name))],
                          cwd=file.parent, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors='replace', timeout=60)
    lines = [f';; $ trenail {arguments}']
    lines += comment(done.stdout.splitlines(), ';; ')
    lines += comment(done.stderr.splitlines(), ';; ! ')
    if done.returncode != 0:
        lines.append(f';; [exit {done.returncode}]')
    return lines


def check(program, file, bless):
    """Whether the file is as it should be, or has been made so."""
    text = file.read_text()
    at = text.find('\n' + MARK + '\n')
    head = text[:at + 1] if at >= 0 else text.rstrip('\n') + '\n\n'
    commands = [line.removeprefix(';; RUN:').strip() for line in head.splitlines()
                if line.startswith(';; RUN:')]
    if not commands:
        print(f'{file}: no line ";; RUN: …"')
        return False
    lines = [MARK]
    for command in commands:
        lines += run(program, file, command)
    new = head + '\n'.join(lines) + '\n'
    if new == text:
        return True
    if bless:
        file.write_text(new)
        print(f'{file}: written')
        return True
    print(f'{file}: the output is not as expected')
    sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), new.splitlines(True),
                                               'expected', 'actual'))
    return False


def main(arguments):
    if arguments[:1] != ['--program'] or len(arguments) < 2:
        print(__doc__)
        return 2
    program = os.path.abspath(arguments[1])
    paths = [pathlib.Path(p).resolve() for p in arguments[2:]] or [
        pathlib.Path(__file__).resolve().parent]
    bless = os.environ.get('BLESS') == '1'
    files = list(collect(paths))
    bad = [file for file in files if not check(program, file, bless)]
    print(f'{len(files) - len(bad)} passed, {len(bad)} failed, 0 skipped')
    return 1 if bad or not files else 0


sys.exit(main(sys.argv[1:]))
