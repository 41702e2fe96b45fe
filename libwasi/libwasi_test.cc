// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whole programs on the public interface: how they end, what they are granted, threads,
// interruption.

#include "libwasi/libwasi.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "interp/interp.h"
#include "libwasi/core/test_support.h"

namespace trenail {
namespace {

using namespace std::chrono_literals;
using wasi::TempTree;

// One run of a program written as text.
class Run {
 public:
  explicit Run(std::string_view text, WasiConfig config = {}) {
    auto bytes = ParseText(text);
    if (!bytes) FAIL(bytes.error().message());
    auto module = Module::Parse(engine_, *bytes);
    if (!module) FAIL(module.error().message());
    output_ = config.stdout_stream = WasiStream::Capture();
    auto created = Wasi::Create(std::move(config));
    if (!created) FAIL(created.error().message());
    wasi_ = std::move(*created);
    Linker linker(store_);
    auto linked = wasi_->Link(linker, *module);
    if (!linked) FAIL(linked.error().message());
    auto instance = linker.Instantiate(*module);
    if (!instance) FAIL(instance.error().message());
    instance_ = *instance;
  }
  Result<void> Start() { return wasi_->Finish(instance_->GetFunc("_start")->Call({})); }
  // Without Finish.
  Result<std::vector<Value>> StartOnly() { return instance_->GetFunc("_start")->Call({}); }
  Wasi& wasi() { return *wasi_; }
  std::string output() const { return output_.captured(); }

 private:
  Engine engine_{MakeInterpreter()};
  Store store_{engine_};
  std::unique_ptr<Wasi> wasi_;
  std::optional<Instance> instance_;
  WasiStream output_;
};

int32_t ExitCode(const Result<void>& outcome) {
  if (outcome.has_value()) return 0;
  if (outcome.error().kind() != ErrorKind::kExit) FAIL(outcome.error().message());
  return outcome.error().exit_code();
}

ErrorKind KindOf(const Result<void>& outcome) {
  REQUIRE_FALSE(outcome.has_value());
  return outcome.error().kind();
}

TEST_CASE("a program ends by returning or with a code") {
  CHECK(ExitCode(Run(R"((module (func (export "_start"))))").Start()) == 0);
  for (int code : {0, 1, 33, 255}) {
    std::string text = R"((module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (func (export "_start") (call $exit (i32.const )" +
                       std::to_string(code) + ")) unreachable))";
    CHECK(ExitCode(Run(text).Start()) == code);
  }
  CHECK(KindOf(Run(R"((module (func (export "_start") unreachable)))").Start()) ==
        ErrorKind::kTrap);
}

TEST_CASE("arguments reach the program, and its output the embedder") {
  // Writes argv[1], whose length is that of all arguments less "p" and the zeros.
  WasiConfig config;
  config.args = {"p", "hello"};
  Run run(R"((module
    (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_unstable" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
      (drop (call $args (i32.const 0) (i32.const 100)))
      (i32.store (i32.const 16) (i32.load (i32.const 4)))
      (i32.store (i32.const 20) (i32.const 5))
      (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))))",
          std::move(config));
  CHECK(ExitCode(run.Start()) == 0);
  CHECK(run.output() == "hello");
}

TEST_CASE("a program that was granted nothing has nothing") {
  // The exit code is 3 if there is a descriptor 3, else the number of environment variables.
  Run run(R"((module
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start")
      (if (i32.eqz (call $prestat (i32.const 3) (i32.const 0)))
        (then (call $exit (i32.const 3))))
      (drop (call $env (i32.const 0) (i32.const 4)))
      (call $exit (i32.load (i32.const 0))))))");
  CHECK(ExitCode(run.Start()) == 0);
}

TEST_CASE("what cannot be granted is named") {
  WasiConfig config;
  config.preopens.push_back({.host = "/nowhere/at/all", .guest = "/"});
  auto wasi = Wasi::Create(std::move(config));
  REQUIRE_FALSE(wasi.has_value());
  CHECK(wasi.error().kind() == ErrorKind::kHost);
  CHECK(wasi.error().message() == "cannot grant the directory \"/nowhere/at/all\": noent");
  WasiConfig variable;
  variable.env = {{"A=B", "c"}};
  wasi = Wasi::Create(std::move(variable));
  REQUIRE_FALSE(wasi.has_value());
  CHECK(wasi.error().message() == "cannot set the environment variable \"A=B\": inval");
}

constexpr std::string_view kCreateFile = R"((module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "file")
  (func (export "_start")
    (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1)
                            (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 100))))))";

TEST_CASE("a directory is granted, or granted to read only") {
  TempTree tree;
  WasiConfig config;
  config.preopens.push_back({.host = tree.path(), .guest = "/", .read_only = true});
  CHECK(ExitCode(Run(kCreateFile, config).Start()) == static_cast<int>(wasi::Errno::kRofs));
  CHECK_FALSE(tree.Exists("file"));
  config.preopens[0].read_only = false;
  CHECK(ExitCode(Run(kCreateFile, config).Start()) == 0);
  CHECK(tree.Exists("file"));
}

constexpr std::string_view kSleepForever = R"((module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const -1))
    (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200))))))";

TEST_CASE("the embedder ends a program that waits") {
  Run run(kSleepForever);
  std::thread ender([&] {
    std::this_thread::sleep_for(30ms);
    run.wasi().Interrupt();
  });
  CHECK(KindOf(run.Start()) == ErrorKind::kInterrupted);
  ender.join();
  Run timed(kSleepForever);
  timed.wasi().SetTimeout(30ms);
  CHECK(KindOf(timed.Start()) == ErrorKind::kInterrupted);
}

// A program with one thread; the bodies of the main function after spawning, and of the thread.
std::string Threaded(const std::string& main_body, const std::string& thread_body) {
  return R"((module
    (import "env" "memory" (memory 1 1 shared))
    (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    (func $sleep (param $at i32)
      (i32.store (i32.add (local.get $at) (i32.const 16)) (i32.const 1))
      (i64.store (i32.add (local.get $at) (i32.const 24)) (i64.const -1))
      (drop (call $poll (local.get $at) (i32.add (local.get $at) (i32.const 100)) (i32.const 1)
                        (i32.add (local.get $at) (i32.const 200)))))
    (func (export "wasi_thread_start") (param $id i32) (param $arg i32) )" +
         thread_body + R"()
    (func (export "_start") (local $id i32)
      (local.set $id (call $spawn (i32.const 7)))
      (if (i32.le_s (local.get $id) (i32.const 0)) (then unreachable))
      )" +
         main_body + "))";
}

constexpr const char* kWait =
    "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))";
constexpr const char* kBusy = "(loop (br 0))";
constexpr const char* kSleep = "(call $sleep (i32.const 1000))";

TEST_CASE("threads share the memory and get their argument") {
  std::string thread = R"(
    (i32.store (i32.const 4) (local.get $id))
    (i32.store (i32.const 8) (local.get $arg))
    (i32.atomic.store (i32.const 0) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))";
  std::string main = std::string(kWait) + R"(
    (if (i32.ne (i32.load (i32.const 4)) (local.get $id)) (then unreachable))
    (call $exit (i32.load (i32.const 8))))";
  for (int i = 0; i < 10; ++i) CHECK(ExitCode(Run(Threaded(main, thread)).Start()) == 7);
}

TEST_CASE("whichever thread ends the program ends the others") {
  for (const char* other : {kWait, kBusy, kSleep}) {
    INFO(other);
    CHECK(ExitCode(Run(Threaded("(call $exit (i32.const 9))", other)).Start()) == 9);
    CHECK(ExitCode(Run(Threaded("", other)).Start()) == 0);
    CHECK(ExitCode(Run(Threaded(other, "(call $exit (i32.const 9))")).Start()) == 9);
    CHECK(KindOf(Run(Threaded(other, "unreachable")).Start()) == ErrorKind::kTrap);
    CHECK(KindOf(Run(Threaded("unreachable", other)).Start()) == ErrorKind::kTrap);
  }
}

TEST_CASE("threads spawn threads, up to the limit") {
  // Every thread spawns another until that fails, then the last one ends the program with the
  // number.
  std::string thread = R"(
    (if (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0))
      (then (call $exit (i32.const 42))))
    (call $sleep (i32.mul (i32.const 1000) (local.get $id))))";
  WasiConfig config;
  config.max_threads = 5;
  CHECK(ExitCode(Run(Threaded(kSleep, thread), config).Start()) == 42);
}

TEST_CASE("a module that needs more than WASI cannot have threads") {
  WasiConfig config;
  std::string text = Threaded("", "");
  Engine engine(MakeInterpreter());
  Store store(engine);
  auto module = Module::Parse(engine, *ParseText(R"((module
    (import "env" "memory" (memory 1 1 shared))
    (import "env" "other" (func))
    (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
    (func (export "wasi_thread_start") (param i32 i32))
    (func (export "spawn") (result i32) (call $spawn (i32.const 0)))))"));
  REQUIRE(module.has_value());
  auto wasi = Wasi::Create({});
  Linker linker(store);
  REQUIRE((*wasi)->Link(linker, *module).has_value());
  linker.Func("env", "other", [] {});
  auto instance = linker.Instantiate(*module);
  REQUIRE(instance.has_value());
  auto result = instance->GetFunc("spawn")->Call({});
  REQUIRE(result.has_value());
  CHECK((*result)[0].i32() == -static_cast<int>(wasi::Errno::kAgain));
  CHECK((*wasi)->Finish(std::move(result)).has_value());
}

TEST_CASE("a program's threads end with it even if nobody finishes it") {
  Run run(Threaded("", kBusy));
  CHECK(run.StartOnly().has_value());
}

}  // namespace
}  // namespace trenail
