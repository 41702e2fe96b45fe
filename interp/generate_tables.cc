// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Run by the build: writes the dispatch table of the speed build as assembly. For each depth of
// cached operands (0, 1, 2) and each pair of bytes there is the distance from the table to the
// handler, or the handler's address in 32 bits. C++ cannot say this as constant data, and tables of
// pointers would need relocations at every start, or twice the cache.

#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#ifndef TRENAIL_DISPATCH_SPEED
#define TRENAIL_DISPATCH_SPEED
#endif
#include "interp/control.h"
#include "interp/tuning.h"
#include "libwasm/opcodes/opcode.h"

namespace wasm::interp {
namespace {

std::set<Opcode> WithDepths() {
  std::set<Opcode> ops;
#define DEEPER(Name) ops.insert(Opcode::Name);
#define DEEPER_0x00(Name) DEEPER(Name)
#define DEEPER_0xfc(Name) DEEPER(Name)
#define DEEPER_0xfd(Name)
#define NUMERIC(Name, prefix, code, text, sig, Feature, flags) DEEPER_##prefix(Name)
#define LOAD(Name, prefix, code, text, type, MemType, Feature) DEEPER_##prefix(Name)
#define STORE(Name, prefix, code, text, type, MemType, Feature) DEEPER_##prefix(Name)
#include "libwasm/opcodes/instructions.def"
  INTERP_DEPTH_OPS(DEEPER)
  return ops;
}

const char* Name(Opcode op) {
  static const char* const kNames[] = {
#define INSTR(Name, prefix, code, text, Imm, sig, Feature, flags) #Name,
#include "libwasm/opcodes/instructions.def"
  };
  return kNames[static_cast<size_t>(op)];
}

std::set<std::pair<Opcode, Opcode>> Fused() {
  std::set<std::pair<Opcode, Opcode>> pairs;
#define PAIR(First, Second) pairs.emplace(Opcode::First, Opcode::Second);
#define ALU(First, _)   \
  PAIR(First, LocalSet) \
  PAIR(First, LocalTee) \
  PAIR(First, LocalGet) PAIR(First, I32Const) PAIR(First, End) PAIR(First, Call)
  INTERP_ALU(ALU, )
#define LOAD_OF(Second, MemType, First) PAIR(First, Second)
#define LOADS(First, _) INTERP_HOT_LOADS(LOAD_OF, First)
  INTERP_ADDRESS_ALU(LOADS, )
#define WITH(Second, First) PAIR(First, Second)
#define ALU32(First, _) INTERP_ALU32_SECOND(WITH, First)
#define ALU64(First, _) INTERP_ALU64_SECOND(WITH, First)
#define ALUF(First, _) INTERP_ALUF_SECOND(WITH, First)
#define ALUG(First, _) INTERP_ALUG_SECOND(WITH, First)
  INTERP_ALU32_FIRST(ALU32, )
  INTERP_ALU64_FIRST(ALU64, )
  INTERP_ALUF_FIRST(ALUF, )
  INTERP_ALUG_FIRST(ALUG, )
#define CONDITION(First, _) \
  PAIR(First, BrIf) PAIR(First, If) PAIR(First, Select) PAIR(First, I32Eqz)
  INTERP_CONDITIONS(CONDITION, )
  return pairs;
}

std::set<int> BakedLocals() {
  std::set<int> indices;
#define INDEX(n, _) indices.insert(n);
  INTERP_BAKED_LOCALS(INDEX, )
  return indices;
}
std::set<int> BakedConsts() {
  std::set<int> indices;
  INTERP_BAKED_CONSTS(INDEX, )
  return indices;
}

bool HasMemArg(Opcode op) {
  switch (op) {
#define MEMARG(Name) case Opcode::Name:
#define MEMARG_0x00(Name) MEMARG(Name)
#define MEMARG_0xfd(Name)
#define LOAD(Name, prefix, code, text, type, MemType, Feature) MEMARG_##prefix(Name)
#define STORE(Name, prefix, code, text, type, MemType, Feature) MEMARG_##prefix(Name)
#include "libwasm/opcodes/instructions.def"
    return true;
    default:
      return false;
  }
}

// The symbol, without its prefix, of the handler for these two bytes.
std::string Select(int depth, uint8_t byte, uint8_t next) {
  static const auto with_depths = WithDepths();
  static const auto fused = Fused();
  static const auto baked_locals = BakedLocals();
  static const auto baked_consts = BakedConsts();
  const std::string suffix = "_" + std::to_string(depth);
  auto handler = [&](Opcode op) {
    if (depth != 0 && !with_depths.contains(op)) return "Spill" + suffix;
    return Name(op) + suffix;
  };
  if (IsPrefix(byte)) {
    const uint16_t code = next < 0x80 ? LookupOpcode(byte, next) : kNoOpcode;
    if (code != kNoOpcode) return handler(static_cast<Opcode>(code));
    if (depth != 0) return "Spill" + suffix;
    return next < 0x80 ? "Illegal" : "LongPrefix";
  }
  if (kPlainCodes[byte] == kNoOpcode) return "Illegal";
  const Opcode op = static_cast<Opcode>(kPlainCodes[byte]);
  switch (op) {
    case Opcode::LocalGet:
    case Opcode::LocalSet:
    case Opcode::LocalTee:
      if (baked_locals.contains(next)) return handler(op) + "_At" + std::to_string(next);
      if (next >= 0x80) return handler(op) + "_Long";
      break;
    case Opcode::I32Const:
      if (baked_consts.contains(next)) return handler(op) + "_At" + std::to_string(next);
      if (next >= 0x80) return handler(op) + "_Long";
      break;
    case Opcode::I64Const:
    case Opcode::GlobalGet:
    case Opcode::GlobalSet:
      if (next >= 0x80) return handler(op) + "_Long";
      break;
    case Opcode::Block:
    case Opcode::Loop:
      if (IsShortBlockType(next)) return "ShortBlock" + suffix;
      break;
    default:
      if (HasMemArg(op)) {
        if (IsLongAlignment(next))
          return depth == 0 ? Name(op) + std::string("_Exact_0") : "Spill" + suffix;
        break;
      }
      if (kPlainCodes[next] != kNoOpcode) {
        const Opcode second = static_cast<Opcode>(kPlainCodes[next]);
        if (fused.contains({op, second}))
          return std::string(Name(op)) + "_" + Name(second) + suffix;
      }
  }
  return handler(op);
}

void Write(std::FILE* out, bool fixed) {
  std::fputs(
      "// Written by interp/generate_tables.cc.\n"
      "  .section .rodata.trenail_dispatch_table,\"a\",%progbits\n"
      "  .hidden trenail_dispatch_table\n"
      "  .globl trenail_dispatch_table\n"
      "  .balign 64\n"
      "trenail_dispatch_table:\n",
      out);
  for (int depth = 0; depth < 3; ++depth)
    for (int key = 0; key < 0x10000; ++key)
      std::fprintf(out, "  .long trenail_op_%s%s\n",
                   Select(depth, key & 0xff, static_cast<uint8_t>(key >> 8)).c_str(),
                   fixed ? "" : " - trenail_dispatch_table");
  std::fputs("  .section .note.GNU-stack,\"\",%progbits\n", out);
}

}  // namespace
}  // namespace wasm::interp

int main(int argc, char** argv) {
  std::FILE* out = argc > 1 ? std::fopen(argv[1], "w") : nullptr;
  if (out == nullptr) return 1;
  wasm::interp::Write(out, argc > 2 && argv[2] == std::string_view("fixed"));
  return std::fclose(out) == 0 ? 0 : 1;
}
