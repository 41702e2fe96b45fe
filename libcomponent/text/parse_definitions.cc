// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A definition's parser stands behind its word and takes everything up to and with the closing
// parenthesis. Most sorts share the beginning: an identifier, exports, and then either an import or
// an alias in the inverted form, or a definition proper.

#include "libcomponent/text/parse_definitions.h"

#include <utility>
#include <vector>

#include "libcomponent/text/parse_canon.h"
#include "libcomponent/text/parse_core_types.h"
#include "libcomponent/text/parse_instances.h"
#include "libcomponent/text/parse_types.h"
#include "libcomponent/text/parse_values.h"
#include "libwasm/support/utf8.h"

namespace component::text {
namespace {

// The common beginning of the definitions of a sort.
struct Head {
  Binder binder;
  std::vector<ExternName> exports;
};

bool ParseHead(State& s, Head* head) {
  return ParseBinder(s.m, &head->binder) && ParseInlineExports(s, &head->exports);
}

// The item is defined: its exports, and the closing parenthesis.
bool Finish(State& s, Head& head, Sort sort, uint32_t index) {
  EmitInlineExports(s, std::move(head.exports), sort, index);
  return s.in.ExpectRight();
}

// A nested module or component has a name of its own: the annotation, if there is one, is its
// name, and else the identifier, which in any case is the name of the definition.
std::string_view TakeNestedName(Head& head) {
  return std::exchange(head.binder.annotation, std::nullopt).value_or(head.binder.id_name);
}

// An import or an alias in the inverted form, if it is one: `*done` then.
bool ParseInverted(State& s, Sort sort, Head& head, bool* done) {
  const uint32_t index = s.Space(sort).count;
  *done = true;
  if (AtInvertedAlias(s)) {
    s.in.TakeForm("alias");
    return ParseInvertedAlias(s, sort, head.binder) && Finish(s, head, sort, index);
  }
  if (AtInline(s, "import")) {
    s.in.TakeForm("import");
    Import import;
    if (!ParseExternName(s, &import.name) || !s.in.ExpectRight() ||
        !ParseExternDesc(s, sort, &import.type))
      return false;
    const ExternDesc desc = import.type;
    EmitDefinition(s, std::move(import));
    uint32_t import_index = 0;
    return DefineExtern(s, desc, head.binder, &import_index) && Finish(s, head, sort, import_index);
  }
  *done = false;
  return true;
}

// ---- core definitions --------------------------------------------------------------------------

bool ParseCoreModule(State& s) {
  Head head;
  bool done = false;
  const uint32_t begin = s.in.index();
  if (!ParseHead(s, &head) || !ParseInverted(s, Sort::kCoreModule, head, &done)) return false;
  if (done) return true;
  // The rest is the core's: up to the parenthesis that closes `( core module`.
  wasm::text::ModuleTokens module;
  module.source = s.in.source();
  module.tokens = s.in.tokens();
  module.begin = s.in.index();
  module.end = module.tokens[begin - 3].partner;  // of `( core module`
  module.has_head = false;
  module.name = TakeNestedName(head);
  auto bytes = wasm::text::ParseModuleTokens(module, s.options.core);
  if (!bytes) return s.in.FailWith(std::move(bytes).error());
  auto owner = std::make_shared<const std::vector<uint8_t>>(*std::move(bytes));
  EmitDefinition(s, CoreModuleDef{.bytes = *owner, .owner = owner});
  uint32_t index = 0;
  s.in.Seek(module.end);
  return Define(s, Sort::kCoreModule, head.binder, &index) &&
         Finish(s, head, Sort::kCoreModule, index);
}

// Functions, tables, memories, globals and tags of the core come from aliases, and functions from
// canonical definitions.
bool ParseCoreItem(State& s, Sort sort) {
  Binder binder;
  if (!ParseBinder(s.m, &binder)) return false;
  if (s.in.TakeForm("alias")) return ParseInvertedAlias(s, sort, binder) && s.in.ExpectRight();
  if (sort != Sort::kCoreFunc) {
    if (s.in.At(TokenKind::kLeft)) s.in.Take();
    return s.in.Unexpected();
  }
  if (!s.in.ExpectForm("canon")) return false;
  Canon canon;
  const Token& token = s.in.Peek();
  if (!ParseCanonOperands(s, &canon)) return false;
  if (canon.kind == CanonKind::kLift)
    return s.in.Fail(token, "unexpected token: lift defines a function of the component");
  EmitDefinition(s, std::move(canon));
  return s.in.ExpectRight() && Define(s, sort, binder) && s.in.ExpectRight();
}

bool ParseCoreDefinition(State& s) {
  Cursor& in = s.in;
  if (in.TakeKeyword("module")) return ParseCoreModule(s);
  if (in.TakeKeyword("instance")) return ParseCoreInstance(s);
  if (in.TakeKeyword("type")) return ParseCoreTypeDefinition(s);
  if (in.TakeKeyword("rec")) return ParseCoreRecDefinition(s);
  if (in.TakeKeyword("func")) return ParseCoreItem(s, Sort::kCoreFunc);
  if (in.TakeKeyword("table")) return ParseCoreItem(s, Sort::kCoreTable);
  if (in.TakeKeyword("memory")) return ParseCoreItem(s, Sort::kCoreMemory);
  if (in.TakeKeyword("global")) return ParseCoreItem(s, Sort::kCoreGlobal);
  if (in.TakeKeyword("tag")) return ParseCoreItem(s, Sort::kCoreTag);
  return in.Unexpected();
}

// ---- definitions by sort -----------------------------------------------------------------------

bool ParseNestedComponent(State& s) {
  Head head;
  bool done = false;
  if (!ParseHead(s, &head) || !ParseInverted(s, Sort::kComponent, head, &done)) return false;
  if (done) return true;
  std::shared_ptr<const Component> component;
  const std::string_view name = TakeNestedName(head);
  if (!ParseComponentBody(s, head.binder.id_name, name, &component)) return false;
  EmitDefinition(s, std::move(component));
  uint32_t index = 0;
  return Define(s, Sort::kComponent, head.binder, &index) &&
         Finish(s, head, Sort::kComponent, index);
}

bool ParseInstance(State& s) {
  Head head;
  bool done = false;
  if (!ParseHead(s, &head) || !ParseInverted(s, Sort::kInstance, head, &done)) return false;
  if (done) return true;
  InstanceDef instance;
  if (!ParseInstanceExpr(s, &instance)) return false;
  EmitDefinition(s, std::move(instance));
  uint32_t index = 0;
  return Define(s, Sort::kInstance, head.binder, &index) && Finish(s, head, Sort::kInstance, index);
}

// A function: its type and how it is lifted.
bool ParseFunc(State& s) {
  Head head;
  bool done = false;
  if (!ParseHead(s, &head) || !ParseInverted(s, Sort::kFunc, head, &done)) return false;
  if (done) return true;
  uint32_t type = 0;
  if (!ParseFuncTypeUse(s, &type) || !s.in.ExpectForm("canon")) return false;
  Canon canon;
  const Token& token = s.in.Peek();
  if (!ParseCanonOperands(s, &canon) || !s.in.ExpectRight()) return false;
  if (canon.kind != CanonKind::kLift)
    return s.in.Fail(token, "unexpected token: only lift defines a function of the component");
  canon.type = type;
  EmitDefinition(s, std::move(canon));
  uint32_t index = 0;
  return Define(s, Sort::kFunc, head.binder, &index) && Finish(s, head, Sort::kFunc, index);
}

bool ParseType(State& s) {
  Head head;
  bool done = false;
  if (!ParseHead(s, &head) || !ParseInverted(s, Sort::kType, head, &done)) return false;
  if (done) return true;
  TypeDef type;
  if (!ParseDefType(s, head.binder.id_name, &type)) return false;
  ValueTypePtr value_type;
  if (const auto* def = std::get_if<DefValType>(&type.type)) value_type = ValueTypeOf(s, *def);
  Emit(s, std::move(type));
  uint32_t index = 0;
  return Define(s, Sort::kType, head.binder, &index, std::move(value_type)) &&
         Finish(s, head, Sort::kType, index);
}

bool ParseValue(State& s) {
  Head head;
  bool done = false;
  if (!ParseHead(s, &head) || !ParseInverted(s, Sort::kValue, head, &done)) return false;
  if (done) return true;
  ValueDef value;
  if (!ParseValType(s, &value.type) || !ParseVal(s, ValueTypeOf(s, value.type).get(), value.bytes))
    return false;
  EmitDefinition(s, std::move(value));
  uint32_t index = 0;
  return Define(s, Sort::kValue, head.binder, &index) && Finish(s, head, Sort::kValue, index);
}

// ---- imports, exports, start -------------------------------------------------------------------

bool ParseImport(State& s) {
  Import import;
  Binder binder;
  if (!ParseExternName(s, &import.name) || !ParseExternType(s, &import.type, &binder)) return false;
  const ExternDesc desc = import.type;
  EmitDefinition(s, std::move(import));
  return DefineExtern(s, desc, binder) && s.in.ExpectRight();
}

bool ParseExport(State& s) {
  Binder binder;
  Export definition;
  if (!ParseBinder(s.m, &binder) || !ParseExternName(s, &definition.name) ||
      !ParseExternIdx(s, &definition.item))
    return false;
  if (s.in.At(TokenKind::kLeft)) {
    Binder none;
    if (!ParseExternType(s, &definition.type.emplace(), &none)) return false;
    if (none.id != nullptr)
      return s.in.Fail(*none.id, "unexpected token: an ascribed type binds no identifier");
  }
  const SortIdx item = definition.item;
  EmitDefinition(s, std::move(definition));
  ValueTypePtr value_type;
  if (item.sort == Sort::kType) value_type = ValueTypeOf(s, ValTypeUse::Index(item.index));
  return Define(s, item.sort, binder, nullptr, std::move(value_type)) && s.in.ExpectRight();
}

bool ParseStart(State& s) {
  Start start;
  const Token& token = s.in.Peek();
  if (s.scope().has_start)
    return s.in.Fail(token, "a component cannot have more than one start function");
  s.scope().has_start = true;
  if (!ParseRef(s, Sort::kFunc, &start.func)) return false;
  while (TakeSort(s, Sort::kValue))
    if (!ParseItem(s, Sort::kValue, &start.args.emplace_back())) return false;
  std::vector<Binder> results;
  while (s.in.TakeForm("result")) {
    if (!s.in.ExpectForm("value") || !ParseBinder(s.m, &results.emplace_back()) ||
        !s.in.ExpectRight() || !s.in.ExpectRight())
      return false;
  }
  start.results = static_cast<uint32_t>(results.size());
  EmitDefinition(s, std::move(start));
  for (const Binder& binder : results)
    if (!Define(s, Sort::kValue, binder)) return false;
  return s.in.ExpectRight();
}

// (@custom "name" "bytes"…)
bool ParseCustom(State& s) {
  const Token& token = s.in.Take();
  std::vector<Token> content;
  if (!AnnotationContent(s.m, token, &content)) return false;
  Cursor in(s.in.source(), content);
  CustomSection custom;
  std::string payload;
  if (!in.At(TokenKind::kString))
    return s.in.Fail(token, "@custom annotation: missing section name");
  in.ExpectString(&custom.name);
  if (!wasm::IsValidUtf8(custom.name))
    return s.in.Fail(token, "@custom annotation: malformed UTF-8 encoding");
  while (in.At(TokenKind::kString)) in.ExpectString(&payload);
  if (!in.At(TokenKind::kEnd)) return s.in.Fail(token, "@custom annotation: unexpected token");
  custom.payload.assign(payload.begin(), payload.end());
  EmitDefinition(s, std::move(custom));
  return true;
}

bool ParseDefinition(State& s) {
  Cursor& in = s.in;
  if (in.AtAnnotation(AnnotationKind::kCustom)) return ParseCustom(s);
  if (in.TakeForm("core")) return ParseCoreDefinition(s);
  if (in.TakeForm("component")) return ParseNestedComponent(s);
  if (in.TakeForm("instance")) return ParseInstance(s);
  if (in.TakeForm("alias")) return ParseAlias(s);
  if (in.TakeForm("type")) return ParseType(s);
  if (in.TakeForm("canon")) return ParseCanonDefinition(s);
  if (in.TakeForm("func")) return ParseFunc(s);
  if (in.TakeForm("start")) return ParseStart(s);
  if (in.TakeForm("import")) return ParseImport(s);
  if (in.TakeForm("export")) return ParseExport(s);
  if (in.TakeForm("value")) return ParseValue(s);
  if (in.At(TokenKind::kLeft)) in.Take();
  return in.Unexpected();
}

}  // namespace

bool ParseComponentBody(State& s, std::string_view id, std::string_view name,
                        std::shared_ptr<const Component>* component) {
  const Nested nested(s);
  if (!nested.ok()) return false;
  PushScope(s, ScopeKind::kComponent, id);
  while (!s.in.At(TokenKind::kRight) && !s.in.At(TokenKind::kEnd))
    if (!ParseDefinition(s)) return false;
  const std::unique_ptr<Scope> scope = PopScope(s);
  auto result = std::make_shared<Component>();
  result->definitions = std::move(scope->definitions);
  result->names.component = name;
  for (int i = 0; i < kNumSorts; ++i)
    for (const wasm::text::NameEntry& entry : scope->spaces[i].names)
      result->names.by_sort[i].emplace_back(entry.index, entry.name);
  *component = std::move(result);
  return true;
}

}  // namespace component::text
