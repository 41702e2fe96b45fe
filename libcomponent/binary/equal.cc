// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One overload of Same per struct of the syntax, found through the templates for lists, options,
// pointers and variants.

#include "libcomponent/binary/equal.h"

#include <algorithm>

#include "libcomponent/binary/canon_shape.h"
#include "libcomponent/binary/name_section.h"

namespace component::binary {
namespace {

class Comparer {
 public:
  explicit Comparer(const CompareOptions& options) : options_(options) {}

  bool Same(const Component& a, const Component& b) const {
    if (options_.names && !SameNames(a.names, b.names)) return false;
    size_t i = 0, k = 0;
    for (;; ++i, ++k) {
      while (i < a.definitions.size() && Skipped(a.definitions[i])) ++i;
      while (k < b.definitions.size() && Skipped(b.definitions[k])) ++k;
      if (i == a.definitions.size() || k == b.definitions.size()) break;
      if (!Same(a.definitions[i].def, b.definitions[k].def)) return false;
    }
    return i == a.definitions.size() && k == b.definitions.size();
  }

 private:
  bool Skipped(const Definition& definition) const {
    const auto* custom = std::get_if<CustomSection>(&definition.def);
    return custom != nullptr && (custom->name == kNameSection || !options_.custom_sections);
  }
  static bool SameNames(const ComponentNames& a, const ComponentNames& b) {
    return a.component == b.component &&
           std::equal(std::begin(a.by_sort), std::end(a.by_sort), std::begin(b.by_sort));
  }

  template <typename T>
  bool Same(const std::vector<T>& a, const std::vector<T>& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [this](const T& x, const T& y) { return this->Same(x, y); });
  }
  template <typename T>
  bool Same(const std::optional<T>& a, const std::optional<T>& b) const {
    return a.has_value() == b.has_value() && (!a.has_value() || Same(*a, *b));
  }
  template <typename T>
  bool Same(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) const {
    return a == b || (a != nullptr && b != nullptr && Same(*a, *b));
  }
  template <typename... Ts>
  bool Same(const std::variant<Ts...>& a, const std::variant<Ts...>& b) const {
    return a.index() == b.index() &&
           std::visit([&]<typename T>(const T& x) { return Same(x, std::get<T>(b)); }, a);
  }
  static bool Same(uint32_t a, uint32_t b) { return a == b; }
  static bool Same(const std::string& a, const std::string& b) { return a == b; }

  static bool Same(const SortIdx& a, const SortIdx& b) {
    return a.sort == b.sort && a.index == b.index;
  }
  bool Same(const ExternName& a, const ExternName& b) const {
    return a.name == b.name && a.implements == b.implements &&
           a.version_suffix == b.version_suffix && a.external_id == b.external_id;
  }

  // ---- core types ------------------------------------------------------------------------------

  bool Same(const CoreType& a, const CoreType& b) const { return Same(a.type, b.type); }
  static bool Same(const CoreRecType& a, const CoreRecType& b) {
    return a.types == b.types && a.explicit_group == b.explicit_group;
  }
  bool Same(const CoreModuleType& a, const CoreModuleType& b) const {
    return Same(a.decls, b.decls);
  }
  bool Same(const CoreModuleDecl& a, const CoreModuleDecl& b) const {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
      case CoreModuleDecl::Kind::kImport:
        return a.module == b.module && a.name == b.name && Same(a.type, b.type);
      case CoreModuleDecl::Kind::kType:
        return Same(a.core_type, b.core_type);
      case CoreModuleDecl::Kind::kAlias:
        return a.outer_count == b.outer_count && a.outer_index == b.outer_index;
      case CoreModuleDecl::Kind::kExport:
        return a.name == b.name && Same(a.type, b.type);
    }
    return false;
  }
  static bool Same(const CoreExternType& a, const CoreExternType& b) {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
      case wasm::ExternKind::kFunc:
      case wasm::ExternKind::kTag:
        return a.type == b.type;
      case wasm::ExternKind::kTable:
        return a.table == b.table;
      case wasm::ExternKind::kMemory:
        return a.memory == b.memory;
      case wasm::ExternKind::kGlobal:
        return a.global == b.global;
    }
    return false;
  }

  // ---- types -----------------------------------------------------------------------------------

  static bool Same(const ValTypeUse& a, const ValTypeUse& b) {
    return a.is_index == b.is_index && (a.is_index ? a.index == b.index : a.prim == b.prim);
  }
  static bool Same(const LabelValType& a, const LabelValType& b) {
    return a.label == b.label && Same(a.type, b.type);
  }
  bool Same(const CaseSyntax& a, const CaseSyntax& b) const {
    return a.label == b.label && Same(a.type, b.type);
  }
  // Members that a kind does not use are empty.
  bool Same(const DefValType& a, const DefValType& b) const {
    return a.kind == b.kind && (a.kind != DefValType::Kind::kPrim || a.prim == b.prim) &&
           Same(a.fields, b.fields) && Same(a.cases, b.cases) && Same(a.elements, b.elements) &&
           a.labels == b.labels && Same(a.ok, b.ok) && Same(a.error, b.error) &&
           a.length == b.length && a.resource == b.resource;
  }
  bool Same(const FuncTypeSyntax& a, const FuncTypeSyntax& b) const {
    return a.is_async == b.is_async && Same(a.params, b.params) && Same(a.result, b.result);
  }
  bool Same(const ResourceTypeSyntax& a, const ResourceTypeSyntax& b) const {
    return a.rep == b.rep && a.dtor == b.dtor;
  }
  bool Same(const ExternDesc& a, const ExternDesc& b) const {
    if (a.sort != b.sort) return false;
    if (a.sort == Sort::kValue && (a.value_type || b.value_type))
      return Same(a.value_type, b.value_type);
    if (a.sort == Sort::kType && a.bound != b.bound) return false;
    return (a.sort == Sort::kType && a.bound == ExternDesc::Bound::kSubResource) ||
           a.index == b.index;
  }
  static bool Same(const Alias& a, const Alias& b) {
    if (a.kind != b.kind || a.sort != b.sort) return false;
    if (a.kind == Alias::Kind::kOuter)
      return a.outer_count == b.outer_count && a.outer_index == b.outer_index;
    return a.instance == b.instance && a.name == b.name;
  }
  bool Same(const ImportDecl& a, const ImportDecl& b) const {
    return Same(a.name, b.name) && Same(a.type, b.type);
  }
  bool Same(const ExportDecl& a, const ExportDecl& b) const {
    return Same(a.name, b.name) && Same(a.type, b.type);
  }
  bool Same(const Declarator& a, const Declarator& b) const { return Same(a.decl, b.decl); }
  bool Same(const ComponentTypeSyntax& a, const ComponentTypeSyntax& b) const {
    return Same(a.decls, b.decls);
  }
  bool Same(const InstanceTypeSyntax& a, const InstanceTypeSyntax& b) const {
    return Same(a.decls, b.decls);
  }
  bool Same(const TypeDef& a, const TypeDef& b) const { return Same(a.type, b.type); }

  // ---- definitions -----------------------------------------------------------------------------

  static bool Same(const CustomSection& a, const CustomSection& b) {
    return a.name == b.name && a.payload == b.payload;
  }
  static bool Same(const CoreModuleDef& a, const CoreModuleDef& b) {
    return std::ranges::equal(a.bytes, b.bytes);
  }
  static bool Same(const CoreInlineExport& a, const CoreInlineExport& b) {
    return a.name == b.name && Same(a.item, b.item);
  }
  static bool Same(const CoreInstantiateArg& a, const CoreInstantiateArg& b) {
    return a.name == b.name && a.instance == b.instance;
  }
  bool Same(const CoreInstanceDef& a, const CoreInstanceDef& b) const {
    if (a.instantiate != b.instantiate) return false;
    return a.instantiate ? a.module == b.module && Same(a.args, b.args)
                         : Same(a.exports, b.exports);
  }
  bool Same(const InlineExport& a, const InlineExport& b) const {
    return Same(a.name, b.name) && Same(a.item, b.item);
  }
  static bool Same(const InstantiateArg& a, const InstantiateArg& b) {
    return a.name == b.name && Same(a.item, b.item);
  }
  bool Same(const InstanceDef& a, const InstanceDef& b) const {
    if (a.instantiate != b.instantiate) return false;
    return a.instantiate ? a.component == b.component && Same(a.args, b.args)
                         : Same(a.exports, b.exports);
  }
  static bool Same(const CanonOpt& a, const CanonOpt& b) {
    return a.kind == b.kind && (!HasIndex(a.kind) || a.index == b.index);
  }
  bool Same(const Canon& a, const Canon& b) const {
    if (a.kind != b.kind) return false;
    const uint16_t shape = CanonShape(a.kind);
    const auto has = [shape](int immediates) { return (shape & immediates) != 0; };
    return (!has(kCanonFunc) || a.func == b.func) &&
           (!has(kCanonResult) || Same(a.result, b.result)) &&
           (!has(kCanonShared) || a.shared == b.shared) &&
           (!has(kCanonContext) || (a.core_type == b.core_type && a.slot == b.slot)) &&
           (!has(kCanonType | kCanonLiftType) || a.type == b.type) &&
           (!has(kCanonAsync) || a.is_async == b.is_async) &&
           (!has(kCanonCancel) || a.cancellable == b.cancellable) &&
           (!has(kCanonMemory) || a.memory == b.memory) &&
           (!has(kCanonTable) || a.table == b.table) &&
           (!has(kCanonOptions) || Same(a.options, b.options));
  }
  static bool Same(const Start& a, const Start& b) {
    return a.func == b.func && a.args == b.args && a.results == b.results;
  }
  bool Same(const Import& a, const Import& b) const {
    return Same(a.name, b.name) && Same(a.type, b.type);
  }
  bool Same(const Export& a, const Export& b) const {
    return Same(a.name, b.name) && Same(a.item, b.item) && Same(a.type, b.type);
  }
  static bool Same(const ValueDef& a, const ValueDef& b) {
    return Same(a.type, b.type) && a.bytes == b.bytes;
  }

  const CompareOptions& options_;
};

}  // namespace

bool Equal(const Component& a, const Component& b, const CompareOptions& options) {
  return Comparer(options).Same(a, b);
}

}  // namespace component::binary
