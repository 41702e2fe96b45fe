// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/printer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "libcomponent/syntax/words.h"
#include "libcomponent/text/printer_ids.h"
#include "libcomponent/text/state.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/text/printer_values.h"

namespace component::text {
namespace {

// The sort of the item that a definition defines, and how many; start and custom sections aside.
struct Defined {
  Sort sort = Sort::kFunc;
  uint32_t count = 1;
};

Defined DefinedBy(const Definition& definition) {
  struct Visitor {
    Defined operator()(const CustomSection&) const { return {Sort::kFunc, 0}; }
    Defined operator()(const CoreModuleDef&) const { return {Sort::kCoreModule}; }
    Defined operator()(const CoreInstanceDef&) const { return {Sort::kCoreInstance}; }
    Defined operator()(const CoreType& type) const {
      const auto* rec = std::get_if<CoreRecType>(&type.type);
      return {Sort::kCoreType, rec != nullptr ? static_cast<uint32_t>(rec->types.size()) : 1};
    }
    Defined operator()(const std::shared_ptr<const Component>&) const { return {Sort::kComponent}; }
    Defined operator()(const InstanceDef&) const { return {Sort::kInstance}; }
    Defined operator()(const Alias& alias) const { return {alias.sort}; }
    Defined operator()(const TypeDef&) const { return {Sort::kType}; }
    Defined operator()(const Canon& canon) const {
      return {canon.kind == CanonKind::kLift ? Sort::kFunc : Sort::kCoreFunc};
    }
    Defined operator()(const Start& start) const { return {Sort::kValue, start.results}; }
    Defined operator()(const Import& import) const { return {import.type.sort}; }
    Defined operator()(const Export& definition) const { return {definition.item.sort}; }
    Defined operator()(const ValueDef&) const { return {Sort::kValue}; }
  };
  return std::visit(Visitor(), definition.def);
}

class ComponentPrinter {
 public:
  ComponentPrinter(const Component& component, const wasm::text::PrintOptions& options)
      : component_(component), options_(options), names_(&component.names) {}

  wasm::Result<std::string> Print() {
    out_.Put("(component");
    if (options_.names && !names_->component.empty()) {
      out_.Put(" ");
      wasm::text::AppendId(out_.text(), names_->component);
    }
    PrintBody(component_);
    out_.Put("\n");
    if (error_) return std::unexpected(*std::move(error_));
    return out_.Take();
  }

 private:
  // The definitions and the closing parenthesis.
  void PrintBody(const Component& component) {
    ScopeIds inner = options_.names ? ScopeIds(component) : ScopeIds();
    ScopeIds* outer = out_.Exchange(&inner);
    out_.Indent();
    bool any = false;
    for (const Definition& definition : component.definitions) {
      if (const auto* custom = std::get_if<CustomSection>(&definition.def)) {
        // The names are made anew from the identifiers.
        const bool left_out =
            !options_.custom_sections || (custom->name == "component-name" && options_.names);
        if (left_out) continue;
      }
      any = true;
      out_.NewLine();
      std::visit([this](const auto& def) { PrintDefinition(def); }, definition.def);
      if (error_) break;
    }
    out_.Outdent();
    out_.Exchange(outer);
    if (any) out_.NewLine();
    out_.Put(")");
  }

  // " $id (@name "inner") (;n;)" of a module or component that has a name of its own.
  void PutNestedBinder(Sort sort, std::string_view inner) {
    const uint32_t index = out_.ids().next[static_cast<size_t>(sort)];
    const wasm::text::IdSpace& space = out_.ids().spaces[static_cast<size_t>(sort)];
    std::string_view id;
    if (space.HasId(index)) {
      std::string text;
      space.AppendRef(text, index);
      out_.Put(" ");
      out_.Put(text);
      id = NameOf(sort, index);
    }
    if (id != inner && options_.names) {
      out_.Put(" (@name ");
      out_.PutName(inner);
      out_.Put(")");
    }
    ++out_.ids().next[static_cast<size_t>(sort)];
    out_.Put(" (;");
    out_.PutNumber(index);
    out_.Put(";)");
  }

  std::string_view NameOf(Sort sort, uint32_t index) const {
    const auto& names = names_->by_sort[static_cast<size_t>(sort)];
    const auto at = std::lower_bound(names.begin(), names.end(), index,
                                     [](const auto& pair, uint32_t i) { return pair.first < i; });
    return at != names.end() && at->first == index ? std::string_view(at->second)
                                                   : std::string_view();
  }

  // ---- definitions -----------------------------------------------------------------------------

  void PrintDefinition(const CustomSection& custom) {
    out_.Put("(@custom ");
    out_.PutName(custom.name);
    out_.Put(" ");
    if (options_.skeleton) {
      out_.Put("\"\"");
    } else {
      wasm::text::AppendByteString(out_.text(), custom.payload);
    }
    out_.Put(")");
  }

  void PrintDefinition(const CoreModuleDef& def) {
    const auto module = wasm::binary::DecodeModule(def.bytes, {}, {.borrow = true});
    if (!module) return Fail(module.error());
    auto text = wasm::text::PrintModule(**module, options_);
    if (!text) return Fail(text.error());
    // What the core's printer puts in front of the fields is the component's matter here.
    std::string head = "(module";
    const std::string_view name = (*module)->names.module;
    if (options_.names && !name.empty()) {
      head += ' ';
      wasm::text::AppendId(head, name);
    }
    out_.Put("(core module");
    PutNestedBinder(Sort::kCoreModule, name);
    std::string_view rest = std::string_view(*text).substr(head.size());
    rest.remove_suffix(1);  // the end of the line
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      out_.Put(rest.substr(0, end));
      if (end == std::string_view::npos) break;
      out_.NewLine();
      rest.remove_prefix(end + 1);
    }
  }

  void PrintDefinition(const std::shared_ptr<const Component>& component) {
    out_.Put("(component");
    PutNestedBinder(Sort::kComponent, component->names.component);
    const ComponentNames* outer = std::exchange(names_, &component->names);
    PrintBody(*component);
    names_ = outer;
  }

  void PrintDefinition(const CoreInstanceDef& instance) {
    out_.Put("(core instance");
    out_.PutBinder(Sort::kCoreInstance);
    if (instance.instantiate) {
      out_.Put(" (instantiate ");
      out_.PutRef(Sort::kCoreModule, instance.module);
      for (const CoreInstantiateArg& arg : instance.args) {
        out_.Put(" (with ");
        out_.PutName(arg.name);
        out_.Put(" (instance ");
        out_.PutRef(Sort::kCoreInstance, arg.instance);
        out_.Put("))");
      }
      out_.Put(")");
    }
    for (const CoreInlineExport& inline_export : instance.exports) {
      out_.Put(" (export ");
      out_.PutName(inline_export.name);
      // Without the word `core`, which the whole definition has.
      out_.Put(" (");
      out_.Put(FullWord(inline_export.item.sort).substr(std::string_view("core ").size()));
      out_.Put(" ");
      out_.PutRef(inline_export.item.sort, inline_export.item.index);
      out_.Put("))");
    }
    out_.Put(")");
  }

  void PrintDefinition(const InstanceDef& instance) {
    out_.Put("(instance");
    out_.PutBinder(Sort::kInstance);
    if (instance.instantiate) {
      out_.Put(" (instantiate ");
      out_.PutRef(Sort::kComponent, instance.component);
      for (const InstantiateArg& arg : instance.args) {
        out_.Put(" (with ");
        out_.PutName(arg.name);
        out_.Put(" ");
        out_.PutItem(arg.item.sort, arg.item.index);
        out_.Put(")");
      }
      out_.Put(")");
    }
    for (const InlineExport& inline_export : instance.exports) {
      out_.Put(" (export ");
      PrintExternName(out_, inline_export.name);
      out_.Put(" ");
      out_.PutItem(inline_export.item.sort, inline_export.item.index);
      out_.Put(")");
    }
    out_.Put(")");
  }

  void PrintDefinition(const CoreType& type) { PrintCoreType(out_, type); }
  void PrintDefinition(const Alias& alias) { PrintAlias(out_, alias); }
  void PrintDefinition(const TypeDef& type) { PrintTypeDef(out_, type); }
  void PrintDefinition(const Canon& canon) { PrintCanon(out_, canon); }

  void PrintDefinition(const Start& start) {
    out_.Put("(start ");
    out_.PutRef(Sort::kFunc, start.func);
    for (const uint32_t arg : start.args) {
      out_.Put(" ");
      out_.PutItem(Sort::kValue, arg);
    }
    for (uint32_t i = 0; i < start.results; ++i) {
      out_.Put(" (result (value");
      out_.PutBinder(Sort::kValue);
      out_.Put("))");
    }
    out_.Put(")");
  }

  void PrintDefinition(const Import& import) {
    out_.Put("(import ");
    PrintExternName(out_, import.name);
    out_.Put(" ");
    PrintExternDesc(out_, import.type, true);
    out_.Put(")");
  }

  void PrintDefinition(const Export& definition) {
    out_.Put("(export");
    out_.PutBinder(definition.item.sort);
    out_.Put(" ");
    PrintExternName(out_, definition.name);
    out_.Put(" ");
    out_.PutItem(definition.item.sort, definition.item.index);
    if (definition.type) {
      out_.Put(" ");
      PrintExternDesc(out_, *definition.type, false);
    }
    out_.Put(")");
  }

  void PrintDefinition(const ValueDef& value) {
    out_.Put("(value");
    out_.PutBinder(Sort::kValue);
    out_.Put(" ");
    PrintValueType(out_, value.type);
    out_.Put(" (binary ");
    wasm::text::AppendByteString(out_.text(), value.bytes);
    out_.Put("))");
  }

  void Fail(const wasm::Error& error) {
    error_ = wasm::Error(
        error.kind(), "core module " +
                          std::to_string(out_.ids().next[static_cast<size_t>(Sort::kCoreModule)]) +
                          ": " + error.message());
  }

  const Component& component_;
  const wasm::text::PrintOptions& options_;
  TextOut out_;
  const ComponentNames* names_;  // of the component being printed
  std::optional<wasm::Error> error_;
};

}  // namespace

ScopeIds::ScopeIds(const Component& component) {
  std::array<uint64_t, kNumSorts> counts{};
  for (const Definition& definition : component.definitions) {
    const Defined defined = DefinedBy(definition);
    counts[static_cast<size_t>(defined.sort)] += defined.count;
  }
  for (int i = 0; i < kNumSorts; ++i) {
    wasm::NameMap names;
    for (const auto& [index, name] : component.names.by_sort[i])
      names.names.emplace_back(index, name);
    spaces[i] = wasm::text::IdSpace(names, counts[i]);
  }
}

void TextOut::PutNumber(uint64_t number) { wasm::text::AppendUnsigned(out_, number); }
void TextOut::PutName(std::string_view name) { wasm::text::AppendName(out_, name); }

void TextOut::PutRef(Sort sort, uint32_t index) {
  if (index < ids_->next[static_cast<size_t>(sort)]) {
    ids_->spaces[static_cast<size_t>(sort)].AppendRef(out_, index);
  } else {
    PutNumber(index);
  }
}

const wasm::text::IdSpace& TextOut::CoreTypeIds(wasm::ValType type) const {
  const bool later =
      type.is_ref() && type.heap_type().is_concrete() &&
      type.heap_type().concrete() >= ids_->next[static_cast<size_t>(Sort::kCoreType)];
  return later ? no_ids_ : ids_->spaces[static_cast<size_t>(Sort::kCoreType)];
}

const wasm::text::IdSpace& TextOut::CoreTypeIds(const wasm::FuncType& type) const {
  const wasm::text::IdSpace* ids = &CoreTypeIds(wasm::ValType::kI32);
  for (const auto* types : {&type.params, &type.results}) {
    for (const wasm::ValType part : *types)
      if (const wasm::text::IdSpace& found = CoreTypeIds(part); &found != ids) return found;
  }
  return *ids;
}

void TextOut::PutItem(Sort sort, uint32_t index) {
  out_ += '(';
  out_ += FullWord(sort);
  out_ += ' ';
  PutRef(sort, index);
  out_ += ')';
}

void TextOut::PutBinder(Sort sort) {
  const uint32_t index = ids_->next[static_cast<size_t>(sort)]++;
  ids_->spaces[static_cast<size_t>(sort)].AppendBinder(out_, index);
  out_ += " (;";
  wasm::text::AppendUnsigned(out_, index);
  out_ += ";)";
}

wasm::Result<std::string> PrintComponent(const Component& component,
                                         const wasm::text::PrintOptions& options) {
  return ComponentPrinter(component, options).Print();
}

}  // namespace component::text
