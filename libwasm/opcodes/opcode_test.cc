// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/opcodes/opcode.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "libwasm/opcodes/visit.h"

namespace wasm {
namespace {

TEST_CASE("every opcode is found by its bytes") {
  for (int i = 0; i < kNumOpcodes; ++i) {
    const OpcodeInfo& info = kOpcodeInfo[i];
    INFO(info.text);
    CHECK(LookupOpcode(info.prefix, info.code) == i);
  }
  CHECK(LookupOpcode(0x00, 0xff) == kNoOpcode);
  CHECK(LookupOpcode(0xfd, 0x9a) == kNoOpcode);
  CHECK(LookupOpcode(0xfc, 0xffffffff) == kNoOpcode);
}

TEST_CASE("rows say what the specification says") {
  CHECK(Info(Opcode::I32Add).text == "i32.add");
  CHECK(Info(Opcode::I32Add).is_const);
  CHECK_FALSE(Info(Opcode::I32DivS).is_const);
  CHECK(Info(Opcode::I64Load32U).access_log2 == 2);
  CHECK(Info(Opcode::V128Load8Splat).access_log2 == 0);
  CHECK(Info(Opcode::V128Load).access_log2 == 4);
  CHECK(Info(Opcode::V128Load64Lane).access_log2 == 3);
  CHECK(Info(Opcode::MemoryFill).signature.num_params == 3);
  CHECK(Info(Opcode::MemoryFill).signature.params[0] == SigType::kAddr);
  CHECK(Info(Opcode::I64Add128).signature.num_results == 2);
  CHECK(Info(Opcode::StructNew).feature == Feature::kGc);
}

TEST_CASE("only instructions with an immediate in between share their text") {
  std::set<std::string_view> seen;
  std::set<std::string_view> shared;
  for (const OpcodeInfo& info : kOpcodeInfo)
    if (!seen.insert(info.text).second) shared.insert(info.text);
  CHECK(shared == std::set<std::string_view>{"select", "ref.test", "ref.cast"});
}

// Writes down what it is shown.
struct Recorder {
  std::string seen;
  template <Opcode op, typename Imm>
  bool Visit(Op<op>, const Imm&) {
    seen += std::string(Info(op).text) + ";";
    return true;
  }
  template <typename Imm>
  bool VisitSimple(Opcode op, const Imm&) {
    seen += std::string(Info(op).text) + ",";
    return true;
  }
};

TEST_CASE("the walker reads untrusted and validated bytes alike") {
  const uint8_t code[] = {0x41, 0xff, 0x00, 0xfd, 0x80, 0x01, 0x1a, 0x28, 0x42, 0x01, 0x08, 0x0b};
  ErrorSink sink;
  CheckedReader checked(code, 0, &sink);
  TrustedReader trusted(code);
  Recorder a, b;
  for (int i = 0; i < 5; ++i) {
    CHECK(VisitInstruction(checked, a));
    CHECK(VisitInstruction(trusted, b));
  }
  CHECK(a.seen == "i32.const,i16x8.abs,drop;i32.load,end;");
  CHECK(b.seen == a.seen);
  CHECK(checked.AtEnd());
  CHECK(trusted.position() == std::end(code));
}

TEST_CASE("bytes that are no instruction are malformed") {
  const auto message = [](std::vector<uint8_t> bytes) {
    ErrorSink sink;
    CheckedReader reader(bytes, 0, &sink);
    Recorder recorder;
    CHECK_FALSE(VisitInstruction(reader, recorder));
    return std::string(sink.TakeError().message());
  };
  CHECK(message({0xff}) == "illegal opcode ff");
  CHECK(message({0xfd, 0xff, 0x7f}) == "illegal opcode fd 3fff");
  CHECK(message({0xfc, 0x1f}) == "illegal opcode fc 1f");
  CHECK(message({}) == "unexpected end of section or function");
  CHECK(message({0x41, 0x80}) == "unexpected end of section or function");
  CHECK(message({0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == "integer representation too long");
  CHECK(message({0x28, 0x80, 0x01, 0x00}) == "malformed memop flags");
}

}  // namespace
}  // namespace wasm
