// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both sides of a comparison are canonical external types; the text is made only for an error.

#include "libwasm/runtime/import_match.h"

#include <string>

#include "libwasm/runtime/global.h"
#include "libwasm/runtime/memory.h"
#include "libwasm/runtime/table.h"

namespace wasm::runtime {

namespace {

// A canonical external type; the member named by `kind` counts.
struct ExternType {
  ExternKind kind = ExternKind::kFunc;
  TypeId type_id = kNoTypeId;  // kFunc, kTag
  TableType table;
  MemType memory;
  GlobalType global;
};

ExternType ExpectedType(const ValidatedModule& validated, const Import& import) {
  const Module& module = validated.module();
  ExternType type{.kind = import.kind, .table = {}, .memory = {}, .global = {}};
  switch (import.kind) {
    case ExternKind::kFunc:
      type.type_id = validated.TypeIdOf(FuncIdx(import.index));
      break;
    case ExternKind::kTable:
      type.table = validated.Canonical(module.tables[import.index].type);
      break;
    case ExternKind::kMemory:
      type.memory = module.memories[import.index].type;
      break;
    case ExternKind::kGlobal:
      type.global = validated.Canonical(module.globals[import.index].type);
      break;
    case ExternKind::kTag:
      type.type_id = validated.TypeIdOf(module.tags[import.index].type);
      break;
  }
  return type;
}

ExternType OfferedType(const Extern& offered) {
  ExternType type{.kind = offered.kind, .table = {}, .memory = {}, .global = {}};
  switch (offered.kind) {
    case ExternKind::kFunc:
      type.type_id = offered.func->type_id;
      break;
    case ExternKind::kTable:
      type.table = offered.table->type();
      break;
    case ExternKind::kMemory:
      type.memory = offered.memory->type();
      break;
    case ExternKind::kGlobal:
      type.global = offered.global->type();
      break;
    case ExternKind::kTag:
      type.type_id = offered.tag->type_id;
      break;
  }
  return type;
}

bool Matches(const TypeStore& types, const ExternType& offered, const ExternType& expected) {
  if (offered.kind != expected.kind) return false;
  switch (expected.kind) {
    case ExternKind::kFunc:
      return types.IsSubtype(offered.type_id, expected.type_id);
    case ExternKind::kTable:
      return types.Matches(offered.table, expected.table);
    case ExternKind::kMemory:
      return types.Matches(offered.memory, expected.memory);
    case ExternKind::kGlobal:
      return types.Matches(offered.global, expected.global);
    case ExternKind::kTag:
      return offered.type_id == expected.type_id;
  }
  return false;
}

std::string HeapTypeName(HeapType type) {
  if (type.is_concrete()) return "type " + std::to_string(type.concrete());
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

std::string ValTypeName(ValType type) {
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
    case ValType::kBot:
      return "bot";
    case ValType::kRef:
      return "(ref " + HeapTypeName(type.heap_type()) + ")";
    case ValType::kRefNull:
      return "(ref null " + HeapTypeName(type.heap_type()) + ")";
  }
  return "?";
}

std::string ResultTypeName(const ResultType& types) {
  std::string text = "(";
  for (const ValType type : types) {
    if (text.size() > 1) text += ' ';
    text += ValTypeName(type);
  }
  return text + ')';
}

std::string LimitsName(AddrType addr_type, const Limits& limits) {
  std::string text = addr_type == AddrType::kI64 ? "i64 " : "";
  text += std::to_string(limits.min);
  if (limits.max) text += ' ' + std::to_string(*limits.max);
  return text;
}

std::string Describe(const TypeStore& types, const ExternType& type) {
  switch (type.kind) {
    case ExternKind::kFunc:
    case ExternKind::kTag: {
      const FuncType& func = types.Get(type.type_id).type.comp.func;
      return (type.kind == ExternKind::kTag ? "tag " : "func ") + ResultTypeName(func.params) +
             " -> " + ResultTypeName(func.results);
    }
    case ExternKind::kTable:
      return "table " + LimitsName(type.table.addr_type, type.table.limits) + ' ' +
             ValTypeName(type.table.element);
    case ExternKind::kMemory: {
      std::string text = "memory " + LimitsName(type.memory.addr_type, type.memory.limits);
      if (type.memory.shared) text += " shared";
      if (type.memory.page_size_log2 != kDefaultPageSizeLog2)
        text += " (pagesize " + std::to_string(uint64_t{1} << type.memory.page_size_log2) + ")";
      return text;
    }
    case ExternKind::kGlobal:
      return (type.global.is_mutable ? "global mut " : "global ") + ValTypeName(type.global.type);
  }
  return "?";
}

std::string Quoted(const Import& import) {
  return '"' + std::string(import.module) + "\" \"" + std::string(import.name) + '"';
}

}  // namespace

Error UnknownImport(const ValidatedModule& module, const Import& import) {
  return Error(ErrorKind::kUnlinkable,
               "unknown import " + Quoted(import) + ": " +
                   Describe(module.type_store(), ExpectedType(module, import)));
}

Result<void> MatchImport(const ValidatedModule& module, const Import& import,
                         const Extern& offered) {
  if (offered.func == nullptr) return std::unexpected(UnknownImport(module, import));
  const TypeStore& types = module.type_store();
  // FAST: most imports are functions, of just the type.
  if (import.kind == ExternKind::kFunc && offered.kind == ExternKind::kFunc &&
      types.IsSubtype(offered.func->type_id, module.TypeIdOf(FuncIdx(import.index))))
    return {};
  const ExternType expected_type = ExpectedType(module, import);
  const ExternType offered_type = OfferedType(offered);
  if (Matches(types, offered_type, expected_type)) return {};
  return std::unexpected(
      Error(ErrorKind::kUnlinkable, "incompatible import type for " + Quoted(import) +
                                        ": expected " + Describe(types, expected_type) +
                                        ", offered " + Describe(types, offered_type)));
}

}  // namespace wasm::runtime
