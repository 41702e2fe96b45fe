// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/printer_instr.h"

#include "libwasm/opcodes/visit.h"
#include "libwasm/text/printer_values.h"

namespace wasm::text {

void AppendHeapType(std::string& out, HeapType type, const IdSpace& types) {
  if (type.is_concrete())
    types.AppendRef(out, type.concrete());
  else
    out += HeapTypeText(type.abstract());
}

void AppendValType(std::string& out, ValType type, const IdSpace& types) {
  if (!type.is_ref()) {
    out += NumTypeText(type.code());
  } else if (type.is_nullable() && !type.heap_type().is_concrete()) {
    out += RefTypeShorthand(type.heap_type().abstract());
  } else {
    out += type.is_nullable() ? "(ref null " : "(ref ";
    AppendHeapType(out, type.heap_type(), types);
    out += ')';
  }
}

void AppendSignature(std::string& out, const FuncType& type, const IdSpace& types,
                     const IdSpace& locals) {
  // Neighbours without names share one (param …).
  bool open = false;
  for (uint32_t i = 0; i < type.params.size(); ++i) {
    const bool named = locals.HasName(i);
    if (named && open) {
      out += ')';
      open = false;
    }
    if (!open) {
      out += " (param";
      locals.AppendBinder(out, i);
      open = true;
    }
    out += ' ';
    AppendValType(out, type.params[i], types);
    if (named) {
      out += ')';
      open = false;
    }
  }
  if (open) out += ')';
  if (type.results.empty()) return;
  out += " (result";
  for (const ValType result : type.results) {
    out += ' ';
    AppendValType(out, result, types);
  }
  out += ')';
}

void AppendTypeUse(std::string& out, const Module& module, const ModuleIds& ids, TypeIdx type,
                   const IdSpace& locals) {
  out += " (type ";
  ids.types.AppendRef(out, type.value);
  out += ')';
  if (type.value < module.types.size() &&
      module.types[type.value].comp.kind == CompType::Kind::kFunc)
    AppendSignature(out, module.types[type.value].comp.func, ids.types, locals);
}

bool ReadLocals(CheckedReader& reader, std::vector<LocalRun>* runs) {
  const uint32_t count = reader.ReadU32();
  uint64_t total = 0;
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    LocalRun run;
    run.count = reader.ReadU32();
    run.type = imm::ReadValType(reader);
    total += run.count;
    if (total > 0xffffffff) return reader.Malformed("too many locals");
    if (run.count == 0) continue;
    if (!runs->empty() && runs->back().type == run.type)
      runs->back().count += run.count;
    else
      runs->push_back(run);
  }
  return reader.ok();
}

// The shapes' immediates; the opcode matters where one shape has several texts.
struct InstrPrinter::Visitor {
  InstrPrinter& p;

  // One instantiation per shape: Visit only forwards.
  template <Opcode op, typename Imm>
  bool Visit(Op<op>, const Imm& imm) {
    return VisitSimple(op, imm);
  }
  template <typename Imm>
  bool VisitSimple(Opcode op, const Imm& imm) {
    p.Start(op);
    Show(op, imm);
    return true;
  }

  void Show(Opcode op, const imm::None&) {
    if (op == Opcode::Else || op == Opcode::LegacyCatchAll) --p.depth_;
    if (op == Opcode::End) p.PopLabel();
  }
  void Show(Opcode, const imm::BlockType& block_type) {
    p.PushLabel();
    p.AppendBlockType(block_type);
  }
  void Show(Opcode op, const imm::LabelIdx& imm) {
    if (op == Opcode::LegacyDelegate) {
      // Closes the try; its label counts from the blocks around it.
      p.PopLabel();
      p.text_ += ' ';
      AppendUnsigned(p.text_, imm.label.value);
      return;
    }
    p.AppendLabel(imm.label.value);
  }
  void Show(Opcode, const imm::BrTable& imm) {
    p.label_count_ = imm.count;
    TrustedReader labels(imm.labels);
    for (uint64_t i = 0; i <= imm.count; ++i) p.AppendLabel(labels.ReadU32());
  }
  void Show(Opcode, const imm::FuncIdx& imm) { Ref(p.ids_.functions, imm.func.value); }
  void Show(Opcode, const imm::TypeIdx& imm) { Ref(p.ids_.types, imm.type.value); }
  void Show(Opcode, const imm::CallIndirect& imm) {
    p.AppendTable(imm.table);
    p.text_ += " (type ";
    p.ids_.types.AppendRef(p.text_, imm.type.value);
    p.text_ += ')';
  }
  void Show(Opcode, const imm::LocalIdx& imm) {
    if (p.locals_ != nullptr)
      Ref(*p.locals_, imm.local.value);
    else
      Number(imm.local.value);
  }
  void Show(Opcode, const imm::GlobalIdx& imm) { Ref(p.ids_.globals, imm.global.value); }
  void Show(Opcode, const imm::TableIdx& imm) { Ref(p.ids_.tables, imm.table.value); }
  void Show(Opcode, const imm::MemIdx& imm) { p.AppendMemory(imm.memory); }
  void Show(Opcode op, const imm::TagIdx& imm) {
    if (op == Opcode::LegacyCatch) --p.depth_;
    Ref(p.ids_.tags, imm.tag.value);
  }
  void Show(Opcode, const imm::ElemIdx& imm) { Ref(p.ids_.elems, imm.elem.value); }
  void Show(Opcode, const imm::DataIdx& imm) { Ref(p.ids_.datas, imm.data.value); }
  void Show(Opcode op, const imm::MemArg& imm) { p.AppendMemArg(imm, Info(op).access_log2); }
  void Show(Opcode op, const imm::MemArgLane& imm) {
    p.AppendMemArg(imm.memarg, Info(op).access_log2);
    Number(imm.lane);
  }
  void Show(Opcode, const imm::Lane& imm) { Number(imm.lane); }
  void Show(Opcode, const imm::Lanes16& imm) {
    for (const uint8_t lane : imm.lanes) Number(lane);
  }
  void Show(Opcode, const imm::ConstI32& imm) {
    p.text_ += ' ';
    AppendSigned(p.text_, static_cast<int32_t>(imm.value));
  }
  void Show(Opcode, const imm::ConstI64& imm) {
    p.text_ += ' ';
    AppendSigned(p.text_, static_cast<int64_t>(imm.value));
  }
  void Show(Opcode, const imm::ConstF32& imm) {
    p.text_ += ' ';
    AppendF32(p.text_, imm.bits);
  }
  void Show(Opcode, const imm::ConstF64& imm) {
    p.text_ += ' ';
    AppendF64(p.text_, imm.bits);
  }
  void Show(Opcode, const imm::ConstV128& imm) {
    p.text_ += ' ';
    AppendV128(p.text_, imm.value);
  }
  void Show(Opcode op, const imm::HeapType& imm) {
    p.text_ += ' ';
    if (op == Opcode::RefNull) {
      AppendHeapType(p.text_, imm.heap_type, p.ids_.types);
    } else {
      const bool nullable = op == Opcode::RefTestNull || op == Opcode::RefCastNull;
      AppendValType(p.text_, ValType::Ref(imm.heap_type, nullable), p.ids_.types);
    }
  }
  void Show(Opcode, const imm::SelectTypes& imm) {
    TrustedReader types(imm.types);
    p.text_ += " (result";
    for (uint32_t i = 0; i < imm.count; ++i) Type(imm::ReadValType(types));
    p.text_ += ')';
  }
  void Show(Opcode, const imm::MemoryInit& imm) {
    p.AppendMemory(imm.memory);
    Ref(p.ids_.datas, imm.data.value);
  }
  void Show(Opcode, const imm::MemoryCopy& imm) {
    if (imm.dst.value == 0 && imm.src.value == 0) return;
    Ref(p.ids_.memories, imm.dst.value);
    Ref(p.ids_.memories, imm.src.value);
  }
  void Show(Opcode, const imm::TableInit& imm) {
    p.AppendTable(imm.table);
    Ref(p.ids_.elems, imm.elem.value);
  }
  void Show(Opcode, const imm::TableCopy& imm) {
    if (imm.dst.value == 0 && imm.src.value == 0) return;
    Ref(p.ids_.tables, imm.dst.value);
    Ref(p.ids_.tables, imm.src.value);
  }
  void Show(Opcode, const imm::TryTable& imm) {
    p.PushLabel();
    p.AppendBlockType(imm.block_type);
    TrustedReader catches(imm.catches);
    for (uint32_t i = 0; i < imm.count; ++i) {
      const imm::Catch clause = imm::ReadCatch(catches);
      constexpr std::string_view kKeywords[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
      p.text_ += " (";
      p.text_ += kKeywords[static_cast<size_t>(clause.kind)];
      if (clause.kind <= imm::Catch::Kind::kCatchRef) Ref(p.ids_.tags, clause.tag.value);
      // The clauses stand outside of the block they belong to [valid-try_table].
      p.AppendLabel(clause.label.value, 1);
      p.text_ += ')';
    }
  }
  void Show(Opcode, const imm::TypeField& imm) {
    Ref(p.ids_.types, imm.type.value);
    p.AppendField(imm.type, imm.field);
  }
  void Show(Opcode, const imm::TypeLen& imm) {
    Ref(p.ids_.types, imm.type.value);
    Number(imm.length);
  }
  void Show(Opcode, const imm::TypeData& imm) {
    Ref(p.ids_.types, imm.type.value);
    Ref(p.ids_.datas, imm.data.value);
  }
  void Show(Opcode, const imm::TypeElem& imm) {
    Ref(p.ids_.types, imm.type.value);
    Ref(p.ids_.elems, imm.elem.value);
  }
  void Show(Opcode, const imm::TypeType& imm) {
    Ref(p.ids_.types, imm.dst.value);
    Ref(p.ids_.types, imm.src.value);
  }
  void Show(Opcode, const imm::BrOnCast& imm) {
    p.AppendLabel(imm.label.value);
    Type(imm.source);
    Type(imm.target);
  }
  void Show(Opcode, const imm::FenceByte&) {}

  void Ref(const IdSpace& space, uint32_t index) {
    p.text_ += ' ';
    space.AppendRef(p.text_, index);
  }
  void Number(uint64_t value) {
    p.text_ += ' ';
    AppendUnsigned(p.text_, value);
  }
  void Type(ValType type) {
    p.text_ += ' ';
    AppendValType(p.text_, type, p.ids_.types);
  }
};

void InstrPrinter::Begin(const IdSpace* locals, const NameMap* labels) {
  locals_ = locals;
  label_names_ = labels;
  next_label_ = 0;
  labels_.assign(1, std::string_view());
}

bool InstrPrinter::Next(CheckedReader& reader) {
  if (labels_.empty()) return reader.Malformed("operators remaining after end of function");
  Visitor visitor{*this};
  if (!VisitInstruction(reader, visitor)) return false;
  return true;
}

void InstrPrinter::Start(Opcode op) {
  opcode_ = op;
  depth_ = static_cast<uint32_t>(labels_.size());
  text_.assign(Info(op).text);
}

void InstrPrinter::PushLabel() {
  std::string_view name;
  if (label_names_ != nullptr) name = label_names_->Find(next_label_);
  ++next_label_;
  labels_.push_back(name);
  if (!name.empty()) {
    text_ += ' ';
    AppendId(text_, name);
  }
}

void InstrPrinter::PopLabel() {
  labels_.pop_back();
  depth_ = static_cast<uint32_t>(labels_.size());
}

void InstrPrinter::AppendBlockType(const imm::BlockType& block_type) {
  switch (block_type.kind) {
    case imm::BlockType::Kind::kEmpty:
      break;
    case imm::BlockType::Kind::kValue:
      text_ += " (result ";
      AppendValType(text_, block_type.value, ids_.types);
      text_ += ')';
      break;
    case imm::BlockType::Kind::kTypeIdx:
      AppendTypeUse(text_, module_, ids_, block_type.type, IdSpace());
      break;
  }
}

void InstrPrinter::AppendLabel(uint32_t index, uint32_t skip) {
  // An identifier serves unless an inner block bears the same; looking for one is bounded, so that
  // deep nesting stays linear.
  constexpr uint32_t kSearch = 64;
  text_ += ' ';
  const size_t open = labels_.size() - skip;
  if (index < open && index < kSearch) {
    const std::string_view name = labels_[open - 1 - index];
    bool unique = !name.empty();
    for (size_t i = open - index; unique && i < open; ++i) unique = labels_[i] != name;
    if (unique) {
      AppendId(text_, name);
      return;
    }
  }
  AppendUnsigned(text_, index);
}

void InstrPrinter::AppendMemArg(const imm::MemArg& memarg, uint8_t natural_align_log2) {
  AppendMemory(memarg.memory);
  if (memarg.offset != 0) {
    text_ += " offset=";
    AppendUnsigned(text_, memarg.offset);
  }
  if (memarg.align_log2 != natural_align_log2) {
    text_ += " align=";
    AppendUnsigned(text_, uint64_t{1} << (memarg.align_log2 & 63));
  }
}

void InstrPrinter::AppendField(TypeIdx type, FieldIdx field) {
  auto at = fields_.find(type.value);
  if (at == fields_.end()) at = fields_.emplace(type.value, ids_.Fields(type.value)).first;
  text_ += ' ';
  at->second.AppendRef(text_, field.value);
}

// The first memory and the first table go without saying [text-memarg].
void InstrPrinter::AppendMemory(MemIdx memory) {
  if (memory.value == 0) return;
  text_ += ' ';
  ids_.memories.AppendRef(text_, memory.value);
}

void InstrPrinter::AppendTable(TableIdx table) {
  if (table.value == 0) return;
  text_ += ' ';
  ids_.tables.AppendRef(text_, table.value);
}

}  // namespace wasm::text
