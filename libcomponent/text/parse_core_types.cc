// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/parse_core_types.h"

#include <optional>
#include <utility>

#include "libwasm/text/parse_types.h"

namespace component::text {
namespace {

using wasm::ExternKind;
using wasm::FuncType;

// Two function types are the same, as syntax, exactly if their keys are.
std::string FuncTypeKey(const FuncType& type) {
  std::string key;
  auto append = [&key](uint32_t word) {
    for (int i = 0; i < 4; ++i) key.push_back(static_cast<char>(word >> (8 * i)));
  };
  for (const wasm::ValType param : type.params) append(param.bits());
  append(wasm::ValType::kBot);
  for (const wasm::ValType result : type.results) append(result.bits());
  return key;
}

// A function type that short type uses refer to [text-typeuse-abbrev].
bool IsPlainFunc(const wasm::SubType& type) {
  return type.comp.kind == wasm::CompType::Kind::kFunc && type.is_final && type.supertypes.empty();
}

// The first plain definition of the type in the module type; a new one in front of the use if there
// is none.
bool InternFuncType(State& s, FuncType type, uint32_t* index) {
  std::string key = FuncTypeKey(type);
  if (const auto found = s.scope().func_types.find(key); found != s.scope().func_types.end()) {
    *index = found->second;
    return true;
  }
  CoreRecType rec;
  rec.types.emplace_back().comp.func = std::move(type);
  Emit(s, CoreType{std::move(rec)});
  if (!Define(s, Sort::kCoreType, {}, index)) return false;
  s.scope().func_types.emplace(std::move(key), *index);
  return true;
}

// [text-typeuse] in a module type.
bool ParseTypeUse(State& s, uint32_t* index) {
  Cursor& in = s.in;
  const bool explicit_index = in.TakeForm("type");
  if (explicit_index && (!ParseIdx(s, Sort::kCoreType, index) || !in.ExpectRight())) return false;
  FuncType type;
  IndexSpace params;  // their names mean nothing here
  if (!wasm::text::ParseParamsAndResults(s.m, &type, &params)) return false;
  // Beside an index it adds nothing; whether it agrees would take the types of enclosing scopes.
  return explicit_index || InternFuncType(s, std::move(type), index);
}

// [text-externtype]: `( kind id? type )`.
bool ParseCoreExternType(State& s, CoreExternType* type) {
  Cursor& in = s.in;
  static constexpr struct {
    std::string_view word;
    ExternKind kind;
  } kKinds[] = {{"func", ExternKind::kFunc},
                {"table", ExternKind::kTable},
                {"memory", ExternKind::kMemory},
                {"global", ExternKind::kGlobal},
                {"tag", ExternKind::kTag}};
  bool known = false;
  for (const auto& kind : kKinds) {
    if (!in.TakeForm(kind.word)) continue;
    type->kind = kind.kind;
    known = true;
    break;
  }
  if (!known) {
    if (in.At(TokenKind::kLeft)) in.Take();
    return in.Unexpected();
  }
  Binder binder;  // names nothing: module types have no such index spaces
  if (!ParseBinder(s.m, &binder)) return false;
  bool parsed = false;
  switch (type->kind) {
    case ExternKind::kFunc:
    case ExternKind::kTag:
      parsed = ParseTypeUse(s, &type->type);
      break;
    case ExternKind::kTable:
      parsed = wasm::text::ParseTableType(s.m, &type->table);
      break;
    case ExternKind::kMemory:
      type->memory.addr_type = wasm::text::ParseAddrType(in);
      parsed = wasm::text::ParseMemLimits(s.m, &type->memory);
      break;
    case ExternKind::kGlobal:
      parsed = wasm::text::ParseGlobalType(s.m, &type->global);
      break;
  }
  return parsed && in.ExpectRight();
}

bool ParseImportDecl(State& s) {
  CoreModuleDecl decl;
  decl.kind = CoreModuleDecl::Kind::kImport;
  if (!s.in.ExpectName(&decl.module) || !s.in.ExpectName(&decl.name) ||
      !ParseCoreExternType(s, &decl.type))
    return false;
  s.scope().core_decls.push_back(std::move(decl));
  return s.in.ExpectRight();
}

bool ParseExportDecl(State& s) {
  CoreModuleDecl decl;
  decl.kind = CoreModuleDecl::Kind::kExport;
  if (!s.in.ExpectName(&decl.name) || !ParseCoreExternType(s, &decl.type)) return false;
  s.scope().core_decls.push_back(std::move(decl));
  return s.in.ExpectRight();
}

// A type of the core, alone or in a group, whose identifiers are bound already.
bool ParseSubType(State& s, CoreRecType* rec, uint32_t index, bool alone) {
  IndexSpace fields{"field"};
  wasm::SubType& type = rec->types.emplace_back();
  if (!wasm::text::ParseSubType(s.m, &type, &fields)) return false;
  if (alone && IsPlainFunc(type) && s.scope().kind == ScopeKind::kModuleType)
    s.scope().func_types.emplace(FuncTypeKey(type.comp.func), index);
  return true;
}

}  // namespace

bool ParseCoreTypeDefinition(State& s) {
  Cursor& in = s.in;
  Binder binder;
  if (!ParseBinder(s.m, &binder)) return false;
  if (in.TakeForm("alias"))
    return ParseInvertedAlias(s, Sort::kCoreType, binder) && in.ExpectRight();
  if (in.TakeForm("module")) {
    // Judged by validation where it stands within a module type, which cannot hold it.
    CoreModuleType type;
    if (!ParseModuleTypeBody(s, binder.id_name, &type)) return false;
    Emit(s, CoreType{std::move(type)});
    return Define(s, Sort::kCoreType, binder) && in.ExpectRight() && in.ExpectRight();
  }
  // Bound first: a recursive type may refer to itself.
  uint32_t index = 0;
  CoreRecType rec;
  if (!Define(s, Sort::kCoreType, binder, &index) || !ParseSubType(s, &rec, index, true))
    return false;
  Emit(s, CoreType{std::move(rec)});
  return in.ExpectRight();
}

bool ParseCoreRecDefinition(State& s) {
  Cursor& in = s.in;
  const uint32_t begin = in.index();
  const uint32_t first = s.Space(Sort::kCoreType).count;
  uint32_t size = 0;
  for (; !in.At(TokenKind::kRight); in.SkipForm(), ++size) {
    const uint32_t at = in.index();
    Binder binder;
    if (!in.ExpectForm("type") || !ParseBinder(s.m, &binder) || !Define(s, Sort::kCoreType, binder))
      return false;
    in.Seek(at);
  }
  in.Seek(begin);
  CoreRecType rec;
  rec.explicit_group = true;
  for (uint32_t i = 0; i < size; ++i) {
    Binder binder;
    if (!in.ExpectForm("type") || !ParseBinder(s.m, &binder) ||
        !ParseSubType(s, &rec, first + i, size == 1) || !in.ExpectRight())
      return false;
  }
  Emit(s, CoreType{std::move(rec)});
  return in.ExpectRight();
}

bool ParseModuleTypeBody(State& s, std::string_view id, CoreModuleType* type) {
  const Nested nested(s);
  if (!nested.ok()) return false;
  PushScope(s, ScopeKind::kModuleType, id);
  bool ok = true;
  while (ok && !s.in.At(TokenKind::kRight)) {
    if (s.in.TakeForm("import")) {
      ok = ParseImportDecl(s);
    } else if (s.in.TakeForm("export")) {
      ok = ParseExportDecl(s);
    } else if (s.in.TakeForm("type")) {
      ok = ParseCoreTypeDefinition(s);
    } else if (s.in.TakeForm("rec")) {
      ok = ParseCoreRecDefinition(s);
    } else if (s.in.TakeForm("alias")) {
      ok = ParseModuleTypeAlias(s);
    } else {
      if (s.in.At(TokenKind::kLeft)) s.in.Take();
      ok = s.in.Unexpected();
    }
  }
  type->decls = std::move(PopScope(s)->core_decls);
  return ok;
}

bool ParseCoreModuleTypeUse(State& s, uint32_t* index) {
  // `(type` begins a declaration of an inline module type as well; a use is an index and nothing
  // else.
  const bool is_use =
      s.in.AtForm("type") &&
      (s.in.Peek(2).kind == TokenKind::kNat ||
       (s.in.Peek(2).kind == TokenKind::kId && s.in.Peek(3).kind != TokenKind::kLeft));
  if (is_use) {
    s.in.TakeForm("type");
    return ParseItem(s, Sort::kCoreType, index);
  }
  CoreModuleType type;
  if (!ParseModuleTypeBody(s, {}, &type)) return false;
  Emit(s, CoreType{std::move(type)});
  return Define(s, Sort::kCoreType, {}, index);
}

}  // namespace component::text
