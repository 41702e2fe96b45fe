#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The layers test: includes point down only, as docs/architecture.md draws it.

The table says for each folder which folders or single headers it may include beside its own. A
header directly in a library's folder (libwasm/libwasm.h) is public; what lies in sub-folders is
internal to the library. LLVM is for aotc alone. Tests (*_test.cc, *_benchmark.cc) may look at more:
a test of the interpreter decodes and validates its modules first.

  check_layers.py [ROOT]      checks the tree
  check_layers.py --self-test proves that a forbidden edge is caught
"""

import pathlib
import re
import sys

SUPPORT = ['libwasm/support/']
TYPES = SUPPORT + ['libwasm/types/']
OPCODES = TYPES + ['libwasm/opcodes/']
MODULE = OPCODES + ['libwasm/module/']
BINARY = MODULE + ['libwasm/binary/']
RUNTIME = BINARY + ['libwasm/runtime/']
LIBWASM = RUNTIME + ['libwasm/validate/', 'libwasm/text/', 'libwasm/native/']
LIBWASM_PUBLIC = ['libwasm/libwasm.h', 'libwasm/fiber.h']
COMPONENT_FEATURES = ['libcomponent/features.def', 'libcomponent/feature_set.h']
COMPONENT_SYNTAX = ['libcomponent/syntax/', 'libcomponent/value.h'] + COMPONENT_FEATURES
COMPONENT_PUBLIC = ['libcomponent/async.h', 'libcomponent/libcomponent.h',
                    'libcomponent/streams.h',
                    'libcomponent/typed.h', 'libcomponent/typed_handles.h',
                    'libcomponent/typed_named.h', 'libcomponent/typed_streams.h',
                    'libcomponent/native_type.h']
# What a program may use besides public headers: the engine factories and the verbs' own libraries
# (a tool that prints or checks modules is about their insides).
PROGRAM = LIBWASM_PUBLIC + COMPONENT_PUBLIC + BINARY + [
    'libwasi/libwasi.h', 'interp/interp.h', 'interp/engine.h', 'libwasm/runtime/image.h',
    'libwasm/validate/', 'libwasm/text/', *COMPONENT_FEATURES, 'libcomponent/syntax/',
    'libcomponent/types/', 'libcomponent/binary/', 'libcomponent/text/', 'libcomponent/wave/',
    'libcomponent/wit/', 'libcomponent/validate/', 'libcomponent/compose/',
    'libcomponent/encode/', 'libcomponent/bind/',
    'spec-tests/runner/', 'spec-tests/']

# Longest prefix wins. Everything may include its own folder.
ALLOWED = {
    'libwasm/support/': [],
    'libwasm/types/': SUPPORT,
    'libwasm/opcodes/': TYPES,
    'libwasm/module/': OPCODES,
    'libwasm/binary/': MODULE,
    'libwasm/validate/': BINARY,
    'libwasm/text/': BINARY,
    'libwasm/runtime/': BINARY,
    'libwasm/native/': RUNTIME,
    'interp/': RUNTIME + ['libwasm/validate/side_table.h'],
    'aotc/': BINARY + ['libwasm/validate/', 'libwasm/runtime/vm_layout.h',
                       'libwasm/runtime/libcalls.h', 'libwasm/runtime/image.h',
                       'libwasm/runtime/traps.def', 'libwasm/runtime/trap.h',
                       'libwasm/native/abi.h', 'libwasm/native/builtins.def',
                       'libwasm/native/positions.h', 'libwasm/native/cpu_features.def',
                       'libwasm/native/artefact_file.h', 'libwasm/runtime/gc/heap.h'],
    # The public header shows the vocabulary of types and nothing else of ours.
    'libwasm/libwasm.h': TYPES,
    'libwasm/fiber.h': ['libwasm/libwasm.h'],
    # The facade, the only place that sees all of the library; it also makes the default engine.
    'libwasm/': LIBWASM + ['interp/interp.h', 'interp/engine.h'],
    # The C API: its headers include only each other; the functions look into their own library, and
    # the engine of wasm.h, a library of its own, is what knows the interpreter.
    'libwasm/c_api/include/': [],
    'libwasm/c_api/': LIBWASM_PUBLIC + LIBWASM + ['libwasm/engine_impl.h'],
    'libwasm/c_api/default_engine.cc': ['libwasm/c_api/handles.h', 'interp/interp.h'],
    'libcomponent/c_api/': LIBWASM_PUBLIC + COMPONENT_PUBLIC + SUPPORT + [
        'libwasm/c_api/', 'libcomponent/wave/', 'libcomponent/abi/store.h'],
    'libwasi/c_api/': LIBWASM_PUBLIC + COMPONENT_PUBLIC + SUPPORT + [
        'libwasm/c_api/', 'libcomponent/c_api/', 'libwasi/'],
    'libcomponent/syntax/': TYPES,
    'libcomponent/text/': BINARY + ['libwasm/text/', 'libcomponent/syntax/',
                                    'libcomponent/feature_set.h'],
    # The dump writes names, numbers and core types as the core's dump does; modules are compared.
    'libcomponent/binary/': BINARY + ['libcomponent/syntax/', 'libcomponent/features.def', 'libcomponent/feature_set.h',
                                      'libwasm/text/printer_values.h',
                                     'libwasm/text/structurally_equal.h'],
    # The public header, and what stands on the other parts; which functions modules import and
    # export, by index, is in their syntax alone.
    'libcomponent/': LIBWASM_PUBLIC + SUPPORT + ['libwasm/engine_impl.h',
                                                 'libwasm/module/validated_module.h'],
     # Types of modules are compared and judged by the rules for modules, in their engine's terms.
    'libcomponent/types/': LIBWASM_PUBLIC + TYPES + COMPONENT_SYNTAX,
    'libcomponent/validate/': LIBWASM_PUBLIC + MODULE + COMPONENT_SYNTAX + [
        'libcomponent/types/', 'libwasm/binary/limits.h', 'libwasm/engine_impl.h',
        'libwasm/validate/module_context.h', 'libwasm/validate/module_validator.h'],
    # Composition stands on types alone: nothing that it puts together runs.
    'libcomponent/compose/': LIBWASM_PUBLIC + TYPES + COMPONENT_SYNTAX + [
        'libcomponent/types/', 'libcomponent/validate/', 'libcomponent/wit/',
        'libwasm/engine_impl.h'],
    # Modules to components: a module is looked at and rewritten, and nothing runs either.
    'libcomponent/encode/': LIBWASM_PUBLIC + BINARY + COMPONENT_SYNTAX + [
        'libcomponent/binary/', 'libcomponent/validate/', 'libcomponent/wit/',
        'libwasm/engine_impl.h', 'libwasm/validate/module_validator.h'],
    # Source text, of WIT alone; the ABI's arithmetic and a module's section are there already.
    'libcomponent/bind/': TYPES + COMPONENT_SYNTAX + ['libcomponent/wit/', 'libcomponent/encode/',
                                                     'libcomponent/binary/'],
    # Lifting and lowering, and values as text: types and values, and nothing of components.
    'libcomponent/abi/': LIBWASM_PUBLIC + SUPPORT + ['libcomponent/types/', 'libcomponent/value.h',
                                                     'libcomponent/native_type.h'],
    'libcomponent/wave/': SUPPORT + ['libcomponent/types/', 'libcomponent/value.h',
                                     'libwasm/text/numbers.h'],
    # WASI proper knows no wasm at all; the adapters stand on the public header.
    'libwasi/core/': SUPPORT,
    # HTTP's terms, and what implements them and the loop: no wasm either.
    'libwasi/http/': ['libwasi/core/'],
    'libwasi/net/': ['libwasi/core/', 'libwasi/http/transport.h'],
    'libwasi/': LIBWASM_PUBLIC + COMPONENT_PUBLIC + SUPPORT,
    'spec-tests/runner/': PROGRAM,
    'spec-tests/component/': PROGRAM + ['libcomponent/'],
    'spec-tests/wasi/': PROGRAM + ['cli/aot_library.h'],
    # The suites as programs: they compile, as the verbs do.
    'cli/': PROGRAM + ['aotc/aotc.h', 'libwasi/net_source.h', 'libwasi/wasi_component.h',
                       'libwasi/packages.',
                       'libwasi/component/',
                       'libwasi/net/net.h', 'libwasi/serve/', 'libwasi/http/transport.h',
                       'libwasi/triggers/', 'libwasi/core/clocks.h', 'libwasi/core/key_values.h'],
    'spec-tests/bindings/': PROGRAM + ['libcomponent/', 'cli/aot_component.h',
                                       'libwasm/native/signals.h'],
    'spec-tests/': PROGRAM + ['libcomponent/', 'cli/aot_library.h', 'cli/aot_component.h'],
    # Includes the sources of the engine and of WASI themselves, to build them once more.
    'cli/standalone/': PROGRAM + LIBWASM + ['libwasm/', 'libcomponent/', 'libwasi/', 'cli/'],
    'fuzz/': PROGRAM + LIBWASM + ['libcomponent/', 'cli/aot_library.h'],
    'bench/': PROGRAM + LIBWASM + ['cli/aot_library.h', 'cli/aot_component.h'],
    'examples/': LIBWASM_PUBLIC + COMPONENT_PUBLIC + ['interp/interp.h', 'libwasi/libwasi.h'],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.S)
# Not .c and not what lies in bench/native: those are guest programs.
SOURCES = {'.h', '.cc', '.def', '.inc'}
GUESTS = 'bench/native/'
# Libraries from outside, which Google's style includes with quotes too.
EXTERNAL = ('catch2/', 'nlohmann/', 'benchmark/')
TOP_FOLDERS = sorted({key.split('/')[0] for key in ALLOWED})


def rule_of(path):
    return max((key for key in ALLOWED if path.startswith(key)), key=len, default=None)


def is_test(path):
    return re.search(r'(_test|_benchmark|_test_util)\.(cc|h)$', path) is not None


def own_folder(path):
    """The folder whose files a source may include freely: that of its rule."""
    key = rule_of(path)
    return key if key.endswith('/') else path


def forbidden(path, included, system):
    """Why this include is not allowed, or None."""
    if re.match(r'llvm(-c)?/', included):
        if path.startswith('aotc/'):
            return None
        return 'LLVM is for aotc/ alone'
    if included.split('/')[0] not in TOP_FOLDERS:
        if not system and not included.startswith(EXTERNAL):
            return 'a quoted include is a path from the root of the repository'
        return None
    if system:
        return 'our own headers are included with quotes'
    if is_test(path):
        # Downwards still holds for the libraries' lowest layers, so that they build alone.
        return None
    own = own_folder(path)
    if own == 'libwasm/':
        if re.match(r'libwasm/[^/]+$', included):
            return None
    elif included.startswith(own):
        return None
    if any(included.startswith(allowed) for allowed in ALLOWED[rule_of(path)]):
        return None
    return f'{rule_of(path)} may not include it'


def check_text(path, text):
    """Violations of one file as (line, include, reason)."""
    if rule_of(path) is None:
        return [(1, path, 'a folder that the table of layers does not know')]
    # Comments are blanked out with their lines kept.
    text = COMMENT.sub(lambda match: re.sub(r'[^\n]', ' ', match.group()), text)
    found = []
    for match in INCLUDE.finditer(text):
        reason = forbidden(path, match.group(2), match.group(1) == '<')
        if reason is not None:
            line = text.count('\n', 0, match.start(2)) + 1
            found.append((line, match.group(2), reason))
    return found


def check_tree(root):
    violations = 0
    files = 0
    for folder in TOP_FOLDERS:
        for file in sorted((root / folder).rglob('*')):
            if file.suffix not in SOURCES or not file.is_file():
                continue
            path = file.relative_to(root).as_posix()
            if path.startswith(GUESTS):
                continue
            files += 1
            for line, included, reason in check_text(path, file.read_text(errors='replace')):
                print(f'{path}:{line}: {included}: {reason}')
                violations += 1
    print(f'{files} files, {violations} includes against the layers')
    return violations


def self_test():
    caught = [
        ('libwasm/support/leb128.h', '#include "libwasm/types/types.h"'),
        ('libwasm/types/types.h', '#include "libwasm/module/module.h"'),
        ('libwasm/binary/module_decoder.cc', '#include "libwasm/validate/side_table.h"'),
        ('libwasm/runtime/store.cc', '#include "libwasm/validate/func_validator.h"'),
        ('libwasm/runtime/store.cc', '#include "interp/interp.h"'),
        ('libwasm/validate/rules_table.cc', '#include "libwasm/text/printer.h"'),
        ('interp/dispatch.cc', '#include "libwasm/validate/func_validator.h"'),
        ('interp/dispatch.cc', '#include "libwasm/libwasm.h"'),
        ('libwasi/core/clocks.cc', '#include "libwasm/libwasm.h"'),
        ('libwasi/p1/preview1.cc', '#include "libwasm/runtime/store.h"'),
        ('libcomponent/link/linker.cc', '#include "libwasm/module/module.h"'),
        ('cli/run.cc', '#include "libwasm/runtime/store.h"'),
        ('cli/run.cc', '#include "llvm/IR/IRBuilder.h"'),
        ('cli/run.cc', '#include <llvm/IR/IRBuilder.h>'),
        ('libwasm/native/unwind.cc', '#include "llvm/IR/IRBuilder.h"'),
        ('aotc/compiler.cc', '#include "interp/interp.h"'),
        ('examples/embed/embed.cc', '#include "libwasm/binary/module_decoder.h"'),
        ('libwasm/libwasm.h', '#include "libwasm/runtime/store.h"'),
        ('libwasm/types/types.h', '#include "index.h"'),
        ('libwasm/types/types.h', '  #  include <libwasm/runtime/store.h>'),
        ('tools/thing.cc', ''),
    ]
    allowed = [
        ('libwasm/types/types.h', '#include "libwasm/support/index.h"'),
        ('libwasm/types/types.h', '#include "libwasm/types/v128.h"'),
        ('libwasm/runtime/store.cc', '#include "libwasm/module/module.h"'),
        ('libwasm/libwasm.cc', '#include "libwasm/libwasm.h"'),
        ('libwasm/libwasm.cc', '#include "libwasm/runtime/store.h"'),
        ('libwasm/text/printer.cc', '#include "libwasm/binary/module_decoder.h"'),
        ('interp/dispatch.cc', '#include "libwasm/validate/side_table.h"'),
        ('interp/interp_test.cc', '#include "libwasm/validate/func_validator.h"'),
        ('aotc/compiler.cc', '#include "llvm/IR/IRBuilder.h"'),
        ('libwasi/p1/preview1.cc', '#include "libwasi/core/clocks.h"'),
        ('libwasi/p1/preview1.cc', '#include "libwasm/libwasm.h"'),
        ('cli/run.cc', '#include <vector>'),
        ('libwasm/types/types_test.cc', '#include "catch2/catch_test_macros.hpp"'),
        ('cli/run.cc', '// #include "libwasm/runtime/store.h"'),
        ('cli/run.cc', '/*\n#include "libwasm/runtime/store.h"\n*/'),
    ]
    wrong = [case for case in caught if not check_text(*case)]
    wrong += [case for case in allowed if check_text(*case)]
    for path, text in wrong:
        print(f'judged wrongly: {path}: {text}')
    print(f'{len(caught) + len(allowed)} cases, {len(wrong)} judged wrongly')
    return len(wrong)


if sys.argv[1:] == ['--self-test']:
    sys.exit(1 if self_test() else 0)
base = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
sys.exit(1 if check_tree(base) else 0)
