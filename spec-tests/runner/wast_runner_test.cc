// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/wast_runner.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "interp/interp.h"

namespace trenail::spec {
namespace {

// A folder that goes away with the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/trenail-wast-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string Write(const std::string& name, std::string_view text) {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

WastOptions Options() {
  WastOptions options;
  options.backend = [] { return MakeInterpreter(); };
  return options;
}

FileReport RunText(std::string_view text) {
  Folder folder;
  return RunWastFile(folder.Write("test.wast", text), Options());
}

// The message of the last command.
std::string Last(std::string_view text) { return RunText(text).results.back().message; }

TEST_CASE("a script's commands are counted one by one") {
  const FileReport report = RunText(R"(
    (module (func (export "f") (param i32) (result i32) (local.get 0)))
    (assert_return (invoke "f" (i32.const 7)) (i32.const 7))
    (assert_return (invoke "f" (i32.const 7)) (i32.const 8))
    (register "m")
    (assert_invalid (module (func (result i32))) "type mismatch"))");
  CHECK(report.summary.ToText() == "4 passed, 1 failed, 0 skipped");
  CHECK(report.counts.at("assert_return") == 2);
  CHECK(report.results[2].line == 4);
  CHECK(report.results[2].ordinal == 3);
  CHECK(FailureLines(report) ==
        report.path + ":4: assert_return: expected (i32.const 8), got (i32.const 7)\n");
}

TEST_CASE("commands are about components where they say so") {
  const FileReport report = RunText(R"(
    (component definition $C
      (core module $m (func (export "f") (param i32) (result i32) (local.get 0))
                      (func (export "t") unreachable))
      (core instance $i (instantiate $m))
      (func (export "f") (param "x" (option u8)) (result u8) (canon lift (core func $g))))
    (component definition $C
      (core module $m (func (export "f") (param i32 i32) (result i32) (local.get 1))
                      (func (export "t") unreachable))
      (core instance $i (instantiate $m))
      (func (export "f") (param "x" (option u8)) (result u8)
        (canon lift (core func $i "f")))
      (func (export "t") (canon lift (core func $i "t"))))
    (component instance $a $C)
    (component instance $b $C)
    (assert_return (invoke $a "f" (option.some (u8.const 7))) (u8.const 7))
    (assert_return (invoke $a "f" (option.none)) (u8.const 1))
    (assert_trap (invoke $a "t") "whatever it is called")
    (assert_trap (invoke $a "f" (option.none)) "cannot enter")
    (assert_return (invoke "f" (option.none)) (u8.const 0))
    (module (func (export "f") (result i32) (i32.const 3)))
    (assert_return (invoke "f") (i32.const 3))
    (assert_unlinkable (component (import "x" (func))) "")
    (assert_invalid (component (export "x" (func 0))) "")
    (assert_return (invoke $b "f" (u32.const 1)) (u8.const 0)))");
  CHECK(report.summary.ToText() == "11 passed, 3 failed, 0 skipped");
  CHECK(report.results[0].message.starts_with("expected a component, got malformed"));
  CHECK(report.results[5].message == "expected 1, got 0");
  CHECK(report.results[13].message.starts_with("expected 0, got host error"));
}

TEST_CASE("kinds of errors are compared exactly, messages by their beginning") {
  CHECK(Last(R"((assert_malformed (module (func (result i32))) "type mismatch"))")
            .starts_with("expected malformed \"type mismatch\", got invalid \"type mismatch"));
  CHECK(Last(R"((assert_invalid (module (func (result i32))) "type mismatch in"))")
            .starts_with("expected invalid \"type mismatch in\", got invalid"));
  CHECK(Last(R"((assert_invalid (module (func)) "type mismatch"))") ==
        "expected invalid \"type mismatch\", got success");
  CHECK(Last(R"((module (func (export "t") unreachable))
                (assert_trap (invoke "t") "unreachable"))")
            .empty());
  CHECK(Last(R"((module (func (export "t") unreachable))
                (assert_exhaustion (invoke "t") "unreachable"))")
            .starts_with("expected exhaustion"));
  CHECK(Last(R"((assert_unlinkable (module (import "a" "b" (func))) "unknown import"))").empty());
  CHECK(Last(R"((assert_trap (module (memory 0) (data (i32.const 1) "x")) "out of bounds"))")
            .empty());
}

TEST_CASE("NaN patterns tell canonical, arithmetic and exact NaNs apart") {
  const std::string module = R"(
    (module
      (func (export "canonical") (result f32) (f32.const -nan))
      (func (export "arithmetic") (result f32) (f32.const nan:0x400001))
      (func (export "signalling") (result f64) (f64.const nan:0x1))
      (func (export "lanes") (result v128) (v128.const f32x4 1 nan 2 nan:0x400001))))";
  CHECK(Last(module + R"((assert_return (invoke "canonical") (f32.const nan:canonical)))").empty());
  CHECK(
      Last(module + R"((assert_return (invoke "canonical") (f32.const nan:arithmetic)))").empty());
  CHECK(!Last(module + R"((assert_return (invoke "canonical") (f32.const nan)))").empty());
  CHECK(
      !Last(module + R"((assert_return (invoke "arithmetic") (f32.const nan:canonical)))").empty());
  CHECK(
      Last(module + R"((assert_return (invoke "arithmetic") (f32.const nan:arithmetic)))").empty());
  CHECK(!Last(module + R"((assert_return (invoke "signalling") (f64.const nan:arithmetic)))")
             .empty());
  CHECK(Last(module + R"((assert_return (invoke "signalling") (f64.const nan:0x1)))").empty());
  CHECK(Last(module + R"((assert_return (invoke "lanes")
      (v128.const f32x4 1 nan:canonical 2 nan:arithmetic)))")
            .empty());
  CHECK(!Last(module + R"((assert_return (invoke "lanes")
      (v128.const f32x4 1 nan:canonical 2 nan:canonical)))")
             .empty());
  CHECK(Last(module + R"((assert_return (invoke "canonical")
      (either (f32.const 1) (f32.const nan:canonical))))")
            .empty());
}

TEST_CASE("references of the host come back as they went in") {
  const std::string module = R"(
    (module
      (func (export "id") (param externref) (result externref) (local.get 0))
      (func (export "in") (param externref) (result anyref) (any.convert_extern (local.get 0)))
      (func (export "null") (result anyref) (ref.null none))
      (func (export "i31") (result anyref) (ref.i31 (i32.const 5)))
      (func $f (export "func") (result funcref) (ref.func $f))))";
  CHECK(Last(module + R"((assert_return (invoke "id" (ref.extern 7)) (ref.extern 7)))").empty());
  CHECK(!Last(module + R"((assert_return (invoke "id" (ref.extern 7)) (ref.extern 8)))").empty());
  CHECK(Last(module + R"((assert_return (invoke "in" (ref.extern 7)) (ref.host 7)))").empty());
  CHECK(Last(module + R"((assert_return (invoke "null") (ref.null any)))").empty());
  CHECK(Last(module + R"((assert_return (invoke "i31") (ref.i31)))").empty());
  CHECK(Last(module + R"((assert_return (invoke "i31") (ref.eq)))").empty());
  CHECK(!Last(module + R"((assert_return (invoke "i31") (ref.struct)))").empty());
  CHECK(Last(module + R"((assert_return (invoke "func") (ref.func)))").empty());
}

TEST_CASE("after a module that fails there is no instance to run on") {
  const FileReport report = RunText(R"(
    (module $old (func (export "f")))
    (module (import "nowhere" "f" (func)))
    (assert_return (invoke "f"))
    (assert_return (invoke $old "f")))");
  CHECK(report.results[1].status == CommandStatus::kFailed);
  CHECK(report.results[2].status == CommandStatus::kFailed);
  CHECK(report.results[3].status == CommandStatus::kPassed);
}

TEST_CASE("a definition is instantiated as often as it is asked for") {
  CHECK(RunText(R"(
    (module definition $M (global (export "g") (mut i32) (i32.const 0))
      (func (export "inc") (global.set 0 (i32.add (global.get 0) (i32.const 1)))))
    (module instance $a $M)
    (module instance $b $M)
    (invoke $a "inc")
    (assert_return (get $a "g") (i32.const 1))
    (assert_return (get $b "g") (i32.const 0)))")
            .summary.ToText() == "6 passed, 0 failed, 0 skipped");
}

TEST_CASE("threads run in stores of their own and share memories") {
  const FileReport report = RunText(R"(
    (module $Mem (memory (export "shared") 1 1 shared)
      (func (export "get") (result i32) (i32.load (i32.const 0))))
    (thread $T (shared (module $Mem))
      (register "mem" $Mem)
      (module (memory (import "mem" "shared") 1 1 shared)
        (func (export "set") (i32.store (i32.const 0) (i32.const 42))))
      (assert_return (invoke "set")))
    (wait $T)
    (assert_return (invoke $Mem "get") (i32.const 42))
    (thread $U (assert_return (invoke "nothing")))
    (wait $U))");
  CHECK(FailureLines(report) == report.path +
                                    ":12: wait: in the thread, line 11: assert_return: expected "
                                    "nothing, got host error \"there is no current instance\"\n");
}

TEST_CASE("a scope switches features and leaves commands out") {
  Folder folder;
  const std::string file = folder.Write("a.wast", R"(
    (assert_invalid (module (memory 1) (memory 1)) "multiple memories")
    (this is not a command)
    (module))");
  const auto scope = Scope::Parse(
      "file\ton\toff\tmode\tout_of_scope\twhy\na.wast\t\tmulti-memory\trun\t2\tnonsense\n",
      folder.path());
  REQUIRE(scope);
  WastOptions options = Options();
  CHECK(RunWastFile(file, options).summary.ToText() == "1 passed, 2 failed, 0 skipped");
  options.scope = &*scope;
  const FileReport report = RunWastFile(file, options);
  CHECK(report.summary.ToText() == "2 passed, 0 failed, 1 skipped");
  CHECK(report.results[1].message == "out of scope: nonsense");
}

TEST_CASE("folders are searched for scripts, in order") {
  Folder folder;
  folder.Write("b/2.wast", "(module)");
  folder.Write("a.wast", "(module)");
  folder.Write("b/1.wast", "(module)(module)");
  folder.Write("b/readme.md", "");
  const auto files = CollectScripts({folder.path()});
  REQUIRE(files);
  CHECK(*files == std::vector<std::string>{folder.path() + "/a.wast", folder.path() + "/b/1.wast",
                                           folder.path() + "/b/2.wast"});
  WastOptions options = Options();
  options.jobs = 3;
  std::vector<std::string> seen;
  const WastSummary total =
      RunWastFiles(*files, options, [&](const FileReport& report) { seen.push_back(report.path); });
  CHECK(seen == *files);
  CHECK(total.passed == 4);
  CHECK_FALSE(CollectScripts({folder.path() + "/nowhere"}));
}

TEST_CASE("a script in JSON runs like one in text") {
  Folder folder;
  // (module (func (export "f") (result f32) (f32.const nan)))
  folder.Write("m.wasm",
               std::string_view("\0asm\1\0\0\0\1\5\1\x60\0\1\x7d\3\2\1\0\7\5\1\1f\0\0\12\11"
                                "\1\7\0\x43\0\0\xc0\x7f\x0b",
                                37));
  folder.Write("bad.wasm", "xyz");
  const std::string file =
      folder.Write("test.json", R"({"source_filename": "test.wast", "commands": [
    {"type": "module", "line": 1, "name": "$M", "filename": "m.wasm"},
    {"type": "assert_return", "line": 2,
     "action": {"type": "invoke", "module": "$M", "field": "f", "args": []},
     "expected": [{"type": "f32", "value": "nan:canonical"}]},
    {"type": "assert_return", "line": 3, "action": {"type": "invoke", "field": "f", "args": []},
     "expected": [{"type": "f32", "value": "0"}]},
    {"type": "assert_malformed", "line": 4, "filename": "bad.wasm", "text": "unexpected end",
     "module_type": "binary"},
    {"type": "dance", "line": 5}]})");
  const FileReport report = RunWastFile(file, Options());
  CHECK(report.results[0].status == CommandStatus::kPassed);
  CHECK(report.results[1].status == CommandStatus::kPassed);
  CHECK(report.results[2].message == "expected (f32.const 0), got (f32.const nan)");
  CHECK(report.results[3].status == CommandStatus::kPassed);
  CHECK(report.results[4].message.starts_with("not understood"));
  CHECK(RunWastFile(folder.Write("odd.json", "[1]"), Options()).summary.failed == 1);
  CHECK(RunWastFile(folder.Write("odder.json", "{\"commands\": [7]}"), Options()).summary.failed ==
        1);
}

TEST_CASE("a known failure is skipped, and is a failure once it passes") {
  const auto expected =
      ExpectedFailures::Parse("# comment\ntest.wast:2 not yet\ntest.wast:1 odd\n");
  REQUIRE(expected);
  FileReport report = RunText("(module)(assert_return (invoke \"f\"))");
  CHECK(report.summary.ToText() == "1 passed, 1 failed, 0 skipped");
  expected->Apply(report);
  CHECK(report.summary.ToText() == "0 passed, 1 failed, 1 skipped");
  CHECK(report.results[0].message == "passes, but is listed as a known failure: odd");
  CHECK_FALSE(ExpectedFailures::Parse("test.wast no ordinal\n"));
}

TEST_CASE("a report is also JSON") {
  FileReport report = RunText("(module)(assert_return (invoke \"f\"))");
  report.path = "x.wast";
  CHECK(ToJson(report) ==
        R"({"file":"x.wast","passed":1,"failed":1,"skipped":0,"problems":[{"line":1,"ordinal":2,)"
        R"("command":"assert_return","status":"failed","message":)"
        R"("expected nothing, got host error \"no exported function \"f\"\""}]})");
}

}  // namespace
}  // namespace trenail::spec
