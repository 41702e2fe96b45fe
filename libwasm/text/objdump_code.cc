// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/objdump_code.h"

#include <algorithm>

#include "libwasm/module/side_table.h"
#include "libwasm/text/printer_instr.h"
#include "libwasm/text/printer_values.h"

namespace wasm::text {
namespace {

constexpr size_t kBytesPerLine = 9;
constexpr uint32_t kMaxIndent = 24;

class FunctionDumper {
 public:
  FunctionDumper(const Module& module, const ModuleIds& ids, uint32_t index,
                 const ObjdumpOptions& options, std::string& out)
      : m_(module), ids_(ids), index_(index), options_(options), out_(out), instr_(module, ids) {
    if (options.side_table && options.validated != nullptr)
      code_ = options.validated->code(FuncIdx(index));
  }

  void Dump() {
    const Function& function = m_.functions[index_];
    ErrorSink sink;
    CheckedReader reader(m_.Bytes(function.body), function.body.begin, &sink);
    Header(function);
    std::vector<LocalRun> runs;
    const uint8_t* at = reader.position();
    if (ReadLocals(reader, &runs)) {
      uint64_t num_locals = NumParams(function.type);
      if (options_.disassemble) LocalLines(runs, num_locals, at, reader.position());
      for (const LocalRun& run : runs) num_locals += run.count;
      const IdSpace locals = ids_.Locals(index_, num_locals);
      instr_.Begin(&locals, ids_.Labels(index_));
      code_begin_ = reader.position();
      for (;;) {
        at = reader.position();
        if (!instr_.Next(reader)) break;
        Instruction(at, reader.position());
        if (instr_.finished()) break;
      }
    }
    if (sink.failed()) {
      const Error error = sink.TakeError();
      out_ += "  malformed at 0x";
      AppendHex(out_, error.offset().value_or(0), 6);
      out_ += ": " + error.message() + "\n";
    }
    if (code_ != nullptr) Handlers();
  }

 private:
  uint64_t NumParams(TypeIdx type) const {
    return type.value < m_.types.size() ? m_.types[type.value].comp.func.params.size() : 0;
  }

  void Header(const Function& function) {
    out_ += "\nfunc[";
    AppendUnsigned(out_, index_);
    out_ += ']';
    ids_.functions.AppendBinder(out_, index_);
    AppendTypeUse(out_, m_, ids_, function.type, IdSpace());
    out_ += ":\n";
    if (code_ == nullptr) return;
    out_ += "  slots: ";
    AppendUnsigned(out_, code_->param_slots);
    out_ += " of parameters, ";
    AppendUnsigned(out_, code_->result_slots);
    out_ += " of results, ";
    AppendUnsigned(out_, code_->local_slots);
    out_ += " of locals, ";
    AppendUnsigned(out_, code_->max_stack_slots);
    out_ += " of operands; side table: ";
    AppendUnsigned(out_, code_->side_table.size());
    out_ += " entries, ";
    AppendUnsigned(out_, code_->side_table.size() * sizeof(SideTableEntry));
    out_ += " bytes for ";
    AppendUnsigned(out_, function.body.size());
    out_ += '\n';
  }

  // One line per run of locals of one type.
  void LocalLines(const std::vector<LocalRun>& runs, uint64_t first, const uint8_t* begin,
                  const uint8_t* end) {
    BytesColumn(begin, end);
    out_ += "locals";
    for (const LocalRun& run : runs) {
      out_ += ' ';
      AppendUnsigned(out_, first);
      if (run.count > 1) {
        out_ += "..";
        AppendUnsigned(out_, first + run.count - 1);
      }
      out_ += ": ";
      AppendValType(out_, run.type, ids_.types);
      first += run.count;
    }
    out_ += '\n';
  }

  uint64_t OffsetOf(const uint8_t* at) const { return static_cast<uint64_t>(at - m_.bytes.data()); }

  // " 0000a1: 20 00          | "; longer instructions are cut, their offsets tell the length.
  void BytesColumn(const uint8_t* begin, const uint8_t* end) {
    out_ += ' ';
    AppendHex(out_, OffsetOf(begin), 6);
    out_ += ':';
    const size_t size = static_cast<size_t>(end - begin);
    const size_t shown = std::min(size, kBytesPerLine);
    for (size_t i = 0; i < shown; ++i) {
      out_ += ' ';
      AppendHex(out_, begin[i], 2);
    }
    out_.append(3 * (kBytesPerLine - shown), ' ');
    out_ += size > shown ? "+| " : " | ";
  }

  void Instruction(const uint8_t* begin, const uint8_t* end) {
    const uint32_t entries = EntriesOf();
    const bool own = code_ != nullptr && entries != 0;
    if (options_.disassemble || own) {
      BytesColumn(begin, end);
      out_.append(2 * std::min(instr_.depth(), kMaxIndent), ' ');
      out_ += instr_.text();
      out_ += '\n';
    }
    if (own)
      for (uint32_t i = 0; i < entries && next_entry_ + i < code_->side_table.size(); ++i)
        Entry(begin, next_entry_ + i);
    next_entry_ += entries;
  }

  // How many entries the instruction just read owns, by the rules of module/side_table.h.
  uint32_t EntriesOf() {
    if (code_ == nullptr) return 0;
    switch (instr_.opcode()) {
      case Opcode::If:
      case Opcode::Else:
      case Opcode::Br:
      case Opcode::BrIf:
      case Opcode::BrOnNull:
      case Opcode::BrOnNonNull:
      case Opcode::BrOnCast:
      case Opcode::BrOnCastFail:
        return 1;
      case Opcode::BrTable:
        return instr_.label_count() + 1;
      case Opcode::Drop:
      case Opcode::Select:
      case Opcode::SelectTyped:
        return code_->uses_v128 ? 1 : 0;
      case Opcode::End:
        return code_->has_legacy_try && !instr_.finished() ? 1 : 0;
      case Opcode::LegacyCatch:
      case Opcode::LegacyCatchAll:
      case Opcode::LegacyRethrow:
        return code_->has_legacy_try ? 1 : 0;
      default:
        return 0;
    }
  }

  void Entry(const uint8_t* pc, size_t index) {
    out_.append(10 + 3 * kBytesPerLine, ' ');
    out_ += " ; [";
    AppendUnsigned(out_, index);
    out_ += ']';
    const SideTableEntry& entry = code_->side_table[index];
    const bool wide = entry.keep == SideTableEntry::kOverflow;
    const auto tail = static_cast<int64_t>(index) + entry.pc_delta;
    if (wide && (tail < 0 || static_cast<uint64_t>(tail) + 2 > code_->side_table.size())) {
      out_ += " beyond the table\n";
      return;
    }
    const WideSideTableEntry e = Decode(&entry);
    const bool no_jump = instr_.opcode() == Opcode::Drop || instr_.opcode() == Opcode::Select ||
                         instr_.opcode() == Opcode::SelectTyped;
    if (instr_.opcode() == Opcode::LegacyRethrow) {
      out_ += " slot ";
      AppendSigned(out_, e.pc_delta);
      out_ += '\n';
      return;
    }
    if (!no_jump) {
      out_ += " -> 0x";
      AppendHex(out_, static_cast<uint64_t>(static_cast<int64_t>(OffsetOf(pc)) + e.pc_delta), 6);
      out_ += " [";
      AppendSigned(out_, static_cast<int64_t>(index) + e.entry_delta);
      out_ += ']';
    }
    out_ += " keep ";
    AppendUnsigned(out_, e.keep);
    if (!no_jump) {
      out_ += " drop ";
      AppendUnsigned(out_, e.drop);
    }
    out_ += wide ? " (wide)\n" : "\n";
  }

  void Handlers() {
    if (code_begin_ == nullptr) return;
    constexpr std::string_view kKinds[] = {"catch",         "catch_ref",      "catch_all",
                                           "catch_all_ref", "catch (legacy)", "catch_all (legacy)",
                                           "delegate"};
    const uint64_t base = OffsetOf(code_begin_);
    for (size_t i = 0; i < code_->try_ranges.size(); ++i) {
      const TryRange& range = code_->try_ranges[i];
      out_ += "  try[";
      AppendUnsigned(out_, i);
      out_ += "] 0x";
      AppendHex(out_, base + range.begin_pc, 6);
      out_ += "..0x";
      AppendHex(out_, base + range.end_pc, 6);
      out_ += '\n';
      for (uint32_t k = 0; k < range.num_clauses; ++k) {
        const CatchClause& clause = code_->catch_clauses[range.first_clause + k];
        out_ += "    ";
        out_ += kKinds[static_cast<size_t>(clause.kind)];
        switch (clause.kind) {
          case CatchClause::Kind::kLegacyDelegate:
            out_ += clause.delegate_depth == 0 ? " to the caller" : " to try[";
            if (clause.delegate_depth != 0) {
              AppendUnsigned(out_, clause.delegate_depth - 1);
              out_ += ']';
            }
            out_ += '\n';
            continue;
          case CatchClause::Kind::kCatch:
          case CatchClause::Kind::kCatchRef:
          case CatchClause::Kind::kLegacyCatch:
            out_ += " tag[";
            AppendUnsigned(out_, clause.tag);
            out_ += ']';
            break;
          default:
            break;
        }
        out_ += " -> 0x";
        AppendHex(out_, base + clause.target_pc, 6);
        out_ += " [";
        AppendUnsigned(out_, clause.target_entry);
        out_ += "] height ";
        AppendUnsigned(out_, clause.height);
        out_ += '\n';
      }
    }
  }

  const Module& m_;
  const ModuleIds& ids_;
  uint32_t index_;
  const ObjdumpOptions& options_;
  std::string& out_;
  InstrPrinter instr_;
  const CodeInfo* code_ = nullptr;
  const uint8_t* code_begin_ = nullptr;
  size_t next_entry_ = 0;
};

}  // namespace

void DumpFunction(const Module& module, const ModuleIds& ids, uint32_t index,
                  const ObjdumpOptions& options, std::string& out) {
  FunctionDumper(module, ids, index, options, out).Dump();
}

}  // namespace wasm::text
