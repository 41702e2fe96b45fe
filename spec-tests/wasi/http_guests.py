#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Serves a guest of our own on wasi:http@0.2, made of C, and talks to it byte by byte: what is on
the wire is what counts.

Usage: http_guests.py TRENAIL CLANG [--engine interp|aot] [--filter TEXT]"""

import argparse
import concurrent.futures
import contextlib
import http.client
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import SANITIZED, SLOW, Tally, corpora, excerpt  # noqa: E402  (the folder above)

TIMEOUT = 20 * SLOW
# How much an instance takes, where instances have no pages in common.
ROOM = 4 if os.environ.get('TRENAIL_TEST_NO_VM') == '1' else 1


class Answer:
    """What came back: all bytes until the other side closed, and what they mean."""

    def __init__(self, data):
        self.data = data
        head, _, self.rest = data.partition(b'\r\n\r\n')
        lines = head.split(b'\r\n')
        match = re.match(rb'HTTP/1\.1 (\d+)', lines[0])
        self.status = int(match.group(1)) if match else 0
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(b':')
            self.headers.setdefault(name.strip().lower().decode(), []).append(value.strip().decode())
        self.body, self.trailers, self.complete = b'', {}, False
        if 'transfer-encoding' in self.headers:
            self._dechunk(self.rest)
        elif 'content-length' in self.headers:
            length = int(self.headers['content-length'][0])
            self.body, self.complete = self.rest[:length], len(self.rest) >= length

    def _dechunk(self, data):
        while True:
            size, found, data = data.partition(b'\r\n')
            if not found:
                return
            length = int(size, 16)
            if length == 0:
                break
            self.body += data[:length]
            data = data[length + 2:]
        for line in data.split(b'\r\n'):
            name, found, value = line.partition(b':')
            if found:
                self.trailers[name.strip().lower().decode()] = value.strip().decode()
        self.complete = data.endswith(b'\r\n')


class Server:
    """trenail serve with a guest."""

    def __init__(self, guests, options=(), environment=None):
        self.process = subprocess.Popen(
            [guests.trenail, 'serve', '--engine', guests.engine, '--addr', '127.0.0.1:0', *options,
             guests.component], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})})
        self.errors = b''
        self.ready = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not self.ready.wait(TIMEOUT):
            raise RuntimeError(f'it does not listen: {excerpt(self.errors)}')

    def _read(self):
        for line in self.process.stderr:
            self.errors += line
            match = re.search(rb'http://127\.0\.0\.1:(\d+)/', line)
            if match:
                self.port = int(match.group(1))
                self.ready.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.reader.join(TIMEOUT)

    def says(self, sentence):
        """Whether it is on stderr, or comes soon."""
        end = time.monotonic() + TIMEOUT
        while sentence not in self.errors and time.monotonic() < end:
            time.sleep(0.01)
        return sentence in self.errors

    def connect(self):
        return socket.create_connection(('127.0.0.1', self.port), TIMEOUT)

    def exchange(self, data):
        with self.connect() as connection:
            connection.sendall(data)
            return received_by(connection)

    def get(self, path, headers=''):
        return self.exchange(f'GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
                             f'{headers}\r\n'.encode())

    def post_chunked(self, path, pieces, trailers=''):
        body = ''.join(f'{len(piece):x}\r\n{piece}\r\n' for piece in pieces)
        return self.exchange(f'POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
                             f'Transfer-Encoding: chunked\r\n\r\n{body}0\r\n{trailers}\r\n'.encode())


def received_by(connection):
    """What comes until the other side closes."""
    received = b''
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return Answer(received)


def expect(answer, status, body=b'', complete=True):
    if answer.status != status:
        return f'status {answer.status}, expected {status}: {excerpt(answer.data)}'
    if answer.body != body:
        return f'body {excerpt(answer.body)!r}, expected {excerpt(body)!r}'
    if answer.complete != complete:
        return f'{"in" if complete else ""}complete: {excerpt(answer.data)}'
    return None


def resident(server, what='VmRSS'):
    text = pathlib.Path(f'/proc/{server.process.pid}/status').read_text(encoding='ascii')
    return int(re.search(what + r':\s*(\d+)', text)[1]) * 1024


def peak(server):
    return resident(server, 'VmHWM')


def test_hello(server):
    answer = server.get('/hello')
    if answer.headers.get('content-type') != ['text/plain'] or \
            answer.headers.get('content-length') != ['5']:
        return f'headers {answer.headers}'
    return expect(answer, 200, b'hello')


def test_rules(server):
    answer = server.get('/rules')
    if answer.status != 204 or answer.headers.get('a') != ['1', '2']:
        return f'{answer.status} {answer.headers}'
    return None


def test_echo(server):
    large = ['0123456789abcdef' * 1000] * 40
    for pieces in ([], ['one', 'two'], large):
        problem = expect(server.post_chunked('/echo', pieces), 200, ''.join(pieces).encode())
        if problem:
            return problem
    answer = server.post_chunked('/echo', ['x'], 'X-Sum: 1\r\nX-More: 2\r\n')
    if answer.trailers != {'x-sum': '1', 'x-more': '2', 'x-echoed': 'yes'}:
        return f'trailers {answer.trailers}'
    return expect(answer, 200, b'x')


def test_skipped_body(server):
    pieces = ['x' * 10000] * 50
    for trailers, told in (('', 'none'), ('a: b\r\n', 'some')):
        answer = server.post_chunked('/skip', pieces, trailers)
        if answer.headers.get('x-trailers') != [told]:
            return f'{answer.status} {answer.headers}, expected {told}'
    return None


def test_endless_trailers(server):
    answer = server.post_chunked('/skip', ['x'], 'a: b\r\n' * 100000)
    if answer.status not in (200, 400, 413, 431) or answer.headers.get('x-trailers') == ['some']:
        return f'{answer.status} {answer.headers}'
    return expect(server.get('/hello'), 200, b'hello')


def test_no_answer(server):
    return expect(server.get('/silent'), 500)


def test_trap(server):
    return expect(server.get('/trap'), 500)


def test_trap_in_the_body(server):
    return expect(server.get('/partial'), 200, b'part', complete=False)


def test_unfinished_body(server):
    return expect(server.get('/unfinished'), 200, b'part', complete=False)


def test_length(server):
    for path in ('/short', '/long'):
        problem = expect(server.get(path), 200, b'123', complete=False)
        if problem or b'unreachable' in server.errors:
            return f'{path}: {problem} {excerpt(server.errors)}'
    return None


def test_children(server):
    answer = server.get('/children')
    if not server.says(b'incoming-request is dropped before its children'):
        return f'no trap: {excerpt(server.errors)}'
    server.get('/open-body')
    if not server.says(b'outgoing-body is dropped before its children'):
        return f'no trap: {excerpt(server.errors)}'
    return expect(answer, 500)


def test_too_many_fields(server):
    return expect(server.get('/fields'), 500)


def test_overlapping_values(server):
    before = peak(server)
    problem = expect(server.get('/overlapping'), 500)
    if problem or not server.says(b"too much of the host's memory"):
        return f'{problem} {excerpt(server.errors)}'
    grown = peak(server) - before
    if grown > 400 << 20 and not SANITIZED:
        return f'it takes {grown >> 20} MiB'
    return expect(server.get('/hello'), 200, b'hello')


def test_wrong_lengths(server):
    """Less than was said, and more."""
    with server.connect() as connection:
        connection.sendall(b'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345')
        connection.shutdown(socket.SHUT_WR)
        answer = received_by(connection)
    if answer.complete and answer.status < 400:
        return f'less: {excerpt(answer.data)}'
    with server.connect() as connection:
        connection.sendall(b'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n'
                           b'12345what is this?\r\n\r\n')
        first, found, second = received_by(connection).data.partition(b'HTTP/1.1 400 ')
    return expect(Answer(first), 200, b'12345') or (None if found else f'more: {excerpt(first)}')


def test_request_that_is_too_short(server):
    listener = socket.create_server(('127.0.0.1', 0))
    seen = []

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(TIMEOUT)
            while piece := connection.recv(65536):
                seen.append(piece)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    answer = server.get('/ask-too-short', f'x-to: 127.0.0.1:{listener.getsockname()[1]}\r\n')
    thread.join(TIMEOUT)
    listener.close()
    # It begins, and is never taken for complete.
    data = b''.join(seen)
    if thread.is_alive() or (data and data.partition(b'\r\n\r\n')[2] not in (b'', b'12345')):
        return f'{excerpt(data)}'
    return expect(answer, 413)


def test_redirects_are_not_followed(server):
    listener = socket.create_server(('127.0.0.1', 0))
    listener.settimeout(TIMEOUT)
    port = listener.getsockname()[1]
    told = []

    def serve():
        connection, _ = listener.accept()
        with connection:
            while not connection.recv(65536).endswith(b'\r\n\r\n'):
                pass
            connection.sendall(f'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/other\r\n'
                               'Content-Length: 0\r\nConnection: close\r\n\r\n'.encode())
        listener.settimeout(0.5)
        try:
            told.append(listener.accept())
        except TimeoutError:
            told.append(None)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    problem = expect(server.get('/forward', f'x-to: 127.0.0.1:{port}\r\n'), 302)
    thread.join(TIMEOUT)
    listener.close()
    return problem or (None if told == [None] else 'it was followed')


class OneAnswer:
    """Answers one request, and keeps it."""

    def __init__(self, wrap=lambda connection: connection):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.wrap = wrap
        self.request = b''

    def serve(self):
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        with contextlib.suppress(OSError):
            connection, _ = self.listener.accept()
            connection.settimeout(TIMEOUT)
            with self.wrap(connection) as wrapped:
                while b'x-sum' not in self.request.lower():
                    self.request += wrapped.recv(65536)
                wrapped.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n'
                                b'\r\nthere')


PROXY = OneAnswer()


def test_proxy(server):
    """Of the environment; nobody listens at the port that is asked for."""
    PROXY.serve()
    problem = expect(server.get('/forward', 'x-to: 127.0.0.1:9\r\n'), 200, b'there')
    return problem or (None if PROXY.request.startswith(b'POST http://127.0.0.1:9/ HTTP/1.1\r\n')
                       else f'the proxy is asked {excerpt(PROXY.request)}')


test_proxy.environment = {'http_proxy': f'http://127.0.0.1:{PROXY.port}', 'no_proxy': '',
                          'NO_PROXY': ''}


def certificate(folder):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
                    '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout',
                    folder / 'key.pem', '-out', folder / 'certificate.pem'], check=True,
                   stderr=subprocess.DEVNULL)


CERTIFICATES = tempfile.TemporaryDirectory()


def ask_securely(server):
    folder = pathlib.Path(CERTIFICATES.name)
    if not (folder / 'key.pem').exists():
        certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / 'certificate.pem', folder / 'key.pem')
    secure = OneAnswer(lambda connection: context.wrap_socket(connection, server_side=True))
    secure.serve()
    return server.get('/forward', f'x-to: 127.0.0.1:{secure.port}\r\nx-secure: 1\r\n')


def test_trusted_server(server):
    return expect(ask_securely(server), 200, b'there')


test_trusted_server.environment = {'SSL_CERT_FILE': f'{CERTIFICATES.name}/certificate.pem'}


def test_server_that_nobody_trusts(server):
    answer = ask_securely(server)
    return None if answer.status >= 500 else f'status {answer.status}'


test_server_that_nobody_trusts.environment = {'SSL_CERT_FILE': '/dev/null'}


def test_nothing_is_left_of_others(server):
    """Instances are made again and again in the same places."""
    for _ in range(20):
        answer = server.get('/marks')
        if answer.status != 204:
            return f'status {answer.status}: {excerpt(server.errors)}'
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: server.get('/marks').status, range(40)))
    return None if statuses == [204] * 40 else f'statuses {statuses}'


def begin_upload(server):
    """A request that is under way: its answer has begun."""
    connection = server.connect()
    connection.sendall(b'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
                       b'1\r\na\r\n')
    data = b''
    while not data.endswith(b'1\r\na\r\n'):
        data += connection.recv(65536)
    return connection, data


def test_shutdown_lets_requests_end(server):
    connection, data = begin_upload(server)
    server.process.send_signal(signal.SIGTERM)
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:  # nobody else is let in
        try:
            server.connect().close()
        except OSError:
            break
        time.sleep(0.02)
    else:
        return 'it goes on to listen'
    if server.process.poll() is not None:
        return 'it does not wait'
    with connection:
        connection.sendall(b'1\r\nb\r\n0\r\n\r\n')
        problem = expect(Answer(data + received_by(connection).data), 200, b'ab')
    server.process.wait(TIMEOUT)
    return problem


def test_shutdown_waits_no_longer_than_it_was_told(server):
    with begin_upload(server)[0] as connection:
        server.process.send_signal(signal.SIGINT)
        begin = time.monotonic()
        server.process.wait(TIMEOUT)
        taken = time.monotonic() - begin
        left = received_by(connection).data
    if left.endswith(b'0\r\n\r\n'):
        return 'the request is answered as if it were complete'
    return None if 0.9 < taken < 5 * SLOW else f'it takes {taken} s'


test_shutdown_waits_no_longer_than_it_was_told.options = ['--grace', '1s']


def test_second_signal_does_not_wait(server):
    with begin_upload(server)[0]:
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        if server.process.poll() is not None:
            return 'the first one does not wait either'
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(TIMEOUT)
    return None


test_second_signal_does_not_wait.options = ['--grace', '60s']


def test_guest_that_computes_without_end(server):
    problem = expect(server.get('/spin'), 500)
    return problem or expect(server.get('/hello'), 200, b'hello')


test_guest_that_computes_without_end.options = ['--threads', '1', '--turn', '500ms']


def test_guest_that_waits_without_end(server):
    connection, data = begin_upload(server)
    with connection:
        begin = time.monotonic()
        answer = Answer(data + received_by(connection).data)
        taken = time.monotonic() - begin
    if taken > 10 * SLOW:
        return f'it is waited for for {taken} s'
    return expect(answer, 200, b'a', complete=False) or expect(server.get('/hello'), 200, b'hello')


test_guest_that_waits_without_end.options = ['--threads', '1', '--timeout', '1s']


def test_more_than_at_once(server):
    uploads = [begin_upload(server)[0] for _ in range(2)]
    answer = server.get('/hello')
    for connection in uploads:
        connection.close()
    if answer.status != 503 or 'retry-after' not in answer.headers:
        return f'{answer.status} {answer.headers}'
    end = time.monotonic() + TIMEOUT
    while (answer := server.get('/hello')).status == 503 and time.monotonic() < end:
        time.sleep(0.02)
    return expect(answer, 200, b'hello')


test_more_than_at_once.options = ['--threads', '1', '--max-concurrent', '2']


def test_errors(server):
    return expect(server.get('/too-long'), 414)


def test_empty(server):
    answer = server.get('/empty')
    if answer.headers.get('content-length') != ['0']:
        return f'headers {answer.headers}'
    return expect(answer, 200)


def test_informational_is_no_answer(server):
    answer = server.get('/informational')
    return None if answer.status >= 500 else f'status {answer.status}'


def test_informational(server):
    early = (b'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'
             b'HTTP/1.1 103 Early Hints\r\nlink: </b>\r\n\r\n')
    data = server.get('/early').data
    if not data.lower().startswith(early.lower()):
        return f'{excerpt(data)}'
    problem = expect(Answer(data[len(early):]), 200, b'hello')
    if problem or shutil.which('curl') is None:
        return problem
    said = subprocess.run(['curl', '-sS', '--http2-prior-knowledge', '-D', '-',
                           f'http://127.0.0.1:{server.port}/early'], capture_output=True, text=True,
                          timeout=TIMEOUT, check=True).stdout
    if re.findall(r'^HTTP/2 (\d+)|^link: (.*?)\r?$', said, re.M) != [
            ('103', ''), ('', '</a>'), ('103', ''), ('', '</b>'), ('200', '')]:
        return f'HTTP/2: {said}'
    return None


def test_many_resources(server):
    answer = server.get('/many')
    if not server.says(b'more than 100000 resources'):
        return f'no error: {excerpt(server.errors)}'
    return expect(answer, 500) or expect(server.get('/hello'), 200, b'hello')


def ends(client):
    """Whether the server ends a connection, whatever is left in it; by when it has to be."""
    client.settimeout(TIMEOUT)
    end = time.monotonic() + TIMEOUT
    try:
        while client.recv(1 << 20):
            if time.monotonic() > end:
                return False
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def slow_connection(server, room=None):
    """With room for so few bytes that nobody has read, if there is a number."""
    client = socket.socket()
    if room:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    client.settimeout(TIMEOUT)
    client.connect(('127.0.0.1', server.port))
    return client


def is_reset(client):
    """Whether the server has ended a connection, seen without reading from it."""
    poll = select.poll()
    poll.register(client, 0)
    return bool(poll.poll(0))


def are_reset(deaf, dripping):
    """Whether they are ended that read nothing, or a few bytes now and then."""
    end = time.monotonic() + TIMEOUT
    while deaf or dripping:
        if time.monotonic() > end:
            return False
        for client in dripping:
            with contextlib.suppress(OSError):
                client.recv(10)
        for clients in (deaf, dripping):
            clients[:] = [client for client in clients if not is_reset(client)]
        time.sleep(0.1)
    return True


def test_slow_clients(server):
    """A hundred of them, slow in each way there is, on the one thread that others use too."""
    before = resident(server)
    kinds = ['silent'] * 40 + ['slow'] * 40 + ['deaf'] * 10 + ['dripping'] * 10
    clients = {kind: [] for kind in kinds}
    for kind in kinds:
        client = slow_connection(server, 2048 if kind in ('deaf', 'dripping') else None)
        endless = b'GET /forever HTTP/1.1\r\nHost: x\r\n\r\n'
        client.sendall({
            'silent': b'GET /hello HTTP/1.1\r\nHost: x\r\nA: ',
            'slow': b'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
            'deaf': endless, 'dripping': endless}[kind])
        clients[kind].append(client)
    for _ in range(10):
        for client in clients['slow']:
            client.sendall(b'1\r\nx\r\n')
        begin = time.monotonic()
        problem = expect(server.get('/hello'), 200, b'hello')
        if problem:
            return problem
        if time.monotonic() - begin > 2 * SLOW:
            return f'another client waits for {time.monotonic() - begin} s'
        time.sleep(0.05)
    grown = resident(server) - before
    if grown > 100 * ROOM << 20 and not SANITIZED:
        return f'they take {grown >> 20} MiB'
    for client in clients['slow']:  # what was sent has come back
        received = b''
        while received.count(b'x\r\n') < 10:
            received += client.recv(1000)
    # Nobody who stands still is waited for, and who does not read is not read for by the host.
    for kind in ('silent', 'slow'):
        for client in clients[kind]:
            with client:
                if not ends(client):
                    return f'a {kind} client is waited for'
    if not are_reset(clients['deaf'], clients['dripping']):
        return f'{len(clients["deaf"])} deaf and {len(clients["dripping"])} dripping ones are sent on'
    return expect(server.get('/hello'), 200, b'hello')


# On a slow machine a request that is all there may be read seconds later.
test_slow_clients.options = ['--threads', '1', '--header-timeout', f'{2 * SLOW}s',
                             '--body-timeout', f'{2 * SLOW}s']


class StalledRedis:
    """A store that accepts commands and keeps its answers back."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = f'redis://127.0.0.1:{self.listener.getsockname()[1]}'
        self.asked, self.goes_on = threading.Semaphore(0), threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        connection, _ = self.listener.accept()
        with connection:
            while data := connection.recv(65536):
                commands = data.count(b'GET')
                self.asked.release(commands)
                self.goes_on.wait(TIMEOUT)
                connection.sendall(b'$5\r\nvalue\r\n' * commands)


STALLED_REDIS = StalledRedis()


def test_stalled_store(server):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(server.get('/stored')))
               for _ in range(10)]
    for thread in threads:
        thread.start()
    if not STALLED_REDIS.asked.acquire(timeout=TIMEOUT):
        return f'the store was not asked: {excerpt(server.errors)}'
    # They wait, and nobody waits for them; one of them gives up.
    with socket.create_connection(('127.0.0.1', server.port), TIMEOUT) as connection:
        connection.sendall(b'GET /stored HTTP/1.1\r\nHost: x\r\n\r\n')
        problem = expect(server.get('/hello'), 200, b'hello')
    if problem or answers:
        return problem or 'the store has not answered'
    STALLED_REDIS.goes_on.set()
    for thread in threads:
        thread.join(TIMEOUT)
    if len(answers) != 10:
        return f'{len(answers)} answers of 10'
    return next((p for p in (expect(answer, 200, b'value') for answer in answers) if p), None)


test_stalled_store.options = ['--threads', '1', '--kv', STALLED_REDIS.url]


def test_client_goes_away(server):
    with socket.create_connection(('127.0.0.1', server.port), TIMEOUT) as connection:
        connection.sendall(b'GET /forever HTTP/1.1\r\nHost: x\r\n\r\n')
        received = 0
        while received < 300000:
            received += len(connection.recv(65536))
    # It ends, so that the server does too (where it is stopped).
    return expect(server.get('/hello'), 200, b'hello')


def test_forward(server):
    """The guest asks ourselves."""
    listener = socket.create_server(('127.0.0.1', 0))
    port = listener.getsockname()[1]
    asked = []

    def serve():
        connection, _ = listener.accept()
        with connection:
            data = b''
            while not data.endswith(b'\r\n\r\n') or b'x-sum' not in data.lower():
                piece = connection.recv(65536)
                if not piece:
                    break
                data += piece
            asked.append(data)
            connection.sendall(b'HTTP/1.1 203 Fine\r\nContent-Length: 6\r\n'
                               b'Connection: close\r\n\r\nanswer')

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    answer = server.get('/forward', f'x-to: 127.0.0.1:{port}\r\nx-path: /a?b\r\n')
    thread.join(TIMEOUT)
    problem = expect(answer, 203, b'answer')
    if problem:
        return f'{problem}; {excerpt(server.errors)}'
    request = asked[0].lower()
    for wanted in (b'post /a?b http/1.1\r\n', b'\r\nhost: 127.0.0.1:%d\r\n' % port,
                   b'\r\nx-forwarded: 1\r\n', b'question\r\n', b'\r\nx-sum: 8\r\n'):
        if wanted not in request:
            return f'{wanted} is not in {request}'
    # Nobody listens there any more.
    listener.close()
    answer = server.get('/forward', f'x-to: 127.0.0.1:{port}\r\n')
    return expect(answer, 502)


def test_forward_denied(server):
    answer = server.get('/forward', 'x-to: 127.0.0.2:80\r\n')
    sentence = b'denied: wasi:http request to 127.0.0.2:80 (grant it with --http 127.0.0.2:80)'
    if not server.says(sentence):
        return f'no sentence: {excerpt(server.errors)}'
    return expect(answer, 403)


def long_stream(server):
    """A gibibyte there and back, which nobody keeps."""
    size = 1 << 30
    block = bytes(range(256)) * 256
    most = 0
    with socket.create_connection(('127.0.0.1', server.port), TIMEOUT) as connection:
        def send():
            connection.sendall(f'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n'
                               .encode())
            for _ in range(size // len(block)):
                connection.sendall(block)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        response = http.client.HTTPResponse(connection)
        response.begin()
        before, received = resident(server), 0
        while piece := response.read(len(block)):
            if piece != block[:len(piece)] and received % len(block) == 0:
                return f'other bytes came back at {received}'
            received += len(piece)
            most = max(most, resident(server) - before)
        sender.join(TIMEOUT)
    if received != size:
        return f'{received} of {size} bytes came back'
    return None if most < 32 << 20 or SANITIZED else f'it took {most >> 20} MiB'


TESTS = {name[5:].replace('_', '-'): test for name, test in list(globals().items())
         if name.startswith('test_')}
LONG_TESTS = {'stream': long_stream}


class Guests:
    def __init__(self, trenail, clang, engine, scratch):
        self.trenail = trenail
        self.engine = engine
        wit = scratch / 'wit'
        wit.mkdir()
        (wit / 'world.wit').write_bytes((HERE / 'guests/http.wit').read_bytes())
        (wit / 'deps').symlink_to(corpora('wit') / 'wasi-0.2.12')
        core, embedded, self.component = (scratch / f'{kind}.wasm'
                                          for kind in ('core', 'embedded', 'server'))
        subprocess.run([clang, '--target=wasm32', '-O2', '-nostdlib', '-Wl,--no-entry',
                        HERE / 'guests/http_server.c', '-o', core], check=True)
        subprocess.run([trenail, 'component', 'embed', '--world', 'server', '--all-features', wit,
                        core, '-o', embedded], check=True)
        subprocess.run([trenail, 'component', 'new', embedded, '-o', self.component], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trenail')
    parser.add_argument('clang')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot'])
    parser.add_argument('--filter', default='', help='only tests whose name contains it')
    parser.add_argument('--long', action='store_true', help='those that take long, instead')
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ['TRENAIL_CACHE'] = str(pathlib.Path(scratch) / 'cache')
        guests = Guests(str(pathlib.Path(arguments.trenail).resolve()), arguments.clang,
                        arguments.engine, pathlib.Path(scratch))
        for name, test in (LONG_TESTS if arguments.long else TESTS).items():
            if arguments.filter in name:
                options = getattr(test, 'options', [])
                environment = getattr(test, 'environment', None)
                with Server(guests, ['--http', '127.0.0.1:*', *options], environment) as server:
                    problem = test(server)
                if server.process.returncode != 0:
                    problem = problem or f'exit code {server.process.returncode}'
                tally.check(name, problem)
    tally.finish()


if __name__ == '__main__':
    main()
