// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/validate/errors.h"

#include <algorithm>

namespace wasm::validate {

std::string TypePrinter::Print(HeapType type) const {
  if (type.is_concrete()) {
    const auto at = std::find(type_ids_.begin(), type_ids_.end(), type.concrete());
    return at == type_ids_.end() ? "?" : std::to_string(at - type_ids_.begin());
  }
  switch (type.abstract()) {
    case HeapType::kBot:
      return "bot";
    case HeapType::kExn:
      return "exn";
    case HeapType::kArray:
      return "array";
    case HeapType::kStruct:
      return "struct";
    case HeapType::kI31:
      return "i31";
    case HeapType::kEq:
      return "eq";
    case HeapType::kAny:
      return "any";
    case HeapType::kExtern:
      return "extern";
    case HeapType::kFunc:
      return "func";
    case HeapType::kNone:
      return "none";
    case HeapType::kNoExtern:
      return "noextern";
    case HeapType::kNoFunc:
      return "nofunc";
    case HeapType::kNoExn:
      return "noexn";
  }
  return "?";
}

std::string TypePrinter::Print(ValType type) const {
  switch (type.code()) {
    case ValType::kI32:
      return "i32";
    case ValType::kI64:
      return "i64";
    case ValType::kF32:
      return "f32";
    case ValType::kF64:
      return "f64";
    case ValType::kV128:
      return "v128";
    case ValType::kI8:
      return "i8";
    case ValType::kI16:
      return "i16";
    case ValType::kRef:
      return "(ref " + Print(type.heap_type()) + ")";
    case ValType::kRefNull:
      return "(ref null " + Print(type.heap_type()) + ")";
    default:
      return "bot";
  }
}

std::string TypePrinter::Print(std::span<const ValType> types) const {
  std::string out = "[";
  for (ValType type : types) {
    if (out.size() > 1) out += ' ';
    out += Print(type);
  }
  return out + "]";
}

namespace errors {

std::string Unknown(std::string_view what, uint64_t index) {
  return "unknown " + std::string(what) + " " + std::to_string(index);
}

std::string OperandMismatch(const TypePrinter& printer, std::span<const ValType> required,
                            std::span<const ValType> present) {
  return "type mismatch: instruction requires " + printer.Print(required) + " but stack has " +
         printer.Print(present);
}

std::string BlockMismatch(const TypePrinter& printer, std::span<const ValType> required,
                          std::span<const ValType> present) {
  return "type mismatch: block requires " + printer.Print(required) + " but stack has " +
         printer.Print(present);
}

std::string NotASubtype(const TypePrinter& printer, ValType sub, ValType super) {
  return "type mismatch: " + printer.Print(sub) + " does not match " + printer.Print(super);
}

std::string SubTypeMismatch(uint32_t sub, uint32_t super) {
  return "sub type " + std::to_string(sub) + " does not match super type " + std::to_string(super);
}

std::string LimitExceeded(std::string_view what, uint64_t limit) {
  return "too many " + std::string(what) + ": the limit is " + std::to_string(limit);
}

}  // namespace errors
}  // namespace wasm::validate
