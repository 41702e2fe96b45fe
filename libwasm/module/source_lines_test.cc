// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Line tables by hand: what the producers that come along do not make, and what nobody should.

#include "libwasm/module/source_lines.h"

#include <catch2/catch_test_macros.hpp>
#include <string_view>

namespace wasm {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Bytes Text(std::string_view text) {
  Bytes bytes(text.begin(), text.end());
  bytes.push_back(0);
  return bytes;
}
Bytes U32(size_t value) {
  return {static_cast<uint8_t>(value), static_cast<uint8_t>(value >> 8),
          static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 24)};
}

// min_inst_length, [max_ops], default_is_stmt, line_base -5, line_range 14, opcode_base 13.
Bytes Machine(int version) {
  Bytes bytes{1};
  if (version >= 4) bytes.push_back(1);
  return bytes + Bytes{1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
}

Bytes Unit(uint8_t version, const Bytes& paths, const Bytes& program) {
  Bytes rest{version, 0};
  if (version == 5) rest = rest + Bytes{4, 0};
  const Bytes header = Machine(version) + paths;
  rest = rest + U32(header.size()) + header + program;
  return U32(rest.size()) + rest;
}

const Bytes kOldPaths = Text("lib") + Bytes{0} + Text("a.c") + Bytes{0, 0, 0} + Text("b.h") +
                        Bytes{1, 0, 0} + Text("/c.h") + Bytes{1, 0, 0} + Bytes{0};

Bytes SetAddress(uint32_t address) { return Bytes{0, 5, 2} + U32(address); }
const Bytes kEnd = {0, 1, 1};

// 0x10: a.c:3, 0x12: b.h:8, 0x20 until 0x24: /c.h:8.
const Bytes kProgram = SetAddress(0x10) + Bytes{3, 2, 1} +     // advance_line 2, copy
                       Bytes{4, 2, 13 + 2 * 14 + 5 + 5} +      // file 2, address += 2, line += 5
                       Bytes{4, 3, 9, 14, 0, 1, 2, 4} + kEnd;  // file 3, fixed_advance_pc 14

// A module is as long as its sections here: they lie behind 100 bytes of code.
constexpr uint32_t kCodeBegin = 40;
Module MakeModule(const Bytes& line, const Bytes& line_str = {}, const Bytes& str = {}) {
  Module module;
  module.bytes = ModuleBytes(Bytes(140, 0) + line + line_str + str);
  module.sections.push_back({10, {kCodeBegin, 140}});
  uint32_t at = 140;
  const auto add = [&](std::string_view name, size_t size) {
    CustomSection custom;
    custom.name = name;
    custom.payload = {at, at + static_cast<uint32_t>(size)};
    at = custom.payload.end;
    module.customs.push_back(custom);
  };
  add(".debug_line", line.size());
  add(".debug_line_str", line_str.size());
  add(".debug_str", str.size());
  return module;
}

std::string Find(const SourceLines& lines, uint32_t address) {
  const auto found = lines.Find(kCodeBegin + address);
  return found ? found->file + ":" + std::to_string(found->line) : "";
}

TEST_CASE("a row holds until the next one, a sequence until its end") {
  for (const uint8_t version : {2, 3, 4}) {
    const Module module = MakeModule(Unit(version, kOldPaths, kProgram));
    const SourceLines lines(module);
    CHECK(Find(lines, 0x0f).empty());
    CHECK(Find(lines, 0x10) == "a.c:3");
    CHECK(Find(lines, 0x11) == "a.c:3");
    CHECK(Find(lines, 0x12) == "lib/b.h:8");
    CHECK(Find(lines, 0x1f) == "lib/b.h:8");
    CHECK(Find(lines, 0x20) == "/c.h:8");
    CHECK(Find(lines, 0x23) == "/c.h:8");
    CHECK(Find(lines, 0x24).empty());
    CHECK_FALSE(lines.Find(0));
    CHECK_FALSE(lines.Find(kCodeBegin - 1));
    CHECK_FALSE(lines.Find(UINT64_MAX));
  }
}

TEST_CASE("the tables of version 5 name their own forms") {
  // Directories: path as line_strp. Files: path as strp, directory as udata, data16 (MD5).
  const Bytes paths = Bytes{1, 1, 0x1f, 2} + U32(0) + U32(5) +
                      Bytes{3, 1, 0x0e, 2, 0x0f, 5, 0x1e, 3} + U32(0) + Bytes{0} + Bytes(16, 7) +
                      U32(4) + Bytes{1} + Bytes(16, 7) + U32(99) + Bytes{9} + Bytes(16, 7);
  const Bytes program =
      SetAddress(0x10) + Bytes{4, 0, 1, 2, 4, 4, 1, 1, 2, 4, 4, 2, 1, 2, 4} + kEnd;
  const Module module =
      MakeModule(Unit(5, paths, program), Text("/tmp") + Text("lib"), Text("a.c") + Text("b.h"));
  const SourceLines lines(module);
  CHECK(Find(lines, 0x10) == "a.c:1");
  CHECK(Find(lines, 0x14) == "lib/b.h:1");
  CHECK(Find(lines, 0x18).empty());  // its name lies outside of .debug_str
}

TEST_CASE("64-bit DWARF, several units, and functions that the linker dropped") {
  Bytes wide = Unit(4, kOldPaths, SetAddress(0x30) + Bytes{1, 2, 4} + kEnd);
  wide.erase(wide.begin(), wide.begin() + 4);
  const Bytes header_length(wide.begin() + 2, wide.begin() + 6);
  const Bytes rest(wide.begin() + 6, wide.end());
  wide = Bytes{4, 0} + header_length + U32(0) + rest;
  wide = U32(0xffffffff) + U32(wide.size()) + U32(0) + wide;
  const Bytes dropped = Unit(
      4, kOldPaths,
      SetAddress(0) + Bytes{1, 2, 0x60} + kEnd + SetAddress(UINT32_MAX) + Bytes{1, 2, 0x60} + kEnd);
  const Module module = MakeModule(dropped + wide + Unit(4, kOldPaths, kProgram));
  const SourceLines lines(module);
  CHECK(Find(lines, 0x30) == "a.c:1");
  CHECK(Find(lines, 0x12) == "lib/b.h:8");
  CHECK(Find(lines, 0x08).empty());
}

TEST_CASE("a unit of a version to come is passed over") {
  Bytes unknown = Unit(4, kOldPaths, kProgram);
  unknown[4] = 6;
  const Module module = MakeModule(unknown + Unit(3, kOldPaths, kProgram));
  CHECK(Find(SourceLines(module), 0x10) == "a.c:3");
}

TEST_CASE("damaged tables cost no more than the lines") {
  const Bytes paths =
      Bytes{1, 1, 0x1f, 1} + U32(0) + Bytes{2, 1, 8, 2, 0x0b, 1} + Text("a.c") + Bytes{0};
  for (const Bytes& good : {Unit(4, kOldPaths, kProgram), Unit(5, paths, kProgram)}) {
    for (size_t size = 0; size < good.size(); ++size) {
      const Module module = MakeModule(Bytes(good.begin(), good.begin() + static_cast<long>(size)));
      Find(SourceLines(module), 0x10);
    }
    for (size_t at = 0; at < good.size(); ++at) {
      for (int value = 0; value < 256; ++value) {
        Bytes bad = good;
        bad[at] = static_cast<uint8_t>(value);
        const Module module = MakeModule(bad, Text("/"));
        const SourceLines lines(module);
        for (uint32_t address : {0x10, 0x12, 0x20}) Find(lines, address);
      }
    }
  }
  // Entries without bytes, as many as there can be.
  const Bytes endless = Bytes{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};
  const Module module = MakeModule(Unit(5, endless + endless, kProgram));
  CHECK(Find(SourceLines(module), 0x10).empty());
}

}  // namespace
}  // namespace wasm
