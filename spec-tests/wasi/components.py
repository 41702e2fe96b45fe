#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the official WASI tests that are components, by the program as a user runs it.

Usage: components.py TRENAIL [--engine interp|aot|exe] [--filter PATTERN] [--adapt] [SUITE …]

The engine exe is that of programs of their own, which components are compiled to; services are left
out there.

A suite is a folder of tests, or NAME.tar.xz, below $TRENAIL_CORPORA/wasi: by default rust-wasip3.
With --adapt it is one of modules for preview 1, made components for 0.2 by an adapter. A test is X.wasm and, where it needs more than to end with exit code 0, X.json: what to do in turn
(operations), what to grant (proposals), which servers to start, and whether it is a program or a
service (world). The number of tests is compared with the collection's own list.

expected_failures.txt names the tests that are known to fail, those that are adapted with adapted/ in
front. A listed test that passes fails the run: then its line goes."""

import argparse
import codecs
import csv
import http.client
import json
import os
import pathlib
import re
import shutil
import signal as signals
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import SLOW, Patience, Tally, corpora, excerpt, run  # noqa: E402  (the folder above)
from servers import Servers  # noqa: E402  (this folder)

# For anything that a guest is waited for.
PATIENCE = 30 * SLOW
GRANTS = {'http': ['--http', '*'], 'sockets': ['--tcp', '*', '--udp', '*', '--dns', '*']}


class Failure(Exception):
    pass


class Stream:
    """What a process writes, read on a thread so that it never waits for us."""

    def __init__(self, pipe, pid):
        self.pipe = pipe
        self.pid = pid
        self.text = ''
        self.position = 0  # of what was asked for so far
        self.ended = False
        self.changed = threading.Condition()
        threading.Thread(target=self.pump, daemon=True).start()

    def pump(self):
        decoder = codecs.getincrementaldecoder('utf-8')('replace')
        while True:
            data = os.read(self.pipe.fileno(), 65536)
            with self.changed:
                self.text += decoder.decode(data, final=not data)
                self.ended = not data
                self.changed.notify_all()
            if not data:
                return

    def take(self, find, what):
        """Waits until `find` says where what is wanted of the text ends."""
        with self.changed:
            patience = Patience(self.pid, PATIENCE)
            while (end := find(self.text[self.position:])) is None:
                left = patience.left()
                if self.ended or left <= 0:
                    raise Failure(f'{"ended" if self.ended else "too slow"} before {what}, after '
                                  f'{excerpt(self.text)!r}')
                self.changed.wait(left)
            taken = self.text[self.position:self.position + end]
            self.position += end
            return taken

    def take_count(self, count):
        return self.take(lambda text: count if len(text) >= count else None, f'{count} characters')

    def take_line(self, what='a line', part=''):
        def find(text):
            at = text.find(part)
            end = text.find('\n', at) if at >= 0 else -1
            return end + 1 if end >= 0 else None
        return self.take(find, what).rstrip('\n').rsplit('\n', 1)[-1]

    def all(self):
        with self.changed:
            self.changed.wait_for(lambda: self.ended, PATIENCE)  # the process has ended
            return self.text


class Guest:
    """A test that runs, and everything that has to go when it is over."""

    def __init__(self, suite, name, trenail, engine, adapter):
        self.suite = suite
        self.file = suite / f'{name}.wasm'
        self.adapter = adapter
        specification = suite / f'{name}.json'
        self.config = (json.loads(specification.read_text(encoding='utf-8'))
                       if specification.exists() else {})
        self.trenail = trenail
        self.engine = engine
        self.process = None
        self.streams = {}
        self.sockets = {}
        self.address = None
        self.scratch = tempfile.TemporaryDirectory()
        self.servers = Servers(self.config.get('servers', []))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
        for connection in self.sockets.values():
            connection.close()
        self.servers.stop()
        self.scratch.cleanup()

    def operations(self):
        if 'operations' in self.config:
            return self.config['operations']
        # The older form: one program from its start to its end.
        run = {'type': 'run', **{key: self.config[key] for key in ('args', 'env', 'root')
                                 if key in self.config}}
        printed = [{'type': 'printed', 'id': key, 'payload': self.config[key]}
                   for key in ('stdout', 'stderr') if key in self.config]
        return [run, {'type': 'wait', 'exit_code': self.config.get('exit_code', 0)}, *printed]

    def adapt(self):
        component = pathlib.Path(self.scratch.name) / self.file.name
        made = run([self.trenail, 'component', 'new', self.file, '--adapt',
                    f'wasi_snapshot_preview1={self.adapter}', '-o', component])
        if made.status != 0:
            raise Failure(f'component new: {excerpt(made.stderr)}')
        self.file = component

    def perform(self):
        if self.adapter:
            self.adapt()
        for operation in self.operations():
            try:
                getattr(self, operation['type'])(**{key: value for key, value in operation.items()
                                                    if key != 'type'})
            except Failure as failure:
                raise Failure(f'{operation["type"]}: {failure}') from None

    def is_service(self):
        return self.config.get('world') == 'wasi:http/service'

    def command(self, grants):
        """What is run, with these grants."""
        if self.engine == 'exe':
            program = pathlib.Path(self.scratch.name) / 'program'
            made = run([self.trenail, 'compile', '-O0', *grants, self.file, '-o', program])
            if made.status != 0:
                raise Failure(f'compile: {made.status} {excerpt(made.stderr)}')
            return [str(program)]
        verb = ['serve', '--addr', '127.0.0.1:0'] if self.is_service() else ['run']
        return [self.trenail, *verb, '--engine', self.engine,
                *(['-O', '0'] if self.engine == 'aot' else []), *grants, self.file.name]

    def run(self, args=(), env=None, root=None):
        grants = []
        if root:
            fresh = pathlib.Path(self.scratch.name) / 'root'
            shutil.copytree(self.suite / root, fresh)
            for left_over in fresh.glob('*.cleanup'):
                shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
            grants += ['--dir', f'{fresh}::/']
        for name, value in {**(env or {}), **self.servers.environment}.items():
            grants += ['--env', f'{name}={value}']
        for proposal in self.config.get('proposals', []):
            grants += GRANTS[proposal]
        command = self.command(grants)
        program = command[0]
        # Some look at the name that they were started by, which is the file's without a folder.
        if self.engine == 'exe':
            command = [self.file.name]
        self.process = subprocess.Popen([*command, *args], executable=program,
                                        cwd=self.file.parent, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.streams = {name: Stream(getattr(self.process, name), self.process.pid)
                        for name in ('stdout', 'stderr')}

    def wait(self, exit_code=0):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended, and never read what it was sent
        patience = Patience(self.process.pid, PATIENCE)
        status = None
        while status is None:
            try:
                status = self.process.wait(max(patience.left(), 0.1))
            except subprocess.TimeoutExpired:
                if patience.left() <= 0:
                    raise Failure('it does not end') from None
        if status != exit_code:
            raise Failure(f'exit code {status}, expected {exit_code}: '
                          f'{excerpt(self.streams["stderr"].all())}')

    def read(self, id, payload):  # noqa: A002  (the name in the format)
        got = self.streams[id].take_count(len(payload))
        if got != payload:
            raise Failure(f'{id} is {got!r}, expected {payload!r}')

    def printed(self, id, payload):  # noqa: A002
        if (text := self.streams[id].all()) != payload:
            raise Failure(f'{id} is {excerpt(text)!r}, expected {excerpt(payload)!r}')

    def write(self, id, payload):  # noqa: A002
        assert id == 'stdin'
        self.process.stdin.write(payload.encode())
        self.process.stdin.flush()

    def connect(self, id, protocol_type='tcp'):  # noqa: A002
        assert protocol_type == 'tcp'
        line = self.streams['stdout'].take_line('an address')
        host, _, port = line.strip().rpartition(':')
        try:
            self.sockets[id] = socket.create_connection((host.strip('[]'), int(port)), PATIENCE)
        except (OSError, ValueError) as error:
            raise Failure(f'{line!r}: {error}') from None

    def send(self, id, payload):  # noqa: A002
        self.sockets[id].sendall(payload.encode())

    def recv(self, id, payload):  # noqa: A002
        wanted = payload.encode()
        got = b''
        try:
            while len(got) < len(wanted) and (more := self.sockets[id].recv(len(wanted) - len(got))):
                got += more
        except OSError as error:
            raise Failure(f'{error} after {got!r}') from None
        if got != wanted:
            raise Failure(f'{got!r}, expected {wanted!r}')

    def request(self, method='GET', path='/', headers=None, body='', response=None):
        if self.address is None:
            line = self.streams['stderr'].take_line('the address', part='http://')
            url = next(word for word in line.split() if 'http://' in word)
            self.address = urllib.parse.urlsplit(url[url.index('http://'):]).netloc
        expected = response or {}
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request(method, path, body.encode() or None, headers or {})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            raise Failure(f'{method} {path}: {error!r}') from None
        finally:
            connection.close()
        problems = [(answer.status, expected.get('status', 200)), (text, expected.get('body', ''))]
        problems += [(answer.getheader(name), value)
                     for name, value in expected.get('headers', {}).items()]
        for got, wanted in problems:
            if got != wanted:
                raise Failure(f'{method} {path}: {got!r}, expected {wanted!r}')

    def kill(self, signal):
        self.process.send_signal(signals.Signals[signal])


def unpacked(root, suite, scratch):
    if (root / suite).is_dir():
        return root / suite
    with tarfile.open(root / f'{suite}.tar.xz') as archive:
        archive.extractall(scratch)
    return pathlib.Path(scratch) / suite


def listed(root, suite):
    """The tests of a suite by the collection's own list."""
    with open(root / 'MANIFEST.tsv', newline='', encoding='utf-8') as rows:
        return {row['test'] for row in csv.DictReader(rows, delimiter='\t',
                                                      quoting=csv.QUOTE_NONE)
                if row['suite'] == suite}


def expected_failures(prefix):
    reasons = {}
    for line in (HERE / 'expected_failures.txt').read_text(encoding='utf-8').splitlines():
        name, _, reason = line.partition(' ')
        if name.startswith(prefix):
            reasons[name.removeprefix(prefix)] = reason.strip()
    return reasons


def run_suite(tally, root, suite, scratch, arguments):
    folder = unpacked(root, suite, scratch)
    prefix = ('adapted/' if arguments.adapt else '') + suite + '/'
    adapter = (corpora('modules') / 'npm/jco-1.35.0/wasi_snapshot_preview1.command.wasm'
               if arguments.adapt else None)
    tests = sorted(path.stem for path in folder.glob('*.wasm'))
    if set(tests) != listed(root, suite):
        tally.fail(suite, f'has other tests than the {len(tests)} that are listed')
    known = expected_failures(prefix)
    for unknown in known.keys() - set(tests):
        tally.fail(unknown, 'is listed in expected_failures.txt, and there is no such test')
    for name in tests:
        if not re.search(arguments.filter, name):
            continue
        with Guest(folder, name, arguments.trenail, arguments.engine, adapter) as guest:
            if arguments.engine == 'exe' and guest.is_service():
                continue
            try:
                guest.perform()
                problem = None
            except Failure as failure:
                problem = str(failure)
        if name not in known:
            tally.check(prefix + name, problem)
        elif problem:
            tally.skip(prefix + name, known[name])
        else:
            tally.fail(prefix + name, 'passes, and is listed in expected_failures.txt')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trenail', type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument('suites', nargs='*', default=['rust-wasip3'])
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot', 'exe'])
    parser.add_argument('--filter', default='', help='only tests whose name has it')
    parser.add_argument('--adapt', action='store_true', help='suites of preview 1')
    arguments = parser.parse_intermixed_args()
    root = corpora('wasi')
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.engine == 'aot':
            # Nothing is there from before; what tests have in common is compiled once.
            os.environ['TRENAIL_CACHE'] = str(pathlib.Path(scratch) / 'cache')
        for suite in arguments.suites:
            run_suite(tally, root, suite, scratch, arguments)
    tally.finish()


main()
