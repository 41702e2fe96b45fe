// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From an instruction of a module to the line of its source, by the line tables that a compiler
// left in the custom section .debug_line (DWARF 2 to 5). Only traces ask, so nothing is decoded
// before; then each unit of the table is run through once, to learn which addresses it covers, and
// a question runs the unit it concerns once more. The sections are as untrusted as the module: what
// is wrong in them costs the source lines, never more, and the work is linear in their size.

#ifndef TRENAIL_LIBWASM_MODULE_SOURCE_LINES_H_
#define TRENAIL_LIBWASM_MODULE_SOURCE_LINES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libwasm/module/module.h"

namespace wasm {

struct SourceLine {
  std::string file;   // as the compiler was given it, where the table tells
  uint32_t line = 0;  // 0: no line in particular, code that the compiler made up
};

// All lines of a module at once, for those who ask for many.
struct SourceTable {
  struct File {
    std::string path;       // empty if the table does not tell
    std::string directory;  // what a relative path is relative to; empty if unknown
  };
  struct Row {
    uint64_t begin = 0;  // offsets in the module's bytes
    uint64_t end = 0;
    uint32_t file = 0;
    uint32_t line = 0;  // 0: no line in particular
  };
  std::vector<File> files;
  std::vector<Row> rows;  // by `begin`

  const Row* Find(uint64_t offset) const;
};

class SourceLines {
 public:
  // `module` must outlive the result.
  explicit SourceLines(const Module& module);

  // `offset` is that of an instruction in the module's bytes.
  std::optional<SourceLine> Find(uint64_t offset) const;
  SourceTable All() const;

 private:
  struct Unit {
    uint32_t offset;  // in line_
    uint64_t low;     // addresses that it may describe
    uint64_t high;
  };

  // Addresses in DWARF count from here: the contents of the code section.
  uint32_t code_begin_ = 0;
  std::span<const uint8_t> line_;      // .debug_line
  std::span<const uint8_t> line_str_;  // .debug_line_str
  std::span<const uint8_t> str_;       // .debug_str
  std::vector<Unit> units_;
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_MODULE_SOURCE_LINES_H_
