// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A decoded module [syntax-module]: immutable after decoding, shareable between threads. Function
// bodies and constant expressions stay in the original bytes and are named by their ranges. Types
// are syntax (indices of this module); validation adds the canonical TypeIds and, per function, the
// CodeInfo that the engines run from.

#ifndef TRENAIL_LIBWASM_MODULE_MODULE_H_
#define TRENAIL_LIBWASM_MODULE_MODULE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/module/side_table.h"
#include "libwasm/support/index.h"
#include "libwasm/types/features.h"
#include "libwasm/types/types.h"

namespace wasm {

// The bytes of a module. Owned, they have readable zero padding behind them: the interpreter
// fetches two bytes at a time and may look past the end of the last body. Borrowed, they have none:
// enough to decode and validate, not to run.
class ModuleBytes {
 public:
  static constexpr size_t kPadding = 16;
  ModuleBytes() = default;
  explicit ModuleBytes(std::span<const uint8_t> bytes)
      : owned_(std::make_unique_for_overwrite<uint8_t[]>(bytes.size() + kPadding)),
        bytes_(owned_.get(), bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), owned_.get());
    std::fill_n(owned_.get() + bytes.size(), kPadding, uint8_t{0});
  }
  // `bytes` must outlive the result.
  static ModuleBytes Borrow(std::span<const uint8_t> bytes) {
    ModuleBytes result;
    result.bytes_ = bytes;
    return result;
  }
  const uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }
  std::span<const uint8_t> span() const { return bytes_; }

 private:
  std::unique_ptr<uint8_t[]> owned_;
  std::span<const uint8_t> bytes_;
};

// A half-open range of bytes in the module.
struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
};

// Constant expressions are kept as the range of their bytes, `end` included.
struct ConstExpr {
  ByteRange range;
};

struct Import {
  std::string_view module;  // views into the module's bytes
  std::string_view name;
  ExternKind kind = ExternKind::kFunc;
  uint32_t index = 0;  // in the index space of its kind
  uint32_t offset = 0;
};

struct Export {
  std::string_view name;
  ExternKind kind = ExternKind::kFunc;
  uint32_t index = 0;
  uint32_t offset = 0;
};

struct Table {
  TableType type;
  std::optional<ConstExpr> init;  // absent: null
  uint32_t offset = 0;
};

struct Memory {
  MemType type;
  uint32_t offset = 0;
};

struct Global {
  GlobalType type;
  ConstExpr init;  // empty for imports
  uint32_t offset = 0;
};

struct Tag {
  TypeIdx type;
  uint32_t offset = 0;
};

enum class SegmentMode : uint8_t { kPassive, kActive, kDeclarative };

struct ElemSegment {
  SegmentMode mode = SegmentMode::kPassive;
  TableIdx table;
  ConstExpr table_offset;  // kActive
  ValType type = kFuncRef;
  // Elements are function indices or expressions, decoded on use from `items`: `count` of them.
  bool uses_exprs = false;
  uint32_t count = 0;
  ByteRange items;
  uint32_t flags = 0;  // as in the file, so that it is written back alike
  uint32_t offset = 0;
};

struct DataSegment {
  SegmentMode mode = SegmentMode::kPassive;
  MemIdx memory;
  ConstExpr memory_offset;  // kActive
  ByteRange bytes;
  uint32_t flags = 0;
  uint32_t offset = 0;
};

struct CustomSection {
  std::string_view name;
  ByteRange payload;  // behind the name
  ByteRange section;  // from the section id on
  // The id of the last non-custom section before it; 0 if it comes first. Keeps its place in text.
  uint8_t after_section = 0;
};

// ---- what validation produces for a body
// ---------------------------------------------------------

// A try_table, or the body of a legacy try: consulted only when an exception passes.
struct CatchClause {
  enum class Kind : uint8_t {
    kCatch,
    kCatchRef,
    kCatchAll,
    kCatchAllRef,  // [binary-catch]
    kLegacyCatch,
    kLegacyCatchAll,
    kLegacyDelegate,
  };
  Kind kind = Kind::kCatch;
  uint32_t tag = 0;           // kCatch, kCatchRef, kLegacyCatch: tag index
  uint32_t target_pc = 0;     // offset of the target from the start of the body's code
  uint32_t target_entry = 0;  // side-table position there
  uint32_t height = 0;        // slots above the locals that stay; the payload is pushed onto them
  uint32_t delegate_depth =
      0;  // kLegacyDelegate: index of the try range to go on with + 1; 0: the caller
};
struct TryRange {
  uint32_t begin_pc = 0;  // protected code, offsets from the start of the body's code
  uint32_t end_pc = 0;
  uint32_t first_clause = 0;
  uint32_t num_clauses = 0;
};

// Everything an engine needs to run one validated function; built once, then immutable.
struct CodeInfo {
  const uint8_t* code = nullptr;      // first instruction
  const uint8_t* code_end = nullptr;  // behind the final `end`
  uint32_t param_slots = 0;
  uint32_t result_slots = 0;
  uint32_t local_slots = 0;      // parameters included
  uint32_t max_stack_slots = 0;  // operand stack above the locals
  // What changes which instructions own side-table entries (module/side_table.h).
  bool uses_v128 = false;       // some local or operand is a v128
  bool has_legacy_try = false;  // holds a try of the legacy exceptions
  std::vector<SideTableEntry> side_table;
  std::vector<TryRange> try_ranges;  // inner before outer
  std::vector<CatchClause> catch_clauses;
  std::vector<uint32_t> local_offsets;  // uses_v128 only: slot of each local, one more for the end
};

struct Function {
  TypeIdx type;
  ByteRange body;  // the code entry behind its size: locals, then instructions; empty for imports
  uint32_t offset = 0;
};

struct NameMap {  // of the name section [binary-namesec]; sorted by index
  std::vector<std::pair<uint32_t, std::string_view>> names;
  // The name of `index`, empty if it has none.
  std::string_view Find(uint32_t index) const;
};

struct Names {
  std::string_view module;
  NameMap functions, types, tables, memories, globals, elems, datas, tags;
  std::vector<std::pair<uint32_t, NameMap>> locals, labels, fields;
};

struct Module {
  ModuleBytes bytes;
  FeatureSet features;

  std::vector<SubType> types;  // syntax
  std::vector<RecGroup> rec_groups;
  std::vector<Import> imports;
  // Index spaces, imports first.
  std::vector<Function> functions;
  std::vector<Table> tables;
  std::vector<Memory> memories;
  std::vector<Global> globals;
  std::vector<Tag> tags;
  uint32_t num_imported_functions = 0;
  uint32_t num_imported_tables = 0;
  uint32_t num_imported_memories = 0;
  uint32_t num_imported_globals = 0;
  uint32_t num_imported_tags = 0;
  std::vector<Export> exports;
  std::optional<FuncIdx> start;
  uint32_t start_offset = 0;
  std::vector<ElemSegment> elems;
  std::vector<DataSegment> datas;
  std::optional<uint32_t> data_count;
  std::vector<CustomSection> customs;
  Names names;
  // Where each non-custom section lies, by id; absent: size 0.
  struct Section {
    uint8_t id;
    ByteRange range;
  };
  std::vector<Section> sections;

  const uint8_t* at(uint32_t offset) const { return bytes.data() + offset; }
  std::span<const uint8_t> Bytes(ByteRange range) const {
    return bytes.span().subspan(range.begin, range.size());
  }
  bool IsImportedFunction(FuncIdx index) const { return index.value < num_imported_functions; }
  const FuncType& FuncTypeOf(FuncIdx index) const {
    return types[functions[index.value].type.value].comp.func;
  }
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_MODULE_MODULE_H_
