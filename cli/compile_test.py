#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiling as a user meets it: outputs by suffix, artefacts that do not fit, the cache, kills.

Usage: compile_test.py TRENAIL."""

import os
import pathlib
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from cli_test import PROGRAM, SLOW, trenail

TEXT = '''(module
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func $div (export "div") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func $outer (export "outer") (param i32) (result i32)
    (i32.add (call $div (i32.const 1) (local.get 0)) (i32.const 1)))
  (memory (export "memory") 1)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func $spin (export "spin") (loop (br 0)))
  (func $deep (export "deep") (param i64) (result i64)
    (i64.add (call $deep (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
  (func (export "answer") (result i32) (i32.const 42)))'''

# One part calls the other: by way of an adapter, and with a string.
COMPONENT = '''(component
  (component $callee
    (core module $m
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "add") (param i32 i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (unreachable)))
        (i32.add (local.get 0) (local.get 1)))
      ;; A mark of exclamation behind what came in.
      (func (export "shout") (param $at i32) (param $size i32) (result i32)
        (i32.store8 (i32.add (local.get $at) (local.get $size)) (i32.const 33))
        (i32.store (i32.const 0) (local.get $at))
        (i32.store (i32.const 4) (i32.add (local.get $size) (i32.const 1)))
        (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (export "add") (param "a" u32) (param "b" u32) (result u32)
      (canon lift (core func $i "add")))
    (func (export "shout") (param "text" string) (result string)
      (canon lift (core func $i "shout") (memory (core memory $i "memory"))
        (realloc (core func $i "realloc")))))
  (component $caller
    (import "add" (func $add (param "a" u32) (param "b" u32) (result u32)))
    (core func $add' (canon lower (func $add)))
    (core module $m
      (import "" "add" (func $add (param i32 i32) (result i32)))
      (func (export "twice") (param i32) (result i32)
        (call $add (call $add (local.get 0) (i32.const 2)) (local.get 0))))
    (core instance $i (instantiate $m (with "" (instance (export "add" (func $add'))))))
    (func (export "twice") (param "x" u32) (result u32) (canon lift (core func $i "twice"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "add" (func $callee "add"))))
  (export "twice" (func $caller "twice"))
  (export "shout" (func $callee "shout")))'''


GUEST = '''volatile int divisor;

__attribute__((noinline)) static int divide(int a) {
  int b = a + 1;
  return b / divisor;
}

__attribute__((export_name("outer"))) int outer(int a) {
  int first = a * 3;
  int second =
      divide(first);
  divisor = 1;
  return second + divide(a);
}
'''


def many_functions(count):
    """A module that takes a while to compile."""
    functions = (f'(func $f{i} (export "f{i}") (param i32) (result i32) (local i32)'
                 f' (loop (local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0)'
                 f' (i32.const {i + 1})))) (br_if 0 (i32.lt_u (local.get 1) (i32.const 1000))))'
                 f' (local.get 1))' for i in range(count))
    return '(module ' + '\n'.join(functions) + ')'


class CompileTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.module = self.folder / 'm.wat'
        self.module.write_text(TEXT)
        self.cache = self.folder / 'cache'
        os.environ['TRENAIL_CACHE'] = str(self.cache)
        os.environ.pop('TRENAIL_CACHE_SIZE', None)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def ok(self, *arguments):
        outcome = trenail(*arguments, timeout=60)
        self.assertEqual((outcome.status, outcome.stderr), (0, ''), arguments)
        return outcome.stdout

    def refused(self, status, message, *arguments):
        outcome = trenail(*arguments, timeout=60)
        self.assertEqual(outcome.status, status, outcome.stderr)
        self.assertIn(message, outcome.stderr)
        self.assertTrue(outcome.stderr.startswith('error: '), outcome.stderr)

    def compiled(self, *options, name='m.so'):
        out = self.folder / name
        self.ok('compile', self.module, '-o', out, *options)
        return out

    # --- what is made

    def test_shared_library(self):
        for level in '0123':
            library = self.compiled('-O' + level)
            self.assertEqual(self.ok('run', '--invoke', 'add(40, 2)', library), '42\n')

    def test_the_same_input_gives_the_same_bytes(self):
        self.module.write_text(many_functions(50))
        for target in ('x86_64-linux-gnu', 'aarch64-linux-gnu'):
            one = self.compiled('-j1', '--target', target).read_bytes()
            self.assertEqual(one, self.compiled('-j3', '--target', target).read_bytes())

    def test_texts(self):
        self.assertIn('define ', self.compiled(name='m.ll').read_text())
        self.assertIn('.section', self.compiled(name='m.s').read_text())

    def test_objects(self):
        header = self.folder / 'm.h'
        self.compiled('--header', header, name='my-mod.o')
        self.assertIn('my_mod_module', header.read_text())
        self.assertIn(b'my_mod_module', (self.folder / 'my-mod.o').read_bytes())
        self.compiled('--symbol', 'other', name='m.a')
        self.assertTrue((self.folder / 'm.a').read_bytes().startswith(b'!<arch>\n'))
        self.assertIn(b'other', (self.folder / 'm.a').read_bytes())
        self.refused(2, 'is no name of C', 'compile', self.module, '-o', 'm.o', '--symbol', '1')

    def test_emit_overrules_the_suffix(self):
        out = self.compiled('--emit', 'so', name='plugin.bin')
        self.assertEqual(self.ok('run', '--invoke', 'answer()', out), '42\n')

    def test_components(self):
        text = self.folder / 'c.wat'
        text.write_text(COMPONENT)
        library = self.folder / 'c.so'
        self.ok('compile', text, '-o', library)
        self.assertEqual(self.ok('run', '--invoke', 'twice(20)', library), '42\n')
        self.assertEqual(self.ok('run', '--invoke', 'shout("hey")', library), '"hey!"\n')
        # Where the call was made is told as if nothing had been inlined.
        expected = trenail('run', '--invoke', 'twice(0)', text)
        self.assertEqual(expected.status, 134)
        self.assertIn('call between components', expected.stderr)
        for option in ('-O0', '-O1', '-O2', '-g', '--fuel'):
            self.ok('compile', text, '-o', library, option)
            outcome = trenail('run', '--invoke', 'twice(0)', library)
            self.assertEqual(outcome.status, 134)
            self.assertEqual(outcome.stderr.replace(str(library), str(text)), expected.stderr, option)
        # The caller's function has all of the callee's in it, and calls it only if it is not what
        # it is expected to be.
        ir = self.folder / 'c.ll'
        self.ok('compile', text, '-o', ir)
        twice = re.search(r'^define[^\n]*@"wasm\.1\[1\]".*?^}', ir.read_text(), re.M | re.S)[0]
        self.assertRegex(twice, r'icmp eq ptr %\d+, @"wasm\[1\]"')
        self.assertNotRegex(twice, r'(call|invoke) [^\n]*@"wasm')
        self.refused(2, 'no exported function is called "f"', 'run', '--invoke', 'f()', library)
        self.refused(2, 'components are compiled to .so and to programs', 'compile', text, '-o', 'c.o')
        text.write_text('(component (export "f" (func 0)))')
        self.refused(1, 'unknown func', 'compile', text, '-o', library)
        # Without any code.
        text.write_text('(component (component $c) (export "c" (component $c)))')
        self.ok('compile', text, '-o', library)
        self.refused(2, 'no function is exported', 'run', library)

    def test_inlined_calls_have_a_budget(self):
        # Calls between modules that take few bytes, of functions that are just small enough.
        steps = ''.join(f' (local.set 0 (i32.rotl (i32.xor (local.get 0) (i32.const {900000000 + i}))'
                        ' (local.get 0)))' for i in range(14))
        calls = '(call $f ' * 12 + '(local.get 0)' + ')' * 12
        functions = '\n'.join(f'(func (export "g{i}") (param i32) (result i32) {calls})'
                              for i in range(400))
        text = self.folder / 'c.wat'
        text.write_text(f'''(component
          (core module $a (func (export "f") (param i32) (result i32) {steps} (local.get 0)))
          (core module $b (import "" "f" (func $f (param i32) (result i32))) {functions})
          (core instance $a (instantiate $a))
          (core instance (instantiate $b (with "" (instance $a)))))''')
        ir = self.folder / 'c.ll'
        self.ok('compile', text, '-o', ir)
        copies = ir.read_text().count('900000007')
        self.assertGreater(copies, 100)
        self.assertLess(copies, 700)  # of 4,800 calls

    # --- wrong usage and wrong modules

    def test_wrong_usage(self):
        self.refused(2, '-o OUT', 'compile', self.module)
        self.refused(2, 'suffix', 'compile', self.module, '-o', 'm.exe')
        self.refused(2, 'riscv64', 'compile', self.module, '-o', 'm.so', '--target',
                     'riscv64-linux-gnu')
        self.refused(2, 'no-such-cpu', 'compile', self.module, '-o', 'm.so', '--cpu',
                     'no-such-cpu')
        self.refused(2, 'cannot open', 'compile', self.folder / 'none.wasm', '-o', 'm.so')
        self.refused(2, 'are for .o and .a', 'compile', self.module, '-o', 'm.so', '--header', 'h')

    def test_invalid_modules(self):
        self.module.write_text('(module (func $bad (result i32) (i64.const 1)))')
        out = self.folder / 'm.so'
        self.refused(1, 'type mismatch', 'compile', self.module, '-o', out)
        self.refused(1, '"bad"', 'compile', self.module, '-o', out)
        self.module.write_bytes(b'\0asm\1\0\0\0\1')
        self.refused(1, 'malformed', 'compile', self.module, '-o', out)
        self.assertFalse(out.exists())

    # --- running

    def test_traps_look_the_same_from_both_engines(self):
        library = self.compiled('-O0')
        for call in ('div(1, 0)', 'outer(0)', 'load(65533)', 'load(-1)'):
            expected = trenail('run', '--invoke', call, self.module)
            got = trenail('run', '--invoke', call, library)
            self.assertEqual(got.status, 134)
            self.assertEqual(got.stderr.replace('m.so', 'm.wat'), expected.stderr)

    def test_traces_name_source_lines(self):
        clang = shutil.which('clang-19') or shutil.which('clang')
        if clang is None:
            self.skipTest('no clang')
        (self.folder / 'guest.c').write_text(GUEST)
        for version in '4', '5':
            wasm = f'guest{version}.wasm'
            built = subprocess.run(
                [clang, '--target=wasm32-wasi', '-nostdlib', '-O1', '-gdwarf-' + version,
                 '-Wl,--no-entry', 'guest.c', '-o', wasm], cwd=self.folder, stderr=subprocess.PIPE)
            if built.returncode != 0:
                self.skipTest('clang makes no WebAssembly: ' + built.stderr.decode())

            def trace(*arguments):
                outcome = trenail('run', '--invoke', 'outer(1)', *arguments)
                self.assertEqual(outcome.status, 134, outcome.stderr)
                return outcome.stderr.splitlines()[1:]

            # The line of the call, not of what follows it.
            expected = trace(self.folder / wasm)
            self.assertIn('at divide guest.c:5 (', expected[0])
            self.assertIn('at outer guest.c:11 (', expected[1])
            self.assertEqual(trace('--engine', 'aot', self.folder / wasm), expected)
            library = self.folder / 'guest.so'
            self.ok('compile', '-g', self.folder / wasm, '-o', library)
            self.assertEqual(trace(library), expected)
            self.check_lines_for_debuggers(library)
            self.ok('compile', self.folder / wasm, '-o', library)
            self.assertEqual(trace(library), [line.replace(' guest.c:5', '')
                                              .replace(' guest.c:11', '') for line in expected])

    def test_profilers_are_told(self):
        """The names of functions, their code and, with -g, their lines, in both forms of perf's."""
        clang = shutil.which('clang-19') or shutil.which('clang')
        if clang is None:
            self.skipTest('no clang')
        (self.folder / 'guest.c').write_text(GUEST)
        built = subprocess.run(
            [clang, '--target=wasm32-wasi', '-nostdlib', '-O1', '-g', '-Wl,--no-entry', 'guest.c',
             '-o', 'guest.wasm'], cwd=self.folder, stderr=subprocess.PIPE)
        if built.returncode != 0:
            self.skipTest('clang makes no WebAssembly: ' + built.stderr.decode())
        library = self.folder / 'guest.so'
        self.ok('compile', '-g', self.folder / 'guest.wasm', '-o', library)
        process = subprocess.Popen([PROGRAM, 'run', '--perf-map', '--jitdump', '--invoke',
                                    'outer(1)', library], cwd=self.folder,
                                   stderr=subprocess.DEVNULL)
        self.assertEqual(process.wait(timeout=20 * SLOW), 134)
        perf_map = pathlib.Path(f'/tmp/perf-{process.pid}.map')
        symbols = {}
        for line in perf_map.read_text().splitlines():
            begin, size, symbol = line.split(' ', 2)
            symbols.setdefault(symbol, (int(begin, 16), int(size, 16)))
        perf_map.unlink()
        divide = next(symbol for symbol in symbols if symbol.endswith('divide'))

        dump = (self.folder / f'jit-{process.pid}.dump').read_bytes()
        magic, version, header, _, _, pid = struct.unpack_from('<6I', dump)
        self.assertEqual((magic, version, header, pid), (0x4A695444, 1, 40, process.pid))
        at, loaded, lines = header, {}, {}
        while at < len(dump):
            kind, size, _ = struct.unpack_from('<IIQ', dump, at)
            if kind == 0:
                _, _, address, address2, code, _ = struct.unpack_from('<IIQQQQ', dump, at + 16)
                self.assertEqual(address, address2)
                name, rest = dump[at + 56:at + size].split(b'\0', 1)
                self.assertEqual(len(rest), code)
                self.assertTrue(any(rest))
                loaded.setdefault(name.decode(), (address, code))
            else:
                self.assertEqual(kind, 2)
                address, count = struct.unpack_from('<QQ', dump, at + 16)
                entry = at + 32
                for _ in range(count):
                    place, line, _ = struct.unpack_from('<QII', dump, entry)
                    file = dump[entry + 16:dump.index(b'\0', entry + 16)].decode()
                    lines.setdefault(address, []).append((place, line, file))
                    entry += 16 + len(file) + 1
            at += size
        self.assertEqual(at, len(dump))
        self.assertEqual(loaded, symbols)
        address, size = loaded[divide]
        self.assertIn(5, [line for _, line, _ in lines[address]])
        for place, _, file in lines[address]:
            self.assertTrue(address <= place < address + size)
            self.assertTrue(file.endswith('guest.c'))

    def test_traces_show_no_stubs(self):
        """Calls of what is not compiled go through code that is no function of the module."""
        inner = self.folder / 'inner.wat'
        inner.write_text('(module (func $fail (export "fail") (param i64) unreachable))')
        self.module.write_text('''(module (import "env" "fail" (func $fail (param i64)))
          (func $first (export "first") (call $fail (i64.const 1)) (call $fail (i64.const 2)))
          (func $last (export "last") (call $first)))''')
        for level in '02':
            outcome = trenail('run', '--preload', f'env={inner}', '--invoke', 'last()',
                              self.compiled('-O' + level))
            self.assertEqual(outcome.status, 134, outcome.stderr)
            self.assertEqual([line.split()[1] for line in outcome.stderr.splitlines()[1:]],
                             ['fail', 'first', 'last'])

    def check_lines_for_debuggers(self, library):
        """The line table of the ELF file names the source, as a debugger reads it."""
        table = subprocess.run(['llvm-dwarfdump-19', '--debug-line', library], text=True,
                               stdout=subprocess.PIPE, check=True).stdout
        self.assertIn('name: "guest.c"', table)
        lines = {int(row.split()[1]) for row in table.splitlines() if row.startswith('0x00')}
        # The division, the call, and nothing that the source does not have.
        self.assertLessEqual({5, 11}, lines)
        self.assertLess(max(lines), len(GUEST.splitlines()) + 1)

    def test_stack_overflow_is_a_trap(self):
        outcome = trenail('run', '--invoke', 'deep(0)', self.compiled())
        self.assertEqual(outcome.status, 134, outcome.stderr)
        self.assertIn('stack', outcome.stderr)

    def test_limits_need_code_that_heeds_them(self):
        library = self.compiled()
        self.refused(2, 'compiled without --interruptible', 'run', '--timeout', '1s', library)
        self.refused(2, 'compiled without --fuel', 'run', '--fuel', '10', library)
        library = self.compiled('--interruptible')
        outcome = trenail('run', '--timeout', '100ms', '--invoke', 'spin()', library)
        self.assertEqual(outcome.status, 134)
        self.assertIn('deadline', outcome.stderr)

    def test_fuel(self):
        library = self.compiled('--fuel')
        outcome = trenail('run', '--fuel', '1000', '--invoke', 'spin()', library)
        self.assertEqual(outcome.status, 134)
        self.assertIn('fuel', outcome.stderr)

    def test_checked_bounds(self):
        library = self.compiled('--bounds', 'check')
        outcome = trenail('run', '--invoke', 'load(65533)', library)
        self.assertEqual(outcome.status, 134)
        self.assertIn('out of bounds memory access', outcome.stderr)

    # --- artefacts that do not fit

    def test_damaged_artefacts(self):
        good = self.compiled().read_bytes()
        bad = self.folder / 'bad.so'
        places = random.Random(1)
        for _ in range(40):
            at = places.randrange(len(good))
            data = bytearray(good)
            data[at] ^= 1 << places.randrange(8)
            bad.write_bytes(data)
            outcome = trenail('run', '--invoke', 'answer()', bad)
            self.assertEqual(outcome.status, 1, f'byte {at}: {outcome.stderr}')
            self.assertEqual(outcome.stderr.count('error: '), 1)
        for size in (4, 64, 200, len(good) // 2, len(good) - 1):
            bad.write_bytes(good[:size])
            self.assertEqual(trenail('run', bad).status, 1, size)

    def test_artefacts_of_others(self):
        self.refused(1, 'AArch64', 'run', self.compiled('--target', 'aarch64-linux-gnu'))
        self.refused(1, 'none of "trenail compile"', 'run',
                     pathlib.Path(PROGRAM).parent / 'libtrenail-aotc.so')
        self.refused(1, 'WebAssembly is needed', 'validate', self.compiled())

    # --- the cache

    def entries(self):
        return sorted(path.name for path in self.cache.iterdir())

    def test_cache(self):
        run = ('run', '--engine', 'aot', '--invoke', 'answer()', self.module)
        self.assertEqual(self.ok(*run), '42\n')
        first = self.entries()
        self.assertEqual(len(first), 1)
        self.assertEqual(self.ok(*run), '42\n')
        self.assertEqual(self.entries(), first)
        # Another level is another entry; a damaged one is made anew.
        self.ok('run', '--engine', 'aot', '-O0', '--invoke', 'answer()', self.module)
        self.assertEqual(len(self.entries()), 2)
        for name in self.entries():
            (self.cache / name).write_bytes(b'\x7fELF and nothing more')
        self.assertEqual(self.ok(*run), '42\n')
        self.assertGreater((self.cache / first[0]).stat().st_size, 1000)

    def test_components_in_the_cache(self):
        text = self.folder / 'c.wat'
        text.write_text(COMPONENT)
        run = ('run', '--engine', 'aot', '--invoke', 'twice(20)', text)
        self.assertEqual(self.ok(*run), '42\n')
        first = self.entries()
        self.assertEqual(len(first), 1)  # of all modules, so that calls between them are inlined
        self.assertEqual(self.ok(*run), '42\n')
        self.assertEqual(self.entries(), first)
        expected = trenail('run', '--invoke', 'twice(0)', text)
        outcome = trenail('run', '--engine', 'aot', '--invoke', 'twice(0)', text)
        self.assertEqual((outcome.status, outcome.stderr), (134, expected.stderr))
        self.ok('run', '--engine', 'aot', '--timeout', '1m', '--fuel', '1M', '--invoke', 'twice(1)', text)
        self.assertEqual(len(self.entries()), 2)

    def test_cache_size(self):
        os.environ['TRENAIL_CACHE_SIZE'] = '20000'
        for i in range(12):
            self.module.write_text(TEXT.replace('42', str(i)))
            self.assertEqual(
                self.ok('run', '--engine', 'aot', '--invoke', 'answer()', self.module), f'{i}\n')
        size = sum((self.cache / name).stat().st_size for name in self.entries())
        self.assertGreater(len(self.entries()), 0)
        self.assertLessEqual(size, 20000)
        os.environ['TRENAIL_CACHE_SIZE'] = '0'
        shutil.rmtree(self.cache)
        self.ok('run', '--engine', 'aot', '--invoke', 'answer()', self.module)
        self.assertFalse(self.cache.exists())

    def test_cache_that_others_can_write_to(self):
        self.cache.mkdir()
        self.cache.chmod(0o777)
        outcome = trenail('run', '--engine', 'aot', '--invoke', 'answer()', self.module)
        self.assertEqual((outcome.status, outcome.stdout), (0, '42\n'))
        self.assertIn('warning: ', outcome.stderr)
        self.assertEqual(self.entries(), [])

    def test_concurrent_runs(self):
        outputs = []

        def run(i):
            outcome = trenail('run', '--engine', 'aot', '--invoke', 'answer()',
                              self.module.with_name(f'm{i % 3}.wat'), timeout=60)
            outputs.append((i % 3, outcome.status, outcome.stdout))

        for i in range(3):
            self.module.with_name(f'm{i}.wat').write_text(TEXT.replace('42', str(i)))
        os.environ['TRENAIL_CACHE_SIZE'] = '10000'
        threads = [threading.Thread(target=run, args=(i,)) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(outputs), sorted((i % 3, 0, f'{i % 3}\n') for i in range(12)))

    # --- what goes wrong outside

    def test_killed_at_any_time(self):
        self.module.write_text(many_functions(300))
        out = self.folder / 'out'
        out.mkdir()
        began = time.monotonic()
        self.ok('compile', self.module, '-o', out / 'm.so', '-j2')
        takes = time.monotonic() - began
        whole = (out / 'm.so').read_bytes()
        for i in range(12):
            if i % 2 == 0:
                (out / 'm.so').unlink(missing_ok=True)
            process = subprocess.Popen([PROGRAM, 'compile', self.module, '-o', out / 'm.so',
                                        '-j2'])
            time.sleep(takes * i / 10)
            process.send_signal(signal.SIGKILL)
            process.wait()
            for left in out.iterdir():
                self.assertEqual(left.read_bytes(), whole, left)

    def test_full_disk(self):
        self.refused(2, 'No space left', 'compile', self.module, '-o', '/dev/full', '--emit', 'so')
        out = self.folder / 'm.so'

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        process = subprocess.run([PROGRAM, 'compile', self.module, '-o', out], check=False,
                                 preexec_fn=limit, stderr=subprocess.PIPE, timeout=60 * SLOW)
        self.assertEqual(process.returncode, 2, process.stderr)
        self.assertTrue(process.stderr.startswith(b'error: '), process.stderr)
        self.assertEqual(list(self.folder.glob('m.so*')), [])

    # --- scripts

    def test_scripts(self):
        script = self.folder / 's.wast'
        script.write_text(TEXT + '(assert_return (invoke "answer") (i32.const 42))'
                          '(assert_trap (invoke "div" (i32.const 1) (i32.const 0))'
                          ' "integer divide by zero")(assert_invalid (module (func (drop)))'
                          ' "type mismatch")')
        expected = '4 passed, 0 failed, 0 skipped\n'
        self.assertEqual(self.ok('wast', '--engine', 'aot', '-O0', script), expected)
        artefacts = self.folder / 'artefacts'
        self.assertEqual(self.ok('wast', '--emit-artefacts', artefacts, script), expected)
        self.assertEqual(len(list(artefacts.iterdir())), 1)
        self.assertEqual(self.ok('wast', '--artefacts', artefacts, script), expected)


if __name__ == '__main__':
    unittest.main(verbosity=1)
