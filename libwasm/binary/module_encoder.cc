// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each section is written into a buffer of its own and then appended behind its size
// [binary-module].

#include "libwasm/binary/module_encoder.h"

#include <algorithm>

#include "libwasm/support/leb128.h"

namespace wasm::binary {
namespace {

using Bytes = std::vector<uint8_t>;

void Append(Bytes& out, std::span<const uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// [binary-limits], with the flags of threads, memory64 and custom page sizes.
void WriteLimits(Bytes& out, const Limits& limits, uint8_t flags) {
  out.push_back(limits.max ? flags | 0x01 : flags);
  WriteUnsignedLeb(out, limits.min);
  if (limits.max) WriteUnsignedLeb(out, *limits.max);
}

uint8_t AddrFlag(AddrType type) { return type == AddrType::kI64 ? 0x04 : 0x00; }

void WriteFieldType(Bytes& out, const FieldType& field) {
  WriteValType(out, field.type);
  out.push_back(field.is_mutable ? 1 : 0);
}

void WriteResultType(Bytes& out, const ResultType& types) {
  WriteUnsignedLeb(out, types.size());
  for (const ValType type : types) WriteValType(out, type);
}

class Encoder {
 public:
  explicit Encoder(const Module& module) : module_(module) {}

  Bytes Encode() {
    out_ = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};
    // The order of the format, which is not that of the ids [binary-module].
    constexpr uint8_t kOrder[] = {0, 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};
    for (const uint8_t id : kOrder) {
      if (id != 0) Section(id);
      for (const CustomSection& custom : module_.customs)
        if (custom.after_section == id) Custom(custom);
    }
    return std::move(out_);
  }

 private:
  void Section(uint8_t id) {
    Bytes payload;
    const size_t count = Payload(id, payload);
    // An empty section that was there stays: custom sections name their neighbours.
    const bool was_there = std::any_of(module_.sections.begin(), module_.sections.end(),
                                       [id](const Module::Section& s) { return s.id == id; });
    if (count == 0 && !was_there) return;
    Bytes head;
    const bool is_vector = id != 8 && id != 12;
    if (is_vector) WriteUnsignedLeb(head, count);
    out_.push_back(id);
    WriteUnsignedLeb(out_, head.size() + payload.size());
    Append(out_, head);
    Append(out_, payload);
  }

  // Writes the section's elements and returns their number.
  size_t Payload(uint8_t id, Bytes& out) {
    const Module& m = module_;
    switch (id) {
      case 1:
        return Types(out);
      case 2:
        for (const Import& import : m.imports) WriteImport(out, import);
        return m.imports.size();
      case 3:
        for (size_t i = m.num_imported_functions; i < m.functions.size(); ++i)
          WriteUnsignedLeb(out, m.functions[i].type.value);
        return m.functions.size() - m.num_imported_functions;
      case 4:
        for (size_t i = m.num_imported_tables; i < m.tables.size(); ++i)
          WriteTable(out, m.tables[i]);
        return m.tables.size() - m.num_imported_tables;
      case 5:
        for (size_t i = m.num_imported_memories; i < m.memories.size(); ++i)
          WriteMemType(out, m.memories[i].type);
        return m.memories.size() - m.num_imported_memories;
      case 13:
        for (size_t i = m.num_imported_tags; i < m.tags.size(); ++i) WriteTag(out, m.tags[i]);
        return m.tags.size() - m.num_imported_tags;
      case 6:
        for (size_t i = m.num_imported_globals; i < m.globals.size(); ++i) {
          WriteGlobalType(out, m.globals[i].type);
          Append(out, m.Bytes(m.globals[i].init.range));
        }
        return m.globals.size() - m.num_imported_globals;
      case 7:
        for (const Export& e : m.exports) {
          WriteName(out, e.name);
          out.push_back(static_cast<uint8_t>(e.kind));
          WriteUnsignedLeb(out, e.index);
        }
        return m.exports.size();
      case 8:
        if (!m.start) return 0;
        WriteUnsignedLeb(out, m.start->value);
        return 1;
      case 9:
        for (const ElemSegment& elem : m.elems) WriteElem(out, elem);
        return m.elems.size();
      case 12:
        if (!m.data_count) return 0;
        WriteUnsignedLeb(out, *m.data_count);
        return 1;
      case 10:
        for (size_t i = m.num_imported_functions; i < m.functions.size(); ++i) {
          WriteUnsignedLeb(out, m.functions[i].body.size());
          Append(out, m.Bytes(m.functions[i].body));
        }
        return m.functions.size() - m.num_imported_functions;
      case 11:
        for (const DataSegment& data : m.datas) WriteData(out, data);
        return m.datas.size();
      default:
        return 0;
    }
  }

  size_t Types(Bytes& out) {  // [binary-typesec]
    for (const RecGroup& group : module_.rec_groups) {
      if (group.explicit_group || group.size != 1) {
        out.push_back(0x4e);
        WriteUnsignedLeb(out, group.size);
      }
      for (uint32_t i = 0; i < group.size; ++i) WriteSubType(out, module_.types[group.first + i]);
    }
    return module_.rec_groups.size();
  }

  void WriteImport(Bytes& out, const Import& import) {  // [binary-importsec]
    WriteName(out, import.module);
    WriteName(out, import.name);
    out.push_back(static_cast<uint8_t>(import.kind));
    switch (import.kind) {
      case ExternKind::kFunc:
        WriteUnsignedLeb(out, module_.functions[import.index].type.value);
        break;
      case ExternKind::kTable:
        WriteTableType(out, module_.tables[import.index].type);
        break;
      case ExternKind::kMemory:
        WriteMemType(out, module_.memories[import.index].type);
        break;
      case ExternKind::kGlobal:
        WriteGlobalType(out, module_.globals[import.index].type);
        break;
      case ExternKind::kTag:
        WriteTag(out, module_.tags[import.index]);
        break;
    }
  }

  void WriteTag(Bytes& out, const Tag& tag) {  // [binary-tagtype]
    out.push_back(0x00);
    WriteUnsignedLeb(out, tag.type.value);
  }

  void WriteTable(Bytes& out, const Table& table) {  // [binary-tablesec]
    if (table.init) {
      out.push_back(0x40);
      out.push_back(0x00);
    }
    WriteTableType(out, table.type);
    if (table.init) Append(out, module_.Bytes(table.init->range));
  }

  void WriteElem(Bytes& out, const ElemSegment& elem) {  // [binary-elemsec]
    WriteUnsignedLeb(out, elem.flags);
    if (elem.mode == SegmentMode::kActive) {
      if (elem.flags & 0x02) WriteUnsignedLeb(out, elem.table.value);
      Append(out, module_.Bytes(elem.table_offset.range));
    }
    if (elem.flags & 0x03) {
      if (elem.uses_exprs)
        WriteValType(out, elem.type);
      else
        out.push_back(0x00);
    }
    WriteUnsignedLeb(out, elem.count);
    Append(out, module_.Bytes(elem.items));
  }

  void WriteData(Bytes& out, const DataSegment& data) {  // [binary-datasec]
    WriteUnsignedLeb(out, data.flags);
    if (data.mode == SegmentMode::kActive) {
      if (data.flags & 0x02) WriteUnsignedLeb(out, data.memory.value);
      Append(out, module_.Bytes(data.memory_offset.range));
    }
    WriteUnsignedLeb(out, data.bytes.size());
    Append(out, module_.Bytes(data.bytes));
  }

  void Custom(const CustomSection& custom) {  // [binary-customsec]
    Bytes head;
    WriteName(head, custom.name);
    out_.push_back(0x00);
    WriteUnsignedLeb(out_, head.size() + custom.payload.size());
    Append(out_, head);
    Append(out_, module_.Bytes(custom.payload));
  }

  const Module& module_;
  Bytes out_;
};

}  // namespace

void WriteName(Bytes& out, std::string_view name) {
  WriteUnsignedLeb(out, name.size());
  out.insert(out.end(), name.begin(), name.end());
}

void WriteHeapType(Bytes& out, HeapType type) {  // [binary-heaptype]
  if (type.is_concrete())
    WriteSignedLeb(out, type.concrete());
  else
    out.push_back(type.abstract());
}

void WriteValType(Bytes& out, ValType type) {  // [binary-valtype]
  // Nullable abstract reference types have a form of one byte.
  if (!type.is_nullable() || type.heap_type().is_concrete()) out.push_back(type.code());
  if (type.is_ref()) WriteHeapType(out, type.heap_type());
}

void WriteSubType(Bytes& out, const SubType& type) {  // [binary-subtype]
  if (!type.is_final || !type.supertypes.empty()) {
    out.push_back(type.is_final ? 0x4f : 0x50);
    WriteUnsignedLeb(out, type.supertypes.size());
    for (const uint32_t supertype : type.supertypes) WriteUnsignedLeb(out, supertype);
  }
  switch (type.comp.kind) {  // [binary-comptype]
    case CompType::Kind::kFunc:
      out.push_back(0x60);
      WriteResultType(out, type.comp.func.params);
      WriteResultType(out, type.comp.func.results);
      break;
    case CompType::Kind::kStruct:
      out.push_back(0x5f);
      WriteUnsignedLeb(out, type.comp.fields.size());
      for (const FieldType& field : type.comp.fields) WriteFieldType(out, field);
      break;
    case CompType::Kind::kArray:
      out.push_back(0x5e);
      WriteFieldType(out, type.comp.fields[0]);
      break;
  }
}

void WriteTableType(Bytes& out, const TableType& type) {  // [binary-tabletype]
  WriteValType(out, type.element);
  WriteLimits(out, type.limits, AddrFlag(type.addr_type));
}

void WriteMemType(Bytes& out, const MemType& type) {  // [binary-memtype]
  const bool custom_page = type.page_size_log2 != kDefaultPageSizeLog2;
  uint8_t flags = AddrFlag(type.addr_type);
  if (type.shared) flags |= 0x02;
  if (custom_page) flags |= 0x08;
  WriteLimits(out, type.limits, flags);
  if (custom_page) WriteUnsignedLeb(out, type.page_size_log2);
}

void WriteGlobalType(Bytes& out, const GlobalType& type) {  // [binary-globaltype]
  WriteValType(out, type.type);
  out.push_back(type.is_mutable ? 1 : 0);
}

std::vector<uint8_t> EncodeModule(const Module& module) { return Encoder(module).Encode(); }

bool RemovesCustomSection(std::string_view name, const StripOptions& options) {
  if (!options.only.empty())
    return std::find(options.only.begin(), options.only.end(), name) != options.only.end();
  if (options.keep_names && name == "name") return false;
  if (options.keep_component_types && (name.starts_with("component-type") || name == "dylink.0"))
    return false;
  return true;
}

std::vector<uint8_t> StripModule(const Module& module, const StripOptions& options) {
  std::vector<ByteRange> removed;
  for (const CustomSection& custom : module.customs)
    if (RemovesCustomSection(custom.name, options)) removed.push_back(custom.section);
  std::sort(removed.begin(), removed.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.begin < b.begin; });
  std::vector<uint8_t> out;
  out.reserve(module.bytes.size());
  size_t kept = 0;
  for (const ByteRange& range : removed) {
    Append(out, module.bytes.span().subspan(kept, range.begin - kept));
    kept = range.end;
  }
  Append(out, module.bytes.span().subspan(kept));
  return out;
}

}  // namespace wasm::binary
