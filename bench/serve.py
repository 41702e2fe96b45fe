# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Requests per second of one component, served by trenail and by others, measured by wrk on
loopback; the servers take turns. And how long each takes from its start to its first answer."""

import re
import shutil
import signal
import socket
import statistics
import subprocess
import time

from report import table


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Served:
    """A server while it runs; None in `problem` if it answers."""

    def __init__(self, command, port):
        begin = time.monotonic()
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.url = f'http://127.0.0.1:{port}/'
        self.problem = 'it does not answer'
        request = f'GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n'.encode()
        while time.monotonic() - begin < 60 and self.process.poll() is None:
            try:
                with socket.create_connection(('127.0.0.1', port), 10) as connection:
                    connection.sendall(request)
                    if connection.recv(65536).startswith(b'HTTP/1.1 2'):
                        self.first_answer = time.monotonic() - begin
                        self.problem = None
                        return
            except OSError:
                pass
            time.sleep(0.0002)

    def resident(self):
        text = open(f'/proc/{self.process.pid}/status', encoding='ascii').read()
        return int(re.search(r'VmRSS:\s*(\d+)', text)[1])

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


TO_MS = {'us': 1e-3, 'ms': 1, 's': 1e3}


def wrk(url, seconds, connections):
    text = subprocess.run(['wrk', '-t1', f'-c{connections}', f'-d{seconds}', '--latency', url],
                          check=True, capture_output=True, text=True).stdout
    latency = {percent: float(value) * TO_MS[unit] for percent, value, unit in
               re.findall(r'(50|99)%\s+([\d.]+)(us|ms|s)', text)}
    wrong = re.search(r'Non-2xx or 3xx responses: (\d+)', text)
    return (float(re.search(r'Requests/sec:\s+([\d.]+)', text)[1]), latency['50'], latency['99'],
            int(wrong[1]) if wrong else 0)


def cold_start(component, commands, rounds, results):
    """The whole process, from exec to its first answer; they take turns."""
    times, resident = {}, {}
    for _ in range(rounds):
        port = free_port()
        for name, command in commands(port):
            served = Served(command, port)
            if served.problem is None:
                times.setdefault(name, []).append(served.first_answer * 1e3)
                resident[name] = served.resident()
            served.end()
    rows = []
    for name, measured in times.items():
        results[f'cold start: {name}'] = statistics.median(measured)
        rows.append([name, f'{statistics.median(measured):.1f}', f'{min(measured):.1f}',
                     f'{resident[name] / 1024:.1f}'])
    print(f'## From exec to the first answer of {component.name}, {rounds} times each\n')
    table(['server', 'median, ms', 'least, ms', 'MB then'], rows)


def serve(arguments, component, scratch, results):
    if not shutil.which('wrk'):
        print('Serving: wrk is absent (Debian: wrk).\n')
        return
    binary = scratch / 'served.wasm'
    if component.suffix == '.wat':
        subprocess.run([arguments.trenail, 'parse', component, '-o', binary], check=True)
    else:
        binary = component
    compiled = scratch / 'served.so'
    subprocess.run([arguments.trenail, 'compile', '--interruptible', binary, '-o', compiled],
                   check=True)

    def commands(port):
        address = f'127.0.0.1:{port}'
        yield 'trenail serve, compiled', [arguments.trenail, 'serve', '--addr', address, compiled]
        yield 'trenail serve, interpreted', [arguments.trenail, 'serve', '--addr', address, binary]
        if arguments.wasmtime:
            yield 'wasmtime serve', [arguments.wasmtime, 'serve', '--addr', address, binary]
        if arguments.jco:
            yield 'jco serve', [arguments.jco, 'serve', '--port', port, binary]

    cold_start(component, commands, 5 * min(arguments.rounds, 3), results)
    rows = []
    for connections in (1, 16):
        best = {}
        for _ in range(min(arguments.rounds, 3)):
            port = free_port()
            for name, command in commands(port):
                served = Served(command, port)
                if served.problem is None:
                    measured = (*wrk(served.url, 3, connections), served.first_answer * 1e3,
                                served.resident())
                    best[name] = max(best.get(name, measured), measured)
                else:
                    best.setdefault(name, None)
                served.end()
        for name, measured in best.items():
            if measured is None:
                rows.append([f'{name}, {connections}', 'does not answer', '', '', '', '', ''])
                continue
            rate, median, worst, wrong, first, resident = measured
            results[f'serve: {name}, {connections} connections'] = measured
            rows.append([f'{name}, {connections}', f'{rate:,.0f}', f'{median:.2f}', f'{worst:.2f}',
                         str(wrong), f'{first:.0f}', f'{resident / 1024:.0f}'])
    print(f'## Serving {component.name}, a fresh instance for each request; the best of '
          f'{min(arguments.rounds, 3)}\n')
    table(['server, connections', 'requests/s', 'p50, ms', 'p99, ms', 'not 2xx',
           'start to first answer, ms', 'MB'], rows)
