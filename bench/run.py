#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures the interpreter beside wasm3 and WAMR, the validator beside wasm-validate, the start of
a process beside an empty one, and the size of what is built; with --sections aot what aot.py
measures, with --sections components what calls of components cost, with --sections c-calls what
they cost in C, with --sections instantiate what instances cost; with --sections serve what serve.py
does. Prints tables in Markdown.

The engines take turns within each program, so that what disturbs the machine disturbs all of them;
of several rounds the least time counts. Only ratios within one run mean something."""

import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import aot
import programs as program_lists
import serve
from engines import all_engines
from report import geomean, table

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECTIONS = ['kernels', 'programs', 'validate', 'start', 'size']
MORE_SECTIONS = aot.SECTIONS + ['components', 'c-calls', 'instantiate', 'serve']
# The largest modules of the corpora.
VALIDATE = [
    'sightglass/intgemm-simd/benchmark.wasm', 'wasmi-benchmarks/wasm/pulldown-cmark.wasm',
    'sightglass/tinygo/tinygo-json.wasm', 'sightglass/rust-compression/benchmark.wasm',
    'npm/sqlite-wasm/sqlite3.wasm', 'sightglass/sqlite3/sqlite3.wasm',
    'npm/quickjs-wasi-3.6.2/quickjs.wasm', 'sightglass/meshoptimizer/benchmark.wasm',
    'npm/quickjs-emscripten-0.32.0/emscripten-module.wasm',
]


def machine():
    model, count = platform.machine(), os.cpu_count()
    try:
        info = pathlib.Path('/proc/cpuinfo').read_text()
        model = re.search(r'model name\s*: (.*)', info)[1]
        megahertz = float(re.search(r'cpu MHz\s*: (.*)', info)[1])
        model += f', {megahertz / 1000:.2f} GHz'
    except (OSError, TypeError):
        pass
    return f'{count} processors: {model}; {platform.system()} {platform.release().split("-")[0]}'


def describe_failure(name, program, problem):
    print(f'{name}: {program}: {problem}', file=sys.stderr)


def compare_engines(title, programs, engines, rounds, results):
    """One row per program; the columns after the times are ratios to wasm3, or to trenail."""
    if not programs:
        return
    times = {}
    for program in programs:
        for turn in range(rounds):
            for engine in engines:
                key = (program.name, engine.name)
                if times.get(key, 0) is None:
                    continue
                seconds, problem = engine.run(program)
                if problem:
                    describe_failure(engine.name, program.name, problem)
                times[key] = seconds if seconds is None else min(seconds, times.get(key, seconds))
        if sys.stderr.isatty():
            print(f'  {program.name}', file=sys.stderr)
    names = [engine.name for engine in engines]

    def seconds(program, engine):
        return times.get((program.name, engine))

    def cell(value, form='{:.3f}'):
        return '–' if value is None else form.format(value)

    def ratio(program, engine, base):
        mine, other = seconds(program, engine), seconds(program, base)
        return mine / other if mine and other else None

    pairs = [('trenail', base) for base in names if base != 'trenail' and 'trenail' in names]
    pairs += [(name, 'wasm3') for name in names if name.startswith('WAMR') and 'wasm3' in names]
    rows = [[program.name + (' (calls)' if program.call_heavy else '')] +
            [cell(seconds(program, name)) for name in names] +
            [cell(ratio(program, *pair), '{:.2f}') for pair in pairs] for program in programs]

    def summary(label, group):
        row = [f'**{label}**'] + [''] * len(names)
        for pair in pairs:
            ratios = [r for r in (ratio(program, *pair) for program in group) if r]
            row.append(f'**{geomean(ratios):.2f}** ({len(ratios)})' if ratios else '–')
            results[f'{title}: {label}: {pair[0]} / {pair[1]}'] = geomean(ratios)
        return row

    calls = [program for program in programs if program.call_heavy]
    if len(calls) > 1:
        rows.append(summary('geomean of call-heavy', calls))
        rows.append(summary('geomean of the others', [p for p in programs if not p.call_heavy]))
    rows.append(summary('geomean', programs))
    print(f'## {title}: processor seconds, least of {rounds}\n')
    table([''] + names + [f'{a} / {b}' for a, b in pairs], rows)
    results[title] = {' '.join(key): value for key, value in times.items()}


def cpu_seconds(command, rounds):
    best = None
    for _ in range(rounds):
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            return None
        seconds = usage.ru_utime + usage.ru_stime
        best = seconds if best is None else min(best, seconds)
    return best


def validate(arguments, results):
    if not arguments.corpora:
        print('Validation: no corpora.\n')
        return
    files = [arguments.corpora / 'modules' / name for name in VALIDATE]
    files = [file for file in files if file.exists()]
    inside = {}
    tool = arguments.build / 'bench/validate_speed'
    if tool.exists():
        done = subprocess.run([tool, str(max(10, arguments.rounds)), *files], check=False,
                              text=True, stdout=subprocess.PIPE)
        for line in done.stdout.splitlines():
            path, *numbers = line.split('\t')
            inside[pathlib.Path(path)] = [float(number) for number in numbers]
    peer = arguments.wasm_validate
    rows, ratios, speeds, total_body, total_table = [], [], [], 0, 0
    for file in files:
        mine = cpu_seconds([arguments.trenail, 'validate', '-j', '1', file], arguments.rounds)
        other = peer and cpu_seconds([peer, '--enable-all', file], arguments.rounds)
        row = [str(file.relative_to(arguments.corpora / 'modules')), str(file.stat().st_size),
               '–' if mine is None else f'{mine * 1e3:.2f}',
               '–' if other is None else f'{other * 1e3:.1f}']
        if mine and other:
            ratios.append(other / mine)
            row.append(f'{other / mine:.1f}')
        else:
            row.append('–')
        if file in inside:
            _, body, _, speed, side_table = inside[file]
            speeds.append(speed)
            total_body += body
            total_table += side_table
            row += [f'{speed:.2f}', f'{side_table / body:.3f}']
        else:
            row += ['–', '–']
        rows.append(row)
    rows.append(['**geomean** (side table: total)', '', '', '',
                 f'**{geomean(ratios):.1f}**' if ratios else '–',
                 f'**{geomean(speeds):.2f}**' if speeds else '–',
                 f'**{total_table / total_body:.3f}**' if total_body else '–'])
    results['wasm-validate / trenail validate'] = geomean(ratios)
    results['side table bytes per body byte'] = total_table / total_body if total_body else None
    print('## Decoding and validation, one thread\n')
    table(['', 'bytes', 'trenail validate, ms', 'wasm-validate, ms', 'times faster',
           'without the process, ns per byte of code', 'side table, bytes per byte of code'], rows)
    if not peer:
        print('wasm-validate is absent.\n')


def start(arguments, scratch, results):
    spawn, empty = arguments.build / 'bench/spawn_time', arguments.build / 'bench/empty_static'
    if not spawn.exists() or not empty.exists():
        print('Start: bench/spawn_time is not built (-Dbench=true).\n')
        return
    module = scratch / 'empty.wasm'
    module.write_bytes(b'\0asm\1\0\0\0')
    command = scratch / 'command.wasm'
    # An empty function _start and a page of memory, which some engines insist on.
    command.write_bytes(b'\0asm\1\0\0\0' b'\1\4\1\x60\0\0' b'\3\2\1\0' b'\5\3\1\0\1'
                        b'\7\x13\2\6_start\0\0\6memory\2\0' b'\x0a\4\1\2\0\x0b')
    runs = [('an empty static C program', [empty]),
            ('trenail run, empty module', [arguments.trenail, 'run', module]),
            ('trenail run, empty _start', [arguments.trenail, 'run', command])]
    for engine in all_engines(arguments)[0]:
        if engine.name != 'trenail':
            runs.append((f'{engine.name}, empty _start', [engine.path, command]))
    line = [spawn, str(arguments.starts)]
    for number, (_, words) in enumerate(runs):
        line += (['--'] if number else []) + words
    done = subprocess.run([str(word) for word in line], check=False, text=True,
                          stdout=subprocess.PIPE)
    medians = [[float(x) for x in row.split('\t')] for row in done.stdout.splitlines()]
    if done.returncode != 0 or len(medians) != len(runs):
        print('Start: a command failed.\n')
        return
    base = medians[0]
    rows = [[name, f'{median:.0f}', f'{least:.0f}', f'{median / base[0]:.2f}',
             f'{least / base[1]:.2f}'] for (name, _), (median, least) in zip(runs, medians)]
    results['start: trenail run of an empty module / empty program'] = medians[1][0] / base[0]
    print(f'## Start and end of a process, {arguments.starts} runs, microseconds\n')
    table(['', 'median', 'least', 'ratio of medians', 'ratio of least'], rows)


def sizes(arguments, scratch, results):
    strip = next(filter(shutil.which, ['llvm-strip-19', 'llvm-strip', 'strip']), None)
    if not strip:
        print('Sizes: no strip.\n')
        return
    rows = []
    for label, path in [
            ('trenail', arguments.build / 'trenail'),
            ('trenail, -Dsize=true', arguments.small_build / 'trenail'),
            ('run-only program', arguments.build / 'bench/run_only'),
            ('run-only program, -Dsize=true', arguments.small_build / 'bench/run_only')]:
        if not path.exists():
            rows.append([label, '–'])
            continue
        copy = scratch / 'stripped'
        subprocess.run([strip, '-s', '-o', copy, path], check=True)
        rows.append([label, f'{copy.stat().st_size:,}'])
        results[f'size: {label}'] = copy.stat().st_size
    print('## Sizes, stripped, bytes\n')
    table(['', 'bytes'], rows)
    print('The run-only program decodes, validates and interprets with WASI preview 1, without the '
          'text format.\nThe C++ runtime is linked in, libc is not.\n')


def components(arguments, results):
    """What component_calls measures; each call beside the plain core call of its kind."""
    times = {}
    for mode, options in (('interpreter', []), ('compiled', ['--aot']),
                          ('compiled, by the host', ['--aot', '--no-adapters'])):
        output = subprocess.run(
            [arguments.build / 'component_calls', '--rounds', str(4 * arguments.rounds), *options],
            check=True, capture_output=True, text=True).stdout
        times[mode] = {name: float(value)
                       for name, value in (line.split('\t') for line in output.splitlines())}
    results['components'] = times

    def base(name):
        """What the call is compared with, if that says anything."""
        direction, _, kind = name.partition(': ')
        if kind == '1 MB of u8':
            return 'memcpy of 1 MB'
        if direction.endswith('core') or kind not in ('no arguments', 'two u32'):
            return None
        return ('core to core: ' if direction.startswith('component') else 'host to core: ') + kind

    def cells(name):
        for values in times.values():
            yield f'{values[name]:,.0f}' if values[name] >= 1000 else f'{values[name]:,.1f}'
            yield f'{values[name] / values[base(name)]:.2f}' if base(name) else '–'

    print('## Calls of components, ns, and as a ratio to the plain core call\n')
    header = ['call']
    for mode in times:
        header += [mode, 'ratio']
    table(header, [[name, *cells(name)] for name in times['interpreter']])


def c_calls(arguments, results):
    """What c_calls measures: the interface in C beside that in C++, in one process."""
    header = ['call', 'C++ typed', 'C++ values', 'C', 'C slots', 'C / C++ typed', 'C / C++ values']
    for mode, options in (('interpreter', []), ('compiled', ['--aot'])):
        output = subprocess.run(
            [arguments.build / 'c_calls', '--rounds', str(4 * arguments.rounds), *options],
            check=True, capture_output=True, text=True).stdout
        times = {}
        for line in output.splitlines():
            name, value = line.split('\t')
            call, _, interface = name.rpartition(': ')
            times.setdefault(call, {})[interface] = float(value)
        results[f'c calls: {mode}'] = times
        rows = [[call, *(f'{values[interface]:,.1f}' if interface in values else '–'
                         for interface in header[1:5]),
                 *(f'{values["C"] / values[interface]:.2f}' for interface in header[1:3])]
                for call, values in times.items()]
        print(f'## Calls through the interface in C, {mode}, ns\n')
        table(header, rows)


def instantiate(arguments, results):
    """What instantiate measures: a new store with an instance in it, from beginning to end."""
    files = [ROOT / 'bench/http_hello.wat']
    if arguments.corpora:
        files.append(arguments.corpora / 'modules/js-components/log-parser-qjs-nowasi.wasm')
    files += arguments.component
    command = [arguments.build / 'instantiate', '--rounds', str(40 * arguments.rounds), '--empty',
               arguments.build / 'bench/empty_static', *files]
    for mode, options in (('interpreter', []), ('compiled', ['--aot'])):
        output = subprocess.run([str(word) for word in command + options], check=True,
                                capture_output=True, text=True).stdout
        lines = [line.split('\t') for line in output.splitlines()]
        base = float(lines[0][1])
        rows = [[name, median, least, f'{float(median) / base:.4f}',
                 f'1 / {base / float(median):,.0f}', *(memory or ['–'])]
                for name, median, least, *memory in lines]
        results[f'instantiate: {mode}'] = {row[0]: row[1:] for row in rows}
        print(f'## A fresh instance, {mode}, microseconds; kilobytes that one keeps\n')
        table(['', 'median', 'least', 'ratio of medians', '', 'KB'], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    path = pathlib.Path
    parser.add_argument('--build', type=path, default=ROOT / 'build-bench',
                        help='a build folder made with -Dbench=true')
    parser.add_argument('--small-build', type=path, default=ROOT / 'build-bench-small',
                        help='the same with -Dsize=true, for the table of sizes')
    parser.add_argument('--trenail', type=path, help='default: that of --build')
    parser.add_argument('--wasm3', type=path, help='the program of wasm3')
    parser.add_argument('--wamr-fast', type=path, help="iwasm with WAMR's fast interpreter")
    parser.add_argument('--wamr-classic', type=path, help="iwasm with WAMR's classic interpreter")
    parser.add_argument('--wasm-validate', default=shutil.which('wasm-validate'),
                        help="wabt's; default: the one in PATH")
    parser.add_argument('--corpora', type=path, default=os.environ.get('TRENAIL_CORPORA'),
                        help='default: the variable TRENAIL_CORPORA')
    parser.add_argument('--clang', default='clang-19', help='compiles the kernels')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--starts', type=int, default=300, help='processes started per program')
    parser.add_argument('--sections', default=','.join(SECTIONS),
                        help='which tables: ' + ','.join(SECTIONS + MORE_SECTIONS) +
                        '; aot is ' + ','.join(aot.SECTIONS))
    parser.add_argument('--only', default='', help='programs whose name matches this expression')
    parser.add_argument('--component', type=path, action='append', default=[],
                        help='one more component to instantiate; several times if need be')
    parser.add_argument('--jco', type=path, help='the program of jco, to serve as well')
    parser.add_argument('--long', action='store_true', help='also programs of several seconds')
    parser.add_argument('--json', type=path, help='write the numbers here as well')
    aot.add_options(parser)
    arguments = parser.parse_args()
    arguments.aot_options = arguments.aot_options or ['-O2', '-O3']
    wanted = arguments.sections.replace('aot', ','.join(aot.SECTIONS)).split(',')
    for section in wanted:
        if section not in SECTIONS + MORE_SECTIONS:
            parser.error(f'--sections: {section} is none of '
                         f'{", ".join(SECTIONS + MORE_SECTIONS)}')

    arguments.trenail = (arguments.trenail or arguments.build / 'trenail').resolve()
    for name in ('wasm3', 'wamr_fast', 'wamr_classic', 'corpora'):
        value = getattr(arguments, name)
        setattr(arguments, name, pathlib.Path(value).resolve() if value else None)
    if not os.access(arguments.trenail, os.X_OK):
        sys.exit(f'{arguments.trenail} is missing: ./x bench builds it')

    results = {}
    engines, absent = all_engines(arguments)
    print(f'{machine()}.\n')
    if not set(wanted) & set(SECTIONS):
        absent = []
    for name in absent:
        option = '--' + name.lower().replace(' ', '-')
        print(f'{name} is absent ({option} PATH).')
    if not arguments.corpora:
        print('The corpora are absent (--corpora DIR, see docs/testing.md).')
    print()
    chosen = re.compile(arguments.only)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        if 'kernels' in wanted:
            kernels = program_lists.compile_kernels(ROOT / 'bench/kernels',
                                                    arguments.build / 'bench/kernels',
                                                    arguments.clang)
            compare_engines('Kernels in C', [k for k in kernels if chosen.search(k.name)], engines,
                            arguments.rounds, results)
        if 'programs' in wanted and arguments.corpora:
            found = program_lists.corpora_programs(arguments.corpora, scratch / 'programs',
                                                   arguments.trenail, arguments.long)
            compare_engines('Programs', [p for p in found if chosen.search(p.name)], engines,
                            arguments.rounds, results)
        if 'validate' in wanted:
            validate(arguments, results)
        if 'start' in wanted:
            start(arguments, scratch, results)
        if 'size' in wanted:
            sizes(arguments, scratch, results)
        if 'serve' in wanted:
            for component in [ROOT / 'bench/http_hello.wat', *arguments.component]:
                serve.serve(arguments, component, scratch, results)
    for section in aot.SECTIONS:
        if section in wanted:
            aot.RUN[section](arguments, results)
    if 'components' in wanted:
        components(arguments, results)
    if 'c-calls' in wanted:
        c_calls(arguments, results)
    if 'instantiate' in wanted:
        instantiate(arguments, results)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + '\n')


if __name__ == '__main__':
    main()
