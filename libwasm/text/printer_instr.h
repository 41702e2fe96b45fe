// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One instruction as text, with identifiers where there are names: the line of a listing that the
// printer indents and the disassembler puts behind offsets. Driven by the opcode table: one Show
// per shape of immediate.

#ifndef TRENAIL_LIBWASM_TEXT_PRINTER_INSTR_H_
#define TRENAIL_LIBWASM_TEXT_PRINTER_INSTR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libwasm/module/module.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/support/reader.h"
#include "libwasm/text/printer_names.h"

namespace wasm::text {

void AppendHeapType(std::string& out, HeapType type, const IdSpace& types);
void AppendValType(std::string& out, ValType type, const IdSpace& types);
// " (param …)… (result …)…", parameters with the identifiers of `locals`.
void AppendSignature(std::string& out, const FuncType& type, const IdSpace& types,
                     const IdSpace& locals);
// " (type N)" and, if N is a function type, its signature.
void AppendTypeUse(std::string& out, const Module& module, const ModuleIds& ids, TypeIdx type,
                   const IdSpace& locals);

// The declared locals of a body [binary-local].
struct LocalRun {
  uint32_t count = 0;
  ValType type;
};
// Reads them; the reader then stands at the first instruction.
bool ReadLocals(CheckedReader& reader, std::vector<LocalRun>* runs);

class InstrPrinter {
 public:
  InstrPrinter(const Module& module, const ModuleIds& ids) : module_(module), ids_(ids) {}

  // Starts over for a body (`labels` may be null) or, without arguments, a constant expression.
  void Begin(const IdSpace* locals = nullptr, const NameMap* labels = nullptr);
  // Reads and prints one instruction. False: the error is in the reader's sink.
  bool Next(CheckedReader& reader);

  // About the instruction just printed: its text, and how deep it lies in blocks.
  const std::string& text() const { return text_; }
  uint32_t depth() const { return depth_; }
  Opcode opcode() const { return opcode_; }
  // Of a br_table: the number of its labels, the default not counted.
  uint32_t label_count() const { return label_count_; }
  // True behind the `end` that closes the whole.
  bool finished() const { return labels_.empty(); }

 private:
  struct Visitor;
  friend struct Visitor;

  void Start(Opcode op);
  void AppendBlockType(const imm::BlockType& block_type);
  void PushLabel();
  void PopLabel();
  // A label counted from the innermost but `skip` ones.
  void AppendLabel(uint32_t index, uint32_t skip = 0);
  void AppendMemArg(const imm::MemArg& memarg, uint8_t natural_align_log2);
  void AppendField(TypeIdx type, FieldIdx field);
  void AppendMemory(MemIdx memory);
  void AppendTable(TableIdx table);

  const Module& module_;
  const ModuleIds& ids_;
  const IdSpace* locals_ = nullptr;
  const NameMap* label_names_ = nullptr;
  std::unordered_map<uint32_t, IdSpace> fields_;
  std::string text_;
  uint32_t depth_ = 0;
  Opcode opcode_ = Opcode::Unreachable;
  uint32_t label_count_ = 0;
  uint32_t next_label_ = 0;               // labels introduced so far
  std::vector<std::string_view> labels_;  // the names of the open blocks, outermost first
};

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PRINTER_INSTR_H_
