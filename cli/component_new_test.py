#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From core modules to components that run: in C, in text with standard names, with an adapter.

Usage: component_new_test.py TRENAIL"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
SLOW = float(os.environ.get('TRENAIL_TEST_SLOW', '1'))

WIT = '''package demo:kit@1.2.0;

interface store {
  resource item {
    constructor(text: string);
    text: func() -> string;
  }
  count: func() -> u32;
  posts: func() -> u32;
  never: func();
}

interface log {
  write: func(text: string) -> u32;
  never: func(text: string);
}

interface run {
  run: func() -> u32;
}

world provider {
  export store;
}

world consumer {
  import store;
  export greet: func(name: string) -> string;
}

world standard {
  import store;
  export doubled: func(name: string) -> string;
}

world logger {
  export log;
}

world waiting {
  export later: async func(x: u32) -> string;
}

world hooked {
  export events: func() -> u32;
}

world old {
  import log;
  export run;
}
'''

GUEST = '''
#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
typedef unsigned u32;
struct text { const char *at; u32 size; };
static char heap[1 << 15];
static u32 top;
EXPORT("cabi_realloc") void *cabi_realloc(void *old, u32 old_size, u32 align, u32 size) {
  top = (top + align - 1) / align * align;
  char *out = heap + top;
  top += size;
  for (u32 i = 0; i < old_size; ++i) out[i] = ((char *)old)[i];
  return out;
}
'''

PROVIDER = GUEST + '''
#define STORE "demo:kit/store@1.2.0"
static u32 alive, posts, initialized;
IMPORT("[export]" STORE, "[resource-new]item") u32 item_new(struct text *item);
EXPORT("_initialize") void initialize(void) { initialized = 1; }
EXPORT(STORE "#[constructor]item") u32 construct(const char *at, u32 size) {
  struct text *item = cabi_realloc(0, 0, 4, sizeof *item);
  item->at = at;
  item->size = size;
  ++alive;
  return item_new(item);
}
EXPORT(STORE "#[method]item.text") struct text *text(struct text *item) {
  struct text *out = cabi_realloc(0, 0, 4, sizeof *out);
  *out = *item;
  return out;
}
EXPORT("cabi_post_" STORE "#[method]item.text") void post(struct text *result) {
  posts += result->size;
}
EXPORT(STORE "#[dtor]item") void destroy(struct text *item) { alive -= item->size > 0; }
EXPORT(STORE "#count") u32 count(void) { return initialized ? alive : 1000; }
EXPORT(STORE "#posts") u32 get_posts(void) { return posts; }
EXPORT(STORE "#never") void never(void) { __builtin_trap(); }
'''

CONSUMER = GUEST + '''
#define STORE "demo:kit/store@1.2.3"
IMPORT(STORE, "[constructor]item") u32 item_new(const char *at, u32 size);
IMPORT(STORE, "[method]item.text") void item_text(u32 item, struct text *result);
IMPORT(STORE, "[resource-drop]item") void item_drop(u32 item);
IMPORT(STORE, "count") u32 count(void);
IMPORT(STORE, "posts") u32 posts(void);
static struct text result;
EXPORT("greet") struct text *greet(const char *at, u32 size) {
  u32 item = item_new(at, size);
  struct text name;
  item_text(item, &name);
  u32 before = count();
  item_drop(item);
  char *out = cabi_realloc(0, 0, 1, name.size + 4);
  for (u32 i = 0; i < name.size; ++i) out[i] = name.at[i];
  out[name.size] = ' ';
  out[name.size + 1] = '0' + before;
  out[name.size + 2] = '0' + count();
  out[name.size + 3] = '0' + posts();
  result.at = out;
  result.size = name.size + 4;
  return &result;
}
'''

# The same store, by the names of the standard; `doubled` gives the text twice.
STANDARD = '''(module
  (import "cm32p2|demo:kit/store@1" "[constructor]item" (func $new (param i32 i32) (result i32)))
  (import "cm32p2|demo:kit/store@1" "[method]item.text" (func $text (param i32 i32)))
  (import "cm32p2|demo:kit/store@1" "item_drop" (func $drop (param i32)))
  (memory (export "cm32p2_memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (func $start (export "cm32p2_initialize") (i32.store (i32.const 512) (i32.const 1)))
  (func (export "cm32p2_realloc") (param i32 i32 i32 i32) (result i32)
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get 3))))
  (func (export "cm32p2||doubled") (param i32 i32) (result i32)
    (local $item i32)
    (if (i32.ne (i32.load (i32.const 512)) (i32.const 1)) (then unreachable))
    (local.set $item (call $new (local.get 0) (local.get 1)))
    (call $text (local.get $item) (i32.const 0))
    (memory.copy (global.get $top) (i32.load (i32.const 0)) (i32.load (i32.const 4)))
    (memory.copy (i32.add (global.get $top) (i32.load (i32.const 4)))
                 (i32.load (i32.const 0)) (i32.load (i32.const 4)))
    (i32.store (i32.const 0) (global.get $top))
    (i32.store (i32.const 4) (i32.mul (i32.load (i32.const 4)) (i32.const 2)))
    (call $drop (local.get $item))
    (i32.const 0))
  (func (export "cm32p2||doubled_post") (param i32) (i32.store (local.get 0) (i32.const 0))))'''

# Gives `x` digits after it has let others run.
WAITING = '''(module
  (import "[export]$root" "[task-return]later" (func $return (param i32 i32)))
  (import "$root" "[context-set-0]" (func $set (param i32)))
  (import "$root" "[context-get-0]" (func $get (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "0123456789")
  (func (export "[async-lift]later") (param i32) (result i32)
    (call $set (local.get 0)) (i32.const 1))
  (func (export "[callback][async-lift]later") (param i32 i32 i32) (result i32)
    (call $return (i32.const 16) (call $get)) (i32.const 0)))'''

# Its hook of tasks is told that initialization begins (6) and ends (7) and that a call begins (0).
HOOKED = '''(module
  (global $events (mut i32) (i32.const 0))
  (func (export "__wasm_task_hook") (param i32)
    (global.set $events (i32.add (i32.mul (global.get $events) (i32.const 10)) (local.get 0))))
  (func (export "_initialize"))
  (func (export "events") (result i32) (global.get $events)))'''

# Adds up the bytes of what is written.
LOGGER = '''(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256))
  (func (export "demo:kit/log@1.2.0#write") (param i32 i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get 1)))
        (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get 0))))
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func (export "demo:kit/log@1.2.0#never") (param i32 i32) unreachable))'''

# An old interface, of which `print` writes a text with a mark behind it that it puts on its stack.
ADAPTER = '''(module
  (import "env" "memory" (memory 0))
  (import "__main_module__" "_start" (func $start (result i32)))
  (import "demo:kit/log@1.2.0" "write" (func $write (param i32 i32) (result i32)))
  (import "demo:kit/log@1.2.0" "never" (func $never (param i32 i32)))
  (global $__stack_pointer (mut i32) (i32.const 0))
  (global $allocation_state (mut i32) (i32.const 0))
  (func $push (result i32)
    (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 16)))
    (global.get $__stack_pointer))
  (func (export "print") (param i32 i32) (result i32)
    (local $at i32)
    (local.set $at (call $push))
    (memory.copy (local.get $at) (local.get 0) (local.get 1))
    (i32.store8 (i32.add (local.get $at) (local.get 1)) (i32.const 33))
    (call $write (local.get $at) (i32.add (local.get 1) (i32.const 1)))
    (global.set $__stack_pointer (i32.add (global.get $__stack_pointer) (i32.const 16))))
  (func (export "forget") (param i32 i32) (call $never (local.get 0) (local.get 1)))
  (func (export "demo:kit/run@1.2.0#run") (result i32) (call $start)))'''

# A program for the old interface. Its memory is filled, so that a stack in it would be seen.
PROGRAM_TEXT = '''(module
  (import "old" "print" (func $print (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 100) "ab")
  %s
  (func (export "_start") (result i32)
    (memory.fill (i32.const 200) (i32.const 255) (i32.const 65000))
    (call $print (i32.const 100) (i32.const 2))))'''
REALLOC = '''(global $top (mut i32) (i32.const 65536))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get 3))))'''


class ComponentNewTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.wit = self.file('demo.wit', WIT)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def trenail(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], text=True, capture_output=True,
                              timeout=60 * SLOW, cwd=self.folder, check=False)

    def succeeds(self, *arguments):
        done = self.trenail(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ''), arguments)
        return done.stdout

    def fails(self, message, *arguments):
        done = self.trenail(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ''), done.stderr)
        self.assertIn(message, done.stderr)

    def embed(self, world, module):
        out = self.folder / (world + '.module.wasm')
        self.succeeds('component', 'embed', '--world', world, self.wit, module, '-o', out)
        return out

    def new(self, world, module, *arguments):
        out = self.folder / (world + '.wasm')
        self.succeeds('component', 'new', self.embed(world, module), *arguments, '-o', out)
        self.succeeds('validate', out)
        return out

    def compile(self, name, text):
        clang = shutil.which('clang-19') or shutil.which('clang')
        if clang is None:
            self.skipTest('no clang')
        out = self.folder / (name + '.core.wasm')
        built = subprocess.run([clang, '--target=wasm32', '-O2', '-nostdlib', '-fno-builtin',
                                '-Wall', '-Werror', '-Wl,--no-entry',
                                self.file(name + '.c', text), '-o', out],
                               capture_output=True, check=False)
        if built.returncode != 0 and b'error:' not in built.stderr.lower():
            self.skipTest('clang makes no WebAssembly')
        self.assertEqual(built.returncode, 0, built.stderr)
        return out

    def test_in_c(self):
        provider = self.new('provider', self.compile('provider', PROVIDER))
        consumer = self.new('consumer', self.compile('consumer', CONSUMER))
        # What the module does not call is not imported; its version is that of the world.
        imports = self.succeeds('wit', consumer)
        self.assertIn('import demo:kit/store@1.2.0;', imports)
        self.assertIn('count: func() -> u32;', imports)
        self.assertNotIn('never', imports)
        for world, component in (('consumer', consumer), ('provider', provider)):
            self.assertEqual(self.succeeds('wit', '--check', self.wit, '--world', world,
                                           component), '')
        plugged = self.folder / 'plugged.wasm'
        self.succeeds('plug', consumer, '--with', provider, '-o', plugged)
        # One item is there, then none; post-return has been called for a text of three bytes.
        self.assertEqual(self.succeeds('run', '--invoke', 'greet("Ada")', plugged), '"Ada 103"\n')

    def test_standard_names(self):
        provider = self.new('provider', self.compile('provider', PROVIDER))
        standard = self.new('standard', self.file('standard.wat', STANDARD))
        plugged = self.folder / 'plugged.wasm'
        self.succeeds('plug', standard, '--with', provider, '-o', plugged)
        self.assertEqual(self.succeeds('run', '--invoke', 'doubled("ho")', plugged), '"hoho"\n')
        # The same with a memory from outside.
        text = STANDARD.replace('(memory (export "cm32p2_memory") 1)',
                                '(import "env" "memory" (memory 1))')
        standard = self.new('standard', self.file('standard.wat', text))
        self.succeeds('plug', standard, '--with', provider, '-o', plugged)
        self.assertEqual(self.succeeds('run', '--invoke', 'doubled("ho")', plugged), '"hoho"\n')

    def test_asynchronous_export(self):
        path = self.new('waiting', self.file('waiting.wat', WAITING))
        self.assertIn('later: async func(x: u32) -> string;', self.succeeds('wit', path))
        self.assertEqual(self.succeeds('run', '--invoke', 'later(3)', path), '"012"\n')

    def test_hook_of_tasks(self):
        path = self.new('hooked', self.file('hooked.wat', HOOKED))
        self.assertEqual(self.succeeds('run', '--invoke', 'events()', path), '670\n')

    def test_adapter(self):
        logger = self.new('logger', self.file('logger.wat', LOGGER))
        adapter = self.embed('old', self.file('adapter.wat', ADAPTER))
        expected = sum(b'ab!')
        for realloc in ('', REALLOC):
            for extra in ([], ['--realloc-via-memory-grow']):
                main = self.file('main.wat', PROGRAM_TEXT % realloc)
                out = self.folder / 'adapted.wasm'
                self.succeeds('component', 'new', main, '--adapt', f'old={adapter}', *extra,
                              '-o', out)
                shown = self.succeeds('wit', out)
                self.assertIn('export demo:kit/run@1.2.0;', shown)
                self.assertIn('write', shown)
                self.assertNotIn('never', shown)
                plugged = self.folder / 'plugged.wasm'
                self.succeeds('plug', out, '--with', logger, '-o', plugged)
                self.assertEqual(self.succeeds('run', '--invoke', 'run.run()', plugged),
                                 f'{expected}\n')

    def test_what_does_not_fit(self):
        def refuse(message, text, *arguments):
            module = self.embed('logger', self.file('logger.wat', text))
            out = self.folder / 'none.wasm'
            self.fails(message, 'component', 'new', module, *arguments, '-o', out)
            self.assertFalse(out.exists())

        refuse('the world exports the function `demo:kit/log@1.2.0.write`, but the module has no '
               'export `demo:kit/log@1.2.0#write`; its core type is (func (param i32 i32) '
               '(result i32))', '(module)')
        refuse('the module exports `demo:kit/log@1.2.0#write` as (func (param i64)), but the '
               "world's export `demo:kit/log@1.2.0.write` needs the core type (func (param i32 i32)"
               ' (result i32))',
               '(module (func (export "demo:kit/log@1.2.0#write") (param i64)))')
        refuse('the module imports `old.print`, but the world imports no interface `old`, and no '
               'adapter has that name', LOGGER.replace('(module', '(module (import "old" "print" '
                                                       '(func))'))
        refuse('the module exports no function `cabi_realloc`',
               LOGGER.replace('"cabi_realloc"', '"realloc"'))
        refuse('the module exports no memory `memory`', LOGGER.replace('"memory"', '"m"'))
        adapter = self.embed('old', self.file('adapter.wat', ADAPTER))
        refuse('the module imports `old.flush`, but the adapter `old` has no export of that name',
               LOGGER.replace('(module', '(module (import "old" "flush" (func))'),
               '--adapt', f'old={adapter}')
        refuse('the adapter `old` imports `__main_module__._start`, but the module does not export '
               'that', LOGGER, '--adapt', f'old={adapter}')
        done = self.trenail('component', 'new')
        self.assertEqual(done.returncode, 2)
        # Without a world, there is nothing to export.
        out = self.folder / 'empty.wasm'
        self.succeeds('component', 'new', self.file('empty.wat', '(module)'), '-o', out)
        self.assertIn('world root {\n}', self.succeeds('wit', out))


if __name__ == '__main__':
    unittest.main()
