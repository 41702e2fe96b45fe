// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An instruction's operand and result types, written in the table as the spec writes them
// ("i32 i32 -> i32") and parsed at compile time: a misspelt signature does not build.

#ifndef TRENAIL_LIBWASM_OPCODES_SIGNATURE_H_
#define TRENAIL_LIBWASM_OPCODES_SIGNATURE_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "libwasm/types/types.h"

namespace wasm {

enum class SigType : uint8_t {
  kI32,
  kI64,
  kF32,
  kF64,
  kV128,
  kAddr,
  kEqRef,
  kArrayRef,
  kI31Ref,
  kRefI31
};

// The value type of a SigType; kAddr is the address type of the memory or table in question.
constexpr ValType ToValType(SigType type, AddrType addr) {
  switch (type) {
    case SigType::kI32:
      return ValType::kI32;
    case SigType::kI64:
      return ValType::kI64;
    case SigType::kF32:
      return ValType::kF32;
    case SigType::kF64:
      return ValType::kF64;
    case SigType::kV128:
      return ValType::kV128;
    case SigType::kAddr:
      return AddrValType(addr);
    case SigType::kEqRef:
      return kEqRef;
    case SigType::kArrayRef:
      return kArrayRef;
    case SigType::kI31Ref:
      return kI31Ref;
    case SigType::kRefI31:
      return ValType::Ref(HeapType::kI31, false);
  }
  return {};
}

struct Signature {
  uint8_t num_params = 0;
  uint8_t num_results = 0;
  std::array<SigType, 4> params{};
  std::array<SigType, 2> results{};
};

// Not constexpr: reaching one of them while compiling is the error.
void UnknownTypeInSignature();
void SignatureWithoutArrow();

consteval Signature ParseSignature(const char* text) {
  Signature sig;
  std::string_view rest(text);
  bool after_arrow = false;
  while (!rest.empty()) {
    if (rest.front() == ' ') {
      rest.remove_prefix(1);
      continue;
    }
    size_t length = rest.front() == '(' ? rest.find(')') + 1 : rest.find(' ');
    const std::string_view word = rest.substr(0, length);
    rest.remove_prefix(word.size());
    if (word == "->") {
      after_arrow = true;
      continue;
    }
    SigType type{};
    if (word == "i32")
      type = SigType::kI32;
    else if (word == "i64")
      type = SigType::kI64;
    else if (word == "f32")
      type = SigType::kF32;
    else if (word == "f64")
      type = SigType::kF64;
    else if (word == "v128")
      type = SigType::kV128;
    else if (word == "addr")
      type = SigType::kAddr;
    else if (word == "eqref")
      type = SigType::kEqRef;
    else if (word == "arrayref")
      type = SigType::kArrayRef;
    else if (word == "i31ref")
      type = SigType::kI31Ref;
    else if (word == "(ref i31)")
      type = SigType::kRefI31;
    else
      UnknownTypeInSignature();
    if (after_arrow)
      sig.results[sig.num_results++] = type;
    else
      sig.params[sig.num_params++] = type;
  }
  if (!after_arrow) SignatureWithoutArrow();
  return sig;
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_OPCODES_SIGNATURE_H_
