// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Definitions are written out field by field, without their offsets; equal ones are equal texts.

#include "libcomponent/binary/structurally_equal.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "libcomponent/binary/name_section.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/text/structurally_equal.h"

namespace component::binary {
namespace {

class Writer {
 public:
  std::string Take() { return std::move(out_); }

  void Add(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<char>(value | 0x80));
    out_.push_back(static_cast<char>(value));
  }
  void Add(std::string_view text) {
    Add(text.size());
    out_ += text;
  }
  void Add(const std::string& text) { Add(std::string_view(text)); }
  template <typename T>
  void Add(const std::optional<T>& value) {
    Add(uint64_t{value.has_value()});
    if (value) Add(*value);
  }
  template <typename T>
  void Add(const std::vector<T>& values) {
    Add(values.size());
    for (const T& value : values) Add(value);
  }
  template <typename... T>
  void Add(const std::variant<T...>& value) {
    Add(value.index());
    std::visit([this](const auto& alternative) { this->Add(alternative); }, value);
  }
  template <typename T>
  void Add(const std::shared_ptr<const T>& value) {
    Add(*value);
  }
  template <typename T>
    requires std::is_enum_v<T>
  void Add(T value) {
    Add(static_cast<uint64_t>(value));
  }
  template <typename First, typename Second, typename... Rest>
  void Add(const First& first, const Second& second, const Rest&... rest) {
    Add(first);
    Add(second);
    (Add(rest), ...);
  }

  // ---- core types ------------------------------------------------------------------------------

  void Add(wasm::ValType type) { Add(uint64_t{type.bits()}); }
  void Add(const wasm::Limits& limits) { Add(limits.min, limits.max); }
  void Add(const wasm::FieldType& field) { Add(field.type, uint64_t{field.is_mutable}); }
  void Add(const wasm::SubType& type) {
    Add(uint64_t{type.is_final}, type.supertypes, type.comp.kind, type.comp.func.params,
        type.comp.func.results, type.comp.fields);
  }
  void Add(const CoreExternType& type) {
    Add(type.kind);
    switch (type.kind) {
      case wasm::ExternKind::kFunc:
      case wasm::ExternKind::kTag:
        Add(uint64_t{type.type});
        break;
      case wasm::ExternKind::kTable:
        Add(type.table.addr_type, type.table.limits, type.table.element);
        break;
      case wasm::ExternKind::kMemory:
        Add(type.memory.addr_type, type.memory.limits, uint64_t{type.memory.shared},
            uint64_t{type.memory.page_size_log2});
        break;
      case wasm::ExternKind::kGlobal:
        Add(type.global.type, uint64_t{type.global.is_mutable});
        break;
    }
  }
  void Add(const CoreRecType& type) { Add(uint64_t{type.explicit_group}, type.types); }
  void Add(const CoreModuleDecl& decl) {
    Add(decl.kind, decl.module, decl.name);
    switch (decl.kind) {
      case CoreModuleDecl::Kind::kImport:
      case CoreModuleDecl::Kind::kExport:
        Add(decl.type);
        break;
      case CoreModuleDecl::Kind::kType:
        Add(decl.core_type);
        break;
      case CoreModuleDecl::Kind::kAlias:
        Add(uint64_t{decl.outer_count}, uint64_t{decl.outer_index});
        break;
    }
  }
  void Add(const CoreModuleType& type) { Add(type.decls); }
  void Add(const CoreType& type) { Add(type.type); }

  // ---- types -----------------------------------------------------------------------------------

  void Add(const ExternName& name) {
    Add(name.name, name.implements, name.version_suffix, name.external_id);
  }
  void Add(const ValTypeUse& use) {
    Add(uint64_t{use.is_index},
        use.is_index ? uint64_t{use.index} : static_cast<uint64_t>(use.prim));
  }
  void Add(const LabelValType& field) { Add(field.label, field.type); }
  void Add(const CaseSyntax& c) { Add(c.label, c.type); }
  void Add(const DefValType& type) {
    Add(type.kind, type.prim, type.fields, type.cases, type.elements, type.labels, type.ok,
        type.error, uint64_t{type.length}, uint64_t{type.resource});
  }
  void Add(const FuncTypeSyntax& type) { Add(uint64_t{type.is_async}, type.params, type.result); }
  void Add(const ResourceTypeSyntax& type) { Add(type.rep, type.dtor); }
  void Add(const ExternDesc& desc) {
    Add(desc.sort, uint64_t{desc.index}, desc.bound, desc.value_type);
  }
  void Add(const Alias& alias) {
    Add(alias.kind, alias.sort, uint64_t{alias.instance}, alias.name, uint64_t{alias.outer_count},
        uint64_t{alias.outer_index});
  }
  void Add(const ImportDecl& decl) { Add(decl.name, decl.type); }
  void Add(const ExportDecl& decl) { Add(decl.name, decl.type); }
  void Add(const Declarator& decl) { Add(decl.decl); }
  void Add(const ComponentTypeSyntax& type) { Add(type.decls); }
  void Add(const InstanceTypeSyntax& type) { Add(type.decls); }
  void Add(const TypeDef& type) { Add(type.type); }

  // ---- definitions -----------------------------------------------------------------------------

  void Add(const SortIdx& item) { Add(item.sort, uint64_t{item.index}); }
  void Add(const CustomSection& custom) { Add(custom.name, custom.payload); }
  void Add(const CoreModuleDef& module) {
    Add(module.bytes.size());
    out_.append(reinterpret_cast<const char*>(module.bytes.data()), module.bytes.size());
  }
  void Add(const CoreInlineExport& inline_export) { Add(inline_export.name, inline_export.item); }
  void Add(const CoreInstantiateArg& arg) { Add(arg.name, uint64_t{arg.instance}); }
  void Add(const CoreInstanceDef& instance) {
    Add(uint64_t{instance.instantiate}, uint64_t{instance.module}, instance.args, instance.exports);
  }
  void Add(const InlineExport& inline_export) { Add(inline_export.name, inline_export.item); }
  void Add(const InstantiateArg& arg) { Add(arg.name, arg.item); }
  void Add(const InstanceDef& instance) {
    Add(uint64_t{instance.instantiate}, uint64_t{instance.component}, instance.args,
        instance.exports);
  }
  void Add(const CanonOpt& option) { Add(option.kind, uint64_t{option.index}); }
  void Add(const Canon& canon) {
    Add(canon.kind, uint64_t{canon.func}, uint64_t{canon.type}, canon.options, canon.result);
    Add(uint64_t{canon.is_async}, uint64_t{canon.cancellable}, uint64_t{canon.shared},
        uint64_t{canon.memory}, uint64_t{canon.table}, canon.core_type, uint64_t{canon.slot});
  }
  void Add(const Start& start) { Add(uint64_t{start.func}, start.args, uint64_t{start.results}); }
  void Add(const Import& import) { Add(import.name, import.type); }
  void Add(const Export& definition) { Add(definition.name, definition.item, definition.type); }
  void Add(const ValueDef& value) { Add(value.type, value.bytes); }
  // Compared on their own.
  void Add(const Component&) {}

 private:
  std::string out_;
};

std::optional<std::string> FindModuleDifference(const CoreModuleDef& a, const CoreModuleDef& b,
                                                const CompareOptions& options) {
  if (std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end()))
    return std::nullopt;
  if (options.module_bytes) return "bytes of a module differ";
  const auto module_a = wasm::binary::DecodeModule(a.bytes, {});
  const auto module_b = wasm::binary::DecodeModule(b.bytes, {});
  if (!module_a || !module_b) return "bytes of a malformed module differ";
  return wasm::text::FindDifference(
      **module_a, **module_b, {.names = options.names, .custom_sections = options.custom_sections});
}

std::optional<std::string> FindDefinitionDifference(const Definition& a, const Definition& b,
                                                    const CompareOptions& options) {
  if (a.def.index() != b.def.index()) return "kinds differ";
  if (const auto* module = std::get_if<CoreModuleDef>(&a.def))
    return FindModuleDifference(*module, std::get<CoreModuleDef>(b.def), options);
  if (const auto* component = std::get_if<std::shared_ptr<const Component>>(&a.def))
    return FindDifference(**component, *std::get<std::shared_ptr<const Component>>(b.def), options);
  Writer writer_a;
  Writer writer_b;
  writer_a.Add(a.def);
  writer_b.Add(b.def);
  if (writer_a.Take() != writer_b.Take()) return "contents differ";
  return std::nullopt;
}

// A name section counts as the names it holds.
std::vector<const Definition*> Definitions(const Component& component, bool custom_sections) {
  std::vector<const Definition*> definitions;
  for (const Definition& definition : component.definitions) {
    const auto* custom = std::get_if<CustomSection>(&definition.def);
    if (custom == nullptr || (custom_sections && custom->name != kNameSection))
      definitions.push_back(&definition);
  }
  return definitions;
}

}  // namespace

std::optional<std::string> FindDifference(const Component& a, const Component& b,
                                          const CompareOptions& options) {
  const auto definitions_a = Definitions(a, options.custom_sections);
  const auto definitions_b = Definitions(b, options.custom_sections);
  for (size_t i = 0; i < std::min(definitions_a.size(), definitions_b.size()); ++i) {
    if (auto difference = FindDefinitionDifference(*definitions_a[i], *definitions_b[i], options))
      return "definition " + std::to_string(i) + ": " + *difference;
  }
  if (definitions_a.size() != definitions_b.size())
    return "numbers of definitions: " + std::to_string(definitions_a.size()) + " and " +
           std::to_string(definitions_b.size());
  if (!options.names) return std::nullopt;
  if (a.names.component != b.names.component) return "names of the component";
  for (int i = 0; i < kNumSorts; ++i)
    if (a.names.by_sort[i] != b.names.by_sort[i]) return "names of sort " + std::to_string(i);
  return std::nullopt;
}

}  // namespace component::binary
