// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one walker over instructions. VisitInstruction reads one instruction and hands it to the
// visitor: SPECIAL rows as v.Visit(Op<Opcode::X>{}, imm), so that a visitor without a rule does not
// compile; every other row as v.VisitSimple(opcode, imm), whose rule is the row's signature. One
// call of VisitSimple per immediate shape keeps the code small.
//
// A visitor's methods return true to go on, false to stop (its error is in the reader's sink).

#ifndef TRENAIL_LIBWASM_OPCODES_VISIT_H_
#define TRENAIL_LIBWASM_OPCODES_VISIT_H_

#include <string>

#include "libwasm/opcodes/immediates.h"
#include "libwasm/opcodes/opcode.h"
#include "libwasm/support/reader.h"

namespace wasm {

namespace visit_internal {
[[gnu::cold, gnu::noinline]] inline bool IllegalOpcode(CheckedReader& r, const uint8_t* at,
                                                       uint8_t prefix, uint32_t code) {
  static constexpr char kHex[] = "0123456789abcdef";
  auto hex = [](uint8_t byte) { return std::string{kHex[byte >> 4], kHex[byte & 15]}; };
  std::string message = "illegal opcode ";
  if (prefix == 0) return r.MalformedAt(at, message + hex(static_cast<uint8_t>(code)));
  message += hex(prefix) + " ";
  if (code > 0xff) message += hex(static_cast<uint8_t>(code >> 8));
  return r.MalformedAt(at, message + hex(static_cast<uint8_t>(code)));
}

template <typename Visitor, typename Reader>
bool VisitOpcode(Reader& r, Visitor& v, Opcode opcode) {
  switch (opcode) {
#define SPECIAL(Name, prefix, code, text, Imm, Feature, flags) \
  case Opcode::Name: {                                         \
    const imm::Imm i = imm::Read(r, imm::Tag<imm::Imm>());     \
    return r.ok() && v.Visit(Op<Opcode::Name>(), i);           \
  }
#define INSTR(Name, prefix, code, text, Imm, sig, Feature, flags) \
  case Opcode::Name:                                              \
    goto simple_##Imm;
#include "libwasm/opcodes/instructions.def"
  }
  __builtin_unreachable();

#define WASM_SIMPLE_SHAPE(Imm)                             \
  simple_##Imm : {                                         \
    const imm::Imm i = imm::Read(r, imm::Tag<imm::Imm>()); \
    return r.ok() && v.VisitSimple(opcode, i);             \
  }
  // The shapes that SIMPLE, NUMERIC, RUNTIME and MEMORY rows use; a missing one does not compile.
  WASM_SIMPLE_SHAPE(None)
  WASM_SIMPLE_SHAPE(MemArg)
  WASM_SIMPLE_SHAPE(MemArgLane)
  WASM_SIMPLE_SHAPE(Lane)
  WASM_SIMPLE_SHAPE(Lanes16)
  WASM_SIMPLE_SHAPE(ConstI32)
  WASM_SIMPLE_SHAPE(ConstI64)
  WASM_SIMPLE_SHAPE(ConstF32)
  WASM_SIMPLE_SHAPE(ConstF64)
  WASM_SIMPLE_SHAPE(ConstV128)
  WASM_SIMPLE_SHAPE(MemIdx)
  WASM_SIMPLE_SHAPE(FenceByte)
#undef WASM_SIMPLE_SHAPE
}
}  // namespace visit_internal

// Reads the bytes of an opcode. False, with "illegal opcode" in the sink, if there is none.
inline bool ReadOpcode(CheckedReader& r, Opcode* opcode) {
  const uint8_t* at = r.position();
  if (r.AtEnd()) [[unlikely]] {
    r.UnexpectedEnd();
    return false;
  }
  const uint8_t byte = r.ReadByte();
  if (!IsPrefix(byte)) [[likely]] {
    const uint16_t op = kPlainCodes[byte];
    if (op == kNoOpcode) [[unlikely]]
      return visit_internal::IllegalOpcode(r, at, 0, byte);
    *opcode = static_cast<Opcode>(op);
    return true;
  }
  const uint32_t code = r.ReadU32();
  const uint16_t op = LookupOpcode(byte, code);
  if (op == kNoOpcode) [[unlikely]]
    return r.ok() && visit_internal::IllegalOpcode(r, at, byte, code);
  *opcode = static_cast<Opcode>(op);
  return r.ok();
}
inline bool ReadOpcode(TrustedReader& r, Opcode* opcode) {
  const uint8_t byte = r.ReadByte();
  *opcode =
      static_cast<Opcode>(IsPrefix(byte) ? LookupOpcode(byte, r.ReadU32()) : kPlainCodes[byte]);
  return true;
}

// Decodes one instruction and visits it. The reader stands behind its immediate when a method of
// the visitor runs.
template <Trust trust, typename Visitor>
bool VisitInstruction(ByteReader<trust>& r, Visitor& v) {
  Opcode opcode;
  return ReadOpcode(r, &opcode) && visit_internal::VisitOpcode(r, v, opcode);
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_OPCODES_VISIT_H_
