#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs guests of our own on WASI 0.2, made of C by `component embed` and `component new`, and
components of the corpora that others made. What a guest finds wrong it says itself.

Usage: guests.py TRENAIL CLANG [--engine interp|aot|exe] [--filter PATTERN]

The engine exe is that of programs of their own, which guests are compiled to."""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import SANITIZED, SLOW, Tally, corpora, excerpt, run  # noqa: E402  (the folder above)


class Guests:
    def __init__(self, trenail, clang, engine, scratch):
        self.trenail = trenail
        self.clang = clang
        self.scratch = scratch
        self.run_verb = [trenail, 'run', '--engine', engine] + (['-O', '0'] if engine == 'aot'
                                                                 else [])
        self.engine = engine
        self.programs = {}
        # The world, and what it imports where it is looked for.
        self.wit = scratch / 'wit'
        self.wit.mkdir()
        for name in ('world.wit', 'keyvalue.wit'):
            (self.wit / name).write_bytes((HERE / 'guests' / name).read_bytes())
        (self.wit / 'deps').symlink_to(corpora('wit') / 'wasi-0.2.12')

    def make(self, name, world='guest'):
        core, embedded, component = (self.scratch / f'{name}.{kind}.wasm'
                                     for kind in ('core', 'embedded', 'component'))
        if not component.exists():
            subprocess.run([self.clang, '--target=wasm32', '-O2', '-nostdlib', '-Wl,--no-entry',
                            HERE / f'guests/{name}.c', '-o', core], check=True)
            subprocess.run([self.trenail, 'component', 'embed', '--world', world, self.wit, core,
                            '-o', embedded], check=True)
            subprocess.run([self.trenail, 'component', 'new', embedded, '-o', component],
                           check=True)
        return component

    def command(self, component, grants=(), arguments=(), invoke=None):
        """The command that runs a component, or calls a function of it."""
        if self.engine != 'exe':
            calls = ['--invoke', invoke] if invoke else []
            return [*self.run_verb, *grants, *calls, component, *arguments]
        key = (component, *grants)
        if key not in self.programs:
            program = self.scratch / f'program-{len(self.programs)}'
            subprocess.run([self.trenail, 'compile', '-O0', *grants, component, '-o', program],
                           check=True)
            self.programs[key] = program
        return [self.programs[key], *([invoke] if invoke else arguments)]

    def run(self, name, grants=(), arguments=(), stdin=b'', world='guest'):
        return run(self.command(self.make(name, world), grants, arguments), cwd=self.scratch,
                   stdin=stdin)

    def keyvalue(self, what, options=()):
        return self.run('values', options, [what], world='keyvalue')


def expect(outcome, status=0, stdout=b'', stderr=b''):
    """Compares all that there is to see."""
    if outcome.timed_out:
        return 'does not end'
    if outcome.status != status:
        return f'exit code {outcome.status}, expected {status}: {excerpt(outcome.stderr)}'
    if outcome.stdout != stdout:
        return f'stdout is {excerpt(outcome.stdout)!r}, expected {excerpt(stdout)!r}'
    if outcome.stderr != stderr:
        return f'stderr is {excerpt(outcome.stderr)!r}, expected {excerpt(stderr)!r}'
    return None


def test_cli(guests):
    variables = ['--env', 'A=1', '--env', 'B=two words']
    return (expect(guests.run('cli'), stderr=b'done\n') or
            expect(guests.run('cli', variables, ['fail', 'ü']), status=1,
                   stdout='fail\nü\nA=1\nB=two words\n'.encode(), stderr=b'done\n') or
            expect(guests.run('cli', arguments=['exit']), stdout=b'exit\n', stderr=b'done\n'))


def test_clocks(guests):
    return expect(guests.run('clocks'))


def test_streams(guests):
    return expect(guests.run('streams', stdin=b'0123456789' + b'x' * 100000),
                  stdout=b'out:' + b'6789' + bytes(4099))


def test_overflow(guests):
    outcome = guests.run('overflow')
    if outcome.status != 134 or b'check-write' not in outcome.stderr:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return None


def test_many(guests):
    outcome = guests.run('many')
    if outcome.status != 134 or b'more than 100000 resources' not in outcome.stderr:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return None


# Makes what a built-in makes, without end.
HOARDER = """
(component
  {types}
  (core module $m
    (import "" "make" (func $make {signature}))
    (func (export "run") (loop (drop (call $make {arguments})) (br 0))))
  (core func $make (canon {builtin}))
  (core instance $i (instantiate $m (with "" (instance (export "make" (func $make))))))
  (func (export "run") (canon lift (core func $i "run"))))
"""


# Begins calls that take longer than anybody waits.
CALLER = """
(component
  (import "wasi:clocks/monotonic-clock@0.3.0" (instance $clock
    (export "wait-for" (func async (param "how-long" u64)))))
  (core module $m
    (import "" "wait" (func $wait (param i64) (result i32)))
    (func (export "run") (loop (drop (call $wait (i64.const 1_000_000_000_000))) (br 0))))
  (core func $wait (canon lower (func $clock "wait-for") async))
  (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait))))))
  (func (export "run") (canon lift (core func $i "run"))))
"""


def check_hoarder(guests, what, text, sentence):
    component = guests.scratch / f'{what}.wat'
    component.write_text(text)
    outcome = run(guests.command(component, invoke='run()'), cwd=guests.scratch)
    if outcome.status != 134 or sentence not in outcome.stderr:
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return f'{outcome.peak_mb:.0f} MB' if outcome.peak_mb > 600 and not SANITIZED else None


def test_hoarders(guests):
    """What a component takes of the component model's own: each is memory of the host's."""
    for what, types, signature, arguments, builtin in (
            ('streams', '(type $t (stream u8))', '(result i64)', '', 'stream.new $t'),
            ('futures', '(type $t (future string))', '(result i64)', '', 'future.new $t'),
            ('sets', '', '(result i32)', '', 'waitable-set.new'),
            ('resources', '(type $t (resource (rep i32)))', '(param i32) (result i32)',
             '(i32.const 1)', 'resource.new $t')):
        text = HOARDER.format(types=types, signature=signature, arguments=arguments, builtin=builtin)
        problem = check_hoarder(guests, what, text, b'more than 1000000 handles')
        if problem:
            return f'{what}: {problem}'
    return check_hoarder(guests, 'waits', CALLER, b'waits for more than 100000 things')


def test_files(guests):
    for name in ('data', 'data/dir', 'fixed'):
        (guests.scratch / name).mkdir()
    for name in ('data', 'fixed'):
        (guests.scratch / name / 'there').write_text('there', encoding='utf-8')
    (guests.scratch / 'secret').write_text('secret', encoding='utf-8')
    (guests.scratch / 'data/absolute').symlink_to('/etc')
    (guests.scratch / 'data/process').symlink_to('/proc/self/root')
    denied = ''.join(
        f'denied: wasi:filesystem {what} (grant it with --dir {grant})\n' for what, grant in (
            ('open "/etc/passwd"', '/etc'), ('stat "../secret"', 'DIR'),
            ('metadata-hash "../secret"', 'DIR'), ('set-times "../secret"', 'DIR'),
            ('link "../secret" as "taken"', 'DIR'), ('rename "../secret" as "taken"', 'DIR'),
            ('symlink "../secret"', 'DIR'), ('readlink "../secret"', 'DIR'),
            ('create-directory "../secret"', 'DIR'), ('remove-directory "../secret"', 'DIR'),
            ('unlink-file "../secret"', 'DIR')))
    problem = expect(guests.run('files', ['--dir', 'data', '--dir', 'fixed:ro']),
                     stderr=denied.encode())
    return problem or (None if (guests.scratch / 'secret').read_text(encoding='utf-8') == 'secret'
                       else 'it was changed')


# What hostile.c tries, and what that ends with; nothing: it is borne.
HOSTILE = {
    'poll-many': None,
    'wait-for-many': b'waits for more than 100000 things of the host',
    'pollables': b'holds more than 100000 resources of the host',
    'parents-first': None,
    'random': b'more than 64 MiB at once',
    'zeroes': b'more than check-write permitted',
    'blocking-zeroes': b'of more than 4096 bytes',
    'no-pollables': b'poll of an empty list of pollables',
    'out-of-bounds': b'list content out-of-bounds',
    'beyond-the-end': None,
    'another-type': b'used with the wrong type',
    'no-handle': b'unknown handle index 12345',
    'zero': b'unknown handle index 0',
    'largest': b'unknown handle index 4294967295',
    'dropped': b'unknown handle index',
    'dropped-by-another': b'used with the wrong type',
}


def test_hostile(guests):
    (guests.scratch / 'hostile').mkdir()
    for attempt, sentence in HOSTILE.items():
        outcome = guests.run('hostile', ['--dir', 'hostile'], [attempt])
        if sentence is None:
            problem = expect(outcome)
        else:
            problem = (None if outcome.status == 134 and sentence in outcome.stderr else
                       f'exit code {outcome.status}: {excerpt(outcome.stderr)}')
        if not problem and outcome.peak_mb > 400 and not SANITIZED:
            problem = f'it takes {outcome.peak_mb:.0f} MB'
        if problem:
            return f'{attempt}: {problem}'
    return None


def test_alone(guests):
    """Programs that wait for nothing need no library beside the program."""
    alone = guests.scratch / 'alone'
    alone.mkdir()
    shutil.copy(guests.trenail, alone / 'trenail')
    module = corpora('wasi') / 'c-wasip1/clock_gettime-monotonic.wasm'
    return (expect(run([alone / 'trenail', 'run', module])) or
            expect(run([alone / 'trenail', 'run', guests.make('cli')]), stderr=b'done\n') or
            (None if b'libtrenail-net.so' in run([alone / 'trenail', 'run', guests.make('wait')]).stderr
             else 'what waits does not ask for the library'))


def test_signals(guests):
    component = guests.make('wait')
    for arguments in ([], ['compute']):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(guests.command(component, arguments=arguments),
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                if process.stdout.readline() != b'there\n':
                    return f'it did not begin: {excerpt(process.communicate()[1])}'
                time.sleep(0.05)
                process.send_signal(number)
                stdout, stderr = process.communicate(timeout=20 * SLOW)
            except subprocess.TimeoutExpired:
                return f'{number.name} does not end it'
            finally:
                process.kill()
            if (process.returncode, stdout, stderr) != (128 + number, b'', b''):
                return f'{number.name} {arguments}: {process.returncode} {excerpt(stderr)}'
    return None


def test_config(guests):
    options = ['--config', 'a=0', '--config', 'b=', '--config', 'a=1']
    return expect(guests.run('config', options, world='keyvalue'))


def test_keyvalue(guests):
    denied = b'denied: wasi:keyvalue open "orders" (grant it with --kv orders=memory)\n'
    return (expect(guests.keyvalue('values')) or
            expect(guests.keyvalue('values', ['--kv', 'memory', '--kv', 'orders=memory'])) or
            expect(guests.keyvalue('denied'), stderr=denied))


class Redis:
    """A server that is there for a while."""

    def __init__(self, *options):
        self.port = free_port()
        self.process = subprocess.Popen(
            ['redis-server', '--port', str(self.port), '--bind', '127.0.0.1', '--save', '',
             *options], stdout=subprocess.DEVNULL, cwd='/')

    def __enter__(self):
        end = time.monotonic() + 20 * SLOW
        while time.monotonic() < end:
            try:
                socket.create_connection(('127.0.0.1', self.port)).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError('redis-server does not start')

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def client(self, *words):
        return subprocess.run(['redis-cli', '-p', str(self.port), '--no-auth-warning', *words],
                              capture_output=True, check=True).stdout.strip()


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def test_keyvalue_redis(guests):
    with Redis() as redis:
        # By its name, which may have another address, too, and in another database.
        url = f'redis://localhost:{redis.port}/3'
        problem = expect(guests.keyvalue('values', ['--kv', url]))
        if problem:
            return problem
        if redis.client('-n', '3', 'get', 'last') != b'kept' or redis.client('dbsize') != b'0':
            return 'the value is not where other clients look for it'
        redis.client('rpush', 'list', 'item')
        redis.client('set', b'\xff', 'no text')
        problem = expect(guests.keyvalue('foreign', ['--kv', f'redis://127.0.0.1:{redis.port}']),
                         stderr=b'get: WRONGTYPE Operation against a key holding the wrong kind '
                                b'of value\n')
        if problem:
            return problem
        nowhere = f'redis://127.0.0.1:{redis.port}/99'
        problem = expect(guests.keyvalue('broken', ['--kv', nowhere]),
                         stderr=b'get: the server refuses: ERR DB index is out of range\n' * 2)
        if problem:
            return problem
    return expect(guests.keyvalue('broken', ['--kv', f'redis://127.0.0.1:{redis.port}']),
                  stderr=b'get: the server cannot be reached: Connection refused\n' * 2)


def test_keyvalue_redis_password(guests):
    with Redis('--requirepass', 'se=cret', '--user', 'me', 'on', '>mine', '~*', '+@all') as redis:
        at = f'127.0.0.1:{redis.port}'
        for user in (':se=cret', 'me:mine'):
            redis.client('-a', 'se=cret', 'flushall')
            problem = expect(guests.keyvalue('values', ['--kv', f'redis://{user}@{at}/1']))
            if problem:
                return f'{user}: {problem}'
        wrong = guests.keyvalue('broken', ['--kv', f'redis://:wrong@{at}'])
        if not wrong.stderr.startswith(b'get: the server refuses: WRONGPASS '):
            return f'a wrong password: {excerpt(wrong.stderr)}'
        none = guests.keyvalue('broken', ['--kv', f'redis://{at}'])
        return expect(none, stderr=b'get: NOAUTH Authentication required.\n' * 2)


def test_keyvalue_half_redis(guests):
    """A server that ends connections, one that says nonsense, and one that is no Redis."""
    for answer, text in ((None, b'get: the connection has ended: Server closed the connection\n'),
                         (b'$3\r\n', b'get: the connection has ended: Server closed the '
                                     b'connection\n'),
                         (b'HTTP/1.1 400 Bad Request\r\n\r\n',
                          b'get: the connection has ended: Protocol error, got "H" as reply type '
                          b'byte\n'),
                         (b':7\r\n', b'get: the server gives another kind of answer\n')):
        listener = socket.create_server(('127.0.0.1', 0))

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    while connection.recv(1000) and answer:
                        connection.sendall(answer)
                        if not answer.startswith(b':'):
                            break

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f'redis://127.0.0.1:{listener.getsockname()[1]}'
        problem = expect(guests.keyvalue('broken', ['--kv', url]), stderr=text * 2)
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        if problem:
            return f'{answer}: {problem}'
    return None


def to_wave(expected):
    """What the table of the log parser says, as `run --invoke` prints it."""
    kind, _, rest = expected.partition(' ')
    if kind == 'err':
        return f'err({rest})'
    time_stamp, severity, message = re.fullmatch(r'(\d+) ("[^"]*") (".*")', rest).groups()
    return f'ok({{timestamp: {time_stamp}, severity: {severity}, message: {message}}})'


def test_javascript(guests, build):
    """A component that a JavaScript engine is in."""
    folder = corpora('modules') / 'js-components'
    table = (folder / 'log-parser-qjs.expected.txt').read_text(encoding='utf-8')
    for line in table.splitlines():
        argument, _, expected = line.partition(' => ')
        command = guests.command(folder / f'log-parser-qjs{build}.wasm',
                                 invoke=f'parse({argument})')
        outcome = run(command, timeout=120)
        problem = expect(outcome, stdout=to_wave(expected).encode() + b'\n')
        if problem:
            return f'{json.loads(argument)!r}: {problem}'
    return None


TESTS = {
    'cli': test_cli,
    'clocks': test_clocks,
    'streams': test_streams,
    'overflow': test_overflow,
    'many': test_many,
    'hoarders': test_hoarders,
    'files': test_files,
    'hostile': test_hostile,
    'alone': test_alone,
    'signals': test_signals,
    'config': test_config,
    'keyvalue': test_keyvalue,
    'keyvalue-half-redis': test_keyvalue_half_redis,
    'javascript': lambda guests: test_javascript(guests, ''),
    'javascript-async': lambda guests: test_javascript(guests, '-async'),
    'javascript-without-wasi': lambda guests: test_javascript(guests, '-nowasi'),
}
REDIS_TESTS = {'keyvalue-redis': test_keyvalue_redis,
               'keyvalue-redis-password': test_keyvalue_redis_password}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trenail')
    parser.add_argument('clang')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot', 'exe'])
    parser.add_argument('--filter', default='', help='only tests whose name has it')
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        # Nothing is there from before.
        os.environ['TRENAIL_CACHE'] = str(pathlib.Path(scratch) / 'cache')
        guests = Guests(str(pathlib.Path(arguments.trenail).resolve()), arguments.clang,
                        arguments.engine, pathlib.Path(scratch))
        for name, test in TESTS.items():
            if re.search(arguments.filter, name):
                tally.check(name, test(guests))
        for name, test in REDIS_TESTS.items():
            if arguments.filter not in name:
                continue
            if shutil.which('redis-server') is None:
                tally.skip(name, 'there is no redis-server')
            else:
                tally.check(name, test(guests))
    tally.finish()


main()
