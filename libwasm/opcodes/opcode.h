// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opcode: a dense enumeration of the rows of instructions.def, and what each row says of itself.

#ifndef TRENAIL_LIBWASM_OPCODES_OPCODE_H_
#define TRENAIL_LIBWASM_OPCODES_OPCODE_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "libwasm/opcodes/signature.h"
#include "libwasm/types/features.h"
#include "libwasm/types/types.h"
#include "libwasm/types/v128.h"

namespace wasm {

enum class Opcode : uint16_t {
#define INSTR(Name, prefix, code, text, Imm, sig, Feature, flags) Name,
#include "libwasm/opcodes/instructions.def"
};

inline constexpr int kNumOpcodes = 0
#define INSTR(Name, prefix, code, text, Imm, sig, Feature, flags) +1
#include "libwasm/opcodes/instructions.def"
    ;

// The shapes of immediates; each has a struct, a reader, a writer, a text parser and a printer.
// clang-format off
#define WASM_IMMEDIATE_SHAPES(X)                                                         \
  X(None) X(BlockType) X(LabelIdx) X(BrTable) X(FuncIdx) X(TypeIdx) X(CallIndirect)      \
  X(LocalIdx) X(GlobalIdx) X(TableIdx) X(MemIdx) X(TagIdx) X(ElemIdx) X(DataIdx)         \
  X(MemArg) X(MemArgLane) X(Lane) X(Lanes16) X(ConstI32) X(ConstI64) X(ConstF32)         \
  X(ConstF64) X(ConstV128) X(HeapType) X(SelectTypes) X(MemoryInit) X(MemoryCopy)        \
  X(TableInit) X(TableCopy) X(TryTable) X(TypeField) X(TypeLen) X(TypeData) X(TypeElem)  \
  X(TypeType) X(BrOnCast) X(FenceByte)
// clang-format on

enum class ImmKind : uint8_t {
#define X(Shape) k##Shape,
  WASM_IMMEDIATE_SHAPES(X)
#undef X
};

// The row's class, for consumers that ask at run time.
enum class InstrClass : uint8_t { kSpecial, kSimple, kMemory };

struct OpcodeInfo {
  std::string_view text;
  Signature signature;  // meaningless for kSpecial
  uint16_t code;        // the byte, or the number that follows the prefix
  uint8_t prefix;       // 0x00, 0xfb, 0xfc, 0xfd, 0xfe
  ImmKind imm;
  Feature feature;
  InstrClass instr_class;
  uint8_t access_log2;  // kMemory: log2 of the bytes accessed, which is the natural alignment
  bool is_const;        // allowed in constant expressions [valid-constant]
};

namespace opcode_internal {
inline constexpr int kConst = 1;
constexpr uint8_t Log2(size_t size) {
  uint8_t log2 = 0;
  while ((size_t{1} << log2) < size) ++log2;
  return log2;
}
}  // namespace opcode_internal

inline constexpr std::array<OpcodeInfo, kNumOpcodes> kOpcodeInfo = [] {
  using opcode_internal::kConst;
  return std::array<OpcodeInfo, kNumOpcodes>{{
#define SPECIAL(Name, prefix, code, text, Imm, Feat, flags) \
  {text,                                                    \
   Signature(),                                             \
   code,                                                    \
   prefix,                                                  \
   ImmKind::k##Imm,                                         \
   Feature::k##Feat,                                        \
   InstrClass::kSpecial,                                    \
   0,                                                       \
   ((flags) & kConst) != 0},
#define SIMPLE(Name, prefix, code, text, Imm, sig, Feat, flags) \
  {text,                                                        \
   ParseSignature(sig),                                         \
   code,                                                        \
   prefix,                                                      \
   ImmKind::k##Imm,                                             \
   Feature::k##Feat,                                            \
   InstrClass::kSimple,                                         \
   0,                                                           \
   ((flags) & kConst) != 0},
#define MEMORY(Name, prefix, code, text, Imm, sig, AccessType, Feat) \
  {text,                                                             \
   ParseSignature(sig),                                              \
   code,                                                             \
   prefix,                                                           \
   ImmKind::k##Imm,                                                  \
   Feature::k##Feat,                                                 \
   InstrClass::kMemory,                                              \
   opcode_internal::Log2(sizeof(AccessType)),                        \
   false},
#include "libwasm/opcodes/instructions.def"
  }};
}();

constexpr const OpcodeInfo& Info(Opcode op) { return kOpcodeInfo[static_cast<size_t>(op)]; }

// Compile-time tag of an opcode, for overloads of Visit.
template <Opcode op>
struct Op {
  static constexpr Opcode kOpcode = op;
};

// From the bytes to the opcode: kNoOpcode where the format has none.
inline constexpr uint16_t kNoOpcode = 0xffff;
inline constexpr size_t kMaxPrefixedCode = 0x120;

namespace opcode_internal {
template <int prefix, size_t size>
constexpr std::array<uint16_t, size> MakeCodeTable() {
  std::array<uint16_t, size> table{};
  for (auto& entry : table) entry = kNoOpcode;
  for (size_t i = 0; i < kOpcodeInfo.size(); ++i)
    if (kOpcodeInfo[i].prefix == prefix) table[kOpcodeInfo[i].code] = static_cast<uint16_t>(i);
  return table;
}
}  // namespace opcode_internal

inline constexpr auto kPlainCodes = opcode_internal::MakeCodeTable<0x00, 256>();
inline constexpr auto kFbCodes = opcode_internal::MakeCodeTable<0xfb, 32>();
inline constexpr auto kFcCodes = opcode_internal::MakeCodeTable<0xfc, 32>();
inline constexpr auto kFdCodes = opcode_internal::MakeCodeTable<0xfd, kMaxPrefixedCode>();
inline constexpr auto kFeCodes = opcode_internal::MakeCodeTable<0xfe, 80>();

constexpr bool IsPrefix(uint8_t byte) { return byte >= 0xfb && byte <= 0xfe; }

// The opcode of `code` behind `prefix` (0x00: none), or kNoOpcode.
constexpr uint16_t LookupOpcode(uint8_t prefix, uint32_t code) {
  auto at = [code](const auto& table) -> uint16_t {
    return code < table.size() ? table[code] : kNoOpcode;
  };
  switch (prefix) {
    case 0x00:
      return at(kPlainCodes);
    case 0xfb:
      return at(kFbCodes);
    case 0xfc:
      return at(kFcCodes);
    case 0xfd:
      return at(kFdCodes);
    case 0xfe:
      return at(kFeCodes);
    default:
      return kNoOpcode;
  }
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_OPCODES_OPCODE_H_
