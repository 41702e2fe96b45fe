#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""trenail serve from outside: protocols, bounds, what it tells, how it ends. Its components are of
the official tests.

Usage: serve_test.py TRENAIL"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import urllib.request

TRENAIL = sys.argv[1]
SLOW = float(os.environ.get('TRENAIL_TEST_SLOW', '1'))
CORPORA = os.environ.get('TRENAIL_CORPORA', '')


class Server:
    def __init__(self, folder, *options, component='http-service.wasm'):
        self.log = folder / 'stderr'
        with open(self.log, 'wb') as stderr:
            self.process = subprocess.Popen(
                [TRENAIL, 'serve', '--addr', '127.0.0.1:0', *options, folder / component],
                stdout=subprocess.DEVNULL, stderr=stderr)
        self.url = re.search(r'https?://\S+', self.wait(r'^serving (\S+)$')).group()
        self.port = int(re.search(r':(\d+)/$', self.url).group(1))

    def text(self):
        return self.log.read_text(encoding='utf-8', errors='replace')

    def wait(self, pattern, count=1):
        end = time.monotonic() + 30 * SLOW
        while time.monotonic() < end:
            found = list(re.finditer(pattern, self.text(), re.M))
            if len(found) >= count:
                return found[0].group()
            time.sleep(0.02)
        raise AssertionError(f'{pattern!r} did not come; there is:\n{self.text()}')

    def get(self, path=''):
        with urllib.request.urlopen(self.url + path, timeout=30 * SLOW) as answer:
            return answer.status, answer.read()

    def connect(self):
        return socket.create_connection(('127.0.0.1', self.port), timeout=30 * SLOW)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=30 * SLOW)


def curl(*arguments):
    return subprocess.run(['curl', '-sS', '--max-time', str(30 * SLOW), *arguments],
                          capture_output=True, text=True, check=True).stdout


class ServeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        if not CORPORA:
            raise unittest.SkipTest('TRENAIL_CORPORA is not set: see docs/testing.md')
        with tarfile.open(pathlib.Path(CORPORA) / 'wasi/rust-wasip3.tar.xz') as archive:
            for name in ('http-service.wasm', 'cli-env.wasm'):
                member = archive.getmember('rust-wasip3/' + name)
                member.name = name
                archive.extract(member, cls.folder)

    def serve(self, *options):
        server = Server(self.folder, *options)
        self.addCleanup(server.process.wait)
        self.addCleanup(server.process.kill)
        return server

    def test_protocols(self):
        server = self.serve()
        self.assertEqual(server.get(), (200, b'hey\n'))
        # An answer to HTTP/1.0 may say that the server can do more.
        self.assertTrue(curl('--http1.0', '-w', '%{http_code}', server.url).endswith('hey\n200'))
        for option, version in (('--http1.1', '1.1'), ('--http2-prior-knowledge', '2')):
            self.assertEqual(curl(option, '-w', '%{http_code} %{http_version}', server.url),
                             f'hey\n200 {version}')
        # Several on one connection.
        self.assertEqual(curl(server.url, server.url, '-w', '%{num_connects}'), 'hey\n1hey\n0')
        self.assertEqual(server.end(), 0)

    def test_tls(self):
        certificate, key = self.folder / 'certificate.pem', self.folder / 'key.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
                        '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key,
                        '-out', certificate], check=True, stderr=subprocess.DEVNULL)
        server = self.serve('--tls-cert', certificate, '--tls-key', key)
        self.assertTrue(server.url.startswith('https://'))
        for option, version in (('--http1.1', '1.1'), ('--http2', '2')):
            self.assertEqual(curl(option, '--cacert', certificate, '-w', '%{http_version}',
                                  server.url), f'hey\n{version}')
        self.assertEqual(server.end(signal.SIGINT), 0)

    def test_what_it_tells(self):
        log = self.folder / 'access.log'
        server = self.serve('--stats', '--access-log', log, '--metrics', '127.0.0.1:0', '--threads',
                            '1')
        metrics = re.search(r'http\S+', server.wait(r'^metrics (\S+)$')).group()
        for _ in range(3):
            server.get()
        server.wait(r'^GET / 200: instantiate [0-9.]+ us, work [0-9.]+ us, total [0-9.]+ us$', 3)
        self.assertEqual(len(re.findall(r'^\S+Z 127\.0\.0\.1:\d+ "GET /" 200 \d+$',
                                        log.read_text(), re.M)), 3)
        numbers = curl(metrics)
        self.assertIn('\ntrenail_requests_total 3\n', numbers)
        # One more was made to see that it can be.
        self.assertIn('\ntrenail_instances_total 4\n', numbers)
        self.assertIn('\ntrenail_failures_total 0\n', numbers)
        self.assertEqual(server.end(), 0)

    def test_instances_are_kept_where_that_is_asked_for(self):
        server = self.serve('--reuse', '2', '--metrics', '127.0.0.1:0', '--threads', '1')
        metrics = re.search(r'http\S+', server.wait(r'^metrics (\S+)$')).group()
        for _ in range(4):
            server.get()
            # The guest's call ends after its answer.
            while '\ntrenail_active_requests 0\n' not in curl(metrics):
                time.sleep(0.01)
        self.assertIn('\ntrenail_instances_total 3\n', curl(metrics))

    def test_slow_clients_hold_nobody_up(self):
        server = self.serve('--header-timeout', '2s', '--threads', '1')
        slow = [server.connect() for _ in range(100)]
        for client in slow:
            client.sendall(b'GET / HTTP/1.1\r\nHost: x\r\nA: ')
        begin = time.monotonic()
        for _ in range(10):
            self.assertEqual(server.get()[0], 200)
        self.assertLess(time.monotonic() - begin, 5 * SLOW)
        # Those end that do not come to the point.
        for client in slow:
            answer = client.recv(1000)
            self.assertTrue(answer == b'' or answer.startswith(b'HTTP/1.1 408'), answer)
            client.close()
        self.assertEqual(server.end(), 0)

    def test_bounds(self):
        server = self.serve('--max-headers', '8K')
        with server.connect() as client:
            client.sendall(b'GET / HTTP/1.1\r\nHost: x\r\nA: ' + b'a' * 20000 + b'\r\n\r\n')
            self.assertTrue(client.recv(100).startswith(b'HTTP/1.1 431'))
        with server.connect() as client:
            client.sendall(b'\x16\x03\x01 what is this\r\n\r\n')
            self.assertTrue(client.recv(100).startswith(b'HTTP/1.1 400'))
        self.assertEqual(server.get()[0], 200)
        self.assertEqual(server.end(), 0)

    def test_many_at_once(self):
        server = self.serve()
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: server.get(), range(500)))
        self.assertEqual(set(answers), {(200, b'hey\n')})
        self.assertEqual(server.end(), 0)

    def test_what_is_wrong(self):
        def outcome(*arguments):
            result = subprocess.run([TRENAIL, 'serve', *arguments], capture_output=True, text=True,
                                    timeout=60 * SLOW, check=False)
            return result.returncode, result.stderr
        component = self.folder / 'http-service.wasm'
        code, text = outcome('--addr', 'nowhere', component)
        self.assertEqual(code, 2)
        self.assertIn('--addr needs HOST:PORT', text)
        self.assertEqual(outcome('--tls-cert', 'x', component)[0], 2)
        code, text = outcome(self.folder / 'cli-env.wasm')
        self.assertEqual(code, 1)
        self.assertIn('nothing to serve', text)
        server = self.serve()
        code, text = outcome('--addr', f'127.0.0.1:{server.port}', '--threads', '1', component)
        self.assertNotEqual(code, 0)
        self.assertIn(f'cannot listen on 127.0.0.1:{server.port}', text)


unittest.main(argv=sys.argv[:1])
