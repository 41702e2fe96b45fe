#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The program as a user meets it: exit codes, messages, and bounds on hostile files.

Usage: cli_test.py TRENAIL. Modules are put together here byte by byte, so that a broken text parser
cannot hide what else is broken. Every run is bounded in time and memory, and both are checked."""

import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
# Sanitizers and emulators need more of everything.
SLOW = float(os.environ.get('TRENAIL_TEST_SLOW', '1'))
SANITIZED = os.environ.get('TRENAIL_TEST_SANITIZED') == '1'


def leb(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def vec(items):
    return leb(len(items)) + b''.join(items)


def name(text):
    data = text.encode()
    return leb(len(data)) + data


def section(number, content):
    return bytes([number]) + leb(len(content)) + content


MAGIC = b'\0asm\1\0\0\0'
I32 = b'\x7f'


def func_type(params=(), results=()):
    return b'\x60' + vec(list(params)) + vec(list(results))


def body(code, locals_=b'\0'):
    content = locals_ + code + b'\x0b'
    return leb(len(content)) + content


def module(code, results=(), params=(), export='_start', imports=(), locals_=b'\0', customs=b'',
           memory=b''):
    """One function, exported; imports are (module, name) of functions without parameters."""
    types = section(1, vec([func_type(params, results), func_type()]))
    imported = section(2, vec([name(m) + name(n) + b'\0\1' for m, n in imports])) if imports else b''
    return (MAGIC + types + imported + section(3, vec([b'\0'])) + memory +
            section(7, vec([name(export) + b'\0' + leb(len(imports))])) +
            section(10, vec([body(code, locals_)])) + customs)


class Outcome:
    def __init__(self, status, stdout, stderr, peak_kb):
        self.status, self.stdout, self.stderr, self.peak_kb = status, stdout, stderr, peak_kb


def trenail(*arguments, stdin=b'', timeout=20, cwd=None):
    process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd)
    killer = threading.Timer(timeout * SLOW, process.kill)
    killer.start()
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    try:
        process.stdin.write(stdin)
        process.stdin.close()
    except BrokenPipeError:
        pass
    out = process.stdout.read()
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    killer.cancel()
    process.stdout.close()
    process.stderr.close()
    return Outcome(process.returncode, out.decode(errors='replace'),
                   errors[0].decode(errors='replace'), usage.ru_maxrss)


class CliTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def file(self, contents, suffix='.wasm'):
        path = self.folder / (self.id().split('.')[-1] + suffix)
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    def check(self, outcome, status, message='', peak_mb=200):
        where = f'stdout: {outcome.stdout!r}\nstderr: {outcome.stderr!r}'
        self.assertEqual(outcome.status, status, where)
        self.assertIn(message, outcome.stderr, where)
        if status not in (0,):
            errors = [line for line in outcome.stderr.splitlines() if line.startswith('error: ')]
            self.assertEqual(len(errors), 1, 'one clear error\n' + where)
        if not SANITIZED:
            self.assertLess(outcome.peak_kb, peak_mb * 1024, 'peak memory in KiB')

    # --- the program itself

    def test_version(self):
        outcome = trenail('--version')
        self.assertEqual(outcome.status, 0)
        self.assertTrue(outcome.stdout.startswith('trenail '))

    def test_help(self):
        self.assertIn('Verbs:', trenail('--help').stdout)
        for verb in ('run', 'compile', 'validate', 'parse', 'print', 'objdump', 'strip', 'wit', 'wast',
                     'version'):
            outcome = trenail(verb, '--help')
            self.assertEqual(outcome.status, 0, verb)
            self.assertIn(f'Usage: trenail {verb}', outcome.stdout)

    def test_wrong_usage(self):
        self.assertEqual(trenail().status, 2)
        self.check(trenail('dance'), 2, 'no verb is called dance')
        self.check(trenail('run'), 2, 'a file is needed')
        self.check(trenail('run', '--dance', 'x.wasm'), 2, 'unknown option --dance')
        self.check(trenail('run', '--timeout', 'soon', 'x.wasm'), 2, '--timeout')
        self.check(trenail('run', '--preload', 'x', 'x.wasm'), 2, 'NAME=FILE')
        self.check(trenail('run', '--invoke', 'f(', 'x.wasm'), 2, 'cannot understand the call')

    # --- files that are no modules

    def test_unreadable(self):
        self.check(trenail('run', self.folder / 'absent.wasm'), 2, 'No such file')
        self.check(trenail('run', self.folder), 2, 'is a directory')
        self.check(trenail('validate', self.folder), 2, 'is a directory')

    def test_empty_file(self):
        self.check(trenail('run', self.file(b'')), 1, 'unexpected end')

    def test_truncated(self):
        whole = module(b'')
        for length in range(1, len(whole)):
            outcome = trenail('validate', '-', stdin=whole[:length])
            # A cut between two sections may leave a valid module.
            if outcome.status != 0:
                self.check(outcome, 1, 'error: -: ')
        self.check(trenail('run', self.file(whole[:-3])), 1, 'malformed: ')

    def test_component(self):
        # An empty one is valid; there is nothing in it to run.
        self.check(trenail('validate', self.file(b'\0asm\x0d\0\1\0')), 0)
        self.check(trenail('run', self.file(b'\0asm\x0d\0\1\0')), 2, 'no function is exported')
        self.check(trenail('run', self.file(b'\0asm\x0d\0\1\0\x0e\0')), 1, 'malformed: ')

    def test_random_bytes(self):
        path = self.folder / 'random.wasm'
        block = random.Random(1).randbytes(1 << 20)
        with open(path, 'wb') as out:
            for _ in range(100):
                out.write(block)
        self.check(trenail('run', path, timeout=5), 1, 'magic header not detected', peak_mb=350)
        with open(path, 'r+b') as out:
            out.write(MAGIC)
        self.check(trenail('run', path, timeout=5), 1, 'malformed', peak_mb=350)
        path.unlink()

    def test_four_gigabytes_of_locals(self):
        locals_ = vec([leb(0xFFFFFFFF) + I32])
        self.check(trenail('run', self.file(module(b'', locals_=locals_)), timeout=5), 1, 'too many locals')

    def test_text_error(self):
        path = self.file('(module\n  (func (export "f") (i32.ad)))', '.wat')
        self.check(trenail('run', path), 1, f'{path}:2:')

    # --- running

    def test_empty_module(self):
        self.check(trenail('run', self.file(MAGIC)), 0)

    def test_missing_import(self):
        path = self.file(module(b'', imports=[('env', 'spark')]))
        outcome = trenail('run', path)
        self.check(outcome, 1, 'unknown import')
        self.assertIn('env', outcome.stderr)
        self.assertIn('spark', outcome.stderr)

    def test_trap(self):
        outcome = trenail('run', self.file(module(b'\0')))
        self.check(outcome, 134, 'trap: unreachable')
        self.assertIn('  at ', outcome.stderr)

    def test_trap_names(self):
        sub = vec([b'\0' + name('boom')])
        custom = section(0, name('name') + b'\1' + leb(len(sub)) + sub)
        outcome = trenail('run', self.file(module(b'\0', customs=custom)))
        self.check(outcome, 134, 'trap: unreachable')
        self.assertIn('at boom', outcome.stderr)

    def test_recursion(self):
        # call 0
        self.check(trenail('run', self.file(module(b'\x10\0')), timeout=10), 134,
                   'call stack exhausted')

    LOOP = b'\x03\x40\x0c\0\x0b'

    def test_timeout(self):
        self.check(trenail('run', '--timeout', '300ms', self.file(module(self.LOOP)), timeout=10),
                   134, 'interrupted: ')

    def test_fuel(self):
        self.check(trenail('run', '--fuel', '100k', self.file(module(self.LOOP)), timeout=10), 134,
                   'interrupted: ')

    def test_memory_limit(self):
        memory = section(5, vec([b'\0' + leb(2000)]))
        path = self.file(module(b'', memory=memory))
        self.check(trenail('run', '--max-memory', '64M', path), 134, '')
        self.check(trenail('run', '--max-memory', '128M', path), 0)

    # --- what is left of a failure, and what is said

    def test_coredump(self):
        memory = section(5, vec([b'\0' + leb(1)]))
        # Stores 1234 at 8.
        store = b'\x41\x08\x41\xd2\x09\x36\x02\0'
        path = self.file(module(store, memory=memory))
        core = self.folder / 'core.wasm'
        self.check(trenail('run', '--coredump', core, path), 0)
        self.assertFalse(core.exists())
        path = self.file(module(store + b'\0', memory=memory))
        self.check(trenail('run', '--coredump', core, path), 134, f'a coredump is in {core}')
        self.assertEqual(core.stat().st_mode & 0o777, 0o600)
        contents = core.read_bytes()
        self.assertEqual(contents[:8], MAGIC)
        self.assertIn(b'corestack', contents)
        self.assertIn(bytes(8) + b'\xd2\x04\0\0', contents)
        self.check(trenail('validate', core), 0)
        self.check(trenail('run', '--coredump', self.folder / 'no/core.wasm', path), 134,
                   'warning: the coredump is lost')

    def test_log(self):
        path = self.file(module(b''))
        self.assertEqual(trenail('run', path).stderr, '')
        self.assertEqual(trenail('run', '-v', path).stderr, '')
        os.environ['TRENAIL_LOG'] = 'debug'
        try:
            self.check(trenail('run', path), 0, 'debug: decoded and validated a module of')
            os.environ['TRENAIL_LOG'] = 'everything'
            self.check(trenail('run', path), 0, 'warning: TRENAIL_LOG is not')
        finally:
            del os.environ['TRENAIL_LOG']

    # --- --invoke

    def add(self):
        return self.file(module(b'\x20\0\x20\1\x6a', results=[I32], params=[I32, I32],
                                export='add'))

    def test_invoke(self):
        path = self.add()
        outcome = trenail('run', '--invoke', 'add(40, 2)', path)
        self.check(outcome, 0)
        self.assertEqual(outcome.stdout, '42\n')
        self.assertEqual(trenail('run', '--invoke', 'add(-1, 0)', path).stdout, '-1\n')

    def test_invoke_wrong(self):
        path = self.add()
        self.check(trenail('run', '--invoke', 'sub(1, 2)', path), 2, 'there are: add')
        self.check(trenail('run', '--invoke', 'add(1)', path), 2, 'takes 2 arguments, not 1')
        self.check(trenail('run', '--invoke', 'add(1, "x")', path), 2, 'argument 2 of add')

    def test_text_runs(self):
        path = self.file('(module (func (export "f") (result f64) (f64.const 2.5)))', '.wat')
        self.assertEqual(trenail('run', '--invoke', 'f', path).stdout, '2.5\n')

    def test_preload(self):
        library = self.folder / 'library.wat'
        library.write_text('(module (func (export "seven") (result i32) (i32.const 7)))')
        path = self.file('(module (import "lib" "seven" (func $s (result i32)))'
                         '(func (export "f") (result i32) (i32.mul (call $s) (i32.const 6))))',
                         '.wat')
        self.assertEqual(
            trenail('run', '--preload', f'lib={library}', '--invoke', 'f()', path).stdout, '42\n')

    def test_reactor(self):
        path = self.file('(module (global $g (mut i32) (i32.const 1))'
                         '(func (export "_initialize") (global.set $g (i32.const 5)))'
                         '(func (export "get") (result i32) (global.get $g)))', '.wat')
        self.assertEqual(trenail('run', '--invoke', 'get()', path).stdout, '5\n')
        self.check(trenail('run', path), 0)

    def test_guest_exit_code(self):
        path = self.file('(module (import "wasi_snapshot_preview1" "proc_exit" (func $e (param i32)))'
                         '(memory (export "memory") 1)'
                         '(func (export "_start") (call $e (i32.const 42))))', '.wat')
        outcome = trenail('run', path)
        self.assertEqual((outcome.status, outcome.stderr), (42, ''))

    # --- the other verbs

    def test_validate(self):
        good = self.add()
        self.check(trenail('validate', good), 0)
        bad = self.folder / 'bad.wasm'
        bad.write_bytes(module(b'', results=[I32]))
        outcome = trenail('validate', good, bad)
        self.check(outcome, 1, 'invalid: type mismatch')
        self.assertIn('at byte 0x', outcome.stderr)
        outcome = trenail('validate', '--json', good, bad)
        self.assertEqual(outcome.status, 1)
        self.assertIn('"valid":true', outcome.stdout)
        self.assertIn('"kind":"invalid"', outcome.stdout)

    def test_parse_and_print(self):
        source = '(module (func $id (export "id") (param $x i32) (result i32) (local.get $x)))'
        path = self.file(source, '.wat')
        binary = self.folder / 'parsed.wasm'
        self.check(trenail('parse', path, '-o', binary), 0)
        printed = trenail('print', binary)
        self.check(printed, 0)
        self.assertIn('local.get', printed.stdout)
        again = trenail('parse', '-', '-o', self.folder / 'again.wasm', stdin=printed.stdout.encode())
        self.check(again, 0)
        self.assertEqual(binary.read_bytes(), (self.folder / 'again.wasm').read_bytes())

    def test_strip(self):
        path = self.file(module(b'', customs=section(0, name('note') + b'abc')))
        out = self.folder / 'stripped.wasm'
        self.check(trenail('strip', path, '-o', out), 0)
        self.assertEqual(out.read_bytes(), module(b''))

    def test_objdump(self):
        outcome = trenail('objdump', self.add())
        self.check(outcome, 0)
        self.assertIn('i32.add', outcome.stdout)

    def test_wast(self):
        path = self.file('(module (func (export "f") (result i32) (i32.const 1)))\n'
                         '(assert_return (invoke "f") (i32.const 1))\n'
                         '(assert_return (invoke "f") (i32.const 2))\n', '.wast')
        outcome = trenail('wast', path)
        self.assertEqual(outcome.status, 1)
        self.assertEqual(outcome.stdout.splitlines()[-1], '2 passed, 1 failed, 0 skipped')
        self.assertIn(f'{path}:3:', outcome.stdout + outcome.stderr)

    def test_closed_output(self):
        process = subprocess.run(f'"{PROGRAM}" --help > /dev/full', shell=True,
                                 stderr=subprocess.PIPE, check=False)
        self.assertEqual(process.returncode, 1)


if __name__ == '__main__':
    unittest.main(verbosity=1)
