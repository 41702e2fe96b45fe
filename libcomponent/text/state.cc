// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/state.h"

#include <iterator>
#include <optional>
#include <span>

#include "libcomponent/syntax/words.h"

namespace component::text {
namespace {

// [Explainer: outeraliassort]
bool IsOuterAliasSort(Sort sort) {
  return sort == Sort::kCoreModule || sort == Sort::kCoreType || sort == Sort::kType ||
         sort == Sort::kComponent;
}

// The sorts that a core module instance exports; the rest are exports of component instances.
bool IsCoreExportSort(Sort sort) { return IsCore(sort) && sort != Sort::kCoreModule; }

// The scope `count` levels out; null if there is none.
Scope* ScopeAt(State& s, uint64_t count) {
  return count < s.scopes.size() ? s.scopes[s.scopes.size() - 1 - count].get() : nullptr;
}

IndexSpace& SpaceOf(State& s, Scope& scope, Sort sort) {
  return &scope == &s.scope() ? s.Space(sort) : scope.spaces[static_cast<size_t>(sort)];
}

// The identifier's item among those of one scope.
std::optional<uint32_t> Find(State& s, Scope& scope, Sort sort, std::string_view id) {
  const IndexSpace& space = SpaceOf(s, scope, sort);
  if (const auto found = space.ids.find(id); found != space.ids.end()) return found->second;
  const SymbolMap& outer = scope.outer[static_cast<size_t>(sort)];
  if (const auto found = outer.find(id); found != outer.end()) return found->second;
  return std::nullopt;
}

ValueTypePtr KnownValueType(const Scope& scope, uint32_t index) {
  return index < scope.value_types.size() ? scope.value_types[index] : nullptr;
}

// An identifier that the innermost scope does not know [Explainer: lexical scoping].
bool ResolveOutward(State& s, Sort sort, const Token& token, std::string_view id, uint32_t* index) {
  for (uint32_t count = 1; count < s.scopes.size(); ++count) {
    Scope& scope = *ScopeAt(s, count);
    const std::optional<uint32_t> found = Find(s, scope, sort, id);
    if (!found) continue;
    if (!IsOuterAliasSort(sort))
      return s.in.Fail(token,
                       "outer item $" + std::string(id) + " is not a module, type, or component");
    Emit(s, Alias{.kind = Alias::Kind::kOuter,
                  .sort = sort,
                  .instance = 0,
                  .name = {},
                  .outer_count = count,
                  .outer_index = *found});
    if (!Define(s, sort, {}, index, KnownValueType(scope, *found))) return false;
    s.scope().outer[static_cast<size_t>(sort)].emplace(s.m.arena.Keep(std::string(id)), *index);
    return true;
  }
  return s.in.Fail(token, "unknown " + std::string(FullWord(sort)) + " $" + std::string(id));
}

bool ResolveId(State& s, Sort sort, const Token& token, uint32_t* index) {
  std::string storage;
  const std::string_view id = wasm::text::IdName(s.in.Text(token), &storage);
  if (const auto found = Find(s, s.scope(), sort, id)) {
    *index = *found;
    return true;
  }
  return ResolveOutward(s, sort, token, id, index);
}

// Number of scopes outward: a number, or the identifier of a scope.
bool ResolveScope(State& s, const Token& token, uint32_t* count) {
  if (token.kind == TokenKind::kId) {
    std::string storage;
    const std::string_view id = wasm::text::IdName(s.in.Text(token), &storage);
    for (uint32_t i = 0; i < s.scopes.size(); ++i) {
      if (ScopeAt(s, i)->id != id) continue;
      *count = i;
      return true;
    }
    return s.in.Fail(token, "unknown outer component $" + std::string(id));
  }
  uint64_t value = 0;
  if (!s.in.ExpectNat(32, &value)) return false;
  *count = static_cast<uint32_t>(value);
  return true;
}

// The item of a scope further out, by number or identifier.
bool ResolveIn(State& s, uint32_t count, Sort sort, const Token& token, uint32_t* index) {
  if (token.kind == TokenKind::kId) {
    std::string storage;
    const std::string_view id = wasm::text::IdName(s.in.Text(token), &storage);
    Scope* scope = ScopeAt(s, count);
    const auto found = scope != nullptr ? Find(s, *scope, sort, id) : std::nullopt;
    if (!found)
      return s.in.Fail(token, "unknown " + std::string(FullWord(sort)) + " $" + std::string(id));
    *index = *found;
    return true;
  }
  uint64_t value = 0;
  if (!s.in.ExpectNat(32, &value)) return false;
  *index = static_cast<uint32_t>(value);
  return true;
}

// The part of an alias in front of its sort. Indices are resolved afterwards: by sort.
struct AliasTarget {
  Alias::Kind kind = Alias::Kind::kExport;
  uint32_t first = 0;  // indices of tokens
  uint32_t second = 0;
  std::string name;
};

bool ParseAliasTarget(State& s, AliasTarget* target) {
  Cursor& in = s.in;
  if (in.TakeKeyword("core")) {
    if (!in.AtKeyword("export")) return in.Unexpected();
    target->kind = Alias::Kind::kCoreExport;
  }
  if (in.TakeKeyword("export")) {
    target->first = in.index();
    if (!in.AtIndex()) return in.Unexpected();
    in.Take();
    return in.ExpectName(&target->name);
  }
  if (!in.TakeKeyword("outer")) return in.Unexpected();
  target->kind = Alias::Kind::kOuter;
  for (uint32_t* place : {&target->first, &target->second}) {
    *place = in.index();
    if (!in.AtIndex()) return in.Unexpected();
    in.Take();
  }
  return true;
}

// Resolves the target and defines the alias; the cursor does not move.
bool DefineAlias(State& s, AliasTarget target, Sort sort, const Binder& binder) {
  Cursor& in = s.in;
  const uint32_t behind = in.index();
  const Token& first = in.tokens()[target.first];
  Alias alias;
  alias.kind = target.kind;
  alias.sort = sort;
  ValueTypePtr value_type;
  in.Seek(target.first);
  if (target.kind == Alias::Kind::kOuter) {
    if (!IsOuterAliasSort(sort))
      return in.Fail(first, "outer alias of a " + std::string(FullWord(sort)) +
                                ": not a module, type, or component");
    if (!ResolveScope(s, first, &alias.outer_count)) return false;
    in.Seek(target.second);
    if (!ResolveIn(s, alias.outer_count, sort, in.Peek(), &alias.outer_index)) return false;
    if (const Scope* scope = ScopeAt(s, alias.outer_count))
      value_type = KnownValueType(*scope, alias.outer_index);
  } else {
    const bool core = target.kind == Alias::Kind::kCoreExport;
    if (!ParseIdx(s, core ? Sort::kCoreInstance : Sort::kInstance, &alias.instance)) return false;
    alias.name = std::move(target.name);
  }
  in.Seek(behind);
  Emit(s, std::move(alias));
  return Define(s, sort, binder, nullptr, std::move(value_type));
}

// Legacy references leave the word `core` out.
bool AtLegacySort(const State& s, Sort sort) {
  return s.legacy_indices() && IsCore(sort) && AtSort(s, sort, false);
}

}  // namespace

State::State(std::string_view source, std::span<const Token> tokens,
             const ParseOptions& parse_options)
    : options(parse_options), m(source, tokens), in(m.in) {
  m.limit_bits = options.core.features.Has(wasm::Feature::kMemory64) ? 64 : 32;
}

State::~State() {
  while (!scopes.empty()) scopes.pop_back();
}

void PushScope(State& s, ScopeKind kind, std::string_view id) {
  constexpr auto kCoreType = static_cast<size_t>(Sort::kCoreType);
  if (!s.scopes.empty()) s.scope().spaces[kCoreType] = std::move(s.m.types);
  auto scope = std::make_unique<Scope>();
  scope->kind = kind;
  scope->id = id;
  for (int i = 0; i < kNumSorts; ++i) scope->spaces[i].what = FullWord(static_cast<Sort>(i));
  s.m.types = IndexSpace{FullWord(Sort::kCoreType)};
  s.scopes.push_back(std::move(scope));
}

std::unique_ptr<Scope> PopScope(State& s) {
  constexpr auto kCoreType = static_cast<size_t>(Sort::kCoreType);
  std::unique_ptr<Scope> scope = std::move(s.scopes.back());
  s.scopes.pop_back();
  scope->spaces[kCoreType] = std::move(s.m.types);
  if (!s.scopes.empty()) s.m.types = std::move(s.scope().spaces[kCoreType]);
  return scope;
}

// ---- definitions -------------------------------------------------------------------------------

bool Define(State& s, Sort sort, const Binder& binder, uint32_t* index, ValueTypePtr value_type) {
  IndexSpace& space = s.Space(sort);
  if (index != nullptr) *index = space.count;
  if (sort == Sort::kType) s.scope().value_types.push_back(std::move(value_type));
  return Bind(s.m, space, binder);
}

void Emit(State& s, TypeDef type) {
  Scope& scope = s.scope();
  if (scope.kind == ScopeKind::kComponent) {
    EmitDefinition(s, std::move(type));
  } else {
    scope.declarators.push_back(
        {.offset = 0, .decl = std::make_shared<const TypeDef>(std::move(type))});
  }
}

void Emit(State& s, CoreType type) {
  Scope& scope = s.scope();
  switch (scope.kind) {
    case ScopeKind::kComponent:
      EmitDefinition(s, std::move(type));
      break;
    case ScopeKind::kModuleType: {
      CoreModuleDecl& decl = scope.core_decls.emplace_back();
      decl.kind = CoreModuleDecl::Kind::kType;
      decl.core_type = std::make_shared<const CoreType>(std::move(type));
      break;
    }
    default:
      scope.declarators.push_back({.offset = 0, .decl = std::move(type)});
  }
}

void Emit(State& s, Alias alias) {
  Scope& scope = s.scope();
  switch (scope.kind) {
    case ScopeKind::kComponent:
      EmitDefinition(s, std::move(alias));
      break;
    case ScopeKind::kModuleType: {
      CoreModuleDecl& decl = scope.core_decls.emplace_back();
      decl.kind = CoreModuleDecl::Kind::kAlias;
      decl.outer_count = alias.outer_count;
      decl.outer_index = alias.outer_index;
      break;
    }
    default:
      scope.declarators.push_back({.offset = 0, .decl = std::move(alias)});
  }
}

uint32_t EmitAnonymous(State& s, TypeDef type) {
  ValueTypePtr value_type;
  if (const auto* def = std::get_if<DefValType>(&type.type)) value_type = ValueTypeOf(s, *def);
  Emit(s, std::move(type));
  uint32_t index = 0;
  Define(s, Sort::kType, {}, &index, std::move(value_type));
  return index;
}

ValueTypePtr ValueTypeOf(State& s, const ValTypeUse& use) {
  if (use.is_index) return KnownValueType(s.scope(), use.index);
  auto type = std::make_shared<ValueType>();
  type->prim = use.prim;
  return type;
}

ValueTypePtr ValueTypeOf(State& s, const DefValType& def) {
  auto type = std::make_shared<ValueType>();
  type->kind = def.kind;
  type->prim = def.prim;
  type->labels = def.labels;
  type->length = def.length;
  auto optional = [&](const std::optional<ValTypeUse>& use) {
    type->children.push_back(use ? ValueTypeOf(s, *use) : nullptr);
  };
  for (const LabelValType& field : def.fields) {
    type->labels.push_back(field.label);
    type->children.push_back(ValueTypeOf(s, field.type));
  }
  for (const CaseSyntax& c : def.cases) {
    type->labels.push_back(c.label);
    optional(c.type);
  }
  for (const ValTypeUse& element : def.elements) type->children.push_back(ValueTypeOf(s, element));
  if (def.kind == DefValType::Kind::kResult) {
    optional(def.ok);
    optional(def.error);
  }
  return type;
}

// ---- references --------------------------------------------------------------------------------

bool AtSort(const State& s, Sort sort, bool core_prefix) {
  const Cursor& in = s.in;
  const std::string_view word = Word(sort);
  if (!in.At(TokenKind::kLeft)) return false;
  if (!IsCore(sort) || !core_prefix) return in.AtKeyword(word, 1);
  return in.AtKeyword("core", 1) && in.AtKeyword(word, 2);
}

bool TakeSort(State& s, Sort sort, bool core_prefix) {
  if (!AtSort(s, sort, core_prefix)) return false;
  s.in.Seek(s.in.index() + (IsCore(sort) && core_prefix ? 3 : 2));
  return true;
}

bool TakeSort(State& s, Sort* sort) {
  for (int i = 0; i < kNumSorts; ++i) {
    *sort = static_cast<Sort>(i);
    if (TakeSort(s, *sort)) return true;
  }
  if (s.in.TakeForm("core") || s.in.At(TokenKind::kLeft)) {
    if (s.in.At(TokenKind::kLeft)) s.in.Take();
  }
  return s.in.Unexpected();
}

bool ParseIdx(State& s, Sort sort, uint32_t* index) {
  if (s.in.At(TokenKind::kId)) return ResolveId(s, sort, s.in.Take(), index);
  uint64_t value = 0;
  if (!s.in.ExpectNat(32, &value)) return false;
  *index = static_cast<uint32_t>(value);
  return true;
}

bool ParseItem(State& s, Sort sort, uint32_t* index) {
  Cursor& in = s.in;
  if (!in.AtIndex()) return in.Unexpected();
  if (in.Peek(1).kind != TokenKind::kString) return ParseIdx(s, sort, index) && in.ExpectRight();
  const bool core = IsCoreExportSort(sort);
  const Sort instance_sort = core ? Sort::kCoreInstance : Sort::kInstance;
  if (!ParseIdx(s, instance_sort, index)) return false;
  while (in.At(TokenKind::kString)) {
    Alias alias;
    alias.kind = core ? Alias::Kind::kCoreExport : Alias::Kind::kExport;
    alias.instance = *index;
    if (!in.ExpectName(&alias.name)) return false;
    alias.sort = in.At(TokenKind::kString) ? instance_sort : sort;
    const Sort alias_sort = alias.sort;
    Emit(s, std::move(alias));
    if (!Define(s, alias_sort, {}, index)) return false;
  }
  return in.ExpectRight();
}

bool ParseRef(State& s, Sort sort, uint32_t* index) {
  if (s.in.AtIndex()) return ParseIdx(s, sort, index);
  if (TakeSort(s, sort, !AtLegacySort(s, sort))) return ParseItem(s, sort, index);
  if (IsCore(sort) && AtSort(s, sort, false))
    return s.in.Fail(s.in.Peek(1), "unexpected token: the `core` keyword is required here: (" +
                                       std::string(FullWord(sort)) + " …)");
  if (s.in.At(TokenKind::kLeft)) s.in.Take();
  return s.in.Unexpected();
}

bool ParseExternIdx(State& s, SortIdx* item) {
  return TakeSort(s, &item->sort) && ParseItem(s, item->sort, &item->index);
}

bool ParseCoreExternIdx(State& s, SortIdx* item) {
  for (int i = 0; i < kNumSorts; ++i) {
    item->sort = static_cast<Sort>(i);
    if (IsCore(item->sort) && TakeSort(s, item->sort, false))
      return ParseItem(s, item->sort, &item->index);
  }
  if (s.in.At(TokenKind::kLeft)) s.in.Take();
  return s.in.Unexpected();
}

bool ParseAlias(State& s) {
  AliasTarget target;
  Sort sort;
  Binder binder;
  return ParseAliasTarget(s, &target) && TakeSort(s, &sort) && ParseBinder(s.m, &binder) &&
         s.in.ExpectRight() && DefineAlias(s, std::move(target), sort, binder) &&
         s.in.ExpectRight();
}

bool ParseModuleTypeAlias(State& s) {
  AliasTarget target;
  if (!s.in.AtKeyword("outer")) return s.in.Unexpected();
  if (!ParseAliasTarget(s, &target)) return false;
  if (!TakeSort(s, Sort::kCoreType, false)) {
    if (s.in.At(TokenKind::kLeft)) s.in.Take();
    return s.in.Unexpected();
  }
  Binder binder;
  return ParseBinder(s.m, &binder) && s.in.ExpectRight() &&
         DefineAlias(s, std::move(target), Sort::kCoreType, binder) && s.in.ExpectRight();
}

bool ParseInvertedAlias(State& s, Sort sort, const Binder& binder) {
  AliasTarget target;
  // Nothing has exports in a module type.
  if (s.scope().kind == ScopeKind::kModuleType && !s.in.AtKeyword("outer"))
    return s.in.Unexpected();
  return ParseAliasTarget(s, &target) && DefineAlias(s, std::move(target), sort, binder) &&
         s.in.ExpectRight();
}

// ---- names -------------------------------------------------------------------------------------

namespace {

struct Attribute {
  std::string_view word;
  std::optional<std::string> ExternName::* member;
};
constexpr Attribute kAttributes[] = {
    {"implements", &ExternName::implements},
    {"versionsuffix", &ExternName::version_suffix},
    {"external-id", &ExternName::external_id},
};

}  // namespace

bool AtInvertedAlias(const State& s) {
  const Cursor& in = s.in;
  return in.AtForm("alias") && in.tokens()[in.Peek().partner - 1].kind != TokenKind::kRight;
}

bool ParseExternName(State& s, ExternName* name) {
  Cursor& in = s.in;
  // What kind of name it is goes without saying, but could be said formerly.
  if (in.TakeForm("interface")) {
    if (!in.ExpectName(&name->name) || !in.ExpectRight()) return false;
  } else if (!in.ExpectName(&name->name)) {
    return false;
  }
  for (;;) {
    const Attribute* attribute = std::begin(kAttributes);
    while (attribute != std::end(kAttributes) && !in.AtForm(attribute->word)) ++attribute;
    if (attribute == std::end(kAttributes)) return true;
    auto& value = name->*attribute->member;
    if (value) return in.Fail(in.Peek(1), "duplicate attribute " + std::string(attribute->word));
    in.TakeForm(attribute->word);
    if (!in.ExpectName(&value.emplace()) || !in.ExpectRight()) return false;
  }
}

bool AtInline(const State& s, std::string_view word) {
  const Cursor& in = s.in;
  if (!in.AtForm(word) || in.Peek(2).kind != TokenKind::kString) return false;
  // Attributes are forms, too; what else is a form makes it a definition of its own.
  const std::span<const Token> tokens = in.tokens();
  uint32_t at = in.index() + 3;
  while (at + 1 < tokens.size() && tokens[at].kind == TokenKind::kLeft) {
    const std::string_view inner = in.Text(tokens[at + 1]);
    bool is_attribute = false;
    for (const Attribute& attribute : kAttributes) is_attribute |= inner == attribute.word;
    if (!is_attribute) return false;
    at = tokens[at].partner + 1;
  }
  return at < tokens.size() && tokens[at].kind == TokenKind::kRight;
}

bool ParseInlineExports(State& s, std::vector<ExternName>* names) {
  while (AtInline(s, "export")) {
    s.in.TakeForm("export");
    if (!ParseExternName(s, &names->emplace_back()) || !s.in.ExpectRight()) return false;
  }
  return true;
}

void EmitInlineExports(State& s, std::vector<ExternName> names, Sort sort, uint32_t index) {
  for (ExternName& name : names) {
    EmitDefinition(s, Export{std::move(name), {sort, index}, std::nullopt});
    Define(s, sort, {}, nullptr, sort == Sort::kType ? KnownValueType(s.scope(), index) : nullptr);
  }
}

}  // namespace component::text
