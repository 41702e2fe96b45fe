#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hostile files: each is refused or stopped with exactly one clear error on stderr, the right exit
code, and within bounds of memory and time.

Usage: run.py TRENAIL [REGEX]"""

import os
import pathlib
import random
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import modules  # noqa: E402
from harness import SANITIZED, SLOW, Tally, excerpt, run  # noqa: E402  (the folder above)

OK, FAILED, USAGE, TRAP = 0, 1, 2, 134
PEAK_MB = 300
SECONDS = 5

LOOP = b'\x03\x40\x0c\0\x0b'
RECURSION = b'\x10\0'
# memory.grow by 65,535 pages again and again, then touching all of it.
GROW = '''(module (memory 1) (func (export "_start")
  (loop $l (drop (memory.grow (i32.const 1))) (br $l))))'''
FILL = '''(module (memory 16384) (func (export "_start")
  (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x40000000)) (br $l))))'''
COPY = '''(module (memory 2048) (func (export "_start")
  (loop $l (memory.copy (i32.const 1) (i32.const 0) (i32.const 0x7fffffe)) (br $l))))'''
TABLE_GROW = '''(module (table 0 funcref) (func (export "_start")
  (loop $l (br_if $l (i32.ne (table.grow (ref.null func) (i32.const 100000)) (i32.const -1))))))'''
ARRAY = '''(module (type $a (array (mut i64))) (func (export "_start")
  (drop (array.new_default $a (i32.const 0xffffffff)))))'''
HOARD = '''(module (type $n (struct (field (ref null $n)) (field i64 i64 i64 i64)))
  (global $head (mut (ref null $n)) (ref.null $n))
  (func (export "_start") (loop $l
    (global.set $head (struct.new $n (global.get $head)
      (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))
    (br $l))))'''
INDIRECT = '''(module (type $t (func)) (table 1 1 funcref) (elem (i32.const 0) $f)
  (func $f (export "_start") (call_indirect (type $t) (i32.const 0))))'''
REF_RECURSION = '''(module (type $t (func)) (elem declare func $f)
  (func $f (export "_start") (call_ref $t (ref.func $f))))'''
WIDE_RECURSION = '(module (func $f (export "_start") (local ' + 'i64 ' * 20000 + ') (call $f)))'
THROW = '''(module (tag $e (param i32)) (func (export "_start") (throw $e (i32.const 7))))'''
THROW_LOOP = '''(module (tag $e) (func (export "_start") (loop $l
  (block $c (try_table (catch_all $c) (throw $e))) (br $l))))'''
WAIT = '''(module (memory 1 1 shared) (func (export "_start")
  (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))'''
SLEEP = '''(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $p (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 0x7fffffffffffffff))
    (drop (call $p (i32.const 0) (i32.const 256) (i32.const 1) (i32.const 512)))))'''
MEMORY64 = '(module (memory i64 0x1000000000000))'
HUGE_MEMORY = '(module (memory 65536) (func (export "_start")))'
MANY_MEMORIES = '(module' + ' (memory 65536)' * 1000 + ')'
MANY_TABLES = '(module' + ' (table 10000000 funcref)' * 300 + ')'


class Hostile:
    def __init__(self, trenail, scratch, pattern):
        self.trenail, self.scratch, self.pattern = trenail, scratch, pattern
        self.tally = Tally()

    def file(self, contents, suffix):
        path = self.scratch / ('hostile' + suffix)
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    def check(self, name, contents, code, message, *options, verb='run'):
        """`contents`: bytes of a module, text of one, or a path that is there already. `code` may
        be several that are right; then 0 needs no error."""
        if not re.search(self.pattern, name):
            return
        if isinstance(contents, pathlib.Path):
            path = contents
        else:
            path = self.file(contents, '.wasm' if isinstance(contents, bytes) else '.wat')
        outcome = run([self.trenail, verb, *options, path], timeout=20)
        self.tally.check(name, self.problem(outcome, code, message))

    def problem(self, outcome, code, message):
        text = outcome.stderr.decode(errors='replace')
        codes = code if isinstance(code, tuple) else (code,)
        if outcome.timed_out:
            return 'does not end'
        if outcome.status not in codes:
            return f'exit code {outcome.status}, expected {code}: {excerpt(text)}'
        errors = [line for line in text.splitlines() if line.startswith('error: ')]
        if outcome.status != OK and len(errors) != 1:
            return f'{len(errors)} errors on stderr, expected one: {excerpt(text)}'
        if outcome.status != OK and not re.search(message, text):
            return f'the error does not say "{message}": {excerpt(text)}'
        if len(text) > 10000:
            return f'{len(text)} characters on stderr'
        if not SANITIZED and outcome.peak_mb > PEAK_MB:
            return f'{outcome.peak_mb:.0f} MB'
        if outcome.seconds > SECONDS * SLOW:
            return f'{outcome.seconds:.1f} s'
        return None

    def files(self):
        scratch, check = self.scratch, self.check
        check('empty file', b'', FAILED, 'unexpected end')
        check('directory', scratch, USAGE, 'directory')
        check('missing file', scratch / 'absent.wasm', USAGE, 'No such file')
        closed = self.scratch / 'closed.wasm'
        closed.write_bytes(modules.MAGIC)
        closed.chmod(0)
        if os.access(closed, os.R_OK):
            # The superuser reads everything but this.
            check('unreadable file', pathlib.Path('/proc/self/mem'), USAGE, 'nput/output error')
        else:
            check('unreadable file', closed, USAGE, 'ermission denied')
        check('component that exports nothing', modules.component(), USAGE, 'exported')
        whole = modules.module(b'\x01' * 20, imports=[('env', 'f')], memory=b'')
        for cut in range(9, len(whole), 7):
            check(f'truncated at {cut}', whole[:cut], FAILED, 'unexpected end|inconsistent|out of bounds|length|unknown')
        if re.search(self.pattern, 'random bytes'):
            block = random.Random(7).randbytes(1 << 20)
            path = scratch / 'random.wasm'
            for start in (b'', modules.MAGIC):
                with open(path, 'wb') as out:
                    out.write(start)
                    for _ in range(100):
                        out.write(block)
                check(f'100 MB of random bytes after {len(start)}', path, FAILED,
                      'malformed|magic|component')
            path.unlink()

    def binaries(self):
        check = self.check
        check('4 GiB of locals', modules.module(b'', locals_=b'\1' + modules.leb(0xFFFFFFFF) +
                                                modules.I32), FAILED, 'too many locals')
        check('4 GiB of locals in two groups',
              modules.module(b'', locals_=b'\2' + (modules.leb(0x80000000) + modules.I32) * 2),
              FAILED, 'too many locals')
        for number, contents in modules.huge_counts():
            check(f'huge count in section {number}', contents, FAILED, 'malformed')
        check('huge section', modules.huge_section(), FAILED, 'malformed')
        check('huge data', modules.huge_data(), FAILED, 'malformed')
        check('huge name', modules.huge_name(), FAILED, 'malformed')
        check('huge br_table', modules.huge_br_table(), FAILED, 'malformed|invalid')
        check('million blocks', modules.deep_blocks(1000000), (OK, FAILED, TRAP), '')
        check('deep subtypes', modules.deep_types(100000), FAILED, 'sub ?type|depth|deep|too many')
        check('huge recursion group', modules.one_huge_rec_group(200000), (OK, FAILED), '')
        check('many locals everywhere', modules.many_locals(2000), (OK, FAILED), '')
        check('wide switch', modules.wide_switch(60000), (OK, FAILED), '')
        check('long LEB', modules.long_leb(), FAILED, 'integer')
        check('bad UTF-8', modules.bad_utf8(), FAILED, 'UTF-8')
        check('name section bomb', modules.name_section_bomb(), OK, '')
        check('missing import', modules.module(b'', imports=[('env', 'spark')]), FAILED,
              'unknown import.*env.*spark')

    def components(self):
        check = self.check
        whole = modules.component(modules.section(7, modules.vec([b'\x40\0\1\0'])),
                                  modules.section(4, modules.nested_components(3)),
                                  modules.section(1, modules.module(b'\x01' * 20)))
        check('whole component', whole, OK, '', verb='validate')
        for cut in range(9, len(whole)):
            # Between two sections the rest is a component too.
            check(f'component truncated at {cut}', whole[:cut], (OK, FAILED),
                  'unexpected end|inconsistent|out of bounds|length|unknown|size mismatch',
                  verb='validate')
        for number, contents in modules.component_huge_counts():
            check(f'component with a huge count in section {number}', contents, FAILED, 'malformed')
        for kind, contents in modules.huge_component_lists():
            check(f'component with a huge {kind}', contents, FAILED, 'malformed')
        check('component with a huge section', modules.component(b'\7' + modules.leb(0xFFFFFFFF)),
              FAILED, 'malformed')
        for depth in (1000, 20000):
            check(f'{depth} nested components', modules.nested_components(depth), FAILED, 'nest')
        check('nested component types', modules.nested_component_types(1000000), FAILED, 'nest')
        check('type bomb', modules.type_bomb(64), FAILED, 'invalid', verb='validate')
        check('list of lists of …', modules.list_chain(100000), FAILED, 'invalid', verb='validate')
        check('a few instances', modules.instance_bomb(5), OK, '')
        check('instance bomb', modules.instance_bomb(40), (FAILED, TRAP), 'instance|interrupted',
              '--timeout', '1s')
        check('100,000 copies of a name', modules.component(modules.section(10, modules.vec(
            [b'\0' + modules.name('a') + b'\1\0'] * 100000))), FAILED, 'invalid')
        check('bad module in a component', modules.module_in_component(modules.huge_data()), FAILED,
              'malformed')
        check('component as a module in a component',
              modules.module_in_component(modules.component()), FAILED, 'malformed|version|component')
        random_bytes = random.Random(11).randbytes(1 << 20)
        for number in range(13):
            check(f'random bytes in section {number}',
                  modules.component(modules.section(number, random_bytes)), FAILED,
                  'malformed|invalid')
        for verb in ('print', 'objdump'):
            check(f'{verb} of nested components', modules.nested_components(20000), FAILED, 'nest',
                  verb=verb)
            check(f'{verb} of a truncated component', whole[:-3], FAILED, 'malformed', verb=verb)
        check('deep parentheses in a component', '(component ' + '(' * 1000000, FAILED, r'\.wat:1:')
        check('deep components in text', '(component ' * 100000, FAILED, r'\.wat:1:')
        check('deep types in text', '(component (type ' + '(list ' * 100000, FAILED, r'\.wat:1:')

    def texts(self):
        check = self.check
        check('deep parentheses', '(module ' + '(' * 1000000, FAILED, r'\.wat:1:')
        check('deep folding', '(module (func ' + '(i32.eqz ' * 200000 + '))', FAILED, '')
        check('deep blocks in text', '(module (func ' + 'block ' * 300000 + '))', FAILED, '')
        check('endless comment', '(; ' * 300000, FAILED, '')
        check('endless string', '(module "' + 'a' * 1000000, FAILED, '')
        check('binary in text', '(module \0\1\2\xff)', FAILED, r'\.wat:1:')
        check('big number', '(module (memory 99999999999999999999))', FAILED, r'\.wat:1:')

    def loops(self):
        check = self.check
        for name, contents in [('loop', modules.module(LOOP)), ('memory.fill', FILL),
                               ('memory.copy', COPY), ('throw and catch', THROW_LOOP)]:
            # The fill touches a gigabyte: only time is bounded there.
            if name == 'memory.fill' and re.search(self.pattern, 'memory.fill'):
                outcome = run([self.trenail, 'run', '--timeout', '200ms',
                               self.file(contents, '.wat')], timeout=20)
                self.tally.check('memory.fill with --timeout',
                                 None if outcome.status == TRAP and outcome.seconds < SECONDS * SLOW
                                 else f'exit code {outcome.status}, {outcome.seconds:.1f} s')
                continue
            check(f'{name} with --timeout', contents, TRAP, 'interrupted', '--timeout', '1s')
        check('loop with --fuel', modules.module(LOOP), TRAP, 'interrupted.*fuel', '--fuel',
              '10000000')
        check('throw and catch with --fuel', THROW_LOOP, TRAP, 'fuel', '--fuel', '1000000')
        check('memory.copy with --fuel', COPY, TRAP, 'fuel', '--fuel', '1000000')
        check('memory.atomic.wait with --timeout', WAIT, TRAP, 'interrupted', '--timeout', '300ms')
        check('poll_oneoff with --timeout', SLEEP, TRAP, 'interrupted', '--timeout', '300ms')

    def exhaustion(self):
        check = self.check
        for name, contents in [('call', modules.module(RECURSION)), ('call_indirect', INDIRECT),
                               ('call_ref', REF_RECURSION), ('wide frames', WIDE_RECURSION)]:
            check(f'recursion by {name}', contents, TRAP, 'call stack exhausted')
        check('recursion with --max-stack', modules.module(RECURSION), TRAP, 'call stack exhausted',
              '--max-stack', '64K')
        check('uncaught exception', THROW, TRAP, 'exception')
        check('memory growth', GROW, TRAP, 'interrupted', '--max-memory', '100M', '--timeout', '1s')
        check('table growth', TABLE_GROW, OK, '')
        check('huge array', ARRAY, TRAP, 'out of memory|allocation|array')
        check('hoarded objects', HOARD, TRAP, 'out of memory|exhausted', '--max-heap', '64M')
        # 4 GiB of zeros cost nothing while nobody touches them.
        check('huge memory', HUGE_MEMORY, (OK, TRAP, FAILED), '')
        check('huge 64-bit memory', MEMORY64, (FAILED, TRAP), '')
        check('many memories', MANY_MEMORIES, (OK, FAILED, TRAP), '')
        check('many tables', MANY_TABLES, (OK, FAILED, TRAP), '')


def main():
    pattern = sys.argv[2] if len(sys.argv) > 2 else ''
    with tempfile.TemporaryDirectory() as scratch:
        hostile = Hostile(str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(scratch), pattern)
        hostile.files()
        hostile.binaries()
        hostile.components()
        hostile.texts()
        hostile.loops()
        hostile.exhaustion()
        hostile.tally.finish()


main()
