# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes benchmark modules runnable by engines that lack what they import.

Programs of sightglass call bench.start and bench.end: the calls become nops; calls of what small
WASI implementations lack become failures.
CoreMark reads env.clock_ms and does more rounds the faster the clock says it is: the calls become a
count that makes it do the same work everywhere. Where the calls stand is asked from Debian's
wasm-objdump, so that no decoder of instructions is needed here."""

import re
import shutil
import subprocess


def read_leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def leb(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def sections(data):
    """(id, start of the contents, contents) of each section."""
    at = 8
    while at < len(data):
        number = data[at]
        size, begin = read_leb(data, at + 1)
        yield number, begin, data[begin:begin + size]
        at = begin + size


def imported_functions(data):
    """(module, name) of each imported function, by index."""
    found = []
    for number, _, content in sections(data):
        if number != 2:
            continue
        count, at = read_leb(content, 0)
        for _ in range(count):
            names = []
            for _ in range(2):
                length, at = read_leb(content, at)
                names.append(content[at:at + length].decode())
                at += length
            kind = content[at]
            at += 1
            if kind == 0:
                found.append(tuple(names))
                _, at = read_leb(content, at)
            elif kind == 3:
                at += 2
            else:
                if kind == 4:  # a tag: attribute and type
                    at += 1
                elif kind == 1:
                    at += 1
                flags = content[at]
                _, at = read_leb(content, at + 1)
                if kind != 4 and flags & 1:
                    _, at = read_leb(content, at)
    return found


CALL = re.compile(r'^ ([0-9a-f]+): ((?:[0-9a-f]{2} )+) *\| +call (\d+)\b')


def calls(path, data, functions):
    """(offset, length) of each call of one of `functions`."""
    dump = subprocess.run(['wasm-objdump', '-d', path], capture_output=True, text=True, check=True)
    for line in dump.stdout.splitlines():
        match = CALL.match(line)
        if match and int(match[3]) in functions:
            offset = int(match[1], 16)
            length = len(match[2].split())
            if data[offset] != 0x10:
                raise ValueError(f'{path}: no call at {offset:#x}')
            yield offset, length


def available():
    return shutil.which('wasm-objdump') is not None


# What small WASI implementations lack, and the programs do without when it fails: the arguments are
# dropped, the result is the error code nosys.
NOSYS = b'\x41\x34'
OPTIONAL = {
    ('wasi_snapshot_preview1', 'fd_filestat_get'): b'\x1a' * 2 + NOSYS,
    ('bench', 'start'): b'\x01',
    ('bench', 'end'): b'\x01',
}


def without_optional_calls(path):
    data = path.read_bytes()
    places = []
    for index, name in enumerate(imported_functions(data)):
        if name in OPTIONAL:
            places += [(offset, length, OPTIONAL[name])
                       for offset, length in calls(path, data, {index})]
    out = bytearray(data[:8])
    for number, begin, content in sections(data):
        if number == 10 and places:
            content = replace_in_bodies(content, begin, places)
        out += bytes([number]) + leb(len(content)) + content
    return bytes(out)


def with_counted_clock(path, step):
    """env.clock_ms() is `step` times the square of the number of calls so far: the first
    measurements of CoreMark seem short, a later one long enough, on every engine the same one."""
    data = path.read_bytes()
    imports = imported_functions(data)
    clock = imports.index(('env', 'clock_ms'))
    counter = 0
    for number, _, content in sections(data):
        if number == 6:
            counter, _ = read_leb(content, 0)
    get, put = b'\x23' + leb(counter), b'\x24' + leb(counter)
    clock_code = (get + b'\x41\x01\x6a' + put + get + get + b'\x6c' + b'\x41' + signed_leb(step) +
                  b'\x6c')
    variable = b'\x7f\x01\x41\x00\x0b'
    out = bytearray(data[:8])
    has_globals = any(number == 6 for number, _, _ in sections(data))
    for number, begin, content in sections(data):
        if number == 6:
            _, rest = read_leb(content, 0)
            content = leb(counter + 1) + content[rest:] + variable
        elif number == 10:
            places = [(*place, clock_code) for place in calls(path, data, {clock})]
            content = replace_in_bodies(content, begin, places)
        if not has_globals and number in (7, 8, 9, 10, 12):
            has_globals = True
            out += b'\x06' + leb(1 + len(variable)) + b'\x01' + variable
        out += bytes([number]) + leb(len(content)) + content
    return bytes(out)


def with_import_renamed(data, old, new):
    """Another function for an import, old and new being pairs of names, of the same type."""
    def spelled(names):
        return b''.join(leb(len(name)) + name.encode() for name in names)

    out = bytearray(data[:8])
    for number, _, content in sections(data):
        if number == 2:
            content = content.replace(spelled(old), spelled(new), 1)
        out += bytes([number]) + leb(len(content)) + content
    return bytes(out)


def signed_leb(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if value == 0 and not byte & 0x40 or value == -1 and byte & 0x40:
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def replace_in_bodies(content, begin, places):
    count, at = read_leb(content, 0)
    out = bytearray(leb(count))
    for _ in range(count):
        size, body = read_leb(content, at)
        code = content[body:body + size]
        # From the last to the first, so that earlier offsets stay right.
        for offset, length, replacement in sorted(places, reverse=True):
            where = offset - begin - body
            if 0 <= where < size:
                code = code[:where] + replacement + code[where + length:]
        out += leb(len(code)) + code
        at = body + size
    return bytes(out)
