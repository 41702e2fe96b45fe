// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code is compared in a form of its own, independent of the printer: each instruction's opcode and
// the numbers of its immediate.

#include "libwasm/text/structurally_equal.h"

#include <algorithm>

#include "libwasm/opcodes/visit.h"
#include "libwasm/support/reader.h"
#include "libwasm/text/printer_instr.h"

namespace wasm::text {
namespace {

using Numbers = std::vector<uint64_t>;

struct CodeReader {
  Numbers& out;

  template <Opcode op, typename Imm>
  bool Visit(Op<op>, const Imm& imm) {
    return VisitSimple(op, imm);
  }
  template <typename Imm>
  bool VisitSimple(Opcode op, const Imm& imm) {
    out.push_back(static_cast<uint64_t>(op));
    last = op;
    Add(imm);
    return true;
  }

  void Add(const imm::None&) {}
  void Add(const imm::BlockType& i) {
    Add(static_cast<uint64_t>(i.kind), i.value.bits(), i.type.value);
  }
  void Add(const imm::LabelIdx& i) { Add(i.label.value); }
  void Add(const imm::BrTable& i) {
    Add(i.count);
    TrustedReader labels(i.labels);
    for (uint64_t k = 0; k <= i.count; ++k) Add(labels.ReadU32());
  }
  void Add(const imm::FuncIdx& i) { Add(i.func.value); }
  void Add(const imm::TypeIdx& i) { Add(i.type.value); }
  void Add(const imm::CallIndirect& i) { Add(i.type.value, i.table.value); }
  void Add(const imm::LocalIdx& i) { Add(i.local.value); }
  void Add(const imm::GlobalIdx& i) { Add(i.global.value); }
  void Add(const imm::TableIdx& i) { Add(i.table.value); }
  void Add(const imm::MemIdx& i) { Add(i.memory.value); }
  void Add(const imm::TagIdx& i) { Add(i.tag.value); }
  void Add(const imm::ElemIdx& i) { Add(i.elem.value); }
  void Add(const imm::DataIdx& i) { Add(i.data.value); }
  void Add(const imm::MemArg& i) { Add(i.align_log2, i.memory.value, i.offset); }
  void Add(const imm::MemArgLane& i) {
    Add(i.memarg);
    Add(uint64_t{i.lane});
  }
  void Add(const imm::Lane& i) { Add(uint64_t{i.lane}); }
  void Add(const imm::Lanes16& i) {
    for (const uint8_t lane : i.lanes) Add(uint64_t{lane});
  }
  void Add(const imm::ConstI32& i) { Add(i.value); }
  void Add(const imm::ConstI64& i) { Add(i.value); }
  void Add(const imm::ConstF32& i) { Add(i.bits); }
  void Add(const imm::ConstF64& i) { Add(i.bits); }
  void Add(const imm::ConstV128& i) {
    for (const uint64_t half : i.value.Lanes<uint64_t>()) Add(half);
  }
  void Add(const imm::HeapType& i) { Add(i.heap_type.bits()); }
  void Add(const imm::SelectTypes& i) {
    Add(i.count);
    TrustedReader types(i.types);
    for (uint32_t k = 0; k < i.count; ++k) Add(imm::ReadValType(types).bits());
  }
  void Add(const imm::MemoryInit& i) { Add(i.data.value, i.memory.value); }
  void Add(const imm::MemoryCopy& i) { Add(i.dst.value, i.src.value); }
  void Add(const imm::TableInit& i) { Add(i.elem.value, i.table.value); }
  void Add(const imm::TableCopy& i) { Add(i.dst.value, i.src.value); }
  void Add(const imm::TryTable& i) {
    Add(i.block_type);
    Add(i.count);
    TrustedReader catches(i.catches);
    for (uint32_t k = 0; k < i.count; ++k) {
      const imm::Catch clause = imm::ReadCatch(catches);
      Add(static_cast<uint64_t>(clause.kind), clause.tag.value, clause.label.value);
    }
  }
  void Add(const imm::TypeField& i) { Add(i.type.value, i.field.value); }
  void Add(const imm::TypeLen& i) { Add(i.type.value, i.length); }
  void Add(const imm::TypeData& i) { Add(i.type.value, i.data.value); }
  void Add(const imm::TypeElem& i) { Add(i.type.value, i.elem.value); }
  void Add(const imm::TypeType& i) { Add(i.dst.value, i.src.value); }
  void Add(const imm::BrOnCast& i) { Add(i.label.value, i.source.bits(), i.target.bits()); }
  void Add(const imm::FenceByte&) {}
  void Add(uint64_t value) { out.push_back(value); }
  void Add(uint32_t value) { out.push_back(value); }
  template <typename... Rest>
  void Add(uint64_t first, Rest... rest) {
    out.push_back(first);
    (out.push_back(rest), ...);
  }

  Opcode last = Opcode::Nop;
};

// All instructions up to the end of the reader; a malformed rest is kept as its bytes.
void ReadCode(CheckedReader& reader, Numbers& out, bool stop_at_end) {
  CodeReader visitor{out};
  while (!reader.AtEnd() && VisitInstruction(reader, visitor))
    if (stop_at_end && visitor.last == Opcode::End) return;
  if (!reader.ok()) out.push_back(~uint64_t{0});
}

class Comparer {
 public:
  Comparer(const Module& a, const Module& b, const CompareOptions& options)
      : a_(a), b_(b), options_(options) {}

  std::optional<std::string> Compare() {
    Types();
    Imports();
    Count("function", a_.functions, b_.functions);
    for (size_t i = 0; !found_ && i < a_.functions.size(); ++i) Functions(i);
    Count("table", a_.tables, b_.tables);
    for (size_t i = 0; !found_ && i < a_.tables.size(); ++i) {
      Check(a_.tables[i].type == b_.tables[i].type, "type of table", i);
      const auto init_a = a_.tables[i].init, init_b = b_.tables[i].init;
      Check(init_a.has_value() == init_b.has_value() &&
                (!init_a || Const(a_, *init_a) == Const(b_, *init_b)),
            "initialiser of table", i);
    }
    Count("memory", a_.memories, b_.memories);
    for (size_t i = 0; !found_ && i < a_.memories.size(); ++i)
      Check(a_.memories[i].type == b_.memories[i].type, "type of memory", i);
    Count("global", a_.globals, b_.globals);
    for (size_t i = 0; !found_ && i < a_.globals.size(); ++i) {
      Check(a_.globals[i].type == b_.globals[i].type, "type of global", i);
      Check(Const(a_, a_.globals[i].init) == Const(b_, b_.globals[i].init), "initialiser of global",
            i);
    }
    Count("tag", a_.tags, b_.tags);
    for (size_t i = 0; !found_ && i < a_.tags.size(); ++i)
      Check(a_.tags[i].type == b_.tags[i].type, "type of tag", i);
    Count("export", a_.exports, b_.exports);
    for (size_t i = 0; !found_ && i < a_.exports.size(); ++i) {
      const Export& x = a_.exports[i];
      const Export& y = b_.exports[i];
      Check(x.name == y.name && x.kind == y.kind && x.index == y.index, "export", i);
    }
    Check(a_.start == b_.start, "start function", 0);
    Segments();
    if (options_.custom_sections) Customs();
    if (options_.names) CompareNames();
    return std::move(found_);
  }

 private:
  void Differ(std::string what) {
    if (!found_) found_ = std::move(what);
  }
  void Check(bool equal, std::string_view what, size_t index) {
    if (!equal && !found_) Differ(std::string(what) + " " + std::to_string(index) + " differs");
  }
  template <typename List>
  void Count(std::string_view what, const List& a, const List& b) {
    if (a.size() != b.size())
      Differ("number of " + std::string(what) + " items: " + std::to_string(a.size()) + " and " +
             std::to_string(b.size()));
  }

  static Numbers Const(const Module& m, const ConstExpr& expr) {
    Numbers numbers;
    ErrorSink sink;
    CheckedReader reader(m.Bytes(expr.range), expr.range.begin, &sink);
    ReadCode(reader, numbers, false);
    return numbers;
  }

  void Types() {
    Count("type", a_.types, b_.types);
    for (size_t i = 0; !found_ && i < a_.types.size(); ++i)
      Check(a_.types[i] == b_.types[i], "type", i);
    Count("type group", a_.rec_groups, b_.rec_groups);
    for (size_t i = 0; !found_ && i < a_.rec_groups.size(); ++i)
      Check(a_.rec_groups[i].first == b_.rec_groups[i].first &&
                a_.rec_groups[i].size == b_.rec_groups[i].size,
            "type group", i);
  }

  void Imports() {
    Count("import", a_.imports, b_.imports);
    for (size_t i = 0; !found_ && i < a_.imports.size(); ++i) {
      const Import& x = a_.imports[i];
      const Import& y = b_.imports[i];
      Check(x.module == y.module && x.name == y.name && x.kind == y.kind && x.index == y.index,
            "import", i);
    }
  }

  static Numbers Body(const Module& m, const Function& function) {
    Numbers numbers;
    ErrorSink sink;
    CheckedReader reader(m.Bytes(function.body), function.body.begin, &sink);
    std::vector<LocalRun> runs;
    ReadLocals(reader, &runs);
    for (const LocalRun& run : runs) {
      numbers.push_back(run.count);
      numbers.push_back(run.type.bits());
    }
    ReadCode(reader, numbers, false);
    return numbers;
  }

  void Functions(size_t i) {
    Check(a_.functions[i].type == b_.functions[i].type, "type of function", i);
    if (i < a_.num_imported_functions) return;
    Check(Body(a_, a_.functions[i]) == Body(b_, b_.functions[i]), "body of function", i);
  }

  // One entry per element: the number of a function however it is written, or an expression.
  static std::vector<Numbers> Items(const Module& m, const ElemSegment& elem) {
    std::vector<Numbers> items;
    ErrorSink sink;
    CheckedReader reader(m.Bytes(elem.items), elem.items.begin, &sink);
    for (uint32_t i = 0; i < elem.count && !sink.failed(); ++i) {
      Numbers item;
      if (elem.uses_exprs)
        ReadCode(reader, item, true);
      else
        item = {static_cast<uint64_t>(Opcode::RefFunc), reader.ReadU32(),
                static_cast<uint64_t>(Opcode::End)};
      items.push_back(std::move(item));
    }
    return items;
  }

  void Segments() {
    Count("element segment", a_.elems, b_.elems);
    for (size_t i = 0; !found_ && i < a_.elems.size(); ++i) {
      const ElemSegment& x = a_.elems[i];
      const ElemSegment& y = b_.elems[i];
      Check(x.mode == y.mode && x.table == y.table, "mode of element segment", i);
      if (x.uses_exprs && y.uses_exprs) Check(x.type == y.type, "type of element segment", i);
      if (x.mode == SegmentMode::kActive)
        Check(Const(a_, x.table_offset) == Const(b_, y.table_offset), "offset of element segment",
              i);
      Check(Items(a_, x) == Items(b_, y), "contents of element segment", i);
    }
    Count("data segment", a_.datas, b_.datas);
    for (size_t i = 0; !found_ && i < a_.datas.size(); ++i) {
      const DataSegment& x = a_.datas[i];
      const DataSegment& y = b_.datas[i];
      Check(x.mode == y.mode && x.memory == y.memory, "mode of data segment", i);
      if (x.mode == SegmentMode::kActive)
        Check(Const(a_, x.memory_offset) == Const(b_, y.memory_offset), "offset of data segment",
              i);
      Check(std::ranges::equal(a_.Bytes(x.bytes), b_.Bytes(y.bytes)), "bytes of data segment", i);
    }
  }

  // The place of a section: among the ids in the order of the format, so that a neighbour that an
  // encoder leaves out (an empty section, the data count) does not count.
  static std::vector<const CustomSection*> Others(const Module& m) {
    std::vector<const CustomSection*> others;
    for (const CustomSection& custom : m.customs)
      if (custom.name != "name") others.push_back(&custom);
    return others;
  }
  void Customs() {
    const auto a = Others(a_), b = Others(b_);
    Count("custom section", a, b);
    for (size_t i = 0; !found_ && i < a.size(); ++i) {
      Check(a[i]->name == b[i]->name, "name of custom section", i);
      Check(std::ranges::equal(a_.Bytes(a[i]->payload), b_.Bytes(b[i]->payload)),
            "contents of custom section", i);
      Check(a[i]->after_section == b[i]->after_section || Removable(a_, a[i]->after_section),
            "place of custom section", i);
    }
  }
  static bool Removable(const Module& m, uint8_t id) {
    if (id == 12) return true;
    for (const Module::Section& section : m.sections)
      if (section.id == id) return section.range.size() <= 1;
    return false;
  }

  void CompareNames() {
    const Names& x = a_.names;
    const Names& y = b_.names;
    Check(x.module == y.module, "name of the module", 0);
    Space("functions", x.functions, y.functions, a_.functions.size());
    Space("types", x.types, y.types, a_.types.size());
    Space("tables", x.tables, y.tables, a_.tables.size());
    Space("memories", x.memories, y.memories, a_.memories.size());
    Space("globals", x.globals, y.globals, a_.globals.size());
    Space("element segments", x.elems, y.elems, a_.elems.size());
    Space("data segments", x.datas, y.datas, a_.datas.size());
    Space("tags", x.tags, y.tags, a_.tags.size());
    Nested("locals", x.locals, y.locals, [&](uint32_t func) { return NumLocals(func); });
    Nested("labels", x.labels, y.labels, [&](uint32_t func) { return NumLabels(func); });
    Nested("fields", x.fields, y.fields, [&](uint32_t type) -> uint64_t {
      return type < a_.types.size() ? a_.types[type].comp.fields.size() : 0;
    });
  }

  static std::vector<std::pair<uint32_t, std::string_view>> Named(const NameMap& names,
                                                                  uint64_t size) {
    std::vector<std::pair<uint32_t, std::string_view>> named;
    for (const auto& entry : names.names)
      if (entry.first < size) named.push_back(entry);
    return named;
  }
  void Space(std::string_view what, const NameMap& a, const NameMap& b, uint64_t size) {
    if (Named(a, size) != Named(b, size)) Differ("names of " + std::string(what) + " differ");
  }
  template <typename SizeOf>
  void Nested(std::string_view what, const std::vector<std::pair<uint32_t, NameMap>>& a,
              const std::vector<std::pair<uint32_t, NameMap>>& b, SizeOf size_of) {
    size_t k = 0;
    for (const auto& [index, names] : a) {
      const uint64_t size = size_of(index);
      const auto named = Named(names, size);
      while (k < b.size() && b[k].first < index) ++k;
      const bool there = k < b.size() && b[k].first == index;
      if (there ? Named(b[k].second, size) != named : !named.empty()) {
        Differ("names of " + std::string(what) + " of " + std::to_string(index) + " differ");
        return;
      }
    }
  }

  uint64_t NumLocals(uint32_t func) const {
    if (func >= a_.functions.size()) return 0;
    const TypeIdx type = a_.functions[func].type;
    uint64_t count =
        type.value < a_.types.size() ? a_.types[type.value].comp.func.params.size() : 0;
    if (func < a_.num_imported_functions) return count;
    ErrorSink sink;
    CheckedReader reader(a_.Bytes(a_.functions[func].body), 0, &sink);
    std::vector<LocalRun> runs;
    ReadLocals(reader, &runs);
    for (const LocalRun& run : runs) count += run.count;
    return count;
  }

  // The number of labels that a body introduces.
  uint64_t NumLabels(uint32_t func) const {
    if (func >= a_.functions.size() || func < a_.num_imported_functions) return 0;
    ErrorSink sink;
    CheckedReader reader(a_.Bytes(a_.functions[func].body), 0, &sink);
    std::vector<LocalRun> runs;
    uint64_t count = 0;
    Numbers numbers;
    CodeReader visitor{numbers};
    if (!ReadLocals(reader, &runs)) return 0;
    while (!reader.AtEnd() && VisitInstruction(reader, visitor)) {
      const ImmKind kind = Info(visitor.last).imm;
      if (kind == ImmKind::kBlockType || kind == ImmKind::kTryTable) ++count;
      numbers.clear();
    }
    return count;
  }

  const Module& a_;
  const Module& b_;
  const CompareOptions& options_;
  std::optional<std::string> found_;
};

}  // namespace

std::optional<std::string> FindDifference(const Module& a, const Module& b,
                                          const CompareOptions& options) {
  return Comparer(a, b, options).Compare();
}

}  // namespace wasm::text
