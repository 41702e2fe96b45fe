// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests run in this process. A test that does not end is interrupted: its store, and the calls of
// WASI that it waits in.

#include "spec-tests/runner/wasi_runner.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "libwasi/libwasi.h"

namespace trenail::spec {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::unexpected<Error> Failure(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

// What X.json says, or the default.
struct Specification {
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string root;
  int32_t exit_code = 0;
  std::optional<std::string> standard_output;
  std::optional<std::string> standard_error;
  bool has_operations = false;
};

Result<Specification> ReadSpecification(const fs::path& path) {
  Specification specification;
  if (!fs::exists(path)) return specification;
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Failure(path.string() + ": not a JSON object");
  for (const auto& [key, value] : json.items()) {
    if (key == "args" && value.is_array()) {
      for (const Json& argument : value) specification.args.push_back(argument.get<std::string>());
    } else if (key == "env" && value.is_object()) {
      for (const auto& [name, text] : value.items()) {
        specification.env.emplace_back(name, text.get<std::string>());
      }
    } else if (key == "root" && value.is_string()) {
      specification.root = value.get<std::string>();
    } else if (key == "exit_code" && value.is_number_integer()) {
      specification.exit_code = value.get<int32_t>();
    } else if (key == "stdout" && value.is_string()) {
      specification.standard_output = value.get<std::string>();
    } else if (key == "stderr" && value.is_string()) {
      specification.standard_error = value.get<std::string>();
    } else if (key == "operations") {
      specification.has_operations = true;
    } else if (!value.is_null()) {
      return Failure(path.string() + ": the key \"" + key + "\" is not understood");
    }
  }
  return specification;
}

Result<std::vector<uint8_t>> ReadBytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failure("cannot read " + path.string());
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

// Copies what a test may change, which may be write-protected where it lies.
Result<void> CopyTree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to, error);
  for (const fs::directory_entry& entry : fs::directory_iterator(from, error)) {
    fs::path target = to / entry.path().filename();
    if (entry.is_directory() && !entry.is_symlink()) {
      if (auto copied = CopyTree(entry.path(), target); !copied) return copied;
      continue;
    }
    if (entry.path().extension() == ".cleanup") continue;  // left by an earlier run
    fs::copy(entry.path(), target, fs::copy_options::copy_symlinks, error);
    if (!error && !entry.is_symlink()) {
      fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write, fs::perm_options::add,
                      error);
    }
    if (error) break;
  }
  if (error) return Failure("cannot copy " + from.string() + ": " + error.message());
  return {};
}

Result<void> Unpack(const std::string& archive, const std::string& folder) {
  const char* arguments[] = {"tar", "-xf", archive.c_str(), "-C", folder.c_str(), nullptr};
  pid_t child;
  int error =
      ::posix_spawnp(&child, "tar", nullptr, nullptr, const_cast<char**>(arguments), environ);
  int status = 0;
  if (error != 0 || ::waitpid(child, &status, 0) != child || status != 0) {
    return Failure("cannot unpack " + archive);
  }
  return {};
}

// Ends a test that takes too long.
class Watchdog {
 public:
  Watchdog(Store& store, Wasi& wasi, std::chrono::seconds limit)
      : thread_([this, &store, &wasi, limit] {
          std::unique_lock lock(mutex_);
          if (done_.wait_for(lock, limit, [this] { return finished_; })) return;
          expired_ = true;
          store.Interrupt();
          wasi.Interrupt();
        }) {}
  ~Watchdog() { Stop(); }
  // Whether the time was up.
  bool Stop() {
    {
      std::lock_guard lock(mutex_);
      finished_ = true;
    }
    done_.notify_one();
    if (thread_.joinable()) thread_.join();
    return expired_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
  bool expired_ = false;
  std::thread thread_;
};

// A standard input that stays open and never has anything to read, as a terminal nobody types on.
class SilentInput {
 public:
  SilentInput() {
    if (::pipe(fds_) != 0) fds_[0] = fds_[1] = -1;
  }
  ~SilentInput() {
    for (int fd : fds_) {
      if (fd >= 0) ::close(fd);
    }
  }
  SilentInput(const SilentInput&) = delete;
  SilentInput& operator=(const SilentInput&) = delete;
  int fd() const { return fds_[0]; }

 private:
  int fds_[2];
};

std::string Quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

// Nothing if the test passed; else what was not as expected.
Result<std::string> RunTest(const Engine& engine, const fs::path& wasm,
                            const Specification& specification, const WasiRunOptions& options) {
  std::vector<uint8_t> bytes = TRY(ReadBytes(wasm));
  WasiConfig config;
  config.args = {wasm.filename().string()};
  config.args.insert(config.args.end(), specification.args.begin(), specification.args.end());
  config.env = specification.env;
  if (!specification.root.empty()) {
    fs::path root = fs::path(options.scratch) / "root";
    std::error_code error;
    fs::remove_all(root, error);
    TRY_VOID(CopyTree(wasm.parent_path() / specification.root, root));
    config.preopens.push_back({.host = root.string(), .guest = "/"});
  }
  SilentInput input;
  config.stdin_stream = WasiStream::Host(input.fd());
  WasiStream output = config.stdout_stream = WasiStream::Capture();
  WasiStream errors = config.stderr_stream = WasiStream::Capture();

  Module module = TRY(Module::Parse(engine, bytes));
  if (options.module_hook) TRY_VOID(options.module_hook(module, bytes));
  std::unique_ptr<Wasi> wasi = TRY(Wasi::Create(std::move(config)));
  Store store(engine);
  Linker linker(store);
  TRY_VOID(wasi->Link(linker, module));
  Watchdog watchdog(store, *wasi, options.time_limit);
  Instance instance = TRY(linker.Instantiate(module));
  std::optional<Func> start = instance.GetFunc("_start");
  if (!start.has_value()) return "the module has no _start";
  Result<void> outcome = wasi->Finish(start->Call({}));

  if (watchdog.Stop()) return "did not end in time";
  int32_t exit_code = 0;
  if (!outcome.has_value()) {
    const Error& error = outcome.error();
    if (error.kind() != ErrorKind::kExit) {
      std::string message = error.message();
      for (const TraceFrame& frame : error.trace()) message += "\n    at " + frame.function_name;
      return message + "\n" + errors.captured();
    }
    exit_code = error.exit_code();
  }
  if (exit_code != specification.exit_code) {
    return "expected exit code " + std::to_string(specification.exit_code) + ", got " +
           std::to_string(exit_code) + "\n" + errors.captured();
  }
  if (specification.standard_output.value_or(output.captured()) != output.captured()) {
    return "expected on stdout " + Quoted(*specification.standard_output) + ", got " +
           Quoted(output.captured());
  }
  if (specification.standard_error.value_or(errors.captured()) != errors.captured()) {
    return "expected on stderr " + Quoted(*specification.standard_error) + ", got " +
           Quoted(errors.captured());
  }
  return std::string();
}

WasiTestOutcome RunAndJudge(const Engine& engine, const fs::path& wasm,
                            const WasiRunOptions& options) {
  using Kind = WasiTestOutcome::Kind;
  fs::path json = wasm;
  Result<Specification> specification = ReadSpecification(json.replace_extension(".json"));
  if (!specification) return {Kind::kFailed, {}, specification.error().message()};
  if (specification->has_operations) {
    return {Kind::kSkipped, {}, "operations are for later versions of WASI"};
  }
  Result<std::string> difference = RunTest(engine, wasm, *specification, options);
  if (!difference) return {Kind::kFailed, {}, difference.error().message()};
  return {difference->empty() ? Kind::kPassed : Kind::kFailed, {}, *difference};
}

}  // namespace

Result<std::vector<WasiTestOutcome>> RunWasiSuite(const Engine& engine, const std::string& path,
                                                  const WasiRunOptions& options) {
  fs::path suite = path;
  std::string name = suite.filename().string();
  if (!fs::is_directory(suite)) {
    TRY_VOID(Unpack(path + ".tar.xz", options.scratch));
    suite = fs::path(options.scratch) / name;
  }
  std::vector<fs::path> tests;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(suite, error)) {
    bool wanted = entry.path().stem().string().find(options.filter) != std::string::npos;
    if (entry.path().extension() == ".wasm" && wanted) tests.push_back(entry.path());
  }
  if (error) return Failure("cannot read " + suite.string() + ": " + error.message());
  std::sort(tests.begin(), tests.end());
  std::vector<WasiTestOutcome> outcomes;
  for (const fs::path& test : tests) {
    outcomes.push_back(RunAndJudge(engine, test, options));
    outcomes.back().name = name + "/" + test.stem().string();
  }
  return outcomes;
}

}  // namespace trenail::spec
