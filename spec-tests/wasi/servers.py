# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The HTTP/1.1 servers that tests of wasi:http ask for by `servers`: endpoints with fixed answers,
and such that answer what they were sent. What http.server does not know, chunks and trailers, is
here."""

import http.server
import socket
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def read_chunks(self):
        body = b''
        while True:
            size = int(self.rfile.readline().split(b';')[0], 16)
            if size == 0:
                break
            body += self.rfile.read(size)
            self.rfile.readline()
        trailers = []
        while (line := self.rfile.readline()) not in (b'\r\n', b'\n', b''):
            name, _, value = line.decode('latin-1').partition(':')
            trailers.append((name.strip().lower(), value.strip()))
        return body, trailers

    def answer(self):
        if 'chunked' in self.headers.get('Transfer-Encoding', '').lower():
            body, trailers = self.read_chunks()
        else:
            body, trailers = self.rfile.read(int(self.headers.get('Content-Length', 0))), []
        endpoint = self.server.endpoints.get((self.command, self.path))
        mode = endpoint.get('mode', 'static') if endpoint else None
        if endpoint is None:
            self.reply(404, [], b'')
        elif mode == 'echo-body':
            self.reply(200, [], body)
        elif mode == 'echo-headers':
            self.reply(200, [('x-request-method', self.command), ('x-request-path', self.path)] +
                       [(f'x-echo-{name.lower()}', value) for name, value in self.headers.items()] +
                       [(f'x-trailer-{name}', value) for name, value in trailers], b'')
        else:
            response = endpoint['response']
            headers = list(response.get('headers', {}).items())
            status = response.get('status', 200)
            if 'chunks' in response:
                self.reply_in_chunks(status, headers, response['chunks'],
                                     response.get('trailers', {}))
            else:
                self.reply(status, headers, response.get('body', '').encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = answer

    def begin(self, status, headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        # One connection for each request.
        self.send_header('Connection', 'close')
        self.close_connection = True
        self.end_headers()

    def reply(self, status, headers, body):
        self.begin(status, headers + [('Content-Length', str(len(body)))])
        if self.command != 'HEAD':
            self.wfile.write(body)

    def reply_in_chunks(self, status, headers, chunks, trailers):
        headers = headers + [('Transfer-Encoding', 'chunked')]
        if trailers:
            headers.append(('Trailer', ', '.join(trailers)))
        self.begin(status, headers)
        if self.command == 'HEAD':
            return
        for chunk in chunks:
            data = chunk.encode()
            self.wfile.write(b'%x\r\n%s\r\n' % (len(data), data))
        self.wfile.write(b'0\r\n')
        for name, value in trailers.items():
            self.wfile.write(f'{name}: {value}\r\n'.encode('latin-1'))
        self.wfile.write(b'\r\n')

    def log_message(self, *_):
        pass


class Servers:
    """Those of a test, and the variables by which the guest finds them."""

    def __init__(self, specifications):
        self.environment = {}
        self.running = []
        for specification in specifications:
            variable = 'HTTP_SERVER_' + specification['name'].upper()
            if specification.get('kind', 'listening') == 'closed':
                with socket.socket() as unused:
                    unused.bind(('127.0.0.1', 0))
                    self.environment[variable] = '%s:%d' % unused.getsockname()
                continue
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
            server.daemon_threads = True
            server.handle_error = lambda *_: None  # a guest may go in the middle of a request
            server.endpoints = {(endpoint['method'], endpoint['path']): endpoint
                                for endpoint in specification.get('endpoints', [])}
            self.environment[variable] = '%s:%d' % server.server_address
            self.running.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self):
        for server in self.running:
            server.shutdown()
            server.server_close()
