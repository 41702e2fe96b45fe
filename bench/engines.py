# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How each engine is told to run a program, and how long that takes.

Time is the processor time of the process, user and system, as the kernel counts it: it is exact
where user time alone is an estimate by ticks, and what else the machine does is not in it."""

import os
import subprocess
import tempfile
import threading


class Program:
    """A module to run: its _start, or one exported function with a number as its argument."""

    def __init__(self, name, module, folder, function=None, argument=None, expected=None,
                 compare=True, call_heavy=False):
        self.name = name
        self.module = module
        self.folder = folder
        self.function = function
        self.argument = argument
        # What has to appear on stdout; None: whatever the first engine printed.
        self.expected = expected
        self.compare = compare and function is None
        self.call_heavy = call_heavy


def trenail_command(path, program):
    options = ['run', '--bench-hooks', '--dir', '.']
    if program.function:
        argument = '' if program.argument is None else program.argument
        options += ['--invoke', f'{program.function}({argument})']
    return [path, *options, program.module]


def wasm3_command(path, program):
    options = ['--stack-size', str(1 << 20)]
    if not program.function:
        return [path, *options, program.module]
    arguments = [] if program.argument is None else [str(program.argument)]
    return [path, *options, '--func', program.function, program.module, *arguments]


def wamr_command(path, program):
    options = [f'--stack-size={1 << 20}', '--dir=.']
    if not program.function:
        return [path, *options, program.module]
    arguments = [] if program.argument is None else [str(program.argument)]
    return [path, *options, '-f', program.function, program.module, *arguments]


class Engine:
    def __init__(self, name, path, command):
        self.name = name
        self.path = path
        self.command = command

    def run(self, program, timeout=120):
        """(seconds, None) or (None, what went wrong)."""
        with tempfile.TemporaryFile() as out:
            return run_timed(self.command(self.path, program), program, out, timeout)


def run_timed(command, program, out, timeout):
    process = subprocess.Popen([str(part) for part in command], cwd=program.folder,
                               stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
    killer = threading.Timer(timeout, process.kill)
    killer.start()
    _, status, usage = os.wait4(process.pid, 0)
    killer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        return None, f'exit code {process.returncode}'
    out.seek(0)
    text = out.read().strip()
    if program.compare:
        if program.expected is None:
            program.expected = text
        # Some engines write their own warnings there too.
        if program.expected not in text:
            return None, 'wrong output'
    return usage.ru_utime + usage.ru_stime, None


def all_engines(arguments):
    """The engines in the order of the columns, and the names of those that are absent."""
    wanted = [
        ('trenail', arguments.trenail, trenail_command),
        ('wasm3', arguments.wasm3, wasm3_command),
        ('WAMR fast', arguments.wamr_fast, wamr_command),
        ('WAMR classic', arguments.wamr_classic, wamr_command),
    ]
    present = [Engine(name, path, command) for name, path, command in wanted
               if path and os.access(path, os.X_OK)]
    absent = [name for name, path, _ in wanted if not (path and os.access(path, os.X_OK))]
    return present, absent
