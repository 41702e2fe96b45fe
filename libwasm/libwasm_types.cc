// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of types, as the text format writes them [text-type]; for messages and reflection.

#include <string>

#include "libwasm/libwasm.h"

namespace trenail {

namespace {

std::string ToString(HeapType type) {
  if (type.is_concrete()) return "type#" + std::to_string(type.concrete());
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

std::string ToString(const Limits& limits) {
  std::string text = std::to_string(limits.min);
  if (limits.max) text += " " + std::to_string(*limits.max);
  return text;
}

void AppendTypes(std::string& text, std::string_view word, const std::vector<ValType>& types) {
  if (types.empty()) return;
  text += " (";
  text += word;
  for (ValType type : types) text += " " + trenail::ToString(type);
  text += ")";
}

}  // namespace

std::string ToString(ValType type) {
  switch (type.code()) {
    case ValType::kBot:
      return "bot";
    case ValType::kI8:
      return "i8";
    case ValType::kI16:
      return "i16";
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
    case ValType::kRef:
      return "(ref " + ToString(type.heap_type()) + ")";
    case ValType::kRefNull:
      return "(ref null " + ToString(type.heap_type()) + ")";
  }
  return "?";
}

std::string ToString(const ExternType& type) {
  std::string text;
  switch (type.kind) {
    case ExternKind::kFunc:
    case ExternKind::kTag:
      text = type.kind == ExternKind::kFunc ? "func" : "tag";
      AppendTypes(text, "param", type.func.params);
      AppendTypes(text, "result", type.func.results);
      return text;
    case ExternKind::kTable:
      text = "table ";
      if (type.table.addr_type == AddrType::kI64) text += "i64 ";
      return text + ToString(type.table.limits) + " " + ToString(type.table.element);
    case ExternKind::kMemory:
      text = "memory ";
      if (type.memory.addr_type == AddrType::kI64) text += "i64 ";
      text += ToString(type.memory.limits);
      if (type.memory.shared) text += " shared";
      if (type.memory.page_size_log2 != wasm::kDefaultPageSizeLog2)
        text += " (pagesize " + std::to_string(uint64_t{1} << type.memory.page_size_log2) + ")";
      return text;
    case ExternKind::kGlobal:
      text = ToString(type.global.type);
      return type.global.is_mutable ? "global (mut " + text + ")" : "global " + text;
  }
  return text;
}

}  // namespace trenail
