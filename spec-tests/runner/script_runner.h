// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Executes the commands of one script in one store: what modules, instances and names there are,
// and what each command's outcome is.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_SCRIPT_RUNNER_H_
#define TRENAIL_SPEC_TESTS_RUNNER_SCRIPT_RUNNER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "libwasm/libwasm.h"
#include "spec-tests/runner/component_runner.h"
#include "spec-tests/runner/script.h"
#include "spec-tests/runner/wast_runner.h"

namespace trenail::spec {

struct ScriptOptions {
  StoreLimits limits;
  bool validate_only = false;  // nothing is linked or instantiated, and actions count as passed
  const ModuleHook* hook = nullptr;  // may be null, as the next; must outlive the runner
  const ComponentHook* component_hook = nullptr;
  ComponentOptions component;
  // As of FileScope.
  bool texts_matter = true;
  bool malformed_is_invalid = false;
  bool component_host = true;
};

class ScriptRunner {
 public:
  ScriptRunner(const Engine& engine, const ScriptOptions& options);
  ~ScriptRunner();

  // What went wrong, or an empty text. After a failed module there is no latest instance, so that
  // what follows does not run on an older one.
  std::string Run(const ScriptCommand& command);

 private:
  // The memories that a thread shares with the thread that started it.
  using SharedModule = std::vector<std::pair<std::string, Memory>>;
  struct Thread {
    std::thread thread;
    std::unique_ptr<ScriptRunner> runner;
    std::string failures;
  };

  std::string RunModule(const ScriptCommand& command);
  std::string RunDefinition(const ScriptCommand& command);
  std::string RunInstance(const ScriptCommand& command);
  std::string RunRegister(const ScriptCommand& command);
  std::string RunAction(const ScriptCommand& command);
  std::string RunAssertReturn(const ScriptCommand& command);
  std::string RunAssertError(const ScriptCommand& command, ErrorKind kind);
  std::string RunThread(const ScriptCommand& command);
  std::string RunWait(const ScriptCommand& command);

  Result<Module> Load(const ScriptModule& module);
  std::string Instantiate(const Module& module, const std::string& id);
  Result<Instance> Link(const Module& module);
  Result<std::vector<Value>> Perform(const ScriptAction& action);
  // The expected failure of a command's module, by the kind of the assertion.
  std::optional<Error> FailureOf(const ScriptCommand& command, ErrorKind kind);

  // The same commands about components.
  std::string RunComponent(const ScriptCommand& command);
  std::string RunComponentInstance(const ScriptCommand& command);
  std::optional<Error> ComponentFailureOf(const ScriptCommand& command, ErrorKind kind);
  // Whether an action is one on a component instance.
  bool OnComponent(const ScriptCommand& command) const;
  bool IsExpected(const Error& error, const ScriptCommand& command, ErrorKind kind) const;

  Engine engine_;
  ScriptOptions options_;
  ComponentRunner components_;
  bool latest_is_component_ = false;
  unsigned modules_ = 0;  // how many were loaded
  Store store_;
  Linker linker_;
  std::optional<Error> host_error_;  // spectest could not be made
  std::optional<Instance> latest_;
  std::map<std::string, Instance> instances_;
  std::optional<Module> latest_definition_;
  std::map<std::string, Module> definitions_;
  std::map<std::string, SharedModule> shared_;
  std::map<std::string, Thread> threads_;
};

// "trap" … as the assertions call the kinds of errors.
std::string_view KindText(ErrorKind kind);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_SCRIPT_RUNNER_H_
