// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The contract between compiled code and the runtime: docs/aot.md in C++. The compiler and the
// runtime include this one file; besides it, compiled code knows the offsets of the structs of
// runtime/vm_layout.h. A change of any of them is a new kAbiVersion.
//
// The native calling convention: C's of the target, with the callee's context (`native_context` of
// its FuncInst; for compiled functions their Instance*) as LLVM's `swiftself` parameter: r13 on
// x86-64, x20 on AArch64, which every callee preserves. Parameters are i32, i64, float, double,
// <2 x i64> for v128, i64 for references. No result is void; one is returned; more than one go,
// each at a multiple of 16 bytes, to the buffer that an additional first parameter points to.
// Functions that make tail calls have LLVM's `tailcc` instead, and a second entry of the above
// kind.

#ifndef TRENAIL_LIBWASM_NATIVE_ABI_H_
#define TRENAIL_LIBWASM_NATIVE_ABI_H_

#include <cstddef>
#include <cstdint>

#include "libwasm/opcodes/opcode.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::native {

inline constexpr uint32_t kAbiVersion = 1;

// ---- what compiled code calls ------------------------------------------------------------------

// Entries of Instance::builtins, all with C's calling convention. A builtin that fails does not
// return: it leaves for the innermost entry (traps) or for the handler (exceptions).
//
// Behind the named ones there is one entry per row of the table of instructions, at kNumBuiltins +
// opcode, which executes the instruction on slots:
//
//   void (Instance*, Slot* operands, uint64_t a, uint64_t b)
//
// The operands lie in `operands` in the order of the stack, as slots (v128: two); the results
// replace them. `a` and `b` are the members of the immediate in the order of its struct: the index
// of a memory, type, tag …; MemArg: memory index and offset; ConstV128 has none of its own;
// HeapType (ref.test, ref.cast and their null variants): HeapType::bits() and 0. Null where the
// compiler never calls: constants, control, locals, calls.
enum class Builtin : uint16_t {
#define BUILTIN(Name, signature) k##Name,
#include "libwasm/native/builtins.def"
  kNumBuiltins,
};

inline constexpr size_t kNumBuiltinEntries =
    static_cast<size_t>(Builtin::kNumBuiltins) + static_cast<size_t>(kNumOpcodes);
constexpr size_t BuiltinIndex(Opcode op) {
  return static_cast<size_t>(Builtin::kNumBuiltins) + static_cast<size_t>(op);
}

// ---- what compiled code consists of ------------------------------------------------------------

// From slots to a native call, one per shape of signature: calls `code` with `context` and the
// arguments in `slots`, stores the results there. 0, or 1 when an exception came instead: it is
// then the thread's pending exception.
using ArrayThunk = uint32_t (*)(void* code, void* context, runtime::Slot* slots);

// Per defined function of the module, in order. Offsets are relative to the record's own address;
// 0: there is none.
struct FunctionRecord {
  int32_t code = 0;         // the entry with the native calling convention
  int32_t tail = 0;         // the tailcc entry, if the function makes tail calls
  int32_t array_thunk = 0;  // ArrayThunk of its signature
  int32_t positions = 0;    // see PositionReader in positions.h
  uint32_t body = 0;        // where its body begins in the .wasm file
};

// What an artefact records; the symbol `trenail_module` of a linked one. Relative offsets as above,
// from the address of the member itself.
struct ArtefactHeader {
  static constexpr char kMagic[8] = {'t', 'r', 'e', 'n', 'a', 'i', 'l', '\n'};
  enum Flags : uint32_t {
    kInterruptible = 1,  // polls at loops and calls
    kMetersFuel = 2,
    kGuardPages = 4,  // accesses to memories rely on guard pages where these can have them
  };
  char magic[8];
  uint32_t abi_version = 0;
  uint32_t flags = 0;
  uint64_t fingerprint = 0;      // kFingerprint of the compiler
  uint64_t checksum = 0;         // of the file, with this member as zero; see artefact_file.h
  uint8_t module_hash[32] = {};  // SHA-256 of the .wasm file it was compiled from
  uint32_t num_functions = 0;    // defined ones
  int32_t functions = 0;         // FunctionRecord[num_functions]
  int32_t wasm = 0;              // the module without the bodies of its functions …
  uint32_t wasm_size = 0;
  int32_t cpu_features = 0;  // text: the features the processor must have, comma-separated
  uint32_t cpu_features_size = 0;
  int32_t code_begin = 0;  // the range of the code, for signals and traces
  int32_t code_end = 0;
  int32_t personality_slot = 0;  // void*, written by the runtime before the first call
  int32_t component = 0;         // the ComponentRecord, of a module of a component
};

// What an artefact of a component has besides the headers of its core modules, under the symbol
// kComponentSymbol. The first header is `trenail_module`, whose checksum is that of the whole file.
struct ComponentRecord {
  static constexpr char kMagic[8] = {'t', 'r', 'e', 'n', 'c', 'o', 'm', '\n'};
  char magic[8];
  uint32_t num_modules = 0;
  uint32_t component_size = 0;
  int32_t component = 0;  // the component as it was compiled, in binary
  uint32_t reserved = 0;
  // int32_t headers[num_modules] follow, each relative to itself: in the order of
  // trenail::Component::modules().
};
inline constexpr char kComponentSymbol[] = "trenail_component";

// An explicit trap is an illegal instruction that carries its kind: LLVM's llvm.ubsantrap of the
// Trap's number (x86-64: ud1 kind(%eax), %eax; AArch64: brk 0x5500 + kind).

// Bytes of address space that make an access to a 32-bit memory fault instead of leaving it: index
// plus offset plus the widest access.
inline constexpr uint64_t kGuardedReservation = (uint64_t{8} << 30) + 65536;

// Native stack below Instance::stack_limit that builtins may use.
inline constexpr size_t kBuiltinStackBytes = 192 * 1024;

// Changes whenever what compiled code knows changes: the order of builtins and instructions and the
// layout of the structs.
consteval uint64_t Fingerprint() {
  uint64_t hash = 0xcbf29ce484222325;
  auto mix = [&hash](uint64_t value) {
    for (int i = 0; i < 8; ++i) hash = (hash ^ (value >> (8 * i) & 0xff)) * 0x100000001b3;
  };
  auto mix_text = [&hash](const char* text) {
    for (; *text != '\0'; ++text) hash = (hash ^ static_cast<uint8_t>(*text)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;
  };
#define BUILTIN(Name, signature) mix_text(#Name signature);
#include "libwasm/native/builtins.def"
#define INSTR(Name, prefix, code, text, Imm, sig, Feature, flags) mix_text(text);
#include "libwasm/opcodes/instructions.def"
#define TRAP(name, message, kind) mix_text(#name);
#include "libwasm/runtime/traps.def"
#undef TRAP
  using namespace runtime;
  mix(offsetof(Instance, memory0));
  mix(offsetof(Instance, poll));
  mix(offsetof(Instance, thread));
  mix(offsetof(Instance, functions));
  mix(offsetof(Instance, globals));
  mix(offsetof(Instance, tables));
  mix(offsetof(Instance, memories));
  mix(offsetof(Instance, tags));
  mix(offsetof(Instance, type_ids));
  mix(offsetof(Instance, memory0_base));
  mix(offsetof(Instance, stack_limit));
  mix(offsetof(Instance, own_globals));
  mix(offsetof(Instance, builtins));
  mix(offsetof(FuncInst, native_type_id));
  mix(offsetof(FuncInst, native));
  mix(offsetof(FuncInst, native_tail));
  mix(offsetof(FuncInst, native_context));
  mix(offsetof(VMMemory, base));
  mix(offsetof(VMMemory, size));
  mix(offsetof(VMTable, elements));
  mix(offsetof(VMTable, size));
  mix(offsetof(VMThread, fuel));
  mix(kOwnGlobalStride);
  mix(sizeof(FunctionRecord));
  mix(sizeof(ArtefactHeader));
  mix(offsetof(ArtefactHeader, component));
  mix(sizeof(ComponentRecord));
  return hash;
}
inline constexpr uint64_t kFingerprint = Fingerprint();

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_ABI_H_
