// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a module, in the order of the sections. Items carry their index as a comment.

#include "libwasm/text/printer.h"

#include <algorithm>

#include "libwasm/text/printer_instr.h"
#include "libwasm/text/printer_names.h"
#include "libwasm/text/printer_values.h"

namespace wasm::text {
namespace {

// Indentation stops growing here: nesting is the module's choice, the size of our answer is not.
constexpr uint32_t kMaxIndent = 64;
// Far above the limit of validation; a body that only declares locals must not fill the memory.
constexpr uint64_t kMaxPrintedLocals = 1'000'000;

class ModulePrinter {
 public:
  ModulePrinter(const Module& module, const PrintOptions& options)
      : m_(module), options_(options), ids_(module, options.names), instr_(module, ids_) {}

  Result<std::string> Print() {
    out_ = "(module";
    if (options_.names && !m_.names.module.empty()) {
      out_ += ' ';
      AppendId(out_, m_.names.module);
    }
    PrintTypes();
    for (const Import& import : m_.imports) PrintImport(import);
    PrintTables();
    for (uint32_t i = m_.num_imported_memories; i < m_.memories.size(); ++i) {
      Open("memory", ids_.memories, i);
      AppendMemType(m_.memories[i].type);
      out_ += ')';
    }
    for (uint32_t i = m_.num_imported_tags; i < m_.tags.size(); ++i) {
      Open("tag", ids_.tags, i);
      AppendTypeUse(out_, m_, ids_, m_.tags[i].type, IdSpace());
      out_ += ')';
    }
    for (uint32_t i = m_.num_imported_globals; i < m_.globals.size() && ok(); ++i) {
      Open("global", ids_.globals, i);
      AppendGlobalType(m_.globals[i].type);
      AppendConstExpr(m_.globals[i].init.range, "");
      out_ += ')';
    }
    for (const Export& e : m_.exports) PrintExport(e);
    if (m_.start) {
      out_ += "\n  (start ";
      ids_.functions.AppendRef(out_, m_.start->value);
      out_ += ')';
    }
    for (uint32_t i = 0; i < m_.elems.size() && ok(); ++i) PrintElem(i);
    for (uint32_t i = m_.num_imported_functions; i < m_.functions.size() && ok(); ++i)
      PrintFunction(i);
    for (uint32_t i = 0; i < m_.datas.size() && ok(); ++i) PrintData(i);
    if (options_.custom_sections) PrintCustoms();
    out_ += out_.find('\n') == std::string::npos ? ")\n" : "\n)\n";
    if (!ok()) return std::unexpected(sink_.TakeError());
    return std::move(out_);
  }

 private:
  bool ok() const { return !sink_.failed(); }

  // "(keyword $id (;index;)"
  void Open(std::string_view keyword, const IdSpace& space, uint32_t index, bool inline_ = false) {
    out_ += inline_ ? " (" : "\n  (";
    out_ += keyword;
    space.AppendBinder(out_, index);
    out_ += " (;";
    AppendUnsigned(out_, index);
    out_ += ";)";
  }

  // ---- types
  // -------------------------------------------------------------------------------------

  void PrintTypes() {
    for (const RecGroup& group : m_.rec_groups) {
      const bool rec = group.explicit_group || group.size != 1;
      if (rec) out_ += "\n  (rec";
      for (uint32_t i = 0; i < group.size; ++i) PrintSubType(group.first + i, rec);
      if (rec) out_ += group.size == 0 ? ")" : "\n  )";
    }
  }

  void PrintSubType(uint32_t index, bool in_rec) {
    const SubType& type = m_.types[index];
    if (in_rec)
      out_ += "\n  ";
    else
      out_ += "\n";
    out_ += "  (type";
    ids_.types.AppendBinder(out_, index);
    out_ += " (;";
    AppendUnsigned(out_, index);
    out_ += ";) ";
    const bool sub = !type.is_final || !type.supertypes.empty();
    if (sub) {
      out_ += type.is_final ? "(sub final" : "(sub";
      for (const uint32_t supertype : type.supertypes) {
        out_ += ' ';
        ids_.types.AppendRef(out_, supertype);
      }
      out_ += ' ';
    }
    switch (type.comp.kind) {
      case CompType::Kind::kFunc:
        out_ += "(func";
        AppendSignature(out_, type.comp.func, ids_.types, IdSpace());
        break;
      case CompType::Kind::kStruct: {
        out_ += "(struct";
        const IdSpace fields = ids_.Fields(index);
        for (uint32_t i = 0; i < type.comp.fields.size(); ++i) {
          out_ += " (field";
          fields.AppendBinder(out_, i);
          out_ += ' ';
          AppendFieldType(type.comp.fields[i]);
          out_ += ')';
        }
        break;
      }
      case CompType::Kind::kArray:
        out_ += "(array ";
        AppendFieldType(type.comp.fields[0]);
        break;
    }
    out_ += sub ? ")))" : "))";
  }

  void AppendFieldType(const FieldType& field) {
    if (field.is_mutable) out_ += "(mut ";
    AppendValType(out_, field.type, ids_.types);
    if (field.is_mutable) out_ += ')';
  }

  void AppendLimits(AddrType addr_type, const Limits& limits) {
    out_ += addr_type == AddrType::kI64 ? " i64 " : " ";
    AppendUnsigned(out_, limits.min);
    if (limits.max) {
      out_ += ' ';
      AppendUnsigned(out_, *limits.max);
    }
  }

  void AppendMemType(const MemType& type) {
    AppendLimits(type.addr_type, type.limits);
    if (type.shared) out_ += " shared";
    if (type.page_size_log2 != kDefaultPageSizeLog2) {
      out_ += " (pagesize ";
      AppendUnsigned(out_, uint64_t{1} << (type.page_size_log2 & 63));
      out_ += ')';
    }
  }

  void AppendTableType(const TableType& type) {
    AppendLimits(type.addr_type, type.limits);
    out_ += ' ';
    AppendValType(out_, type.element, ids_.types);
  }

  void AppendGlobalType(const GlobalType& type) {
    out_ += ' ';
    AppendFieldType({type.type, type.is_mutable});
  }

  // ---- imports, exports, tables ----------------------------------------------------------------

  void PrintImport(const Import& import) {
    out_ += "\n  (import ";
    AppendName(out_, import.module);
    out_ += ' ';
    AppendName(out_, import.name);
    const uint32_t i = import.index;
    switch (import.kind) {
      case ExternKind::kFunc: {
        Open("func", ids_.functions, i, true);
        const TypeIdx type = m_.functions[i].type;
        AppendTypeUse(out_, m_, ids_, type, ids_.Locals(i, NumParams(type)));
        break;
      }
      case ExternKind::kTable:
        Open("table", ids_.tables, i, true);
        AppendTableType(m_.tables[i].type);
        break;
      case ExternKind::kMemory:
        Open("memory", ids_.memories, i, true);
        AppendMemType(m_.memories[i].type);
        break;
      case ExternKind::kGlobal:
        Open("global", ids_.globals, i, true);
        AppendGlobalType(m_.globals[i].type);
        break;
      case ExternKind::kTag:
        Open("tag", ids_.tags, i, true);
        AppendTypeUse(out_, m_, ids_, m_.tags[i].type, IdSpace());
        break;
    }
    out_ += "))";
  }

  void PrintExport(const Export& e) {
    out_ += "\n  (export ";
    AppendName(out_, e.name);
    constexpr std::string_view kKeywords[] = {"func", "table", "memory", "global", "tag"};
    const IdSpace* const spaces[] = {&ids_.functions, &ids_.tables, &ids_.memories, &ids_.globals,
                                     &ids_.tags};
    out_ += " (";
    out_ += kKeywords[static_cast<size_t>(e.kind)];
    out_ += ' ';
    spaces[static_cast<size_t>(e.kind)]->AppendRef(out_, e.index);
    out_ += "))";
  }

  void PrintTables() {
    for (uint32_t i = m_.num_imported_tables; i < m_.tables.size() && ok(); ++i) {
      Open("table", ids_.tables, i);
      AppendTableType(m_.tables[i].type);
      if (m_.tables[i].init) AppendConstExpr(m_.tables[i].init->range, "");
      out_ += ')';
    }
  }

  // ---- segments
  // ----------------------------------------------------------------------------------

  void PrintElem(uint32_t index) {
    const ElemSegment& elem = m_.elems[index];
    Open("elem", ids_.elems, index);
    if (elem.mode == SegmentMode::kDeclarative) out_ += " declare";
    if (elem.mode == SegmentMode::kActive) {
      if (elem.table.value != 0) {
        out_ += " (table ";
        ids_.tables.AppendRef(out_, elem.table.value);
        out_ += ')';
      }
      AppendConstExpr(elem.table_offset.range, "offset");
    }
    out_ += ' ';
    if (elem.uses_exprs)
      AppendValType(out_, elem.type, ids_.types);
    else
      out_ += "func";
    CheckedReader reader(m_.Bytes(elem.items), elem.items.begin, &sink_);
    if (options_.skeleton) {
      out_ += " (; … ;)";
    } else if (elem.uses_exprs) {
      for (uint32_t i = 0; i < elem.count && ok(); ++i) AppendConstExpr(reader, "item");
    } else {
      for (uint32_t i = 0; i < elem.count && ok(); ++i) {
        out_ += ' ';
        ids_.functions.AppendRef(out_, reader.ReadU32());
      }
    }
    out_ += ')';
  }

  void PrintData(uint32_t index) {
    const DataSegment& data = m_.datas[index];
    Open("data", ids_.datas, index);
    if (data.mode == SegmentMode::kActive) {
      if (data.memory.value != 0) {
        out_ += " (memory ";
        ids_.memories.AppendRef(out_, data.memory.value);
        out_ += ')';
      }
      AppendConstExpr(data.memory_offset.range, "offset");
    }
    out_ += ' ';
    if (options_.skeleton)
      out_ += "(; … ;)";
    else
      AppendByteString(out_, m_.Bytes(data.bytes));
    out_ += ')';
  }

  void AppendConstExpr(ByteRange range, std::string_view keyword) {
    CheckedReader reader(m_.Bytes(range), range.begin, &sink_);
    AppendConstExpr(reader, keyword);
  }

  // " (instr)" for a single instruction, which is also the abbreviation of (offset …) and (item …);
  // otherwise the plain sequence behind the keyword.
  void AppendConstExpr(CheckedReader& reader, std::string_view keyword) {
    instr_.Begin();
    std::string first, rest;
    size_t count = 0;
    while (instr_.Next(reader) && !instr_.finished()) {
      ++count;
      std::string& to = count == 1 ? first : rest;
      if (count > 1) to += ' ';
      to += instr_.text();
    }
    if (count == 1) {
      out_ += " (" + first + ")";
    } else if (keyword.empty()) {
      out_ += " " + first + rest;
    } else {
      out_ += " (";
      out_ += keyword;
      if (count != 0) out_ += " " + first + rest;
      out_ += ")";
    }
  }

  // ---- functions
  // ---------------------------------------------------------------------------------

  uint64_t NumParams(TypeIdx type) const {
    if (type.value >= m_.types.size()) return 0;
    return m_.types[type.value].comp.func.params.size();
  }

  void PrintFunction(uint32_t index) {
    const Function& function = m_.functions[index];
    CheckedReader reader(m_.Bytes(function.body), function.body.begin, &sink_);
    std::vector<LocalRun> runs;
    if (!ReadLocals(reader, &runs)) return;
    const uint64_t num_params = NumParams(function.type);
    uint64_t num_locals = num_params;
    for (const LocalRun& run : runs) num_locals += run.count;
    if (num_locals > kMaxPrintedLocals) {
      sink_.Fail(ErrorKind::kExhausted, function.body.begin, "too many locals to print");
      return;
    }
    const IdSpace locals = ids_.Locals(index, num_locals);
    Open("func", ids_.functions, index);
    AppendTypeUse(out_, m_, ids_, function.type, locals);
    if (options_.skeleton) {
      out_ += ')';
      return;
    }
    uint64_t next = num_params;
    for (const LocalRun& run : runs) next = PrintLocals(run, locals, static_cast<uint32_t>(next));
    instr_.Begin(&locals, ids_.Labels(index));
    while (instr_.Next(reader) && !instr_.finished()) {
      out_ += '\n';
      out_.append(2 + 2 * std::min(instr_.depth(), kMaxIndent), ' ');
      out_ += instr_.text();
    }
    if (ok() && !reader.AtEnd()) reader.Malformed("operators remaining after end of function");
    out_ += "\n  )";
  }

  // Returns the index behind the run. Neighbours without names share one (local …).
  uint32_t PrintLocals(const LocalRun& run, const IdSpace& locals, uint32_t index) {
    bool open = false;
    const uint32_t end = index + run.count;
    for (; index < end; ++index) {
      const bool named = locals.HasName(index);
      if (named && open) {
        out_ += ')';
        open = false;
      }
      if (!open) {
        out_ += "\n    (local";
        locals.AppendBinder(out_, index);
        open = true;
      }
      out_ += ' ';
      AppendValType(out_, run.type, ids_.types);
      if (named) {
        out_ += ')';
        open = false;
      }
    }
    if (open) out_ += ')';
    return end;
  }

  // ---- custom sections -------------------------------------------------------------------------

  void PrintCustoms() {
    for (const CustomSection& custom : m_.customs) {
      // The name section is made anew from the identifiers.
      if (custom.name == "name" && options_.names) continue;
      out_ += "\n  (@custom ";
      AppendName(out_, custom.name);
      out_ += custom.after_section == 0 ? " (before first) " : " (after ";
      if (custom.after_section != 0) {
        constexpr std::string_view kSections[] = {"",       "type",   "import",    "func",  "table",
                                                  "memory", "global", "export",    "start", "elem",
                                                  "code",   "data",   "datacount", "tag"};
        out_ += kSections[std::min<size_t>(custom.after_section, 13)];
        out_ += ") ";
      }
      if (options_.skeleton)
        out_ += "\"\"";
      else
        AppendByteString(out_, m_.Bytes(custom.payload));
      out_ += ')';
    }
  }

  const Module& m_;
  const PrintOptions& options_;
  ModuleIds ids_;
  InstrPrinter instr_;
  ErrorSink sink_;
  std::string out_;
};

}  // namespace

Result<std::string> PrintModule(const Module& module, const PrintOptions& options) {
  return ModulePrinter(module, options).Print();
}

}  // namespace wasm::text
