// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/parse_types.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libcomponent/syntax/words.h"
#include "libcomponent/text/parse_core_types.h"
#include "libwasm/text/parse_types.h"

namespace component::text {
namespace {

using Kind = DefValType::Kind;

struct PrimWord {
  std::string_view word;
  PrimType type;
};
constexpr PrimWord kPrims[] = {
#define PRIM_TYPE(Name, word) {word, PrimType::k##Name},
#include "libcomponent/syntax/val_types.def"
    {"float32", PrimType::kF32},  // their former names
    {"float64", PrimType::kF64},
};

bool TakePrim(State& s, PrimType* type) {
  for (const PrimWord& prim : kPrims) {
    if (!s.in.TakeKeyword(prim.word)) continue;
    *type = prim.type;
    return true;
  }
  return false;
}

// The words that begin a defvaltype.
struct DefWord {
  std::string_view word;
  Kind kind;
};
constexpr DefWord kDefWords[] = {
#define COMPOUND_TYPE(Name, word) {word, Kind::k##Name},
#include "libcomponent/syntax/val_types.def"
};

const DefWord* FindDefWord(const State& s) {
  const auto* found = std::find_if(std::begin(kDefWords), std::end(kDefWords),
                                   [&](const DefWord& w) { return s.in.AtForm(w.word); });
  return found != std::end(kDefWords) ? found : nullptr;
}

bool OptionalValType(State& s, std::optional<ValTypeUse>* type) {
  return s.in.At(TokenKind::kRight) || ParseValType(s, &type->emplace());
}

bool ParseFields(State& s, std::vector<LabelValType>* fields) {
  while (s.in.TakeForm("field")) {
    LabelValType field;
    if (!s.in.ExpectName(&field.label) || !ParseValType(s, &field.type) || !s.in.ExpectRight())
      return false;
    fields->push_back(std::move(field));
  }
  return true;
}

// Cases may have identifiers, which nothing refers to.
bool ParseCases(State& s, std::vector<CaseSyntax>* cases) {
  IndexSpace ids{"variant case identifier"};
  while (s.in.TakeForm("case")) {
    CaseSyntax c;
    Binder binder;
    if (!ParseBinder(s.m, &binder) || !Bind(s.m, ids, binder) || !s.in.ExpectName(&c.label) ||
        !OptionalValType(s, &c.type) || !s.in.ExpectRight())
      return false;
    cases->push_back(std::move(c));
  }
  return true;
}

bool ParseResult(State& s, DefValType* type) {
  if (!s.in.AtForm("error") && !OptionalValType(s, &type->ok)) return false;
  if (!s.in.TakeForm("error")) return true;
  return ParseValType(s, &type->error.emplace()) && s.in.ExpectRight();
}

// What stands between the word and the closing parenthesis.
bool ParseDefValTypeBody(State& s, DefValType* type) {
  Cursor& in = s.in;
  switch (type->kind) {
    case Kind::kRecord:
      return ParseFields(s, &type->fields);
    case Kind::kVariant:
      return ParseCases(s, &type->cases);
    case Kind::kList: {
      if (!ParseValType(s, &type->elements.emplace_back())) return false;
      if (!in.At(TokenKind::kNat)) return true;
      type->kind = Kind::kFixedLengthList;
      uint64_t length = 0;
      if (!in.ExpectNat(32, &length)) return false;
      type->length = static_cast<uint32_t>(length);
      return true;
    }
    case Kind::kTuple:
      while (!in.At(TokenKind::kRight))
        if (!ParseValType(s, &type->elements.emplace_back())) return false;
      return true;
    case Kind::kFlags:
    case Kind::kEnum:
      while (!in.At(TokenKind::kRight))
        if (!in.ExpectName(&type->labels.emplace_back())) return false;
      return true;
    case Kind::kOption:
      return ParseValType(s, &type->elements.emplace_back());
    case Kind::kMap:
      return ParseValType(s, &type->elements.emplace_back()) &&
             ParseValType(s, &type->elements.emplace_back());
    case Kind::kResult:
      return ParseResult(s, type);
    case Kind::kStream:
    case Kind::kFuture:
      return OptionalValType(s, &type->ok);
    default:
      return ParseRef(s, Sort::kType, &type->resource);
  }
}

// At a primitive's word or a form.
bool ParseDefValType(State& s, DefValType* type) {
  const Nested nested(s);
  if (!nested.ok()) return false;
  if (TakePrim(s, &type->prim)) return true;
  const DefWord* word = FindDefWord(s);
  if (word == nullptr) {
    if (s.in.At(TokenKind::kLeft)) s.in.Take();
    return s.in.Unexpected();
  }
  s.in.TakeForm(word->word);
  type->kind = word->kind;
  return ParseDefValTypeBody(s, type) && s.in.ExpectRight();
}

// Behind `( resource`.
bool ParseResourceType(State& s, ResourceTypeSyntax* type) {
  Cursor& in = s.in;
  if (!in.ExpectForm("rep") || !wasm::text::ParseValType(s.m, &type->rep) || !in.ExpectRight())
    return false;
  if (in.TakeForm("dtor") &&
      !(ParseRef(s, Sort::kCoreFunc, &type->dtor.emplace()) && in.ExpectRight()))
    return false;
  return in.ExpectRight();
}

// ---- declarators -------------------------------------------------------------------------------

bool ParseTypeDeclarator(State& s) {
  Binder binder;
  if (!ParseBinder(s.m, &binder)) return false;
  if (s.in.TakeForm("alias"))
    return ParseInvertedAlias(s, Sort::kType, binder) && s.in.ExpectRight();
  TypeDef type;
  if (!ParseDefType(s, binder.id_name, &type)) return false;
  ValueTypePtr value_type;
  if (const auto* def = std::get_if<DefValType>(&type.type)) value_type = ValueTypeOf(s, *def);
  Emit(s, std::move(type));
  return Define(s, Sort::kType, binder, nullptr, std::move(value_type)) && s.in.ExpectRight();
}

template <typename Decl>
bool ParseExternDeclarator(State& s) {
  Decl decl;
  Binder binder;
  if (!ParseExternName(s, &decl.name) || !ParseExternType(s, &decl.type, &binder)) return false;
  const ExternDesc desc = decl.type;
  s.scope().declarators.push_back({.offset = 0, .decl = std::move(decl)});
  return DefineExtern(s, desc, binder) && s.in.ExpectRight();
}

bool ParseDeclarator(State& s) {
  Cursor& in = s.in;
  if (s.scope().kind == ScopeKind::kComponentType && in.TakeForm("import"))
    return ParseExternDeclarator<ImportDecl>(s);
  if (in.TakeForm("export")) return ParseExternDeclarator<ExportDecl>(s);
  if (in.TakeForm("type")) return ParseTypeDeclarator(s);
  if (in.TakeForm("alias")) return ParseAlias(s);
  if (TakeSort(s, Sort::kCoreType)) return ParseCoreTypeDefinition(s);
  if (in.TakeForm("core")) {
    if (!in.TakeKeyword("rec")) return in.Unexpected();
    return ParseCoreRecDefinition(s);
  }
  if (in.At(TokenKind::kLeft)) in.Take();
  return in.Unexpected();
}

// Up to the closing parenthesis, exclusive.
bool ParseDeclarators(State& s, ScopeKind kind, std::string_view id,
                      std::vector<Declarator>* decls) {
  const Nested nested(s);
  if (!nested.ok()) return false;
  PushScope(s, kind, id);
  bool ok = true;
  while (ok && !s.in.At(TokenKind::kRight)) ok = ParseDeclarator(s);
  *decls = std::move(PopScope(s)->declarators);
  return ok;
}

// `(type <idx>)` and nothing else, where declarators could stand as well.
bool AtTypeUse(const State& s) {
  if (!s.in.AtForm("type")) return false;
  const TokenKind kind = s.in.Peek(2).kind;
  return kind == TokenKind::kNat ||
         (kind == TokenKind::kId &&
          (s.in.Peek(3).kind == TokenKind::kRight || s.in.Peek(3).kind == TokenKind::kString));
}

bool ParseTypeUse(State& s, uint32_t* index) {
  return s.in.TakeForm("type") && ParseItem(s, Sort::kType, index);
}

// Behind `( component` or `( instance` and the identifier, up to the closing parenthesis.
bool ParseScopeTypeUse(State& s, Sort sort, uint32_t* index) {
  if (AtTypeUse(s)) return ParseTypeUse(s, index);
  TypeDef type;
  if (sort == Sort::kComponent) {
    if (!ParseDeclarators(s, ScopeKind::kComponentType, {},
                          &type.type.emplace<ComponentTypeSyntax>().decls))
      return false;
  } else if (!ParseDeclarators(s, ScopeKind::kInstanceType, {},
                               &type.type.emplace<InstanceTypeSyntax>().decls)) {
    return false;
  }
  *index = EmitAnonymous(s, std::move(type));
  return true;
}

bool ParseTypeBound(State& s, ExternDesc* desc) {
  if (s.in.TakeForm("sub")) {
    desc->bound = ExternDesc::Bound::kSubResource;
    if (!s.in.TakeKeyword("resource")) return s.in.Unexpected();
    return s.in.ExpectRight();
  }
  return s.in.ExpectForm("eq") && ParseRef(s, Sort::kType, &desc->index) && s.in.ExpectRight();
}

bool ParseValueBound(State& s, ExternDesc* desc) {
  if (s.in.TakeForm("eq")) return ParseRef(s, Sort::kValue, &desc->index) && s.in.ExpectRight();
  return ParseValType(s, &desc->value_type.emplace());
}

}  // namespace

bool AtValType(const State& s) {
  if (s.in.AtIndex() || s.in.AtForm("type") || FindDefWord(s) != nullptr) return true;
  return std::any_of(std::begin(kPrims), std::end(kPrims),
                     [&](const PrimWord& prim) { return s.in.AtKeyword(prim.word); });
}

bool ParseValType(State& s, ValTypeUse* use) {
  if (TakePrim(s, &use->prim)) {
    use->is_index = false;
    return true;
  }
  use->is_index = true;
  if (s.in.AtIndex() || s.in.AtForm("type")) return ParseRef(s, Sort::kType, &use->index);
  DefValType type;
  if (!ParseDefValType(s, &type)) return false;
  use->index = EmitAnonymous(s, TypeDef{std::move(type)});
  return true;
}

bool ParseFuncType(State& s, FuncTypeSyntax* type) {
  Cursor& in = s.in;
  type->is_async = in.TakeKeyword("async");
  while (in.TakeForm("param")) {
    LabelValType param;
    if (!in.ExpectName(&param.label) || !ParseValType(s, &param.type) || !in.ExpectRight())
      return false;
    type->params.push_back(std::move(param));
  }
  if (!in.TakeForm("result")) return true;
  return ParseValType(s, &type->result.emplace()) && in.ExpectRight();
}

bool ParseFuncTypeUse(State& s, uint32_t* index) {
  if (AtTypeUse(s)) return ParseTypeUse(s, index);
  FuncTypeSyntax type;
  if (!ParseFuncType(s, &type)) return false;
  *index = EmitAnonymous(s, TypeDef{std::move(type)});
  return true;
}

bool ParseDefType(State& s, std::string_view id, TypeDef* type) {
  Cursor& in = s.in;
  if (in.TakeForm("func"))
    return ParseFuncType(s, &type->type.emplace<FuncTypeSyntax>()) && in.ExpectRight();
  if (in.TakeForm("component"))
    return ParseDeclarators(s, ScopeKind::kComponentType, id,
                            &type->type.emplace<ComponentTypeSyntax>().decls) &&
           in.ExpectRight();
  if (in.TakeForm("instance"))
    return ParseDeclarators(s, ScopeKind::kInstanceType, id,
                            &type->type.emplace<InstanceTypeSyntax>().decls) &&
           in.ExpectRight();
  if (in.TakeForm("resource"))
    return ParseResourceType(s, &type->type.emplace<ResourceTypeSyntax>());
  return ParseDefValType(s, &type->type.emplace<DefValType>());
}

bool ParseExternDesc(State& s, Sort sort, ExternDesc* desc) {
  desc->sort = sort;
  switch (sort) {
    case Sort::kCoreModule:
      return ParseCoreModuleTypeUse(s, &desc->index);
    case Sort::kFunc:
      return ParseFuncTypeUse(s, &desc->index);
    case Sort::kValue:
      return ParseValueBound(s, desc);
    case Sort::kType:
      return ParseTypeBound(s, desc);
    case Sort::kComponent:
    case Sort::kInstance:
      return ParseScopeTypeUse(s, sort, &desc->index);
    default:
      return s.in.Unexpected();
  }
}

bool ParseExternType(State& s, ExternDesc* desc, Binder* binder) {
  const Token& token = s.in.Peek();
  Sort sort;
  if (!TakeSort(s, &sort)) return false;
  if (IsCore(sort) && sort != Sort::kCoreModule)
    return s.in.Fail(token, "unexpected token: " + std::string(FullWord(sort)) +
                                " cannot be imported or exported");
  return ParseBinder(s.m, binder) && ParseExternDesc(s, sort, desc) && s.in.ExpectRight();
}

bool DefineExtern(State& s, const ExternDesc& desc, const Binder& binder, uint32_t* index) {
  ValueTypePtr value_type;
  if (desc.sort == Sort::kType && desc.bound == ExternDesc::Bound::kEq)
    value_type = ValueTypeOf(s, ValTypeUse::Index(desc.index));
  return Define(s, desc.sort, binder, index, std::move(value_type));
}

}  // namespace component::text
