#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""trenail up from outside: messages of a Redis and an MQTT broker that the test starts, times, HTTP
routes, manifests that are wrong.

Usage: up_test.py TRENAIL CLANG"""

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
import urllib.error
import urllib.request

TRENAIL, CLANG = sys.argv[1:3]
SLOW = float(os.environ.get('TRENAIL_TEST_SLOW', '1'))
CORPORA = os.environ.get('TRENAIL_CORPORA', '')

WORLD = '''
package trenail:events;

world events {
  import wasi:cli/stdout@0.2.0;
  import wasi:keyvalue/atomics@0.2.0-draft2;
  export on-message: func(channel: string, payload: list<u8>) -> result<_, string>;
  export tick: func();
}

package wasi:io@0.2.0 {
  interface error {
    resource error;
  }
  interface streams {
    use error.{error};
    variant stream-error { last-operation-failed(error), closed }
    resource output-stream {
      blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
    }
  }
}

package wasi:keyvalue@0.2.0-draft2 {
  interface store {
    variant error { no-such-store, access-denied, other(string) }
    open: func(identifier: string) -> result<bucket, error>;
    resource bucket;
  }
  interface atomics {
    use store.{bucket, error};
    increment: func(bucket: borrow<bucket>, key: string, delta: s64) -> result<s64, error>;
  }
}

package wasi:cli@0.2.0 {
  interface stdout {
    use wasi:io/streams@0.2.0.{output-stream};
    get-stdout: func() -> output-stream;
  }
}
'''

GUEST = r'''
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
typedef unsigned size;

IMPORT("wasi:cli/stdout@0.2.0", "get-stdout") int get_stdout(void);
IMPORT("wasi:io/streams@0.2.0", "[method]output-stream.blocking-write-and-flush")
void write_out(int self, const char* data, size length, void* result);

struct { char is_error; int bucket; const char* text; size length; } opened;
IMPORT("wasi:keyvalue/store@0.2.0-draft2", "open")
void open_bucket(const char* name, size length, void* result);
struct { char is_error; long long number; int more; } counted;
IMPORT("wasi:keyvalue/atomics@0.2.0-draft2", "increment")
void increment(int bucket, const char* key, size length, long long delta, void* result);

static char heap[65536];
static size used;
EXPORT("cabi_realloc") void* cabi_realloc(void* old, size old_size, size align, size length) {
  used = (used + align - 1) & -align;
  if (old || old_size || used + length > sizeof heap) __builtin_trap();
  void* at = heap + used;
  used += length;
  return at;
}

static char line[1024];
static size end;
static void add(const char* data, size length) {
  for (size i = 0; i < length && end < sizeof line; ++i) line[end++] = data[i];
}
static void print(void) {
  int result[4];
  add("\n", 1);
  write_out(get_stdout(), line, end, result);
}

// How many events this instance has seen: one, always.
static int events;

static struct { char is_error; const char* text; size length; } answer;
EXPORT("on-message") void* on_message(const char* channel, size n, const char* payload, size m) {
  add("message ", 8);
  line[end++] = '1' + events++;
  add(" ", 1);
  add(channel, n);
  add(" ", 1);
  add(payload, m);
  print();
  if (m == 4 && payload[0] == 'f') {
    answer.is_error = 1;
    answer.text = "as was wished";
    answer.length = 13;
  } else if (m == 4 && payload[0] == 't') {
    __builtin_trap();
  } else if (m == 4 && payload[0] == 's') {
    for (;;) {
    }
  }
  return &answer;
}
EXPORT("cabi_post_on-message") void post(void* result) {}
EXPORT("tick") void tick(void) {
  open_bucket("ticks", 5, &opened);
  if (opened.is_error) __builtin_trap();
  increment(opened.bucket, "count", 5, 1, &counted);
  if (counted.is_error) __builtin_trap();
  add("tick ", 5);
  line[end++] = '0' + counted.number;
  print();
}
'''


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Reader:
    """What a process writes into a file, waited for line by line."""

    def __init__(self, path):
        self.path = path

    def wait(self, pattern, count=1, timeout=30):
        end = time.monotonic() + timeout * SLOW
        while time.monotonic() < end:
            text = self.path.read_text(encoding='utf-8', errors='replace')
            if len(re.findall(pattern, text, re.M)) >= count:
                return text
            time.sleep(0.02)
        raise AssertionError(f'{pattern!r} did not come; there is:\n{text}')


class UpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / 'world.wit').write_text(WORLD)
        (cls.folder / 'guest.c').write_text(GUEST)
        core, embedded = cls.folder / 'core.wasm', cls.folder / 'embedded.wasm'
        subprocess.run([CLANG, '--target=wasm32', '-O1', '-mbulk-memory', '-nostdlib', '-Wl,--no-entry',
                        cls.folder / 'guest.c', '-o', core], check=True)
        subprocess.run([TRENAIL, 'component', 'embed', '--world', 'events',
                        cls.folder / 'world.wit', core, '-o', embedded], check=True)
        subprocess.run([TRENAIL, 'component', 'new', embedded, '-o', cls.folder / 'events.wasm'],
                       check=True)

    def up(self, manifest, wait):
        path = self.folder / 'trenail.toml'
        path.write_text(manifest)
        out, err = self.folder / 'out', self.folder / 'err'
        with open(out, 'wb') as stdout, open(err, 'wb') as stderr:
            process = subprocess.Popen([TRENAIL, 'up', '--stats', path], stdout=stdout,
                                       stderr=stderr)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for pattern in wait:
            Reader(err).wait(pattern)
        return process, Reader(out), Reader(err)

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=20 * SLOW), 0)

    def broker(self, command, port):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end = time.monotonic() + 20 * SLOW
        while time.monotonic() < end:
            try:
                socket.create_connection(('127.0.0.1', port)).close()
                return process
            except OSError:
                time.sleep(0.05)
        self.fail(f'{command[0]} does not start')

    def redis(self, port):
        return self.broker(['redis-server', '--port', str(port), '--bind', '127.0.0.1', '--save',
                            '', '--dir', str(self.folder)], port)

    def check_messages(self, send, channel, out, err, what):
        send('hello')
        out.wait(f'^message 1 {channel} hello$')
        send('again')  # in an instance of its own
        out.wait(f'^message 1 {channel} again$')
        send('fail')
        err.wait(f'^error: {what}: returned err\\("as was wished"\\)$')
        send('trap')
        err.wait(f'^error: {what}: .*unreachable')
        send('spin')  # holds the thread until the watchdog comes
        err.wait(f'^error: {what}: it took too long$')
        send('after')  # what failed harms nobody else
        out.wait(f'^message 1 {channel} after$')
        err.wait(f'^{what}: instantiate [0-9.]+ us, work [0-9.]+ us, total [0-9.]+ us$', count=6)

    def test_redis(self):
        port = free_port()
        broker = self.redis(port)
        process, out, err = self.up(f'''
[component.worker]
file = "events.wasm"
timeout = "1s"
[[redis]]
url = "redis://127.0.0.1:{port}"
channel = "orders.*"
component = "worker"
''', [r'^redis orders\.\*: subscribed to orders\.\*$'])
        client = ['redis-cli', '-p', str(port), 'publish']
        self.check_messages(
            lambda text: subprocess.run([*client, 'orders.new', text], check=True,
                                        stdout=subprocess.DEVNULL),
            r'orders\.new', out, err, r'redis orders\.\*')
        # The connection is made again.
        broker.kill()
        broker.wait()
        err.wait('trying again')
        self.redis(port)
        err.wait('subscribed to', count=2)
        subprocess.run([*client, 'orders.new', 'back'], check=True, stdout=subprocess.DEVNULL)
        out.wait(r'^message 1 orders\.new back$')
        self.end(process)

    def test_mqtt(self):
        port = free_port()
        config = self.folder / 'mosquitto.conf'
        config.write_text(f'listener {port} 127.0.0.1\nallow_anonymous true\n')
        self.broker([shutil.which('mosquitto', path=os.environ['PATH'] + ':/usr/sbin'), '-c',
                     str(config)], port)
        process, out, err = self.up(f'''
[component.worker]
file = "events.wasm"
timeout = "1s"
[[mqtt]]
url = "mqtt://127.0.0.1:{port}"
topic = "sensors/#"
qos = 1
component = "worker"
''', [r'^mqtt sensors/#: subscribed to sensors/#$'])
        self.check_messages(
            lambda text: subprocess.run(['mosquitto_pub', '-h', '127.0.0.1', '-p', str(port), '-q',
                                         '1', '-t', 'sensors/attic', '-m', text], check=True),
            'sensors/attic', out, err, 'mqtt sensors/#')
        self.end(process)

    def check_cron(self, store):
        process, out, err = self.up(f'''
[component.worker]
file = "events.wasm"
kv = ["ticks={store}"]
[[cron]]
schedule = "@every 1s"
component = "worker"
export = "tick"
''', ['^cron @every 1s: scheduled$'])
        # Instances come and go, and what is in the bucket stays.
        out.wait('^tick 1$')
        out.wait('^tick 2$')
        self.end(process)

    def test_cron(self):
        self.check_cron('memory')

    def test_cron_with_redis(self):
        port = free_port()
        self.redis(port)
        self.check_cron(f'redis://127.0.0.1:{port}/2')
        count = subprocess.run(['redis-cli', '-p', str(port), '-n', '2', 'get', 'count'], check=True,
                               capture_output=True, text=True).stdout
        self.assertGreaterEqual(int(count), 2)

    @unittest.skipUnless(CORPORA, 'TRENAIL_CORPORA is not set')
    def test_http_routes(self):
        with tarfile.open(pathlib.Path(CORPORA) / 'wasi/rust-wasip3.tar.xz') as archive:
            member = archive.getmember('rust-wasip3/http-service.wasm')
            member.name = 'service.wasm'
            archive.extract(member, self.folder)
        port = free_port()
        process, _, err = self.up(f'''
[listen]
address = "127.0.0.1:{port}"
[component.service]
file = "service.wasm"
[[http]]
route = "/"
component = "service"
[[http]]
route = "/only"
component = "service"
''', [f'^serving http://127.0.0.1:{port}/$'])
        with urllib.request.urlopen(f'http://127.0.0.1:{port}/') as answer:
            self.assertEqual((answer.status, answer.read()), (200, b'hey\n'))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f'http://127.0.0.1:{port}/other')
        self.assertEqual(refused.exception.code, 404)
        err.wait('^GET / 200: instantiate')
        self.end(process)

    def test_wrong_manifests(self):
        component = '[component.worker]\nfile = "events.wasm"\n'
        cron = '[[cron]]\nschedule = "@every 1s"\ncomponent = "worker"\n'
        cases = {
            '': (1, 'nothing starts a component'),
            'x = ': (1, r'trenail.toml:1:\d+: '),
            component + cron + 'eksport = "tick"': (1, r'toml:6:\d+: .*has no "eksport"; there are '),
            component + '[[cron]]\nschedule = "61 * * * *"\ncomponent = "worker"':
                (1, r'toml:4:\d+: .*"61" is no minute'),
            cron: (1, r'there is no \[component.worker\]'),
            component + cron: (2, 'there is no wasi:cli/run to run; export = "…" names another'),
            component + cron + 'export = "on-message"':
                (2, 'a schedule calls a function without parameters, but this is on-message'),
            component + '[[redis]]\nurl = "http://x"\nchannel = "c"\ncomponent = "worker"':
                (1, r'toml:4:\d+: .*redis://'),
            component + '[[redis]]\nurl = "redis://x"\nchannel = "c"\ncomponent = "worker"\n'
                        'export = "tick"': (2, r'a message is passed as \(string, list<u8>\)'),
            component + '[[http]]\nroute = "/"\ncomponent = "worker"':
                (1, 'there is nothing to serve'),
            '[component.worker]\nfile = "none.wasm"\n' + cron: (2, 'none.wasm'),
            '[component.worker]\nfile = "events.wasm"\ndirs = []\n' + cron: (1, 'has no "dirs"'),
        }
        path = self.folder / 'wrong/trenail.toml'
        path.parent.mkdir()
        shutil.copy(self.folder / 'events.wasm', path.parent)
        for manifest, (code, message) in cases.items():
            with self.subTest(manifest=manifest):
                path.write_text(manifest)
                outcome = subprocess.run([TRENAIL, 'up', path], capture_output=True, text=True,
                                         timeout=30 * SLOW, check=False)
                self.assertRegex(outcome.stderr, message)
                self.assertEqual(outcome.returncode, code, outcome.stderr)
        outcome = subprocess.run([TRENAIL, 'up', self.folder / 'none.toml'], capture_output=True,
                                 text=True, check=False)
        self.assertEqual(outcome.returncode, 2, outcome.stderr)


unittest.main(argv=sys.argv[:1])
