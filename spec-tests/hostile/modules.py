# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules put together byte by byte: what no tool would write."""

import struct

MAGIC = b'\0asm\1\0\0\0'
I32 = b'\x7f'


def leb(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def vec(items):
    return leb(len(items)) + b''.join(items)


def name(text):
    return leb(len(text)) + text.encode()


def section(number, content):
    return bytes([number]) + leb(len(content)) + content


def func_type(params=b'', results=b''):
    return b'\x60' + leb(len(params)) + params + leb(len(results)) + results


def module(code, locals_=b'\0', memory=b'', imports=(), results=b'', tail=b''):
    """A function _start with this code; imports are (module, name) of functions without type."""
    imported = b''
    if imports:
        imported = section(2, vec([name(m) + name(n) + b'\0\0' for m, n in imports]))
    content = locals_ + code + b'\x0b'
    return (MAGIC + section(1, vec([func_type(b'', results)])) + imported + section(3, b'\1\0') +
            memory + section(7, vec([name('_start') + b'\0' + leb(len(imports))])) +
            section(10, vec([leb(len(content)) + content])) + tail)


def huge_counts():
    """Each section with a count of 4,294,967,295 and nothing behind it."""
    for number in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13):
        yield number, MAGIC + section(number, leb(0xFFFFFFFF))


def huge_section():
    return MAGIC + b'\1' + leb(0xFFFFFFFF)


def huge_data():
    """A data segment that says it has four gigabytes."""
    return MAGIC + section(5, vec([b'\0\1'])) + section(11, b'\1\0\x41\0\x0b' + leb(0xFFFFFFFF))


def huge_name():
    return MAGIC + section(2, b'\1' + leb(0xFFFFFFFF) + b'env')


def huge_br_table():
    return module(b'\x41\0\x0e' + leb(0xFFFFFFFF))


def deep_blocks(depth):
    return module(b'\x02\x40' * depth + b'\x0b' * depth)


def deep_types(count):
    """A chain of subtypes, each below the one before it."""
    types = [b'\x50\0\x5f\0'] + [b'\x50\1' + leb(i) + b'\x5f\0' for i in range(count - 1)]
    return MAGIC + section(1, vec(types))


def one_huge_rec_group(count):
    return MAGIC + section(1, b'\1\x4e' + leb(count) + (b'\x5f\1\x63\0\0') * count)


def many_locals(groups):
    """As many locals as are allowed, in every function."""
    body = b'\1' + leb(50000) + I32 + b'\x0b'
    entry = leb(len(body)) + body
    return (MAGIC + section(1, vec([func_type()])) + section(3, leb(groups) + b'\0' * groups) +
            section(10, leb(groups) + entry * groups))


def wide_switch(labels):
    """A br_table with many labels, each to a block of its own result."""
    return module(b'\x41\0\x0e' + leb(labels) + b'\0' * labels + b'\0')


def long_leb():
    return MAGIC + b'\1' + b'\x80' * 10 + b'\0'


def bad_utf8():
    return MAGIC + section(7, b'\1\2\xc3\x28\0\0')


def name_section_bomb():
    """A name section whose counts and lengths are nonsense: it must not matter."""
    return module(b'\x01', tail=section(0, name('name') + b'\1' + leb(1 << 28) + leb(0xFFFFFFFF)))


def component():
    return b'\0asm' + struct.pack('<HH', 13, 1)
