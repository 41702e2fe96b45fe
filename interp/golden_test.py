#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Looks at the disassembly of hot handlers: none may push, pop, call or move the stack pointer, and
the short ones must stay short. The speed of the interpreter rests on this, and a new version of the
compiler, or one more value alive across a call, can break it silently.

usage: golden_test.py LLVM-OBJDUMP LIBRARY
"""

import re
import subprocess
import sys

PREFIX = "trenail_op_"
# Handler (at every depth) and the most instructions it may take, dispatch included (x86-64).
HOT = {
    "I32Add": 10, "I32Sub": 10, "I64Add": 10, "I32LtS": 12, "I32Eqz": 11, "I32Shl": 12,
    "F64Add": 13, "F64Mul": 13,
    "LocalGet": 16, "LocalSet": 14, "LocalTee": 13, "GlobalGet": 18, "I32Const": 18,
    "I32Load": 22, "I64Load": 22, "F64Load": 22, "I32Load8U": 22, "I32Store": 24, "F64Store": 24,
    "I32Load_FarOffset": 60,
    "Drop": 9, "Select": 14, "Br": 22, "BrIf": 34, "If": 34, "Else": 16, "End": 14, "BrTable": 60,
    "Block": 16, "Loop": 16, "Call": 64, "Return": 34, "CallIndirect": 34,
}
BAKED = {"LocalGet_{}_At0": 10, "LocalSet_{}_At0": 10, "LocalTee_{}_At0": 10}
FUSED = {"I32Add_LocalSet": 16, "I32Add_LocalGet": 22, "I32LtS_BrIf": 36, "I32Eqz_BrIf": 36,
         "I32Add_I32Load": 28, "F64Mul_F64Add": 16}
SINGLE = {"EnterFast": 70, "CallRefFast": 20, "CallLong": 72}

STACK = {
    "x86-64": re.compile(r"\b(push|pop|call)q?\b|%rsp|%rbp"),
    "aarch64": re.compile(r"\bbl\b|\bblr\b|\bsp\b"),
}


def disassemble(objdump, library):
    text = subprocess.run([objdump, "-d", "--no-show-raw-insn", library], check=True,
                          capture_output=True, text=True).stdout
    arch = "aarch64" if "aarch64" in text else "x86-64"
    handlers, current = {}, None
    for line in text.splitlines():
        header = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        if header:
            current = handlers.setdefault(header.group(1), [])
        elif current is not None and re.match(r"^\s+[0-9a-f]+:\s", line):
            instruction = line.split(":", 1)[1].strip()
            if not instruction.startswith("nop"):
                current.append(instruction)
    return arch, handlers


def main():
    objdump, library = sys.argv[1:3]
    arch, handlers = disassemble(objdump, library)
    limits = dict(SINGLE)
    for depth in range(3):
        for name, limit in {**HOT, **FUSED}.items():
            base, _, form = name.partition("_") if name in HOT else (name, "", "")
            limits[f"{base}_{depth}" + (f"_{form}" if form else "")] = limit
        for name, limit in BAKED.items():
            limits[name.format(depth)] = limit
    failures = []
    for name, limit in sorted(limits.items()):
        body = handlers.get(PREFIX + name)
        if not body:
            failures.append(f"{name}: no such handler")
            continue
        failures += [f"{name}: touches the native stack: {i}" for i in body
                     if STACK[arch].search(i)]
        if len(body) > limit:
            failures.append(f"{name}: {len(body)} instructions, more than {limit}")
    print(f"{len(limits)} hot handlers, {arch}: {len(failures)} complaints")
    print("\n".join(failures))
    return 1 if failures else 0


sys.exit(main())
