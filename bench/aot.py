# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures the ahead-of-time compiler: its code beside native code of the same source and beside
other compilers of WebAssembly, and itself.

Programs of our own (bench/kernels with large inputs, bench/native) print a checksum and the
processor time of their work, so that neither start nor compilation is in it. All take turns within
each round; the least of several rounds counts, and the tables tell ratios to native code."""

import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import patch_module
from report import geomean, table

SECTIONS = ['native', 'simd', 'memory64', 'coremark', 'compile']
HERE = pathlib.Path(__file__).resolve().parent
WASI_TARGET = '--target=wasm32-wasi'
# No contraction to fused multiply-adds: WebAssembly has none, and checksums have to agree.
COMMON = ['-O3', '-DBENCH_LARGE', '-Wall', '-Wextra', '-ffp-contract=off']
CXX = ['-std=c++20', '-fno-exceptions', '-fno-rtti']
SIMD = ['-msimd128', '-mbulk-memory', '-mnontrapping-fptoint', '-mmultivalue']

GROUPS = {
    'linear algebra': 'atax bicg cholesky correlation covariance doitgen durbin gemm gemver '
                      'gesummv gramschmidt lu ludcmp mvt symm syr2k syrk three_mm trisolv trmm '
                      'two_mm',
    'stencils': 'adi deriche fdtd_2d heat_3d jacobi_1d jacobi_2d seidel_2d',
    'paths and folding': 'floyd_warshall nussinov',
    'numbers': 'bytecode crc32 mandelbrot n_body quicksort sha256 sieve base64',
    'calls': 'ackermann fib methods n_queens parser sort_by tak',
    'strings and maps': 'hash_map string_map string_search strings',
    'C++': 'flat_map ordered_map sorting std_string unordered_map',
}
# The largest modules of the corpora; compilers that take minutes compile the first one only.
MODULES = [
    'sightglass/sqlite3/sqlite3.wasm', 'npm/sqlite-wasm/sqlite3.wasm',
    'npm/quickjs-wasi-3.6.2/quickjs.wasm', 'sightglass/meshoptimizer/benchmark.wasm',
    'sightglass/rust-compression/benchmark.wasm',
    'sightglass/tinygo/tinygo-json.wasm', 'wasmi-benchmarks/wasm/pulldown-cmark.wasm',
    'sightglass/intgemm-simd/benchmark.wasm',
]
SLOW_PEERS = re.compile('sightglass/sqlite3/')
# CoreMark measures itself with a clock that only counts; these steps make it do so many rounds.
COREMARK = {143: 1210, 91: 12110}


class Usage:
    """What a command took: processor seconds, seconds on the wall, peak megabytes, output."""

    def __init__(self, cpu, wall, peak, output):
        self.cpu, self.wall, self.peak, self.output = cpu, wall, peak, output


def run(command, timeout=300, folder=None):
    """(Usage, None) or (None, what went wrong)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        begin = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], cwd=folder, stdout=out,
                                   stderr=errors, stdin=subprocess.DEVNULL,
                                   start_new_session=True)

        def kill():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

        killer = threading.Timer(timeout, kill)
        killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        killer.cancel()
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode == -signal.SIGKILL and wall >= timeout:
            return None, f'over {timeout} s'
        if process.returncode != 0:
            errors.seek(0)
            text = errors.read().decode(errors='replace').strip()
            return None, f'exit code {process.returncode}: {text[:400]}'
        out.seek(0)
        return Usage(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024,
                     out.read()), None


def text_size(path):
    """Bytes of code and constants, without symbols and data that can be written."""
    tool = shutil.which('llvm-size-19') or shutil.which('size')
    if not tool:
        return None
    done = subprocess.run([tool, path], check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    rows = done.stdout.splitlines()
    return sum(int(row.split()[0]) for row in rows[1:]) if done.returncode == 0 else None


class Source:
    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.is_cxx = path.suffix == '.cc'


def sources():
    found = [Source(path) for folder in ('kernels', 'native')
             for path in (HERE / folder).glob('*.c*')
             if path.suffix in ('.c', '.cc') and path.stem != 'wasm2c_host']
    return sorted(found, key=lambda source: source.name)


def up_to_date(target, *inputs):
    return target.exists() and all(target.stat().st_mtime > file.stat().st_mtime
                                   for file in inputs)


class Peer:
    """build() makes what is run, and returns the command."""
    name = ''
    # Whether programs can read the processor time. Else that of the process counts, less that of
    # an empty program.
    has_clock = True

    def build(self, source, wasm, folder, invoke=False):
        raise NotImplementedError


class Native(Peer):
    name = 'native'

    def __init__(self, arguments):
        self.arguments = arguments

    def build(self, source, wasm, folder, invoke=False):
        program = folder / f'{source.name}.native'
        if not up_to_date(program, source.path, HERE / 'kernels/kernel.h'):
            clang = cxx_of(self.arguments.clang) if source.is_cxx else self.arguments.clang
            # The same C++ library on both sides.
            flags = CXX + ['-stdlib=libc++'] if source.is_cxx else []
            check([clang, *COMMON, *flags, *march(self.arguments), source.path, '-o', program,
                   '-lm'])
        return [program]


class Trenail(Peer):
    def __init__(self, arguments, options):
        self.arguments = arguments
        self.options = options.split()
        self.name = 'trenail ' + options

    def build(self, source, wasm, folder, invoke=False):
        suffix = '' if self.arguments.standalone and not invoke else '.so'
        # The suffix of the output says what is made; a program has none.
        name = wasm.stem.replace('.', '-') + '-trenail' + ''.join(self.options)
        program = folder / (name + suffix)
        cpu = ['--cpu', self.arguments.cpu] if self.arguments.cpu else []
        check([self.arguments.trenail, 'compile', *self.options, *cpu, wasm, '-o', program])
        if suffix == '':
            return [program]
        command = [self.arguments.trenail, 'run']
        return command + (['--invoke', 'run()', program] if invoke else [program])


class Wasm2c(Peer):
    def __init__(self, arguments, path, runtime):
        self.arguments = arguments
        self.path = path
        self.runtime = [folder for folder in (
            pathlib.Path(runtime) if runtime else None,
            path.parent.parent / 'share/wabt/wasm2c', path.parent.parent / 'wasm2c',
        ) if folder and (folder / 'wasm-rt-impl.c').exists()]
        done = subprocess.run([path, '--version'], check=False, text=True, stdout=subprocess.PIPE)
        self.version = done.stdout.strip()
        self.name = f'wasm2c {self.version}'

    def translate(self, wasm, folder, outputs=1):
        folder.mkdir(parents=True, exist_ok=True)
        several = [f'--num-outputs={outputs}'] if outputs > 1 else []
        return run([self.path, '-n', 'm', *several, wasm, '-o', folder / 'm.c'])

    def build(self, source, wasm, folder, invoke=False):
        work = folder / f'{wasm.stem}.wasm2c-{self.version}'
        program = work / 'program'
        if up_to_date(program, wasm, HERE / 'native/wasm2c_host.c'):
            return [program]
        _, problem = self.translate(wasm, work)
        if problem:
            raise BuildError(problem)
        options = ['-DINVOKE_RUN'] if invoke else []
        if 'Z_m_instance_t' in (work / 'm.h').read_text():
            options.append('-DOLD_NAMES')
        check([self.arguments.clang, '-O2', '-w', *march(self.arguments), *options,
               '-DWASM2C_HEADER="m.h"', '-I', work, '-I', self.runtime[0],
               HERE / 'native/wasm2c_host.c', work / 'm.c', *self.runtime[0].glob('*-impl.c'),
               '-lm', '-o', program])
        return [program]


class Node(Peer):
    name = 'Node'
    # Every function by the optimising compiler, before anything runs.
    FLAGS = ['--no-warnings', '--no-liftoff', '--no-wasm-lazy-compilation']

    def __init__(self, path):
        self.path = path
        done = subprocess.run([path, '-p', 'process.versions.v8'], check=False, text=True,
                              stdout=subprocess.PIPE)
        self.name = f'Node (V8 {".".join(done.stdout.split(".")[:2])})'

    def build(self, source, wasm, folder, invoke=False):
        return [self.path, *self.FLAGS, HERE / 'native/run_wasi.mjs', wasm,
                *(['run'] if invoke else [])]


class Wasmtime(Peer):
    has_clock = False

    def __init__(self, path):
        self.path = path
        done = subprocess.run([path, '--version'], check=False, text=True, stdout=subprocess.PIPE)
        self.name = ' '.join(done.stdout.split()[:2])

    def build(self, source, wasm, folder, invoke=False):
        program = folder / (wasm.stem + '.cwasm')
        if not up_to_date(program, wasm):
            check([self.path, 'compile', wasm, '-o', program])
        return [self.path, 'run', '--allow-precompiled', *(['--invoke', 'run'] if invoke else []),
                program]


class WamrAot(Peer):
    name = 'WAMR AOT'

    def __init__(self, compiler, runner, cpu):
        self.compiler, self.runner, self.cpu = compiler, runner, cpu

    def build(self, source, wasm, folder, invoke=False):
        program = folder / (wasm.stem + '.aot')
        if not up_to_date(program, wasm):
            cpu = ['--target=x86_64', f'--cpu={self.cpu}'] if self.cpu else []
            check([self.compiler, '--opt-level=3', *cpu, '-o', program, wasm])
        return [self.runner, *(['-f', 'run'] if invoke else []), program]


class BuildError(Exception):
    pass


def check(command):
    _, problem = run(command)
    if problem:
        raise BuildError(f'{shlex.join(str(part) for part in command)}: {problem}')


def cxx_of(clang):
    return re.sub('clang(?=[^/]*$)', 'clang++', str(clang))


def march(arguments):
    return [f'-march={arguments.cpu}'] if arguments.cpu else []


def peers(arguments):
    """Native code, ours, and those that are installed; then the names of those that are not."""
    found = [Native(arguments)]
    absent = []
    probe, problem = run([arguments.trenail, 'compile', '--help'])
    if probe:
        found += [Trenail(arguments, options) for options in arguments.aot_options]
    else:
        absent.append(f'trenail compile ({problem})')
    wasm2c = arguments.wasm2c or list(filter(None, [shutil.which('wasm2c')]))
    for item in wasm2c:
        path, _, runtime = item.partition(':')
        peer = Wasm2c(arguments, pathlib.Path(path).resolve(), runtime)
        found.append(peer) if peer.runtime else absent.append(f'the runtime of {path}')
    if not wasm2c:
        absent.append('wasm2c')
    for name, path, make in [
            ('Node', arguments.node, lambda: Node(arguments.node)),
            ('Wasmtime', arguments.wasmtime, lambda: Wasmtime(arguments.wasmtime)),
            ('WAMR AOT', arguments.wamrc and arguments.iwasm,
             lambda: WamrAot(arguments.wamrc, arguments.iwasm, arguments.cpu))]:
        found.append(make()) if path else absent.append(name)
    chosen = re.compile(arguments.engines)
    return [peer for peer in found if peer.name == 'native' or chosen.search(peer.name)], absent


def compile_wasm(arguments, source, folder, options):
    module = folder / (source.name + '.wasm')
    if not up_to_date(module, source.path, HERE / 'kernels/kernel.h'):
        clang = cxx_of(arguments.clang) if source.is_cxx else arguments.clang
        check([clang, WASI_TARGET, *COMMON, *(CXX if source.is_cxx else []), *options, '-Wl,-s',
               source.path, '-o', module])
    return module


class Times:
    """Least times by (program, engine)."""

    def __init__(self):
        self.least = {}
        self.broken = {}

    def add(self, program, engine, seconds):
        key = program, engine
        self.least[key] = min(seconds, self.least.get(key, seconds))

    def fail(self, program, engine, problem):
        self.broken[program, engine] = problem
        self.least.pop((program, engine), None)
        print(f'{engine}: {program}: {problem}', file=sys.stderr)

    def ratio(self, program, engine, base='native'):
        mine, other = self.least.get((program, engine)), self.least.get((program, base))
        return mine / other if mine and other else None


def own_time(usage):
    """(checksum, seconds) from the two lines of a large kernel."""
    words = usage.output.split()
    if len(words) < 2:
        return None, None
    return words[-2], int(words[-1], 16) / 1e9


def time_of_empty(engine, folder):
    module = folder / 'empty.wasm'
    # An empty function _start and a page of memory.
    module.write_bytes(b'\0asm\1\0\0\0' b'\1\4\1\x60\0\0' b'\3\2\1\0' b'\5\3\1\0\1'
                       b'\7\x13\2\6_start\0\0\6memory\2\0' b'\x0a\4\1\2\0\x0b')
    command = engine.build(None, module, folder)
    return min(usage.cpu for usage, problem in (run(command) for _ in range(5)) if not problem)


def print_ratios(title, programs, engines, times, results, base='native'):
    others = [name for name in engines if name != base]

    def cells(values):
        return ['–' if value is None else f'{value:.2f}' for value in values]

    def summary(label, names):
        row = [f'**{label}** ({len(names)})', '']
        for engine in others:
            ratios = [r for r in (times.ratio(name, engine, base) for name in names) if r]
            value = geomean(ratios) if ratios else None
            results[f'{title}: {label}: {engine} / {base}'] = value
            row.append('–' if value is None else
                       f'**{value:.2f}**' + (f' ({len(ratios)})' if len(ratios) < len(names)
                                             else ''))
        return row

    rows, shown = [], []
    for label, members in GROUPS.items():
        names = [name for name in members.split() if name in programs]
        if not names:
            continue
        for name in names:
            least = times.least.get((name, base))
            rows.append([name, '–' if least is None else f'{least * 1e3:.0f}'] +
                        cells(times.ratio(name, engine, base) for engine in others))
        rows.append(summary(label, names))
        shown += names
    rows.append(summary('all', shown))
    table(['', f'{base}, ms', *others], rows)
    results[title] = {' '.join(key): value for key, value in times.least.items()}


def compare(arguments, title, note, options, folder, results):
    engines, absent = peers(arguments)
    # What is kept from the last run was compiled for this processor.
    folder = folder / (arguments.cpu or 'baseline')
    folder.mkdir(parents=True, exist_ok=True)
    chosen = re.compile(arguments.only)
    programs = [source for source in sources() if chosen.search(source.name)]
    times, commands = Times(), {}

    def build(source):
        try:
            module = compile_wasm(arguments, source, folder, options)
        except BuildError as error:
            for engine in engines:
                times.fail(source.name, engine.name, error)
            return
        for engine in engines:
            try:
                commands[source.name, engine.name] = engine.build(source, module, folder)
            except BuildError as error:
                times.fail(source.name, engine.name, error)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        list(pool.map(build, programs))
    empty = {engine.name: time_of_empty(engine, folder) for engine in engines
             if not engine.has_clock}
    for source in programs:
        expected = None
        for _ in range(arguments.rounds):
            for engine in engines:
                key = source.name, engine.name
                if key in times.broken or key not in commands:
                    continue
                usage, problem = run(commands[key], timeout=120)
                if problem:
                    times.fail(*key, problem)
                    continue
                checksum, seconds = own_time(usage)
                if engine.name in empty and seconds:
                    seconds = max(usage.cpu - empty[engine.name], 1e-4)
                expected = expected or checksum
                if checksum is None or checksum != expected:
                    times.fail(*key, f'wrong output: {usage.output[:80]}')
                    continue
                times.add(*key, seconds)
        if sys.stderr.isatty():
            print(f'  {source.name}', file=sys.stderr)
    print(f'## {title}: time relative to native code, least of {arguments.rounds}\n')
    print(note + '\n')
    if absent:
        print(f'Absent: {", ".join(absent)}.\n')
    print_ratios(title, [source.name for source in programs], [e.name for e in engines], times,
                 results)


def cpu_note(arguments):
    return (f'for {arguments.cpu}' if arguments.cpu else
            'for any processor of the architecture (no -march; ours needs SSE4.1 there)')


def native(arguments, results):
    compare(arguments, 'Compiled code',
            f'Native code is `clang -O3`, {cpu_note(arguments)}; the modules are compiled with '
            '`-O3`, without SIMD. Node and Wasmtime always use the whole processor.',
            [], arguments.build / 'bench/aot', results)


def simd(arguments, results):
    compare(arguments, 'Compiled code, modules with SIMD',
            f'The same with `{" ".join(SIMD)}` for the modules.', SIMD,
            arguments.build / 'bench/aot-simd', results)


def memory64(arguments, results):
    """The same kernels without libc, once with 32-bit and once with 64-bit addresses."""
    folder = arguments.build / 'bench/aot-memory64'
    folder.mkdir(parents=True, exist_ok=True)
    engines = [peer for peer in peers(arguments)[0] if isinstance(peer, Trenail)]
    if not engines:
        print('memory64: there is no `trenail compile`.\n')
        return
    engine = engines[-1]
    chosen = re.compile(arguments.only)
    times, programs = Times(), []
    for source in sources():
        if source.is_cxx or not chosen.search(source.name):
            continue
        commands = {}
        for bits in ('32', '64'):
            module = folder / f'{source.name}.{bits}.wasm'
            # Kernels that need libc do not link, and are left out.
            _, problem = run([arguments.clang, f'--target=wasm{bits}', '-O3', '-ffreestanding',
                              '-fno-builtin-printf', '-nostdlib', '-mbulk-memory', '-DBENCH_LARGE',
                              '-DBENCH_FREESTANDING', '-ffp-contract=off', '-Wl,--no-entry,-s',
                              source.path, '-o', module])
            if problem:
                break
            try:
                commands[bits] = engine.build(source, module, folder, invoke=True)
            except BuildError as error:
                times.fail(source.name, bits, error)
        if len(commands) < 2:
            continue
        programs.append(source.name)
        expected = None
        for _ in range(arguments.rounds):
            for bits, command in commands.items():
                usage, problem = run(command, timeout=120)
                if not problem and expected not in (None, usage.output):
                    problem = 'another result'
                if problem:
                    times.fail(source.name, bits, problem)
                    break
                expected = usage.output
                times.add(source.name, bits, usage.cpu)
    print(f'## memory64 beside memory32, {engine.name}: least of {arguments.rounds}\n')
    print('Processor time of the whole process. Kernels without libc.\n')
    print_ratios('memory64', programs, ['32', '64'], times, results, base='32')


def coremark(arguments, results):
    if not arguments.corpora or not patch_module.available():
        print('CoreMark: no corpora, or no wasm-objdump.\n')
        return
    folder = arguments.build / 'bench/aot-coremark'
    folder.mkdir(parents=True, exist_ok=True)
    path = arguments.corpora / 'modules/wasmi-benchmarks/wasm/coremark.wasm'
    engines, absent = peers(arguments)
    times, commands = Times(), {}
    engines = [engine for engine in engines if not isinstance(engine, Native)]
    for step, iterations in COREMARK.items():
        module = folder / f'coremark-{iterations}.wasm'
        # The clock is not called any more; what is imported in its place every engine has.
        contents = patch_module.with_import_renamed(
            patch_module.with_counted_clock(path, step), ('env', 'clock_ms'),
            ('wasi_snapshot_preview1', 'sched_yield'))
        if not module.exists() or module.read_bytes() != contents:
            module.write_bytes(contents)
        for engine in engines:
            try:
                commands[iterations, engine.name] = engine.build(None, module, folder, invoke=True)
            except BuildError as error:
                times.fail(iterations, engine.name, error)
    for _ in range(arguments.rounds):
        for (iterations, name), command in commands.items():
            if (iterations, name) in times.broken:
                continue
            usage, problem = run(command, timeout=120)
            if problem:
                times.fail(iterations, name, problem)
            else:
                times.add(iterations, name, usage.cpu)
    few, many = COREMARK.values()
    rows = []
    for engine in engines:
        short, long = (times.least.get((n, engine.name)) for n in (few, many))
        score = (many - few) / (long - short) if short and long and long > short else None
        results[f'CoreMark: {engine.name}'] = score
        rows.append([engine.name, '–' if score is None else f'{score:.0f}'])
    print(f'## CoreMark: iterations per second, best of {arguments.rounds}\n')
    print(f'From the processor times of {many} and of {few} iterations, so that neither start nor '
          'compilation counts.\n')
    if absent:
        print(f'Absent: {", ".join(absent)}.\n')
    table(['', 'iterations / s'], rows)


def compile_with_wasm2c(arguments, peer, module, folder):
    """wasm2c, then clang -O2 of its parts side by side. The parts' peaks are added."""
    shutil.rmtree(folder, ignore_errors=True)
    outputs = 1 if peer.version == '1.0.32' else arguments.jobs
    translation, problem = peer.translate(module, folder, outputs)
    if problem:
        return None, problem
    begin = time.monotonic()
    files = sorted(folder.glob('*.c'))

    def part(file):
        return run([arguments.clang, '-O2', '-w', *march(arguments), '-I', peer.runtime[0], '-c',
                    file, '-o', file.with_suffix('.o')], timeout=arguments.compile_timeout)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        parts = list(pool.map(part, files))
    for _, problem in parts:
        if problem:
            return None, problem
    usages = [usage for usage, _ in parts]
    total = Usage(translation.cpu + sum(usage.cpu for usage in usages),
                  translation.wall + time.monotonic() - begin,
                  max(translation.peak, sum(usage.peak for usage in usages)), b'')
    sizes = [text_size(file.with_suffix('.o')) for file in files]
    total.text = sum(sizes) if all(sizes) else None
    return total, None


def compile_speed(arguments, results):
    if not arguments.corpora:
        print('Compile speed: no corpora.\n')
        return
    folder = arguments.build / 'bench/aot-compile'
    folder.mkdir(parents=True, exist_ok=True)
    engines, absent = peers(arguments)
    has_trenail = any(isinstance(engine, Trenail) for engine in engines)
    rows = []
    chosen = re.compile(arguments.only)
    for relative in MODULES:
        module = arguments.corpora / 'modules' / relative
        if not module.exists() or not chosen.search(relative):
            continue
        size = module.stat().st_size

        def report(name, usage, problem, text):
            if problem:
                print(f'{name}: {relative}: {problem}', file=sys.stderr)
                cells = [problem.split(':')[0], '–', '–', '–', '–']
            else:
                cells = [f'{usage.wall:.1f}', f'{usage.cpu:.1f}', f'{usage.peak:.0f}',
                         f'{size / usage.cpu / 1e6:.2f}',
                         '–' if text is None else f'{text / size:.2f}']
                results[f'compile: {relative}: {name}'] = {
                    'wall': usage.wall, 'cpu': usage.cpu, 'peak MB': usage.peak, 'text': text}
            rows.append([relative, f'{size:,}', name, *cells])

        cpu = ['--cpu', arguments.cpu] if arguments.cpu else []
        for level in ('-O1', '-O2') if has_trenail else ():
            out = folder / 'trenail.so'
            out.unlink(missing_ok=True)
            usage, problem = run([arguments.trenail, 'compile', level, '-j', arguments.jobs, *cpu,
                                  module, '-o', out], timeout=arguments.compile_timeout)
            report(f'trenail {level} -j {arguments.jobs}', usage, problem,
                   None if problem else text_size(out))
        for engine in engines:
            if isinstance(engine, Wasm2c) and (SLOW_PEERS.search(relative) or arguments.long):
                usage, problem = compile_with_wasm2c(arguments, engine, module,
                                                     folder / f'wasm2c-{engine.version}')
                report(f'{engine.name} + clang -O2', usage, problem, usage and usage.text)
            elif isinstance(engine, Node):
                usage, problem = run([engine.path, *engine.FLAGS, HERE / 'native/run_wasi.mjs',
                                      module, '--compile'], timeout=arguments.compile_timeout)
                report(engine.name, usage, problem, None)
            elif isinstance(engine, Wasmtime):
                out = folder / 'wasmtime.cwasm'
                usage, problem = run([engine.path, 'compile', module, '-o', out],
                                     timeout=arguments.compile_timeout)
                report(engine.name, usage, problem, None if problem else text_size(out))
            elif isinstance(engine, WamrAot) and (SLOW_PEERS.search(relative) or arguments.long):
                usage, problem = run([engine.compiler, '--opt-level=3', '-o', folder / 'wamr.aot',
                                      module], timeout=arguments.compile_timeout)
                report(engine.name, usage, problem, None)
    print('## Compile speed\n')
    print(f'{arguments.jobs} jobs; code is code and constants, in bytes per byte of the module.\n')
    if absent:
        print(f'Absent: {", ".join(absent)}.\n')
    table(['module', 'bytes', 'compiler', 'seconds', 'processor seconds', 'peak MB',
           'MB of module per processor second', 'code'], rows)


RUN = {'native': native, 'simd': simd, 'memory64': memory64, 'coremark': coremark,
       'compile': compile_speed}


def add_options(parser):
    group = parser.add_argument_group('the compiler (sections ' + ','.join(SECTIONS) + ')')
    group.add_argument('--cpu', default='', help='for -march of native code and wasm2c and for '
                                                 '--cpu of ours, for instance x86-64-v3')
    group.add_argument('--aot-options', action='append',
                       help='options of `trenail compile`; may be repeated; default: -O2, -O3')
    group.add_argument('--standalone', action='store_true',
                       help='measure executables of ours instead of libraries that trenail runs')
    group.add_argument('--engines', default='', help='those whose name matches this expression')
    group.add_argument('--wasm2c', action='append', metavar='PROGRAM[:RUNTIME]',
                       help="may be repeated; default: Debian's")
    group.add_argument('--node', default=shutil.which('node'))
    group.add_argument('--wasmtime', default=shutil.which('wasmtime'))
    group.add_argument('--wamrc', default=shutil.which('wamrc'))
    group.add_argument('--iwasm', default=shutil.which('iwasm'), help='one that runs AOT files')
    group.add_argument('--jobs', type=int, default=2)
    group.add_argument('--compile-timeout', type=int, default=300, help='seconds')
