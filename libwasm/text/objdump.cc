// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/objdump.h"

#include <algorithm>

#include "libwasm/text/objdump_code.h"
#include "libwasm/text/printer_instr.h"
#include "libwasm/text/printer_names.h"
#include "libwasm/text/printer_values.h"

namespace wasm::text {
namespace {

constexpr std::string_view kExternKinds[] = {"func", "table", "memory", "global", "tag"};

class Dumper {
 public:
  Dumper(const Module& module, const ObjdumpOptions& options)
      : m_(module), options_(options), ids_(module, true) {}

  std::string Dump() {
    if (options_.headers) Headers();
    if (options_.details) Details();
    if (options_.disassemble || options_.side_table)
      for (uint32_t i = m_.num_imported_functions; i < m_.functions.size(); ++i)
        if (!options_.only_function || *options_.only_function == i)
          DumpFunction(m_, ids_, i, options_, out_);
    return std::move(out_);
  }

 private:
  void Cell(std::string_view text, size_t width) {
    out_ += text;
    if (text.size() < width) out_.append(width - text.size(), ' ');
  }
  void NumberCell(uint64_t value, size_t width) {
    std::string text;
    AppendUnsigned(text, value);
    if (text.size() < width) out_.append(width - text.size(), ' ');
    out_ += text;
  }

  void SectionLine(std::string_view name, ByteRange range, std::optional<uint64_t> count) {
    out_ += "  ";
    Cell(name, 10);
    out_ += " 0x";
    AppendHex(out_, range.begin, 8);
    out_ += "..0x";
    AppendHex(out_, range.end, 8);
    NumberCell(range.size(), 10);
    out_ += " bytes";
    if (count) {
      out_ += ", count ";
      AppendUnsigned(out_, *count);
    }
  }

  std::optional<uint64_t> CountOf(uint8_t id) const {
    switch (id) {
      case 1:
        return m_.types.size();
      case 2:
        return m_.imports.size();
      case 3:
        return m_.functions.size() - m_.num_imported_functions;
      case 4:
        return m_.tables.size() - m_.num_imported_tables;
      case 5:
        return m_.memories.size() - m_.num_imported_memories;
      case 6:
        return m_.globals.size() - m_.num_imported_globals;
      case 7:
        return m_.exports.size();
      case 9:
        return m_.elems.size();
      case 10:
        return m_.functions.size() - m_.num_imported_functions;
      case 11:
        return m_.datas.size();
      case 12:
        return m_.data_count;
      case 13:
        return m_.tags.size() - m_.num_imported_tags;
      default:
        return std::nullopt;
    }
  }

  // Sections and custom sections in the order of the file.
  void Headers() {
    out_ += "Sections (offsets of the contents):\n";
    size_t custom = 0;
    for (const Module::Section& section : m_.sections) {
      for (; custom < m_.customs.size() && m_.customs[custom].section.begin < section.range.begin;
           ++custom)
        CustomLine(m_.customs[custom]);
      SectionLine(SectionName(section.id), section.range, CountOf(section.id));
      out_ += '\n';
    }
    for (; custom < m_.customs.size(); ++custom) CustomLine(m_.customs[custom]);
  }

  void CustomLine(const CustomSection& custom) {
    SectionLine("custom", custom.payload, std::nullopt);
    out_ += ' ';
    AppendName(out_, custom.name);
    out_ += '\n';
  }

  // "  keyword[index] <name>"
  void Item(std::string_view keyword, uint32_t index, const IdSpace* space) {
    out_ += "  ";
    out_ += keyword;
    out_ += '[';
    AppendUnsigned(out_, index);
    out_ += ']';
    if (space != nullptr) space->AppendBinder(out_, index);
  }

  void Ref(std::string_view keyword, uint32_t index, const IdSpace& space) {
    out_ += ' ';
    out_ += keyword;
    out_ += '[';
    AppendUnsigned(out_, index);
    out_ += ']';
    space.AppendBinder(out_, index);
  }

  void Heading(std::string_view name, size_t count) {
    if (count == 0) return;
    out_ += name;
    out_ += ":\n";
  }

  void Details() {
    Heading("Types", m_.types.size());
    for (const RecGroup& group : m_.rec_groups)
      for (uint32_t i = 0; i < group.size; ++i) TypeLine(group, group.first + i);
    Heading("Imports", m_.imports.size());
    for (uint32_t i = 0; i < m_.imports.size(); ++i) {
      const Import& import = m_.imports[i];
      Item("import", i, nullptr);
      out_ += ' ';
      AppendName(out_, import.module);
      out_ += ' ';
      AppendName(out_, import.name);
      ExternOf(import.kind, import.index);
      AppendExternType(import.kind, import.index);
      out_ += '\n';
    }
    Definitions("Functions", ExternKind::kFunc, m_.num_imported_functions, m_.functions.size());
    Definitions("Tables", ExternKind::kTable, m_.num_imported_tables, m_.tables.size());
    Definitions("Memories", ExternKind::kMemory, m_.num_imported_memories, m_.memories.size());
    Definitions("Tags", ExternKind::kTag, m_.num_imported_tags, m_.tags.size());
    Definitions("Globals", ExternKind::kGlobal, m_.num_imported_globals, m_.globals.size());
    Heading("Exports", m_.exports.size());
    for (uint32_t i = 0; i < m_.exports.size(); ++i) {
      Item("export", i, nullptr);
      out_ += ' ';
      AppendName(out_, m_.exports[i].name);
      ExternOf(m_.exports[i].kind, m_.exports[i].index);
      out_ += '\n';
    }
    if (m_.start) {
      out_ += "Start:\n ";
      Ref("func", m_.start->value, ids_.functions);
      out_ += '\n';
    }
    Segments();
  }

  void TypeLine(const RecGroup& group, uint32_t index) {
    const SubType& type = m_.types[index];
    Item("type", index, &ids_.types);
    if (group.explicit_group || group.size != 1) {
      out_ += " (rec ";
      AppendUnsigned(out_, group.first);
      out_ += "..";
      AppendUnsigned(out_, group.first + group.size - 1);
      out_ += ')';
    }
    if (!type.is_final) out_ += " open";
    for (const uint32_t supertype : type.supertypes) {
      out_ += " sub of";
      Ref("type", supertype, ids_.types);
    }
    switch (type.comp.kind) {
      case CompType::Kind::kFunc:
        out_ += " (func";
        AppendSignature(out_, type.comp.func, ids_.types, IdSpace());
        break;
      case CompType::Kind::kStruct:
        out_ += " (struct";
        break;
      case CompType::Kind::kArray:
        out_ += " (array";
        break;
    }
    const IdSpace fields = ids_.Fields(index);
    for (uint32_t i = 0; i < type.comp.fields.size(); ++i) {
      out_ += " (field";
      fields.AppendBinder(out_, i);
      out_ += type.comp.fields[i].is_mutable ? " mut " : " ";
      AppendValType(out_, type.comp.fields[i].type, ids_.types);
      out_ += ')';
    }
    out_ += ")\n";
  }

  const IdSpace& SpaceOf(ExternKind kind) const {
    switch (kind) {
      case ExternKind::kFunc:
        return ids_.functions;
      case ExternKind::kTable:
        return ids_.tables;
      case ExternKind::kMemory:
        return ids_.memories;
      case ExternKind::kGlobal:
        return ids_.globals;
      case ExternKind::kTag:
        return ids_.tags;
    }
    return ids_.functions;
  }

  void ExternOf(ExternKind kind, uint32_t index) {
    out_ += " ->";
    Ref(kExternKinds[static_cast<size_t>(kind)], index, SpaceOf(kind));
  }

  void AppendLimits(AddrType addr_type, const Limits& limits) {
    out_ += addr_type == AddrType::kI64 ? " i64 " : " ";
    AppendUnsigned(out_, limits.min);
    out_ += "..";
    if (limits.max) AppendUnsigned(out_, *limits.max);
  }

  void AppendExternType(ExternKind kind, uint32_t index) {
    switch (kind) {
      case ExternKind::kFunc:
        AppendTypeUse(out_, m_, ids_, m_.functions[index].type, IdSpace());
        break;
      case ExternKind::kTable:
        AppendLimits(m_.tables[index].type.addr_type, m_.tables[index].type.limits);
        out_ += ' ';
        AppendValType(out_, m_.tables[index].type.element, ids_.types);
        break;
      case ExternKind::kMemory: {
        const MemType& type = m_.memories[index].type;
        AppendLimits(type.addr_type, type.limits);
        if (type.shared) out_ += " shared";
        if (type.page_size_log2 != kDefaultPageSizeLog2) {
          out_ += " pages of 2^";
          AppendUnsigned(out_, type.page_size_log2);
        }
        break;
      }
      case ExternKind::kGlobal:
        out_ += m_.globals[index].type.is_mutable ? " mut " : " ";
        AppendValType(out_, m_.globals[index].type.type, ids_.types);
        break;
      case ExternKind::kTag:
        AppendTypeUse(out_, m_, ids_, m_.tags[index].type, IdSpace());
        break;
    }
  }

  void Definitions(std::string_view heading, ExternKind kind, size_t first, size_t end) {
    Heading(heading, end - first);
    for (uint32_t i = static_cast<uint32_t>(first); i < end; ++i) {
      Item(kExternKinds[static_cast<size_t>(kind)], i, &SpaceOf(kind));
      AppendExternType(kind, i);
      if (kind == ExternKind::kGlobal) AppendInit(m_.globals[i].init.range);
      if (kind == ExternKind::kTable && m_.tables[i].init) AppendInit(m_.tables[i].init->range);
      if (kind == ExternKind::kFunc) {
        out_ += ", ";
        AppendUnsigned(out_, m_.functions[i].body.size());
        out_ += " bytes at 0x";
        AppendHex(out_, m_.functions[i].body.begin, 6);
      }
      out_ += '\n';
    }
  }

  void AppendInit(ByteRange range) {
    out_ += " =";
    AppendConst(range);
  }

  void AppendConst(ByteRange range) {
    ErrorSink sink;
    CheckedReader reader(m_.Bytes(range), range.begin, &sink);
    InstrPrinter instr(m_, ids_);
    instr.Begin();
    while (instr.Next(reader) && !instr.finished()) {
      out_ += ' ';
      out_ += instr.text();
    }
    if (sink.failed()) out_ += " (malformed)";
  }

  void Segments() {
    constexpr std::string_view kModes[] = {" passive", " active", " declarative"};
    Heading("Elements", m_.elems.size());
    for (uint32_t i = 0; i < m_.elems.size(); ++i) {
      const ElemSegment& elem = m_.elems[i];
      Item("elem", i, &ids_.elems);
      out_ += kModes[static_cast<size_t>(elem.mode)];
      if (elem.mode == SegmentMode::kActive) {
        Ref("table", elem.table.value, ids_.tables);
        out_ += " at";
        AppendConst(elem.table_offset.range);
      }
      out_ += ' ';
      AppendValType(out_, elem.type, ids_.types);
      out_ += ", count ";
      AppendUnsigned(out_, elem.count);
      out_ += '\n';
    }
    Heading("Data", m_.datas.size());
    for (uint32_t i = 0; i < m_.datas.size(); ++i) {
      const DataSegment& data = m_.datas[i];
      Item("data", i, &ids_.datas);
      out_ += kModes[static_cast<size_t>(data.mode)];
      if (data.mode == SegmentMode::kActive) {
        Ref("memory", data.memory.value, ids_.memories);
        out_ += " at";
        AppendConst(data.memory_offset.range);
      }
      out_ += ", ";
      AppendUnsigned(out_, data.bytes.size());
      out_ += " bytes at 0x";
      AppendHex(out_, data.bytes.begin, 6);
      out_ += '\n';
    }
  }

  const Module& m_;
  const ObjdumpOptions& options_;
  ModuleIds ids_;
  std::string out_;
};

}  // namespace

std::string_view SectionName(uint8_t id) {
  constexpr std::string_view kNames[] = {"custom", "type",   "import",    "function", "table",
                                         "memory", "global", "export",    "start",    "elem",
                                         "code",   "data",   "datacount", "tag"};
  return id < std::size(kNames) ? kNames[id] : "unknown";
}

std::string Objdump(const Module& module, const ObjdumpOptions& options) {
  return Dumper(module, options).Dump();
}

}  // namespace wasm::text
