// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints docs/instructions.md, the reference of all instructions, from the table. A test runs it
// and compares its output with the file, so that the two cannot part.

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/opcodes/opcode.h"

namespace wasm {
namespace {

std::string_view SigTypeText(SigType type) {
  switch (type) {
    case SigType::kI32:
      return "i32";
    case SigType::kI64:
      return "i64";
    case SigType::kF32:
      return "f32";
    case SigType::kF64:
      return "f64";
    case SigType::kV128:
      return "v128";
    case SigType::kAddr:
      return "addr";
    case SigType::kEqRef:
      return "eqref";
    case SigType::kArrayRef:
      return "arrayref";
    case SigType::kI31Ref:
      return "i31ref";
    case SigType::kRefI31:
      return "(ref i31)";
  }
  return "";
}

std::string SignatureText(const OpcodeInfo& info) {
  if (info.instr_class == InstrClass::kSpecial) return "by rule";
  std::string text;
  for (int i = 0; i < info.signature.num_params; ++i) {
    text += SigTypeText(info.signature.params[i]);
    text += ' ';
  }
  text += "->";
  for (int i = 0; i < info.signature.num_results; ++i) {
    text += ' ';
    text += SigTypeText(info.signature.results[i]);
  }
  return "`" + text + "`";
}

// The immediates as they stand in the text, by shape.
std::string_view ImmediateText(ImmKind kind) {
  switch (kind) {
    case ImmKind::kNone:
    case ImmKind::kFenceByte:
      return "";
    case ImmKind::kBlockType:
      return "blocktype";
    case ImmKind::kLabelIdx:
      return "labelidx";
    case ImmKind::kBrTable:
      return "labelidx* labelidx";
    case ImmKind::kFuncIdx:
      return "funcidx";
    case ImmKind::kTypeIdx:
      return "typeidx";
    case ImmKind::kCallIndirect:
      return "tableidx? typeuse";
    case ImmKind::kLocalIdx:
      return "localidx";
    case ImmKind::kGlobalIdx:
      return "globalidx";
    case ImmKind::kTableIdx:
      return "tableidx?";
    case ImmKind::kMemIdx:
      return "memidx?";
    case ImmKind::kTagIdx:
      return "tagidx";
    case ImmKind::kElemIdx:
      return "elemidx";
    case ImmKind::kDataIdx:
      return "dataidx";
    case ImmKind::kMemArg:
      return "memidx? memarg";
    case ImmKind::kMemArgLane:
      return "memidx? memarg laneidx";
    case ImmKind::kLane:
      return "laneidx";
    case ImmKind::kLanes16:
      return "laneidx^16";
    case ImmKind::kConstI32:
      return "i32";
    case ImmKind::kConstI64:
      return "i64";
    case ImmKind::kConstF32:
      return "f32";
    case ImmKind::kConstF64:
      return "f64";
    case ImmKind::kConstV128:
      return "shape lane*";
    case ImmKind::kHeapType:
      return "heaptype";
    case ImmKind::kSelectTypes:
      return "(result valtype*)";
    case ImmKind::kMemoryInit:
      return "memidx? dataidx";
    case ImmKind::kMemoryCopy:
      return "(memidx memidx)?";
    case ImmKind::kTableInit:
      return "tableidx? elemidx";
    case ImmKind::kTableCopy:
      return "(tableidx tableidx)?";
    case ImmKind::kTryTable:
      return "blocktype catch*";
    case ImmKind::kTypeField:
      return "typeidx fieldidx";
    case ImmKind::kTypeLen:
      return "typeidx u32";
    case ImmKind::kTypeData:
      return "typeidx dataidx";
    case ImmKind::kTypeElem:
      return "typeidx elemidx";
    case ImmKind::kTypeType:
      return "typeidx typeidx";
    case ImmKind::kBrOnCast:
      return "labelidx reftype reftype";
  }
  return "";
}

// The text of the immediate, where the opcode says more than its shape.
std::string ImmediatesOf(Opcode op) {
  switch (op) {
    case Opcode::RefTest:
    case Opcode::RefCast:
      return "(ref heaptype)";
    case Opcode::RefTestNull:
    case Opcode::RefCastNull:
      return "(ref null heaptype)";
    default:
      return std::string(ImmediateText(Info(op).imm));
  }
}

void Print() {
  std::puts(
      "# Instructions\n\n"
      "All instructions, printed from `libwasm/opcodes/instructions.def` by\n"
      "`libwasm/opcodes/instructions_doc.cc`; a test keeps this file up to date. In a signature,\n"
      "`addr` is the address type of the memory or table that the immediate names. \"by rule\": "
      "the\n"
      "types depend on the immediate or the context, see `libwasm/validate/rules_*.cc`. "
      "Instructions\n"
      "with a *c* may stand in constant expressions. In the binary, an alignment is the logarithm "
      "to\n"
      "base 2; numbers behind a prefix are LEB128.\n");
  size_t total = 0;
  for (const uint8_t prefix : {0x00, 0xfb, 0xfc, 0xfd, 0xfe}) {
    if (prefix == 0)
      std::puts("## One byte\n");
    else
      std::printf("\n## Prefix 0x%02x\n\n", prefix);
    std::puts(
        "| code | instruction | immediates | signature | feature | |\n|---|---|---|---|---|---|");
    // By code: the table's own order is that of the specification's chapters.
    for (uint32_t code = 0; code < kMaxPrefixedCode; ++code) {
      const uint16_t op = LookupOpcode(prefix, code);
      if (op == kNoOpcode) continue;
      ++total;
      const OpcodeInfo& info = Info(static_cast<Opcode>(op));
      const std::string_view feature = FeatureName(info.feature);
      const std::string imm = ImmediatesOf(static_cast<Opcode>(op));
      std::printf("| 0x%02x | `%.*s` | %s | %s | %.*s | %s |\n", code,
                  static_cast<int>(info.text.size()), info.text.data(), imm.c_str(),
                  SignatureText(info).c_str(), static_cast<int>(feature.size()), feature.data(),
                  info.is_const ? "c" : "");
    }
  }
  std::printf("\n%zu instructions.\n", total);
}

}  // namespace
}  // namespace wasm

int main() {
  wasm::Print();
  return 0;
}
