// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/objdump.h"

#include <catch2/catch_test_macros.hpp>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/module/side_table.h"
#include "libwasm/text/parse_module.h"

namespace wasm::text {
namespace {

std::shared_ptr<Module> FromText(std::string_view text) {
  auto bytes = ParseWat(text, {.name_section = false});
  if (!bytes) FAIL(bytes.error().message());
  auto module = binary::DecodeModule(*bytes, {});
  if (!module) FAIL(module.error().message());
  return *module;
}

bool Contains(const std::string& text, std::string_view part) {
  INFO(text);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

TEST_CASE("sections are listed in the order of the file, with the ranges of their contents") {
  const auto module = FromText("(module (func) (@custom \"c\" (after type) \"xy\"))");
  ObjdumpOptions options;
  const std::string text = Objdump(*module, options);
  Contains(text, "  type       0x0000000a..0x0000000e         4 bytes, count 1\n");
  Contains(text, " \"c\"\n");
  CHECK(text.find("type") < text.find("custom"));
  CHECK(text.find("custom") < text.find("function"));
}

TEST_CASE("instructions stand beside their bytes and offsets") {
  const auto module =
      FromText("(module (func (param i32) (local i64 i64) block local.get 0 drop end))");
  ObjdumpOptions options;
  options.headers = false;
  options.disassemble = true;
  const std::string text = Objdump(*module, options);
  Contains(text, "func[0] (type 0) (param i32):\n");
  Contains(text, "| locals 1..2: i64\n");
  Contains(text, ": 20 00                      |     local.get 0\n");
}

TEST_CASE("a malformed body is said to be one, and the next is listed") {
  const std::vector<uint8_t> bytes = {0, 0x61, 0x73, 0x6d, 1,    0,    0, 0, 1,   4,
                                      1, 0x60, 0,    0,    3,    3,    2, 0, 0,   10,
                                      8, 2,    3,    0,    0xff, 0x0b, 2, 0, 0x0b};
  const auto module = binary::DecodeModule(bytes, {});
  if (!module) FAIL(module.error().message());
  ObjdumpOptions options;
  options.disassemble = true;
  const std::string text = Objdump(**module, options);
  Contains(text, "malformed at 0x000018: illegal opcode ff\n");
  Contains(text, "func[1]");
}

TEST_CASE("entries of the side table stand below the instructions that own them") {
  const auto module = FromText("(module (func (param i32) block local.get 0 br_if 0 nop end nop))");
  TypeStore types;
  ValidatedModule validated(module, &types);
  auto info = std::make_unique<CodeInfo>();
  // The br_if is at 5 from the body's begin; its target lies behind nop and end.
  info->side_table = {{4, 1, 0, 0}};
  validated.Publish(FuncIdx(0), std::move(info));
  ObjdumpOptions options;
  options.headers = false;
  options.side_table = true;
  options.validated = &validated;
  const uint32_t begin = module->functions[0].body.begin;
  const std::string text = Objdump(*module, options);
  std::string target = "; [0] -> 0x0000";
  constexpr char kHex[] = "0123456789abcdef";
  target += kHex[(begin + 5 + 4) >> 4];
  target += kHex[(begin + 5 + 4) & 15];
  Contains(text, target + " [1] keep 0 drop 0\n");
  Contains(text, "side table: 1 entries, 8 bytes for ");
  // Without disassembly only instructions with entries are shown.
  CHECK(text.find("nop") == std::string::npos);
}

}  // namespace
}  // namespace wasm::text
