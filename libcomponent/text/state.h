// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parsers of one component text share: the cursor, and the scopes (components, component
// types, instance types, module types) with their index spaces. A definition goes to the end of the
// innermost scope as soon as it is parsed, and what it needs goes there before it: that is all
// there is to the short forms [Explainer: Alias Definitions], because a definition may only refer
// to preceding ones.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_STATE_H_
#define TRENAIL_LIBCOMPONENT_TEXT_STATE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libcomponent/syntax/component.h"
#include "libcomponent/text/parse_component.h"
#include "libwasm/text/cursor.h"
#include "libwasm/text/module_state.h"

namespace component::text {

using wasm::text::AnnotationKind;
using wasm::text::Binder;
using wasm::text::Cursor;
using wasm::text::IndexSpace;
using wasm::text::SymbolMap;
using wasm::text::Token;
using wasm::text::TokenKind;

// A value type as far as value definitions need to know it: labels and children, nothing by index.
struct ValueType {
  DefValType::Kind kind = DefValType::Kind::kPrim;
  PrimType prim = PrimType::kBool;
  std::vector<std::string> labels;  // kRecord, kVariant, kFlags, kEnum
  // Fields, cases (null: without a value), elements; kResult: of ok and error. A null type where
  // one must be is unknown: it stems from an import or an export.
  std::vector<std::shared_ptr<const ValueType>> children;
  uint32_t length = 0;  // kFixedLengthList
};
using ValueTypePtr = std::shared_ptr<const ValueType>;

enum class ScopeKind : uint8_t { kComponent, kComponentType, kInstanceType, kModuleType };

struct Scope {
  Scope() = default;
  // Later types hold earlier ones: from behind, no chain of them is taken down in one recursion.
  ~Scope() {
    while (!value_types.empty()) value_types.pop_back();
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  ScopeKind kind = ScopeKind::kComponent;
  std::string_view id;  // names the scope in outer aliases; empty: none
  // The core types of the innermost scope are in ModuleState::types instead.
  std::array<IndexSpace, kNumSorts> spaces;
  // Identifiers of enclosing scopes for which an outer alias was inserted here already.
  std::array<SymbolMap, kNumSorts> outer;
  std::vector<ValueTypePtr> value_types;  // by type index, as far as known
  // The function types of a module type, by what they are: for type uses without an index.
  std::unordered_map<std::string, uint32_t> func_types;
  bool has_start = false;

  // What is being filled; the one of the scope's kind.
  std::vector<Definition> definitions;
  std::vector<Declarator> declarators;
  std::vector<CoreModuleDecl> core_decls;
};

// No text needs more; it bounds the recursion of everything that reads it afterwards, too.
inline constexpr uint32_t kMaxNesting = 100;

struct State {
  State(std::string_view source, std::span<const Token> tokens, const ParseOptions& parse_options);
  ~State();  // innermost scopes first, for the same reason
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Scope& scope() { return *scopes.back(); }
  // The index space of the innermost scope.
  IndexSpace& Space(Sort sort) {
    return sort == Sort::kCoreType ? m.types : scope().spaces[static_cast<size_t>(sort)];
  }
  bool legacy_indices() const { return options.features.Has(Feature::kLegacyIndices); }

  const ParseOptions& options;
  wasm::text::ModuleState m;  // its cursor, its strings, and its types
  Cursor& in;
  std::vector<std::unique_ptr<Scope>> scopes;  // innermost last
  uint32_t depth = 0;
};

// One level deeper while it lives; fails with "nesting too deep".
class Nested {
 public:
  explicit Nested(State& s) : s_(s), ok_(++s.depth <= kMaxNesting) {
    if (!ok_) s.in.Fail(s.in.Peek(), "nesting too deep");
  }
  ~Nested() { --s_.depth; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;
  bool ok() const { return ok_; }

 private:
  State& s_;
  bool ok_;
};

void PushScope(State& s, ScopeKind kind, std::string_view id);
// The innermost scope, complete.
std::unique_ptr<Scope> PopScope(State& s);

// ---- definitions -------------------------------------------------------------------------------

// Gives the next index of the sort to the item so called. For types also what values of it are.
bool Define(State& s, Sort sort, const Binder& binder, uint32_t* index = nullptr,
            ValueTypePtr value_type = nullptr);

void Emit(State& s, TypeDef type);
void Emit(State& s, CoreType type);
void Emit(State& s, Alias alias);
template <typename T>
void EmitDefinition(State& s, T definition) {
  s.scope().definitions.push_back({.offset = 0, .def = std::move(definition)});
}
// A type definition without a name, and its index.
uint32_t EmitAnonymous(State& s, TypeDef type);
// The innermost scope's knowledge of a type definition and of a type.
ValueTypePtr ValueTypeOf(State& s, const DefValType& type);
ValueTypePtr ValueTypeOf(State& s, const ValTypeUse& use);

// ---- references --------------------------------------------------------------------------------

// At `( sort` or `( core sort`, which is taken. Without `core`, core sorts are not considered.
bool TakeSort(State& s, Sort* sort);
// Takes `( sort`, with its `core` if `core_prefix`.
bool AtSort(const State& s, Sort sort, bool core_prefix = true);
bool TakeSort(State& s, Sort sort, bool core_prefix = true);

// [Explainer: idx] A number or an identifier; one of an enclosing scope becomes an outer alias.
bool ParseIdx(State& s, Sort sort, uint32_t* index);
// Behind `( sort`: an index, or an instance and names, which become aliases; and the parenthesis.
bool ParseItem(State& s, Sort sort, uint32_t* index);
// [Explainer: Xidx, core-prefix(core:Xidx)] A bare index or `(sort …)`.
bool ParseRef(State& s, Sort sort, uint32_t* index);
// [Explainer: externidx] `(sort …)` of any sort.
bool ParseExternIdx(State& s, SortIdx* item);
// [Explainer: core:externidx] without the word `core`.
bool ParseCoreExternIdx(State& s, SortIdx* item);

// Behind `( alias`: a definition, with the sort and identifier at its end.
bool ParseAlias(State& s);
// Behind `( alias` in a module type: (alias outer <idx> <idx> (type <id>?)), a core type.
bool ParseModuleTypeAlias(State& s);
// Behind `( alias`, in the inverted form: the sort is known. Stands behind its parenthesis then.
bool ParseInvertedAlias(State& s, Sort sort, const Binder& binder);

// ---- names -------------------------------------------------------------------------------------

// A name and its attributes [Explainer: attribute].
bool ParseExternName(State& s, ExternName* name);
// At `(alias …)` in the inverted form: without a sort, which would make it a definition.
bool AtInvertedAlias(const State& s);
// At `(word "name" attribute*)`, the short form of an import or export.
bool AtInline(const State& s, std::string_view word);
// (export "name" attribute*)*
bool ParseInlineExports(State& s, std::vector<ExternName>* names);
void EmitInlineExports(State& s, std::vector<ExternName> names, Sort sort, uint32_t index);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_STATE_H_
