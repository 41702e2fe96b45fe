#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs guests of our own on WASI 0.3, made of C++ with the bindings that `trenail bind` writes. What
a guest finds wrong it says itself, by the line.

Usage: async_guests.py TRENAIL CLANG [--engine interp|aot] [--filter TEXT]"""

import argparse
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import Tally, corpora, excerpt, run  # noqa: E402  (the folder above)
from http_guests import Server, expect  # noqa: E402  (this folder)
from servers import Servers  # noqa: E402

ENDPOINTS = {'name': 'to', 'endpoints': [
    {'method': 'GET', 'path': '/', 'response': {'body': 'the root'}},
    {'method': 'GET', 'path': '/chunked',
     'response': {'chunks': ['one ', 'two ', 'three'], 'trailers': {'x-sum': '13'}}},
    {'method': 'GET', 'path': '/echo-headers', 'mode': 'echo-headers'},
    {'method': 'POST', 'path': '/echo-body', 'mode': 'echo-body'}]}


class Guests:
    def __init__(self, trenail, clang, engine, scratch):
        self.trenail, self.clang, self.engine, self.scratch = trenail, clang, engine, scratch
        self.component = None  # what is served
        self.wit = scratch / 'wit'
        self.wit.mkdir()
        (self.wit / 'async.wit').write_bytes((HERE / 'guests/async.wit').read_bytes())
        (self.wit / 'deps').symlink_to(corpora('wit') / 'wasi-0.3.0')

    def make(self, world):
        """The component of a world, from guests/async_WORLD.cc."""
        component, module, bound = (self.scratch / (world + end)
                                    for end in ('.wasm', '.module', '.bound'))
        if not component.exists():
            subprocess.run([self.trenail, 'bind', self.wit, '--world', world, '--guest', '--lang',
                            'cpp', '-o', bound], check=True)
            subprocess.run([self.clang, '--driver-mode=g++', '--target=wasm32-wasi',
                            '-mexec-model=reactor', '-std=c++23', '-fno-exceptions', '-fno-rtti',
                            '-O1', '-Wall', '-Wextra', '-Werror', '-Wl,-s', '-I', bound,
                            HERE / f'guests/async_{world}.cc', bound / f'{world}.cc', '-o', module],
                           check=True)
            subprocess.run([self.trenail, 'component', 'new', module, '-o', component], check=True)
        return component

    def run(self, what, grants=()):
        level = ['-O', '0'] if self.engine == 'aot' else []
        return run([self.trenail, 'run', '--engine', self.engine, *level, *grants,
                    self.make('program'), what], cwd=self.scratch, timeout=120)

    def serve(self, component, options=()):
        self.component = component
        return Server(self, ['--threads', '1', *options])


def ended(outcome, status=0, stderr=None):
    if outcome.timed_out:
        return 'does not end'
    if outcome.status != status or (stderr is not None and outcome.stderr != stderr):
        return f'exit code {outcome.status}: {excerpt(outcome.stderr)}'
    return None


def files(guests):
    """A directory with what leads out of it."""
    data = guests.scratch / 'data'
    if not data.exists():
        (data / 'dir').mkdir(parents=True)
        (data / 'there').write_text('there', encoding='utf-8')
        (data / 'out').symlink_to('..')
        (data / 'absolute').symlink_to('/etc')
        (data / 'process').symlink_to('/proc/self/root')
        (guests.scratch / 'secret').write_text('secret', encoding='utf-8')
    return data


def test_paths(guests):
    data = files(guests)
    before = sorted(path.name for path in data.rglob('*'))
    outcome = guests.run('paths', ['--dir', 'data'])
    told = re.findall(rb'^denied: wasi:filesystem ([a-z-]+) "/etc/passwd".* \(grant it with --dir '
                      rb'/etc\)$', outcome.stderr, re.M)
    if sorted(told) != [b'create-directory', b'link', b'metadata-hash', b'open', b'readlink',
                        b'remove-directory', b'rename', b'set-times', b'stat', b'symlink',
                        b'unlink-file']:
        return f'other denials: {excerpt(outcome.stderr)}'
    if sorted(path.name for path in data.rglob('*')) != before or \
            (guests.scratch / 'secret').read_text(encoding='utf-8') != 'secret':
        return 'it changed something'
    return ended(outcome)


def test_drops(guests):
    files(guests)
    return ended(guests.run('drops', ['--dir', 'data']), stderr=b'')


def test_ipv4(guests):
    return ended(guests.run('ipv4', ['--tcp', '*', '--udp', '*']), stderr=b'')


def test_ipv6(guests):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(('::1', 0))
    except OSError:
        return None
    return ended(guests.run('ipv6', ['--tcp', '*', '--udp', '*']), stderr=b'')


def test_http(guests):
    """What the guest tries on its own, and with servers."""
    servers = Servers([ENDPOINTS, {'name': 'closed', 'kind': 'closed'}])
    to, closed = (servers.environment[f'HTTP_SERVER_{name}'] for name in ('TO', 'CLOSED'))
    try:
        for grants, paths in (
                ([to, closed], ('fields', 'request', 'chunked', 'headers', 'path-none',
                                'send-errors', 'sent', 'trailer-error')),
                (['*'], ('unresolvable',))):
            options = [word for grant in grants for word in ('--http', grant)]
            with guests.serve(guests.make('server'), options) as server:
                for path in paths:
                    answer = server.get('/' + path, f'x-to: {to}\r\nx-closed: {closed}\r\n')
                    if answer.status != 200:
                        return f'{path}: {answer.status}, {answer.headers}: {excerpt(server.errors)}'
    finally:
        servers.stop()
    return None


def test_service(guests):
    with guests.serve(guests.make('server')) as server:
        answer = server.post_chunked('/echo', ['one', 'two' * 50_000], 'x-sum: 4\r\n')
        problem = expect(answer, 200, b'one' + b'two' * 50_000)
        if problem or answer.trailers != {'x-sum': '4'}:
            return f'{problem} {answer.trailers}'
        answer = server.get('/uri?a=b')
        if answer.status != 200 or answer.headers.get('x-authority') != ['x']:
            return f'{answer.status} {answer.headers}'
    return None


def test_middleware(guests):
    """In front of a service, and of nothing."""
    composed = guests.scratch / 'composed.wasm'
    middleware = guests.make('middleware')
    subprocess.run([guests.trenail, 'plug', middleware, '--with', guests.make('server'), '-o',
                    composed], check=True)
    with guests.serve(composed) as server:
        problem = (expect(server.post_chunked('/echo', ['text']), 200, b'text') or
                   expect(server.get('/secret'), 403))
        if problem:
            return f'{problem} {excerpt(server.errors)}'
    with guests.serve(middleware) as server:
        answer = server.get('/echo')
        if answer.status != 403 or not server.says(b'denied: wasi:http handler.handle'):
            return f'{answer.status}: {excerpt(server.errors)}'
    return None


ALL = {
    2: 'include wasi:cli/imports@0.2.12;\ninclude wasi:http/imports@0.2.12;\n',
    3: 'include wasi:cli/imports@0.3.0;\nimport wasi:http/types@0.3.0;\n'
       'import wasi:http/client@0.3.0;\nimport wasi:http/handler@0.3.0;\n'}
# What they have, of functions.
COUNTS = {(2,): 179, (3,): 129, (2, 3): 308}


def test_every_function(guests):
    """A component that imports all there is of one version, the other, and both at once."""
    for versions, count in COUNTS.items():
        name = 'all' + ''.join(map(str, versions))
        wit, bound, module, component = (guests.scratch / (name + end)
                                         for end in ('.wit', '.bound', '.module', '.wasm'))
        (wit / 'deps').mkdir(parents=True)
        (wit / 'all.wit').write_text('package trenail-tests:all;\nworld all {\n' + ''.join(
            ALL[version] for version in versions) + 'export check: func();\n}\n', encoding='utf-8')
        for version in versions:
            for package in (corpora('wit') / f'wasi-0.{version}.{12 if version == 2 else 0}').iterdir():
                (wit / 'deps' / f'{package.name}{version}').symlink_to(package)
        subprocess.run([guests.trenail, 'bind', wit, '--world', 'all', '--all-features', '--guest',
                        '--lang', 'c', '-o', bound], check=True)
        (bound / 'guest.c').write_text('#include <all.h>\nvoid all_check(void) {}\n',
                                       encoding='utf-8')
        subprocess.run([guests.clang, '--target=wasm32-wasi', '-mexec-model=reactor', '-I', bound,
                        '-Wl,--no-gc-sections,-s', bound / 'guest.c', bound / 'all.c', '-o', module],
                       check=True)
        subprocess.run([guests.trenail, 'component', 'new', module, '-o', component], check=True)
        text = subprocess.run([guests.trenail, 'wit', component], capture_output=True, text=True,
                              check=True).stdout
        imported = len(re.findall(r'^ .*[: ](?:func|constructor)\(', text, re.M)) - 1
        if imported != count:
            return f'{versions}: {imported} functions, expected {count}'
        problem = ended(run([guests.trenail, 'run', '--engine', guests.engine, '--invoke', 'check()',
                             component], timeout=120), stderr=b'')
        if problem:
            return f'{versions}: {problem}'
    return None


TESTS = {name[5:]: test for name, test in list(globals().items()) if name.startswith('test_')}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trenail')
    parser.add_argument('clang')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot'])
    parser.add_argument('--filter', default='', help='only tests whose name contains it')
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ['TRENAIL_CACHE'] = str(pathlib.Path(scratch) / 'cache')
        guests = Guests(str(pathlib.Path(arguments.trenail).resolve()), arguments.clang,
                        arguments.engine, pathlib.Path(scratch))
        for name, test in TESTS.items():
            if arguments.filter in name:
                tally.check(name, test(guests))
    tally.finish()


main()
