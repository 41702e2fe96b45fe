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
import signal
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

# A command of WASI 0.2; what it does is chosen by the number of arguments.
COMMAND = '''(component
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-arguments" (func (result (list string))))
    (export "get-environment" (func (result (list (tuple string string)))))))
  (import "wasi:filesystem/types@0.2.0" (instance $files
    (export "descriptor" (type (sub resource)))))
  (alias export $files "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (export "descriptor" (type $d (eq $descriptor)))
    (export "get-directories" (func (result (list (tuple (own $d) string)))))))
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (export "pollable" (type $p (eq $pollable)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
  (import "wasi:io/error@0.2.0" (instance $io (export "error" (type (sub resource)))))
  (alias export $io "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $o (sub resource)))
    (export "error" (type $e (eq $error)))
    (type $reason (variant (case "last-operation-failed" (own $e)) (case "closed")))
    (export "stream-error" (type $r (eq $reason)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $o)) (param "contents" (list u8)) (result (result (error $r)))))))
  (alias export $streams "output-stream" (type $output))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (export "output-stream" (type $o (eq $output)))
    (export "get-stdout" (func (result (own $o))))))
  (core module $libc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get 3)) (i32.const 7))
                                 (i32.const -8)))))
  (core instance $libc (instantiate $libc))
  (core func $arguments (canon lower (func $environment "get-arguments")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $variables (canon lower (func $environment "get-environment")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $directories (canon lower (func $preopens "get-directories")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $after (canon lower (func $clock "subscribe-duration")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $stdout (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory (core memory $libc "memory"))))
  (core module $m
    (import "" "arguments" (func $arguments (param i32)))
    (import "" "variables" (func $variables (param i32)))
    (import "" "directories" (func $directories (param i32)))
    (import "" "after" (func $after (param i64) (result i32)))
    (import "" "block" (func $block (param i32)))
    (import "" "stdout" (func $stdout (result i32)))
    (import "" "write" (func $write (param i32 i32 i32 i32)))
    (import "" "memory" (memory 1))
    (data (i32.const 64) "hello\\n")
    (func $div (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
    (func $deep (param i64) (result i64)
      (i64.add (call $deep (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
    (func $print (call $write (call $stdout) (i32.const 64) (i32.const 6) (i32.const 16)))
    (func $wait (param i64) (call $block (call $after (local.get 0))))
    (func $is (param i32) (result i32) (i32.eq (i32.load (i32.const 4)) (local.get 0)))
    ;; What it does is chosen by the number of arguments; the result is an exit code.
    (func (export "run") (result i32)
      (call $arguments (i32.const 0))
      (if (call $is (i32.const 1)) (then (call $print)))
      (if (call $is (i32.const 2)) (then (drop (call $div (i32.const 0)))))
      (if (call $is (i32.const 3)) (then (drop (call $deep (i64.const 0)))))
      (if (call $is (i32.const 4)) (then (return (i32.const 1))))
      (if (call $is (i32.const 5)) (then
        (call $variables (i32.const 0)) (return (i32.ne (i32.load (i32.const 4)) (i32.const 1)))))
      (if (call $is (i32.const 6)) (then
        (call $directories (i32.const 0)) (return (i32.ne (i32.load (i32.const 4)) (i32.const 1)))))
      (if (call $is (i32.const 7)) (then (call $wait (i64.const 1000000)) (call $print)))
      (if (call $is (i32.const 8)) (then (call $print) (call $wait (i64.const 1000000000000))))
      (if (call $is (i32.const 9)) (then (call $print) (loop (br 0))))
      (i32.const 0)))
  (core instance $i (instantiate $m (with "" (instance
    (export "arguments" (func $arguments)) (export "variables" (func $variables))
    (export "directories" (func $directories)) (export "after" (func $after))
    (export "block" (func $block)) (export "stdout" (func $stdout)) (export "write" (func $write))
    (export "memory" (memory $libc "memory"))))))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $command)))'''

# What the program around a component may take: of one that imports nothing, and of COMMAND.
MOST_BYTES_OF_COMPONENTS = {COMPONENT: 2_000_000, COMMAND: 2_400_000}

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
        self.module.write_text(COMPONENT)
        for target in self.runnable():
            program = self.compiled(target)

            def call(*arguments):
                done = subprocess.run([*runner(target), program, *arguments], capture_output=True,
                                      text=True, check=False)
                return done.returncode, done.stdout, done.stderr.split('\n')[0]

            self.assertEqual(call('divide(84, 2)'), (0, '42\n', ''))
            status, _, text = call()
            self.assertEqual((status, 'has to be a call of' in text), (2, True))  # no command
            self.assertEqual(call('divide(1, 0)'),
                             (134, '', f'error: {program}: trap: integer divide by zero'))
            self.assertEqual(call('divide(1)')[0], 2)
            self.assertEqual(call('divide(1, 1)', 'x')[0], 2)

    def test_wasi_of_components(self):
        self.module.write_text(COMMAND)
        for target in self.runnable():
            program = self.compiled(target)

            def outcome(arguments, program=program, **variables):
                done = subprocess.run([*runner(target), program, *['x'] * (arguments - 1)],
                                      capture_output=True, text=True, check=False,
                                      cwd=self.folder, env=dict(os.environ, **variables))
                return done.returncode, done.stdout, done.stderr.replace(str(program),
                                                                         str(self.module))

            for arguments in (1, 2, 4, 5, 6, 7):
                run = subprocess.run([TRENAIL, 'run', self.module, *['x'] * (arguments - 1)],
                                     capture_output=True, text=True, check=False)
                self.assertEqual(outcome(arguments), (run.returncode, run.stdout, run.stderr),
                                 (target, arguments))
            status, _, text = outcome(3)
            self.assertEqual(status, 134)
            self.assertIn('trap: call stack exhausted\n  at deep (m, function', text)
            # Nothing is granted that was not granted when it was compiled.
            self.assertEqual(outcome(5, A='1')[0], 1)
            granted = self.compiled(target, '--env', 'A', '--dir', '.')
            self.assertEqual(outcome(5, granted, A='1')[0], 0)
            self.assertEqual(outcome(5, granted)[0], 1)
            self.assertEqual(outcome(6, granted)[0], 0)

    def test_signals_end_components(self):
        if platform.machine() not in TARGETS:
            self.skipTest('there are no programs for this machine')
        self.module.write_text(COMMAND)
        program = self.compiled(platform.machine())
        for arguments in (8, 9):  # it waits, it computes
            for number in (signal.SIGINT, signal.SIGTERM):
                process = subprocess.Popen([program, *['x'] * (arguments - 1)],
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual(process.stdout.readline(), b'hello\n')
                process.send_signal(number)
                self.assertEqual(process.communicate(timeout=20), (b'', b''))
                self.assertEqual(process.returncode, 128 + number)

    def test_components_have_what_they_import(self):
        for text, most in MOST_BYTES_OF_COMPONENTS.items():
            self.module.write_text(text)
            for target in TARGETS:
                data = self.compiled(target).read_bytes()
                self.assertLess(len(data), most, target)
                self.assertNotIn(b'/lib64/ld-', data)
        self.assertLess(len(self.sized(COMPONENT)) + 100_000, len(self.sized(COMMAND)))

    def sized(self, text):
        self.module.write_text(text)
        return self.compiled(TARGETS[0]).read_bytes()

    def test_components_that_no_program_can_be(self):
        def refused(text, status, message, *options):
            self.module.write_text(text)
            outcome = subprocess.run([TRENAIL, 'compile', self.module, '-o', 'p', *options],
                                     capture_output=True, text=True, check=False,
                                     cwd=self.folder)
            self.assertEqual(outcome.returncode, status, outcome.stderr)
            self.assertIn(message, outcome.stderr)

        refused('(component (import "a:b/c" (instance)))', 1, 'it imports a:b/c, which is not')
        refused('''(component (instance $handler)
                   (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))''', 1,
                '"trenail serve" serves')
        refused('(module)', 2, 'only components', '--tcp', '*')
        refused(COMPONENT, 2, '--tcp needs addresses', '--tcp', 'nowhere')

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
