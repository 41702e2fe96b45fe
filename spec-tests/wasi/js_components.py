#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Components that componentize-js made of JavaScript, 12 MB each with a whole engine in them: one
that answers HTTP requests, asked by curl, wrk, nghttp and h2load, and one that parses lines. They
are not part of the corpora, which say how to make them; TRENAIL_JS_COMPONENTS names the folder with
http-hello.wasm and log-parser.wasm.

Usage: js_components.py TRENAIL [--engine interp|aot] [--filter TEXT]"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import SLOW, Tally, corpora, excerpt, run  # noqa: E402  (the folder above)

TIMEOUT = 120 * SLOW
HELLO = 'hello from a component\n'
TOOLS = {'curl': 'curl', 'wrk': 'wrk', 'nghttp': 'nghttp2-client', 'h2load': 'nghttp2-client',
         'openssl': 'openssl'}


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(77)


def compiled(trenail, component):
    """A native artefact, which takes minutes to make; kept for the next time, by what made it."""
    library = pathlib.Path(trenail).with_name('libtrenail-aotc.so')
    made_of = hashlib.sha256(component.read_bytes())
    for part in (pathlib.Path(trenail), library):
        made_of.update(f'{part.stat().st_size} {part.stat().st_mtime_ns}'.encode())
    folder = pathlib.Path(tempfile.gettempdir()) / f'trenail-js-components-{os.getuid()}'
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise RuntimeError(f'{folder} belongs to somebody else')
    artefact = folder / f'{component.stem}-{made_of.hexdigest()[:16]}.so'
    if not artefact.exists():
        for old in folder.glob(f'{component.stem}-*.so'):
            old.unlink()
        unfinished = folder / f'{component.stem}-unfinished.so'
        subprocess.run([trenail, 'compile', '--interruptible', '-O1', component, '-o', unfinished],
                       check=True, timeout=3000 * SLOW)
        unfinished.rename(artefact)
    return artefact


class Server:
    def __init__(self, trenail, component, *options):
        self.process = subprocess.Popen(
            [trenail, 'serve', '--addr', '127.0.0.1:0', *options, component],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        found = re.search(r'serving (\S+)', line)
        if not found:
            self.process.kill()
            raise RuntimeError(f'it does not listen: {excerpt(line)}')
        self.url = found[1]

    def __enter__(self):
        return self

    # wrk leaves in the middle of answers, of which guests complain.
    def __exit__(self, *_):
        self.process.terminate()
        self.errors = self.process.communicate(timeout=TIMEOUT)[1]


def ask(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=TIMEOUT, check=True).stdout


def check_curl(url, *options):
    for version, name in (('--http1.1', '1.1'),
                          ('--http2' if url.startswith('https') else '--http2-prior-knowledge', '2')):
        for path, status, body in (('', 200, HELLO), ('other', 404, 'not found\n')):
            said = ask('curl', '-sS', *options, version, '-w',
                       '%{http_code} %{http_version} %{content_type}', url + path)
            if said != f'{body}{status} {name} text/plain':
                return f'curl {version} /{path}: {excerpt(said)}'
    return None


def check_load(url):
    said = ask('wrk', '-t1', '-c8', '-d3s', '--timeout', '60s', url)
    count = re.search(r'(\d+) requests in', said)
    if not count or int(count[1]) == 0 or re.search(r'Non-2xx|Socket errors', said):
        return f'wrk: {said}'
    requests = 40
    said = ask('h2load', f'-n{requests}', '-c4', '-m5', url)
    if f'{requests} succeeded, 0 failed' not in said or f'{requests} 2xx' not in said:
        return f'h2load: {said}'
    # nghttp takes any certificate.
    said = ask('nghttp', '--no-verify-peer', url)
    return None if said == HELLO else f'nghttp: {excerpt(said)}'


def test_http(trenail, component, scratch):
    with Server(trenail, component) as server:
        problem = check_curl(server.url) or check_load(server.url)
    return problem and f'{problem}; stderr: {excerpt(server.errors)}'


def test_tls(trenail, component, scratch):
    certificate, key = scratch / 'certificate.pem', scratch / 'key.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
                    '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key,
                    '-out', certificate], check=True, stderr=subprocess.DEVNULL)
    with Server(trenail, component, '--tls-cert', certificate, '--tls-key', key) as server:
        problem = check_curl(server.url, '--cacert', certificate) or check_load(server.url)
    return problem and f'{problem}; stderr: {excerpt(server.errors)}'


def to_wave(expected):
    kind, _, rest = expected.partition(' ')
    if kind == 'err':
        return f'err({rest})'
    time_stamp, severity, message = re.fullmatch(r'(\d+) ("[^"]*") (".*")', rest).groups()
    return f'ok({{timestamp: {time_stamp}, severity: {severity}, message: {message}}})'


def test_log_parser(trenail, component, scratch):
    table = corpora('modules') / 'js-components/log-parser-spidermonkey.expected.txt'
    for line in table.read_text(encoding='utf-8').splitlines():
        argument, _, expected = line.partition(' => ')
        outcome = run([trenail, 'run', '--invoke', f'parse({argument})', component], timeout=120)
        if outcome.status != 0 or outcome.stdout.decode() != to_wave(expected) + '\n':
            return (f'{json.loads(argument)!r}: {outcome.status} {excerpt(outcome.stdout)} '
                    f'{excerpt(outcome.stderr)}')
    return None


TESTS = {'http': ('http-hello.wasm', test_http), 'tls': ('http-hello.wasm', test_tls),
         'log-parser': ('log-parser.wasm', test_log_parser)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trenail')
    parser.add_argument('--engine', default='interp', choices=['interp', 'aot'])
    parser.add_argument('--filter', default='', help='only tests whose name contains it')
    arguments = parser.parse_args()
    folder = pathlib.Path(os.environ.get('TRENAIL_JS_COMPONENTS', ''))
    if folder == pathlib.Path() or not folder.is_dir():
        skip('TRENAIL_JS_COMPONENTS does not name a folder with http-hello.wasm and log-parser.wasm')
    missing = {package for tool, package in TOOLS.items() if shutil.which(tool) is None}
    if missing:
        skip(f'these Debian packages are absent: {" ".join(sorted(missing))}')
    trenail = str(pathlib.Path(arguments.trenail).resolve())
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        for name, (file, test) in TESTS.items():
            if arguments.filter not in name:
                continue
            component = folder.resolve() / file
            if not component.exists():
                tally.skip(name, f'there is no {component}')
                continue
            if arguments.engine == 'aot':
                component = compiled(trenail, component)
            tally.check(name, test(trenail, component, pathlib.Path(scratch)))
    tally.finish()


main()
