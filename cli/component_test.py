#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Components and WIT on the command line: what runs, what is printed, what errors say.

Usage: component_test.py TRENAIL [--aot]. With --aot, whatever runs is compiled too."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
ENGINES = ['interp']
if '--aot' in sys.argv:
    sys.argv.remove('--aot')
    ENGINES.append('aot')
SLOW = float(os.environ.get('TRENAIL_TEST_SLOW', '1'))

# A component in a component; the instance of the inner one is exported as an interface.
THINGS = '''(component $demo
  (component $inner
    (core module $m
      (func (export "inc") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func $boom (export "boom") (unreachable))
      (func (export "spin") (loop $l (br $l)))
      (memory (export "memory") 1)
      (func (export "grow") (result i32) (memory.grow (i32.const 1000))))
    (core instance $i (instantiate $m))
    (func (export "inc") (param "x" u32) (result u32) (canon lift (core func $i "inc")))
    (func (export "boom") (canon lift (core func $i "boom")))
    (func (export "spin") (canon lift (core func $i "spin")))
    (func (export "grow") (result s32) (canon lift (core func $i "grow"))))
  (instance $things (instantiate $inner))
  (export "demo:pkg/things@1.2.3" (instance $things)))'''

# A package of WIT in its binary form.
KIT = '''(component
  (type $types (component
    (type (instance
      (type (record (field "x" f64) (field "y" f64)))
      (export "point" (type (eq 0)))))
    (export "demo:kit/types@1.0.0" (instance (type 0)))))
  (export "types" (type $types)))'''

# Strings, records, options and results: what comes in goes out.
ECHO = '''(component
  (core module $m
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $here i32)
      (local.set $here (i32.and (i32.add (global.get $at) (i32.const 7)) (i32.const -8)))
      (global.set $at (i32.add (local.get $here) (local.get 3)))
      (local.get $here))
    (func (export "swap") (param $n i32) (param $s i32) (param $len i32) (result i32)
      (i32.store8 (i32.const 8) (i32.eqz (local.get $len)))
      (i32.store (i32.const 12) (local.get $s))
      (i32.store (i32.const 16) (local.get $len))
      (i32.store (i32.const 20) (local.get $n))
      (i32.const 8)))
  (core instance $i (instantiate $m))
  (type $pair (record (field "text" string) (field "count" u32)))
  (export $p "pair" (type $pair))
  (func (export "swap") (param "n" u32) (param "s" string) (result (result $p (error u32)))
    (canon lift (core func $i "swap") (memory (core memory $i "memory"))
                (realloc (core func $i "realloc")))))'''

# Yields once before it returns.
ASYNC = '''(component
  (core func $return (canon task.return (result u32)))
  (core module $m
    (import "" "return" (func $return (param i32)))
    (global $x (mut i32) (i32.const 0))
    (func (export "later") (param i32) (result i32)
      (global.set $x (local.get 0)) (i32.const 1))
    (func (export "callback") (param i32 i32 i32) (result i32)
      (call $return (i32.mul (global.get $x) (i32.const 2))) (i32.const 0)))
  (core instance $i (instantiate $m (with "" (instance (export "return" (func $return))))))
  (func (export "later") async (param "x" u32) (result u32)
    (canon lift (core func $i "later") async (callback (core func $i "callback")))))'''

# wasi:cli/run, which succeeds or does not.
COMMAND = '''(component
  (core module $m (func (export "run") (result i32) (i32.const %d)))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $run (export "run" (func $run)))
  (export "wasi:cli/run@0.2.3" (instance $run)))'''

WIT = '''package demo:kit@1.0.0;

interface types {
  record point { x: s32, y: s32 }
}

interface draw {
  use types.{point};
  line: func(start: point, end: point) -> result<_, string>;
}

interface other {
  f: func();
}

world painter {
  import draw;
  export run: async func() -> list<u8>;
}

world idle {
  export other;
}
'''


class ComponentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.environment = {**os.environ, 'TRENAIL_CACHE': str(cls.folder / 'cache')}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def file(self, name, contents):
        path = self.folder / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    def trenail(self, *arguments, stdin=''):
        return subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, text=True,
                              capture_output=True, timeout=60 * SLOW, env=self.environment,
                              cwd=self.folder, check=False)

    def succeeds(self, *arguments, stdin=''):
        done = self.trenail(*arguments, stdin=stdin)
        self.assertEqual((done.returncode, done.stderr), (0, ''), arguments)
        return done.stdout

    def fails(self, status, message, *arguments):
        done = self.trenail(*arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(message, done.stderr)
        errors = [line for line in done.stderr.splitlines() if line.startswith('error: ')]
        self.assertEqual(len(errors), 1, done.stderr)
        return done.stderr

    def binary(self, name, text):
        path = self.folder / (name + '.wasm')
        self.succeeds('parse', self.file(name + '.wat', text), '-o', path)
        return path

    # --- run

    def test_names_of_functions(self):
        path = self.binary('things', THINGS)
        for engine in ENGINES:
            for name in ('inc', 'things.inc', 'demo:pkg/things.inc', 'demo:pkg/things@1.2.3.inc',
                         '"demo:pkg/things@1.2.3".inc'):
                out = self.succeeds('run', '--engine', engine, '--invoke', f'{name}(41)', path)
                self.assertEqual(out, '42\n', name)
        self.assertEqual(self.succeeds('run', '--invoke', 'inc(1)', self.folder / 'things.wat'),
                         '2\n')

    def test_wrong_calls(self):
        path = self.binary('things', THINGS)
        listed = self.fails(2, 'no exported function is called "dec"; there are:', 'run',
                            '--invoke', 'dec(1)', path)
        self.assertIn('\n  demo:pkg/things@1.2.3.inc(x: u32) -> u32\n', listed)
        self.fails(2, 'no exported function is called "demo:pkg/others.inc"', 'run', '--invoke',
                   'demo:pkg/others.inc(1)', path)
        marked = self.fails(2, 'expected', 'run', '--invoke', 'inc(true)', path)
        self.assertIn('\n  inc(true)\n      ^\n', marked)
        self.fails(2, 'parameter x', 'run', '--invoke', 'inc()', path)
        self.fails(2, 'there are no more parameters', 'run', '--invoke', 'inc(1, 2)', path)
        self.fails(2, '--preload', 'run', '--preload', f'a={path}', '--invoke', 'inc(1)', path)

    def test_two_of_one_name(self):
        path = self.file('two.wat', '''(component
          (core module $m (func (export "f") (result i32) (i32.const 1))
                          (func (export "g") (result i32) (i32.const 2)))
          (core instance $i (instantiate $m))
          (func $f (result u32) (canon lift (core func $i "f")))
          (func $g (result u32) (canon lift (core func $i "g")))
          (instance $a (export "f" (func $f)))
          (instance $b (export "f" (func $g)))
          (export "x:y/a" (instance $a))
          (export "x:y/b" (instance $b)))''')
        listed = self.fails(2, 'several functions are called "f":', 'run', '--invoke', 'f()', path)
        self.assertIn('x:y/a.f() -> u32', listed)
        self.assertEqual(self.succeeds('run', '--invoke', 'b.f()', path), '2\n')

    def test_values(self):
        path = self.binary('echo', ECHO)
        for engine in ENGINES:
            out = self.succeeds('run', '--engine', engine, '--invoke', 'swap(7, "ü\\n✓")', path)
            self.assertEqual(out, 'ok({text: "ü\\n✓", count: 7})\n')
            # The error's payload lies where the record begins.
            out = self.succeeds('run', '--engine', engine, '--invoke', 'swap(7, "")', path)
            self.assertTrue(out.startswith('err('), out)

    def test_async(self):
        path = self.binary('async', ASYNC)
        for engine in ENGINES:
            self.assertEqual(
                self.succeeds('run', '--engine', engine, '--invoke', 'later(21)', path), '42\n')

    def test_command(self):
        self.assertEqual(self.succeeds('run', self.file('good.wat', COMMAND % 0)), '')
        done = self.trenail('run', self.file('bad.wat', COMMAND % 1))
        self.assertEqual((done.returncode, done.stderr), (1, ''))

    def test_nothing_to_run(self):
        listed = self.fails(2, 'there is no wasi:cli/run to run', 'run',
                            self.binary('things', THINGS))
        self.assertIn('demo:pkg/things@1.2.3.boom()', listed)
        self.fails(2, 'no function is exported', 'run', self.file('empty.wat', '(component)'))

    def test_trap(self):
        path = self.binary('things', THINGS)
        for engine in ENGINES:
            trace = self.fails(134, 'trap: unreachable', 'run', '--engine', engine, '--invoke',
                               'boom()', path)
            self.assertRegex(trace, r'\n  at .*function 1')

    def test_limits(self):
        path = self.binary('things', THINGS)
        for engine in ENGINES:
            run = ('run', '--engine', engine, '--invoke')
            self.fails(134, 'interrupted: ', *run, 'spin()', '--timeout', '200ms', path)
            self.fails(134, 'fuel', *run, 'spin()', '--fuel', '100k', path)
            self.assertEqual(self.succeeds(*run, 'grow()', path), '1\n')
            self.assertEqual(self.succeeds(*run, 'grow()', '--max-memory', '1M', path), '-1\n')

    def test_missing_import(self):
        path = self.file('import.wat', '''(component
          (import "wasi:clocks/wall-clock@0.9.0" (instance (export "now" (func))))
          (core module $m (func (export "f")))
          (core instance $i (instantiate $m))
          (func (export "f") (canon lift (core func $i "f"))))''')
        self.fails(1, 'wasi:clocks/wall-clock@0.9.0', 'run', '--invoke', 'f()', path)

    # --- the other verbs

    def test_validate(self):
        path = self.binary('things', THINGS)
        self.assertEqual(self.succeeds('validate', '-v', path), f'{path}: valid\n')
        bad = self.file('bad.wat', '(component (export "f" (func 0)))')
        self.assertIn('at byte 0x', self.fails(1, 'invalid: ', 'validate', bad))
        # Also inside a core module, where the byte is the component's.
        bad = self.file('core.wat', '(component (core module (func (result i32))))')
        where = self.fails(1, 'invalid: type mismatch', 'validate', bad)
        self.assertIn('at byte 0x22, in function 0', where)
        self.fails(1, f'{self.folder}/broken.wat:2:', 'validate',
                   self.file('broken.wat', '(component\n  (core modul))'))

    def test_features(self):
        path = self.file('fixed.wat', '(component (type (list u8 4)))')
        self.fails(1, 'invalid: ', 'validate', path)
        self.succeeds('validate', '--features=+cm-fixed-length-lists', path)
        asynchronous = self.binary('async', ASYNC)
        self.fails(1, 'invalid: ', 'validate', '--features=-cm-async', asynchronous)
        self.fails(2, 'cm-async', 'validate', '--features=+cm-dance', asynchronous)

    def test_truncated(self):
        path = self.binary('things', THINGS)
        whole = path.read_bytes()
        for length in range(9, len(whole), 11):
            cut = self.file('cut.wasm', whole[:length])
            done = self.trenail('validate', cut)
            # A cut between two sections may leave a valid component.
            if done.returncode != 0:
                self.fails(1, 'malformed: ', 'validate', cut)

    def test_explain(self):
        asks = '''(component
          (import "wasi:filesystem/preopens@0.2.0" (instance))
          (import "demo:kit/thing@1.0.0" (instance (export "f" (func))))
          (core module (memory 2 3) (data "hello") (table 7 funcref) (func)))'''
        said = self.succeeds('explain', self.file('asks.wat', asks))
        self.assertRegex(said, r'^\S+asks.wat: a component, \d+ bytes\n')
        self.assertIn('\nwhat it imports\n  wasi:filesystem/preopens@0.2.0\n', said)
        self.assertIn('demo:kit/thing@1.0.0', said[said.index('what is missing'):])
        self.assertRegex(said, r'\n  --dir \S+  directories, by wasi:filesystem/preopens@0.2.0\n')
        self.assertRegex(said, r'\n  code +1 function in 1 module, 2 bytes\n'
                               r'  memory +128 KiB at first, at most 192 KiB\n'
                               r'  data +5 bytes\n  tables +7 elements at first\n$')

        command = self.binary('explained', COMMAND % 0)
        said = json.loads(self.succeeds('explain', '--json', command))
        self.assertEqual((said['kind'], said['missing'], said['imports'], said['grants']),
                         ('a component', None, [], []))
        self.assertEqual(said['uses'], [{'command': 'trenail run',
                                         'export': 'wasi:cli/run@0.2.3'}])
        self.assertEqual(said['costs']['functions'], 1)

        module = '''(module (import "wasi_snapshot_preview1" "environ_get"
          (func (param i32 i32) (result i32))) (import "other\\1b" "f" (func))
          (func (export "g") (param i64)))'''
        said = self.succeeds('explain', self.file('module.wat', module))
        self.assertIn("trenail run --invoke 'g(…)'", said)
        self.assertIn('--env NAME=VALUE  variables, by wasi_snapshot_preview1.environ_get', said)
        # What a name says does not get to the terminal.
        self.assertIn('--preload other?=FILE', said)
        self.fails(1, 'module.wat:1:', 'explain', self.file('module.wat', '(module (fun))'))
        self.fails(2, 'none', 'explain', 'none.wasm')

    def test_print_and_parse(self):
        for name, text in (('things', THINGS), ('echo', ECHO), ('async', ASYNC)):
            path = self.binary(name, text)
            printed = self.file('printed.wat', self.succeeds('print', path))
            again = self.folder / 'again.wasm'
            self.succeeds('parse', printed, '-o', again)
            self.assertEqual(path.read_bytes(), again.read_bytes(), name)
        self.assertNotIn('$things', self.succeeds('print', '--no-names', '--no-custom',
                                                  self.binary('things', THINGS)))

    def test_objdump(self):
        path = self.binary('things', THINGS)
        out = self.succeeds('objdump', path)
        self.assertIn('export "demo:pkg/things@1.2.3"', out)
        self.assertIn('\nCore module 0 (at byte 0x', out)
        self.assertIn('i32.add', out)
        only = self.succeeds('objdump', '-d', '--side-table', '--module', '0', path)
        self.assertTrue(only.startswith('Core module 0'), only)
        self.fails(2, '--module', 'objdump', '--module', '1', path)

    def test_strip(self):
        path = self.binary('things', THINGS)
        out = self.folder / 'stripped.wasm'
        self.succeeds('strip', path, '-o', out)
        stripped = out.read_bytes()
        self.assertNotIn(b'name', stripped)
        self.assertLess(len(stripped), len(path.read_bytes()))
        self.assertEqual(self.succeeds('run', '--invoke', 'inc(1)', out), '2\n')
        # What is not named for removal stays as it is, in all that is nested.
        self.succeeds('strip', '--section', 'absent', path, '-o', out)
        self.assertEqual(out.read_bytes(), path.read_bytes())
        self.succeeds('strip', '--keep-names', path, '-o', out)
        self.assertEqual(out.read_bytes(), path.read_bytes())

    def test_module_is_needed(self):
        path = self.binary('things', THINGS)
        module = self.file('module.wat', '(module)')
        self.fails(1, 'this is a component, and a core module is needed', 'run', '--preload',
                   f'a={path}', module)

    # --- wit

    def test_wit(self):
        path = self.file('kit.wit', WIT)
        printed = self.succeeds('wit', path)
        self.assertTrue(printed.startswith('package demo:kit@1.0.0;\n'), printed)
        again = self.file('again.wit', printed)
        self.assertEqual(self.succeeds('wit', again), printed)
        world = self.succeeds('wit', '--world', 'painter', path)
        for there in ('interface types', 'interface draw', 'world painter', 'line: func'):
            self.assertIn(there, world)
        for gone in ('interface other', 'world idle'):
            self.assertNotIn(gone, world)
        self.assertEqual(self.succeeds('wit', '--world', 'painter', self.file('w.wit', world)),
                         world)
        self.fails(2, 'there is no world `nobody`; the package `demo:kit@1.0.0` has `painter`, `idle`',
                   'wit', '--world', 'nobody', path)

    def test_wit_folder(self):
        deps = self.folder / 'app' / 'deps'
        deps.mkdir(parents=True)
        (deps / 'kit.wit').write_text(WIT)
        (self.folder / 'app' / 'app.wit').write_text(
            'package demo:app;\nworld app { import demo:kit/draw@1.0.0; }\n')
        printed = self.succeeds('wit', self.folder / 'app')
        self.assertIn('package demo:kit@1.0.0 {', printed)
        self.assertIn('interface other', printed)
        self.assertNotIn('interface other', self.succeeds('wit', '--world', 'app',
                                                          self.folder / 'app'))

    def test_wit_folder_with_binary(self):
        deps = self.folder / 'binary' / 'deps'
        deps.mkdir(parents=True)
        (self.folder / 'binary' / 'app.wit').write_text('''package demo:app;
interface uses {
  use demo:kit/types@1.0.0.{point};
  length: func(p: point) -> f64;
}
world app { import uses; }
''')
        kit = deps / 'kit.wat'
        kit.write_text(KIT)
        printed = self.succeeds('wit', self.folder / 'binary')
        self.assertRegex(printed, r'record point \{\s+x: f64,\s+y: f64,\s+\}')
        self.succeeds('parse', kit, '-o', deps / 'kit.wasm')
        kit.unlink()
        self.assertEqual(self.succeeds('wit', self.folder / 'binary'), printed)
        module = self.file('module.wat', '(module)')
        embedded = self.folder / 'embedded.wasm'
        self.succeeds('component', 'embed', self.folder / 'binary', module, '-o', embedded)
        self.assertIn(b'demo:kit/types@1.0.0', embedded.read_bytes())
        document = self.file('document.wac', 'package demo:all;\nimport uses: demo:app/uses;\n')
        composed = self.folder / 'composed.wasm'
        self.succeeds('compose', document, '--dep', f'demo:app={self.folder}/binary', '-o', composed)
        self.assertIn('use demo:kit/types@1.0.0.{point};', self.succeeds('wit', composed))
        # What is there and is no package.
        wrong = deps / 'wrong.wat'
        for text, why in (('(component)', 'wrong.wat: this component is not a WIT package'),
                          ('(module)', 'wrong.wat: this is a core module'),
                          ('(component (typ))', 'wrong.wat:1:13: ')):
            wrong.write_text(text)
            self.fails(1, why, 'wit', self.folder / 'binary')
            self.fails(1, why, 'component', 'embed', self.folder / 'binary', module, '-o', embedded)

    def test_wit_json(self):
        path = self.file('kit.wit', WIT)
        value = json.loads(self.succeeds('wit', '--json', path))
        self.assertEqual([package['name'] for package in value['packages']], ['demo:kit@1.0.0'])
        self.assertEqual([world['name'] for world in value['worlds']],
                         ['demo:kit/painter@1.0.0', 'demo:kit/idle@1.0.0'])
        run = value['worlds'][0]['exports'][0]
        self.assertEqual((run['name'], run['async'], run['result']), ('run', True, 'list<u8>'))
        draw = value['packages'][0]['interfaces'][1]
        self.assertEqual(draw['types'][0]['from'], 'demo:kit/types@1.0.0')
        self.assertEqual(draw['functions'][0]['result'], 'result<_, string>')

    def test_wit_of_component(self):
        path = self.binary('things', THINGS)
        printed = self.succeeds('wit', path)
        self.assertIn('world root {', printed)
        self.assertIn('export demo:pkg/things@1.2.3;', printed)
        self.assertIn('inc: func(x: u32) -> u32;', printed)
        self.assertEqual(self.succeeds('wit', self.folder / 'things.wat'), printed)
        again = self.file('world.wit', printed)
        self.assertEqual(self.succeeds('wit', again), printed)
        self.assertEqual(self.succeeds('wit', '--diff', path, again), '')
        self.assertEqual(self.succeeds('wit', '--check', again, path), '')

    def test_wit_differences(self):
        path = self.binary('things', THINGS)
        world = self.succeeds('wit', path)
        self.assertIn('x: u32', world)
        other = self.file('other.wit', world.replace('x: u32', 'x: u64'))
        self.fails(1, 'inc', 'wit', '--diff', path, other)
        self.fails(1, 'inc', 'wit', '--check', other, path)
        done = self.trenail('wit', '--diff', '--json', path, other)
        self.assertEqual(done.returncode, 1)
        value = json.loads(done.stdout)
        self.assertFalse(value['equal'])
        self.assertIn('inc', value['difference'])
        # It may export more than it has to, not less.
        less = self.file('less.wit', world.replace('    boom: func();\n', ''))
        self.assertNotEqual(less.read_text(), world)
        self.assertEqual(self.succeeds('wit', '--check', less, path), '')
        more = self.file('more.wit', world.replace('    boom: func();\n',
                                                   '    boom: func();\n    bang: func();\n'))
        self.fails(1, 'bang', 'wit', '--check', more, path)
        self.fails(2, 'two files', 'wit', '--diff', path)

    def test_wit_errors(self):
        path = self.file('wrong.wit', 'package a:b;\ninterface i {\n  f: func(x: strong);\n}\n')
        text = self.fails(1, f'{path}:3:14: ', 'wit', path)
        self.assertRegex(text, r'f: func\(x: strong\);\n.*\^')
        done = self.trenail('wit', '--json', path)
        self.assertEqual((done.returncode, json.loads(done.stdout)['line']), (1, 3))
        self.fails(1, 'this is a core module', 'wit', self.file('module.wat', '(module)'))
        self.fails(2, 'absent.wit', 'wit', self.folder / 'absent.wit')


if __name__ == '__main__':
    unittest.main(verbosity=1)
