// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/binary/objdump.h"

#include <algorithm>
#include <optional>

#include "libcomponent/binary/describe.h"
#include "libcomponent/syntax/words.h"
#include "libwasm/support/reader.h"
#include "libwasm/text/printer_values.h"

namespace component::binary {
namespace {

using wasm::text::AppendHex;
using wasm::text::AppendUnsigned;

// The next index of each sort: of a component or of a type with declarators.
class IndexSpaces {
 public:
  explicit IndexSpaces(const ComponentNames* names) : names_(names) {}

  // "func[3] <name>", and the item is counted.
  void Introduce(std::string& out, Sort sort, uint32_t count = 1) {
    uint32_t& next = next_[static_cast<size_t>(sort)];
    out += ' ';
    if (count == 1) {
      AppendItem(out, sort, next);
      if (names_ != nullptr) AppendNameOf(out, sort, next);
    } else {
      out += FullWord(sort);
      out += '[';
      AppendUnsigned(out, next);
      out += "..";
      AppendUnsigned(out, uint64_t{next} + count);
      out += ')';
    }
    next += count;
  }

 private:
  void AppendNameOf(std::string& out, Sort sort, uint32_t index) const {
    const auto& names = names_->by_sort[static_cast<size_t>(sort)];
    const auto at = std::lower_bound(names.begin(), names.end(), index,
                                     [](const auto& named, uint32_t i) { return named.first < i; });
    if (at == names.end() || at->first != index) return;
    out += ' ';
    wasm::text::AppendId(out, at->second);
  }

  const ComponentNames* names_;
  uint32_t next_[kNumSorts] = {};
};

class Dumper {
 public:
  explicit Dumper(const ObjdumpOptions& options) : options_(options) {}

  // `bytes` are those of this component, which begins at `offset` of the outermost.
  void Dump(const Component& component, std::span<const uint8_t> bytes, uint64_t offset) {
    wasm::ErrorSink sink;
    wasm::CheckedReader r(bytes, offset, &sink);
    r.ReadBytes(std::size(kPreamble));
    IndexSpaces spaces(&component.names);
    size_t next = 0;
    ++depth_;
    while (!r.AtEnd() && r.ok()) {
      const SectionId id = static_cast<SectionId>(r.ReadByte());
      const auto contents = r.ReadBytes(r.ReadU32());
      if (!r.ok()) break;
      wasm::CheckedReader in_section(contents, r.OffsetOf(contents.data()), &sink);
      std::optional<uint32_t> count;
      if (!HoldsOneDefinition(id)) count = in_section.ReadU32();
      if (options_.headers) SectionLine(id, r.OffsetOf(contents.data()), contents.size(), count);
      for (uint32_t i = 0; i < count.value_or(1) && next < component.definitions.size(); ++i)
        Define(component.definitions[next++], contents, spaces);
    }
    --depth_;
  }

  std::string Take() { return std::move(out_); }

 private:
  void Indent() { out_.append(2 * depth_, ' '); }

  void SectionLine(SectionId id, uint64_t offset, size_t size, std::optional<uint32_t> count) {
    Indent();
    const std::string_view name = SectionName(id);
    out_ += name;
    out_.append(14 - name.size(), ' ');
    out_ += "0x";
    AppendHex(out_, offset, 8);
    out_ += "..0x";
    AppendHex(out_, offset + size, 8);
    std::string size_text;
    AppendUnsigned(size_text, size);
    if (size_text.size() < 10) out_.append(10 - size_text.size(), ' ');
    out_ += size_text;
    out_ += size == 1 ? " byte" : " bytes";
    if (count) {
      out_ += ", count ";
      AppendUnsigned(out_, *count);
    }
    out_ += '\n';
  }

  void BeginLine(uint64_t offset) {
    Indent();
    out_ += "0x";
    AppendHex(out_, offset, 8);
  }

  // A definition's line, then those of its declarators or of the nested component.
  void Define(const Definition& definition, std::span<const uint8_t> contents,
              IndexSpaces& spaces) {
    if (options_.details) {
      ++depth_;
      BeginLine(definition.offset);
      std::visit([&](const auto& def) { Line(def, spaces); }, definition.def);
      out_ += '\n';
      if (const auto* type = std::get_if<TypeDef>(&definition.def)) Declarators(*type);
      if (const auto* type = std::get_if<CoreType>(&definition.def)) Declarators(*type);
    }
    if (const auto* nested = std::get_if<std::shared_ptr<const Component>>(&definition.def))
      Dump(**nested, contents, definition.offset);
    if (options_.details) --depth_;
  }

  void Line(const CustomSection& custom, IndexSpaces&) {
    out_ += " custom";
    Describe(out_, custom);
  }
  void Line(const CoreModuleDef& module, IndexSpaces& spaces) {
    Introduced(Sort::kCoreModule, module, spaces);
  }
  void Line(const CoreInstanceDef& instance, IndexSpaces& spaces) {
    Introduced(Sort::kCoreInstance, instance, spaces);
  }
  void Line(const CoreType& type, IndexSpaces& spaces) {
    // A group introduces each of its types.
    const auto* rec_type = std::get_if<CoreRecType>(&type.type);
    spaces.Introduce(out_, Sort::kCoreType,
                     rec_type == nullptr ? 1 : static_cast<uint32_t>(rec_type->types.size()));
    Describe(out_, type);
  }
  void Line(const std::shared_ptr<const Component>& component, IndexSpaces& spaces) {
    Introduced(Sort::kComponent, component, spaces);
  }
  void Line(const InstanceDef& instance, IndexSpaces& spaces) {
    Introduced(Sort::kInstance, instance, spaces);
  }
  void Line(const Alias& alias, IndexSpaces& spaces) {
    spaces.Introduce(out_, alias.sort);
    out_ += " alias";
    Describe(out_, alias);
  }
  void Line(const TypeDef& type, IndexSpaces& spaces) { Introduced(Sort::kType, type, spaces); }
  void Line(const std::shared_ptr<const TypeDef>& type, IndexSpaces& spaces) {
    Introduced(Sort::kType, *type, spaces);
  }
  void Line(const Canon& canon, IndexSpaces& spaces) {
    Introduced(canon.kind == CanonKind::kLift ? Sort::kFunc : Sort::kCoreFunc, canon, spaces);
  }
  void Line(const Start& start, IndexSpaces& spaces) {
    if (start.results != 0) spaces.Introduce(out_, Sort::kValue, start.results);
    out_ += " start";
    Describe(out_, start);
  }
  void Line(const Import& import, IndexSpaces& spaces) {
    spaces.Introduce(out_, import.type.sort);
    out_ += " import";
    Describe(out_, import);
  }
  void Line(const Export& exported, IndexSpaces& spaces) {
    spaces.Introduce(out_, exported.item.sort);
    out_ += " export";
    Describe(out_, exported);
  }
  void Line(const ValueDef& value, IndexSpaces& spaces) { Introduced(Sort::kValue, value, spaces); }
  void Line(const ImportDecl& import, IndexSpaces& spaces) {
    spaces.Introduce(out_, import.type.sort);
    out_ += " import";
    Describe(out_, import.name);
    Describe(out_, import.type);
  }
  void Line(const ExportDecl& exported, IndexSpaces& spaces) {
    spaces.Introduce(out_, exported.type.sort);
    out_ += " export";
    Describe(out_, exported.name);
    Describe(out_, exported.type);
  }
  template <typename Def>
  void Introduced(Sort sort, const Def& def, IndexSpaces& spaces) {
    spaces.Introduce(out_, sort);
    Describe(out_, def);
  }

  void Declarators(const TypeDef& type) {
    if (const auto* component = std::get_if<ComponentTypeSyntax>(&type.type))
      Declarators(component->decls);
    if (const auto* instance = std::get_if<InstanceTypeSyntax>(&type.type))
      Declarators(instance->decls);
  }
  void Declarators(const std::vector<Declarator>& decls) {
    IndexSpaces spaces(nullptr);
    ++depth_;
    for (const Declarator& decl : decls) {
      BeginLine(decl.offset);
      std::visit([&](const auto& d) { Line(d, spaces); }, decl.decl);
      out_ += '\n';
      if (const auto* type = std::get_if<std::shared_ptr<const TypeDef>>(&decl.decl))
        Declarators(**type);
      if (const auto* type = std::get_if<CoreType>(&decl.decl)) Declarators(*type);
    }
    --depth_;
  }
  void Declarators(const CoreType& type) {
    const auto* module = std::get_if<CoreModuleType>(&type.type);
    if (module == nullptr) return;
    ++depth_;
    for (const CoreModuleDecl& decl : module->decls) {
      BeginLine(decl.offset);
      Describe(out_, decl);
      out_ += '\n';
      if (decl.core_type != nullptr) Declarators(*decl.core_type);
    }
    --depth_;
  }

  const ObjdumpOptions& options_;
  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

std::string_view SectionName(SectionId id) {
  constexpr std::string_view kNames[kNumSections] = {
      "custom", "core module", "core instance", "core type", "component", "instance", "alias",
      "type",   "canon",       "start",         "import",    "export",    "value"};
  return static_cast<uint8_t>(id) < kNumSections ? kNames[static_cast<uint8_t>(id)] : "unknown";
}

std::string Objdump(const Component& component, std::span<const uint8_t> bytes,
                    const ObjdumpOptions& options) {
  Dumper dumper(options);
  dumper.Dump(component, bytes, 0);
  return (options.headers ? "Sections (offsets of the contents):\n" : "Definitions:\n") +
         dumper.Take();
}

}  // namespace component::binary
