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


COMPONENT = b'\0asm' + struct.pack('<HH', 13, 1)


def component(*sections):
    return COMPONENT + b''.join(sections)


def component_huge_counts():
    """Each section that holds a list, with a count of 4,294,967,295 and nothing behind it."""
    for number in (2, 3, 5, 6, 7, 8, 10, 11, 12):
        yield number, component(section(number, leb(0xFFFFFFFF)))


def component_types(*types):
    return component(section(7, vec(types)))


def huge_component_lists():
    """A type of each kind that counts what is in it."""
    huge = leb(0xFFFFFFFF)
    for kind, code in (('record', 0x72), ('variant', 0x71), ('tuple', 0x6f), ('flags', 0x6e),
                       ('enum', 0x6d), ('component type', 0x41), ('instance type', 0x42)):
        yield kind, component_types(bytes([code]) + huge)
    yield 'parameters', component_types(b'\x40' + huge)


def nested_components(depth):
    inner = component()
    for _ in range(depth):
        inner = component(section(4, inner))
    return inner


def nested_component_types(depth):
    """Components' types in each other; only the innermost ends."""
    return component(section(7, b'\1' + b'\x41\1\1' * depth + b'\x41\0'))


def type_bomb(doublings):
    """Each type is a pair of the one before: 2^doublings values when it is written out."""
    pairs = [b'\x6f\2' + (leb(i - 1) * 2 if i else b'\x7d\x7d') for i in range(doublings)]
    return component_types(*pairs)


def list_chain(length):
    """list<list<…>>, by indices."""
    return component_types(*[b'\x70' + (leb(i - 1) if i else b'\x7d') for i in range(length)])


def instance_bomb(doublings):
    """A text: each component instantiates the one before twice, and the last is a command."""
    text = '(component (component $c0 (core module $m) (core instance (instantiate $m)))'
    for i in range(1, doublings):
        text += f"""
          (component $c{i} (alias outer 1 $c{i - 1} (component $c))
            (instance (instantiate $c)) (instance (instantiate $c)))"""
    return text + f"""
      (instance (instantiate $c{doublings - 1}))
      (core module $m (func (export "run") (result i32) (i32.const 0)))
      (core instance $i (instantiate $m))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $run (export "run" (func $run)))
      (export "wasi:cli/run@0.2.0" (instance $run)))"""


def module_in_component(contents):
    return component(section(1, contents))
