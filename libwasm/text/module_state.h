// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parsers of one module share: the index spaces with their identifiers [text-context], the
// types known so far, and the sections as they grow. No tree is built; a field's parser writes the
// binary format directly.

#ifndef TRENAIL_LIBWASM_TEXT_MODULE_STATE_H_
#define TRENAIL_LIBWASM_TEXT_MODULE_STATE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libwasm/support/hash.h"
#include "libwasm/text/cursor.h"
#include "libwasm/types/types.h"

namespace wasm::text {

using SymbolMap = std::unordered_map<std::string_view, uint32_t, StringHash>;

// Keeps decoded strings alive for the views of them.
class StringArena {
 public:
  std::string_view Keep(std::string text) { return strings_.emplace_back(std::move(text)); }

 private:
  std::deque<std::string> strings_;
};

struct NameEntry {  // of the name section
  uint32_t index;
  std::string_view name;
};

// The identifiers of one index space and how many items it has.
struct IndexSpace {
  std::string_view what = {};  // for messages; empty: identifiers are not kept
  uint32_t count = 0;
  SymbolMap ids = {};
  std::vector<NameEntry> names = {};
};

struct TypeEntry {
  std::optional<FuncType> func;
  // A final function type without supertypes in a recursion group of its own: what the short forms
  // of type uses refer to [text-typeuse-abbrev].
  bool plain = false;
};

struct Section {
  std::vector<uint8_t> bytes;  // the items
  uint32_t count = 0;
};

struct CustomAnnotation {  // (@custom …)
  std::string name;
  std::string contents;
  uint8_t rank = 0;  // of the section it stands at, in file order; see parse_module.cc
  bool after = false;
};

struct BranchHint {
  uint32_t offset;
  std::string value;
};

struct FunctionNames {
  uint32_t func;
  std::vector<NameEntry> names;
};

struct ModuleState {
  ModuleState(std::string_view source, std::span<const Token> tokens) : in(source, tokens) {}

  Cursor in;
  StringArena arena;
  int limit_bits = 64;          // of the numbers in limits
  bool plain_operands = false;  // see WatOptions

  IndexSpace types{"type"};
  IndexSpace funcs{"function"};
  IndexSpace tables{"table"};
  IndexSpace memories{"memory"};
  IndexSpace globals{"global"};
  IndexSpace tags{"tag"};
  IndexSpace elems{"elem segment"};
  IndexSpace datas{"data segment"};
  std::vector<IndexSpace> fields;  // by type

  std::vector<TypeEntry> type_entries;
  SymbolMap plain_func_types;  // by FuncTypeKey

  std::string_view name;
  Section type, import, function, table, memory, tag, global, export_, elem, code, data;
  std::optional<uint32_t> start;
  bool uses_data_count = false;  // an instruction names a data segment [binary-datacountsec]
  std::vector<CustomAnnotation> customs;
  std::vector<FunctionNames> locals;
  std::vector<FunctionNames> labels;
  std::vector<std::pair<uint32_t, std::vector<BranchHint>>> hints;
};

// ---- identifiers -----------------------------------------------------------------------------

// An optional identifier and an optional @name annotation.
struct Binder {
  const Token* id = nullptr;
  std::string_view id_name;  // without `$`
  std::optional<std::string_view> annotation;
};
bool ParseBinder(ModuleState& m, Binder* binder);
// Gives the next index of `space` to the item so called.
bool Bind(ModuleState& m, IndexSpace& space, const Binder& binder);
// An index, by number or by identifier.
bool ParseIndex(ModuleState& m, const IndexSpace& space, uint32_t* index);

// (@name "…")
bool ParseNameAnnotation(ModuleState& m, std::string_view* name);
// The tokens behind an annotation's name; they go with a Cursor over m.in.source().
bool AnnotationContent(ModuleState& m, const Token& annotation, std::vector<Token>* tokens);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_MODULE_STATE_H_
