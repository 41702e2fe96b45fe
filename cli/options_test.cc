// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/options.h"

#include <catch2/catch_test_macros.hpp>

namespace trenail::cli {
namespace {

using Words = std::vector<std::string>;

struct Parsed {
  bool json = false;
  std::string output;
  Words directories;
  std::optional<uint64_t> fuel;
  std::optional<uint64_t> memory;
  std::optional<std::chrono::nanoseconds> timeout;
  std::string engine = "interp";
  std::string file;
  Words arguments;
  std::optional<int> code;
};

Parsed Parse(const Words& words) {
  Parsed parsed;
  Options options("test", "A test.");
  options.Flag("--json", &parsed.json, "print JSON");
  options.String("-o,--output", &parsed.output, "FILE", "where to");
  options.Strings("--dir", &parsed.directories, "DIR", "directories");
  options.Count("--fuel", &parsed.fuel, "N", "fuel");
  options.Size("--max-memory", &parsed.memory, "SIZE", "memory");
  options.Duration("--timeout", &parsed.timeout, "TIME", "time");
  options.Choice("--engine", &parsed.engine, {"interp", "aot"}, "engine");
  options.FileAndGuestArguments(&parsed.file, &parsed.arguments, "a module");
  parsed.code = options.Parse(words);
  return parsed;
}

TEST_CASE("options stand before the file, in each of their forms") {
  Parsed parsed = Parse({"--json", "-o", "x", "--dir=a", "--dir", "b", "--fuel", "10k",
                         "--max-memory=64M", "--timeout", "1.5s", "--engine", "aot", "m.wasm"});
  CHECK_FALSE(parsed.code);
  CHECK(parsed.json);
  CHECK(parsed.output == "x");
  CHECK(parsed.directories == Words{"a", "b"});
  CHECK(parsed.fuel == 10'000u);
  CHECK(parsed.memory == 64u << 20);
  CHECK(parsed.timeout == std::chrono::milliseconds(1500));
  CHECK(parsed.engine == "aot");
  CHECK(parsed.file == "m.wasm");
  CHECK(Parse({"-oy", "m"}).output == "y");
  CHECK(Parse({"-o", "y", "-o", "z", "m"}).output == "z");
  CHECK(Parse({"--output=", "m"}).output.empty());
}

TEST_CASE("what stands after the file is the guest's") {
  Parsed parsed = Parse({"m.wasm", "--json", "--", "-x", "a b"});
  CHECK_FALSE(parsed.code);
  CHECK_FALSE(parsed.json);
  CHECK(parsed.arguments == Words{"--json", "--", "-x", "a b"});
  CHECK(Parse({"--", "--strange.wasm", "1"}).file == "--strange.wasm");
  CHECK(Parse({"-"}).file == "-");
}

TEST_CASE("wrong usage is exit code 2") {
  CHECK(Parse({}).code == kExitUsage);
  CHECK(Parse({"--nonsense", "m"}).code == kExitUsage);
  CHECK(Parse({"-x", "m"}).code == kExitUsage);
  CHECK(Parse({"--fuel"}).code == kExitUsage);
  CHECK(Parse({"--fuel", "much", "m"}).code == kExitUsage);
  CHECK(Parse({"--max-memory", "-1", "m"}).code == kExitUsage);
  CHECK(Parse({"--timeout=soon", "m"}).code == kExitUsage);
  CHECK(Parse({"--engine", "steam", "m"}).code == kExitUsage);
  CHECK(Parse({"--json=yes", "m"}).code == kExitUsage);
}

TEST_CASE("help names every option that has something to say") {
  Options options("test", "A test.");
  bool json;
  options.Flag("-j,--json", &json, "print JSON");
  std::string output;
  options.String("--a-very-long-name-of-an-option", &output, "FILE", "where to");
  options.Flag("--for-tests", &json, "");
  CHECK(options.Help() ==
        "A test.\n\nUsage: trenail test [OPTIONS]\n\nOptions:\n"
        "  -j, --json                  print JSON\n"
        "  --a-very-long-name-of-an-option FILE\n                              where to\n"
        "  -h, --help                  print this text\n");
}

}  // namespace
}  // namespace trenail::cli
