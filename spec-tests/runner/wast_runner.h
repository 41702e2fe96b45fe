// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs test scripts on any engine, through the public interface alone. Each file gets an engine and
// a store of its own. Counted are top-level commands. `trenail wast` and the suite `spec` call
// RunWastPaths.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_WAST_RUNNER_H_
#define TRENAIL_SPEC_TESTS_RUNNER_WAST_RUNNER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "libwasm/libwasm.h"
#include "spec-tests/runner/scope.h"

namespace trenail {
class Component;
}

namespace trenail::spec {

// Makes the back end for one file, e.g. [] { return MakeInterpreter(); }.
using BackendFactory = std::function<std::shared_ptr<wasm::runtime::ExecutionEngine>()>;

// Called with each module that is valid, before it is instantiated, its bytes, and how many modules
// of the script came before: may attach compiled code. May be called from several threads. An error
// fails the command.
using ModuleHook =
    std::function<Result<void>(Module& module, std::span<const uint8_t> bytes, unsigned index)>;

// The same for all modules of a component at once.
using ComponentHook = std::function<Result<void>(Component& component)>;

struct WastOptions {
  BackendFactory backend;
  ModuleHook module_hook;        // may be empty
  ComponentHook component_hook;  // instead of it, for components; may be empty
  bool modules_only = false;     // modules are only loaded; nothing is linked or run
  FeatureSet features;           // what is on where the scope says nothing
  component::FeatureSet component_features;
  // Values pass between components by lifting and lowering alone, without the ways that are quicker
  // (ComponentOptions), which then have something to be compared with.
  bool plain_abi = false;
  const Scope* scope = nullptr;
  EngineOptions engine_options;  // features are overridden
  StoreLimits store_limits;
  unsigned jobs = 1;  // files that run at the same time
};

enum class CommandStatus : uint8_t { kPassed, kFailed, kSkipped };

struct CommandResult {
  CommandStatus status = CommandStatus::kPassed;
  uint32_t line = 0;
  uint32_t ordinal = 0;
  std::string command;  // as written: assert_return, module …
  std::string message;  // why it failed or was skipped: "expected …, got …"
};

struct WastSummary {
  uint64_t passed = 0;
  uint64_t failed = 0;
  uint64_t skipped = 0;

  WastSummary& operator+=(const WastSummary& other);
  // "N passed, N failed, N skipped"
  std::string ToText() const;
};

struct FileReport {
  std::string path;
  WastSummary summary;
  std::vector<CommandResult> results;      // of the top-level commands, in order
  std::map<std::string, uint64_t> counts;  // commands by name
};

// Called for each file, in the order of the list, as soon as it and all before it are done.
using WastReporter = std::function<void(FileReport)>;

// A script that cannot be read counts as one failed command.
FileReport RunWastFile(const std::string& path, const WastOptions& options);

// All scripts of `paths`; folders recursively, sorted: their *.wast files. Errors: kHost for a path
// that does not exist.
Result<std::vector<std::string>> CollectScripts(const std::vector<std::string>& paths);
WastSummary RunWastFiles(const std::vector<std::string>& files, const WastOptions& options,
                         const WastReporter& reporter);

// One line per failure, "file:line: assert_return: expected …, got …"; with `skipped`, also one per
// skipped command.
std::string FailureLines(const FileReport& report, bool skipped = false);

// A JSON object {"file", "passed", "failed", "skipped", "problems": [{line, command, status,
// message}]}.
std::string ToJson(const FileReport& report);

// Failures that are known: lines `path:ordinal reason`, the path as it ends. Applied to a report, a
// listed failure becomes a skipped command, and a listed command that passes becomes a failure.
class ExpectedFailures {
 public:
  static Result<ExpectedFailures> Load(const std::string& path);
  static Result<ExpectedFailures> Parse(std::string_view text);
  // Those of another list too.
  void Add(ExpectedFailures other);
  void Apply(FileReport& report) const;
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string path;
    uint32_t ordinal = 0;
    std::string reason;
  };
  std::vector<Entry> entries_;
};

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_WAST_RUNNER_H_
