#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Programs of their own behave as `trenail run` of the module does, and are small.

Usage: standalone_test.py TRENAIL TARGET…   the targets whose programs can be made; those of another
processor run under qemu, if it is there."""

import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest

TRENAIL = str(pathlib.Path(sys.argv[1]).resolve())
TARGETS = sys.argv[2:]
# What the stripped program around a module without functions may take.
MOST_BYTES = 1_160_000

# What it does is chosen by the number of arguments.
TEXT = '''(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (type $array (array (mut i32)))
  (memory (export "memory") 1)
  (tag $t (param i32))
  (func $div (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (func $oob (drop (i32.load (i32.const -1))))
  (func $deep (param i64) (result i64)
    (i64.add (call $deep (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
  (func $throw (throw $t (i32.const 7)))
  (func $catch (result i32)
    (block $h (result i32) (try_table (catch $t $h) (call $throw)) (i32.const 0)))
  (func $garbage (result i32) (local $i i32)
    (loop $l
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (drop (array.new $array (local.get $i) (i32.const 10000)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 3000))))
    (local.get $i))
  (func $is (param i32) (result i32) (i32.eq (i32.load (i32.const 0)) (local.get 0)))
  (func (export "_start")
    (drop (call $args (i32.const 0) (i32.const 4)))
    (if (call $is (i32.const 1)) (then (drop (call $div (i32.const 0)))))
    (if (call $is (i32.const 2)) (then (call $oob)))
    (if (call $is (i32.const 3)) (then (drop (call $deep (i64.const 0)))))
    (if (call $is (i32.const 4)) (then (call $throw)))
    (if (call $is (i32.const 5)) (then (call $exit (i32.add (call $catch) (i32.const 40)))))
    (if (call $is (i32.const 6)) (then (call $exit (i32.ne (call $garbage) (i32.const 3000)))))
    (if (call $is (i32.const 7))
      (then (drop (call $env (i32.const 0) (i32.const 4))) (call $exit (i32.load (i32.const 0)))))
    (call $exit (call $prestat (i32.const 3) (i32.const 0)))))'''

COMPONENT = '''(component
  (core module $m (func (export "divide") (param i32 i32) (result i32)
    (i32.div_u (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "divide") (param "a" u32) (param "b" u32) (result u32)
    (canon lift (core func $i "divide"))))'''

BADF = 8


def runner(target):
    """The command that runs programs for `target`; None if there is none."""
    if target == platform.machine():
        return []
    emulator = shutil.which(f'qemu-{target}')
    return [emulator] if emulator else None


class StandaloneTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        (self.folder / 'm').mkdir()
        self.module = self.folder / 'm' / 'm.wat'
        self.module.write_text(TEXT)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def compiled(self, target, *options):
        program = self.folder / f'p-{target}'
        outcome = subprocess.run([TRENAIL, 'compile', self.module, '-o', program, '--target',
                                  f'{target}-linux-gnu', *options], capture_output=True,
                                 text=True, check=False)
        self.assertEqual((outcome.returncode, outcome.stderr), (0, ''))
        return program

    def outcome(self, program, target, arguments, **variables):
        """Exit code and standard error, with the module's name for the program's."""
        done = subprocess.run([*runner(target), program, *['x'] * (arguments - 1)],
                              capture_output=True, text=True, check=False, cwd=self.folder,
                              env=dict(os.environ, **variables))
        return done.returncode, done.stderr.replace(str(program), str(self.module))

    def runnable(self):
        return [target for target in TARGETS if runner(target) is not None]

    def test_as_from_run(self):
        for target in self.runnable():
            program = self.compiled(target)
            for arguments in (1, 2, 4, 5, 6, 7, 8):
                run = subprocess.run([TRENAIL, 'run', self.module, *['x'] * (arguments - 1)],
                                     capture_output=True, text=True, check=False)
                self.assertEqual(self.outcome(program, target, arguments),
                                 (run.returncode, run.stderr), (target, arguments))

    def test_stack_overflow_is_a_trap(self):
        for target in self.runnable():
            status, text = self.outcome(self.compiled(target), target, 3)
            self.assertEqual(status, 134)
            self.assertIn('trap: call stack exhausted\n  at deep (function', text)

    def test_grants(self):
        for target in self.runnable():
            program = self.compiled(target)
            self.assertEqual(self.outcome(program, target, 7, A='1'), (0, ''))
            self.assertEqual(self.outcome(program, target, 8), (BADF, ''))
            program = self.compiled(target, '--env', 'B=2', '--env', 'A', '--dir', '.')
            self.assertEqual(self.outcome(program, target, 7, A='1'), (2, ''))
            self.assertEqual(self.outcome(program, target, 7), (1, ''))
            self.assertEqual(self.outcome(program, target, 8), (0, ''))

    def test_components(self):
        machine = platform.machine()
        if machine not in TARGETS:
            self.skipTest('they are made for this machine only')
        self.module.write_text(COMPONENT)
        program = self.compiled(machine)

        def call(*arguments):
            done = subprocess.run([program, *arguments], capture_output=True, text=True,
                                  check=False)
            return done.returncode, done.stdout, done.stderr.split('\n')[0]

        self.assertEqual(call('divide(84, 2)'), (0, '42\n', ''))
        self.assertEqual(call()[0], 2)  # it is no command
        self.assertEqual(call('divide(1, 0)'),
                         (134, '', f'error: {program}: trap: integer divide by zero'))
        self.assertEqual(call('divide(1)')[0], 2)
        self.assertEqual(call('divide(1, 1)', 'x')[0], 2)

    def test_small_alone_and_always_the_same(self):
        self.module.write_text('(module)')
        for target in TARGETS:
            program = self.compiled(target)
            self.assertTrue(os.access(program, os.X_OK))
            data = program.read_bytes()
            self.assertLess(len(data), MOST_BYTES, target)
            self.assertNotIn(b'/lib64/ld-', data)
            self.assertEqual(data, self.compiled(target).read_bytes())
            if runner(target) is not None:
                self.assertEqual(self.outcome(program, target, 1), (0, ''))

    def test_wrong_usage(self):
        for options in (['-o', 'p', '--dir', ':ro'], ['-o', 'p', '--env', '=1'],
                        ['-o', 'p.so', '--dir', '.']):
            outcome = subprocess.run([TRENAIL, 'compile', self.module, *options],
                                     capture_output=True, text=True, check=False,
                                     cwd=self.folder)
            self.assertEqual(outcome.returncode, 2, outcome.stderr)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=1)
