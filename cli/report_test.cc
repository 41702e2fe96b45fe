// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The texts and codes that docs/errors.md promises.

#include "cli/report.h"

#include <catch2/catch_test_macros.hpp>

#include "cli/options.h"

namespace trenail::cli {
namespace {

using wasm::Error;
using wasm::ErrorKind;

TEST_CASE("an error in a binary names file, offset and function") {
  Error error = Error::Malformed(0x1f, "unexpected end");
  CHECK(Describe(error, "a.wasm") == "a.wasm: malformed: unexpected end (at byte 0x1f)");
  Error invalid = Error::Invalid(16, "type mismatch").WithFunction(3, "main");
  CHECK(Describe(invalid, "a.wasm") ==
        "a.wasm: invalid: type mismatch (at byte 0x10, in function 3 \"main\")");
}

TEST_CASE("an error in a text names line and column") {
  Error error = Error(ErrorKind::kMalformed, "unknown operator").WithPosition({3, 7});
  CHECK(Describe(error, "a.wat") == "a.wat:3:7: unknown operator");
}

TEST_CASE("a trap has its trace, with the middle of a long one left out") {
  Error error(ErrorKind::kTrap, "unreachable");
  error.mutable_trace().push_back({.function_name = "f", .function_index = 2, .code_offset = 0x40});
  error.mutable_trace().push_back({.module_name = "m",
                                   .function_index = 1,
                                   .code_offset = 0x50,
                                   .source_file = "a.c",
                                   .source_line = 12});
  CHECK(Describe(error, "a.wasm") == "a.wasm: trap: unreachable");
  CHECK(DescribeTrace(error) ==
        "  at f (function 2, byte 0x40)\n  at function 1 a.c:12 (m, byte 0x50)\n");

  error.mutable_trace().resize(100);
  std::string trace = DescribeTrace(error);
  CHECK(std::count(trace.begin(), trace.end(), '\n') == 25);
  CHECK(trace.find("76 more frames") != std::string::npos);
}

TEST_CASE("each kind of error has its exit code") {
  CHECK(ExitCode(Error(ErrorKind::kMalformed, "")) == kExitFailed);
  CHECK(ExitCode(Error(ErrorKind::kInvalid, "")) == kExitFailed);
  CHECK(ExitCode(Error(ErrorKind::kUnlinkable, "")) == kExitFailed);
  CHECK(ExitCode(Error(ErrorKind::kTrap, "")) == kExitTrap);
  CHECK(ExitCode(Error(ErrorKind::kException, "")) == kExitTrap);
  CHECK(ExitCode(Error(ErrorKind::kExhausted, "")) == kExitTrap);
  CHECK(ExitCode(Error(ErrorKind::kInterrupted, "")) == kExitTrap);
  CHECK(ExitCode(Error::Exit(42)) == 42);
  CHECK(ExitCode(Error(ErrorKind::kHost, "")) == kExitUsage);
}

TEST_CASE("JSON is escaped, and stays UTF-8 whatever a module's names hold") {
  JsonWriter json;
  json.BeginObject().Key("a").BeginArray().Number(1).Signed(-2).Bool(true).Null().EndArray();
  json.Key("b").String("q\"\\\n\x01 é \xff\xc0\x80 \xed\xa0\x80").EndObject();
  CHECK(json.text() ==
        "{\"a\":[1,-2,true,null],\"b\":\"q\\\"\\\\\\n\\u0001 é "
        "\\ufffd\\ufffd\\ufffd \\ufffd\\ufffd\\ufffd\"}");
}

}  // namespace
}  // namespace trenail::cli
