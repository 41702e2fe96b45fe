// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/script_runner.h"

#include <utility>

#include "spec-tests/runner/component_values.h"
#include "spec-tests/runner/spectest.h"
#include "spec-tests/runner/values.h"

namespace trenail::spec {
namespace {

std::string Describe(const Error& error) {
  std::string text(KindText(error.kind()));
  text += " \"" + error.message() + "\"";
  if (const auto position = error.position())
    text += " at " + std::to_string(position->line) + ":" + std::to_string(position->column);
  else if (const auto offset = error.offset())
    text += " at byte " + std::to_string(*offset);
  return text;
}

std::string Expected(const std::string& expected, const std::string& got) {
  return "expected " + expected + ", got " + got;
}

}  // namespace

std::string_view KindText(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed:
      return "malformed";
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kUnlinkable:
      return "unlinkable";
    case ErrorKind::kTrap:
      return "trap";
    case ErrorKind::kException:
      return "exception";
    case ErrorKind::kExhausted:
      return "exhaustion";
    case ErrorKind::kInterrupted:
      return "interrupt";
    case ErrorKind::kExit:
      return "exit";
    case ErrorKind::kHost:
      return "host error";
  }
  return "";
}

ScriptRunner::ScriptRunner(const Engine& engine, const ScriptOptions& options)
    : engine_(engine),
      options_(options),
      components_(engine, options.limits, options.component, options.component_host, options.hook,
                  options.component_hook),
      store_(engine, options.limits),
      linker_(store_) {
  if (options.validate_only) return;
  if (auto defined = DefineSpectest(store_, linker_); !defined)
    host_error_ = std::move(defined.error());
}

ScriptRunner::~ScriptRunner() {
  for (auto& [id, thread] : threads_)
    if (thread.thread.joinable()) thread.thread.join();
}

std::string ScriptRunner::Run(const ScriptCommand& command) {
  using Kind = ScriptCommand::Kind;
  if (command.of_component && command.kind == Kind::kModuleInstance)
    return RunComponentInstance(command);
  if (command.of_component &&
      (command.kind == Kind::kModule || command.kind == Kind::kModuleDefinition))
    return RunComponent(command);
  switch (command.kind) {
    case Kind::kModule:
      return RunModule(command);
    case Kind::kModuleDefinition:
      return RunDefinition(command);
    case Kind::kModuleInstance:
      return RunInstance(command);
    case Kind::kRegister:
      return RunRegister(command);
    case Kind::kAction:
      return RunAction(command);
    case Kind::kAssertReturn:
      return RunAssertReturn(command);
    case Kind::kAssertTrap:
    case Kind::kAssertUninstantiable:
      return RunAssertError(command, ErrorKind::kTrap);
    case Kind::kAssertExhaustion:
      return RunAssertError(command, ErrorKind::kExhausted);
    case Kind::kAssertException:
      return RunAssertError(command, ErrorKind::kException);
    case Kind::kAssertMalformed:
      return RunAssertError(command, ErrorKind::kMalformed);
    case Kind::kAssertInvalid:
      return RunAssertError(command, ErrorKind::kInvalid);
    case Kind::kAssertUnlinkable:
      return RunAssertError(command, ErrorKind::kUnlinkable);
    case Kind::kThread:
      return RunThread(command);
    case Kind::kWait:
      return RunWait(command);
    case Kind::kNotUnderstood:
      return "not understood: " + command.text;
    case Kind::kOutOfScope:
      return {};
  }
  return {};
}

Result<Module> ScriptRunner::Load(const ScriptModule& module) {
  const std::vector<uint8_t> bytes = TRY(module.bytes());
  Module loaded = TRY(Module::Parse(engine_, bytes));
  if (options_.hook != nullptr && *options_.hook)
    TRY_VOID((*options_.hook)(loaded, bytes, modules_));
  ++modules_;
  return loaded;
}

Result<Instance> ScriptRunner::Link(const Module& module) {
  if (host_error_)
    return std::unexpected(Error(ErrorKind::kHost, "spectest: " + host_error_->message()));
  const std::vector<Extern> imports = TRY(linker_.Resolve(module));
  return store_.Instantiate(module, imports);
}

std::string ScriptRunner::Instantiate(const Module& module, const std::string& id) {
  latest_.reset();
  latest_is_component_ = false;
  instances_.erase(id);
  if (options_.validate_only) return {};
  Result<Instance> instance = Link(module);
  if (!instance) return Expected("an instance", Describe(instance.error()));
  latest_ = *instance;
  if (!id.empty()) instances_.insert_or_assign(id, *instance);
  return {};
}

std::string ScriptRunner::RunModule(const ScriptCommand& command) {
  latest_.reset();
  latest_is_component_ = false;
  Result<Module> module = Load(command.module);
  if (!module) return Expected("a module", Describe(module.error()));
  latest_definition_ = *module;
  if (!command.module.id.empty()) definitions_.insert_or_assign(command.module.id, *module);
  return Instantiate(*module, command.module.id);
}

std::string ScriptRunner::RunDefinition(const ScriptCommand& command) {
  latest_definition_.reset();
  Result<Module> module = Load(command.module);
  if (!module) return Expected("a module", Describe(module.error()));
  latest_definition_ = *module;
  if (!command.module.id.empty()) definitions_.insert_or_assign(command.module.id, *module);
  return {};
}

std::string ScriptRunner::RunInstance(const ScriptCommand& command) {
  if (command.definition.empty()) {
    if (!latest_definition_) return "there is no module to instantiate";
    return Instantiate(*latest_definition_, command.module.id);
  }
  const auto at = definitions_.find(command.definition);
  if (at == definitions_.end()) return "unknown module " + command.definition;
  return Instantiate(at->second, command.module.id);
}

std::string ScriptRunner::RunRegister(const ScriptCommand& command) {
  if (options_.validate_only) return {};
  const std::string& id = command.action.instance;
  if (const auto shared = shared_.find(id); !id.empty() && shared != shared_.end()) {
    for (const auto& [name, memory] : shared->second) linker_.Define(command.as, name, memory);
    return {};
  }
  if (id.empty()) {
    if (!latest_) return "there is no instance to register";
    linker_.DefineInstance(command.as, *latest_);
    return {};
  }
  const auto at = instances_.find(id);
  if (at == instances_.end()) return "unknown instance " + id;
  linker_.DefineInstance(command.as, at->second);
  return {};
}

Result<std::vector<Value>> ScriptRunner::Perform(const ScriptAction& action) {
  const auto fail = [](std::string message) {
    return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
  };
  const Instance* instance = latest_ ? &*latest_ : nullptr;
  if (!action.instance.empty()) {
    const auto at = instances_.find(action.instance);
    instance = at != instances_.end() ? &at->second : nullptr;
  }
  if (instance == nullptr)
    return fail(action.instance.empty() ? "there is no current instance"
                                        : "there is no instance " + action.instance);
  if (action.kind == ScriptAction::Kind::kGet) {
    const auto global = instance->GetGlobal(action.field);
    if (!global) return fail("no exported global \"" + action.field + "\"");
    return std::vector<Value>{global->Get()};
  }
  const auto func = instance->GetFunc(action.field);
  if (!func) return fail("no exported function \"" + action.field + "\"");
  std::vector<Value> args;
  for (const ScriptValue& arg : action.args) args.push_back(ToValue(store_, arg));
  return func->Call(args);
}

std::string ScriptRunner::RunAction(const ScriptCommand& command) {
  if (options_.validate_only) return {};
  if (OnComponent(command)) {
    const auto value = components_.Perform(command.action, command.component_args);
    return value ? "" : Expected("no failure", Describe(value.error()));
  }
  const Result<std::vector<Value>> values = Perform(command.action);
  return values ? "" : Expected("no failure", Describe(values.error()));
}

std::string ScriptRunner::RunAssertReturn(const ScriptCommand& command) {
  if (options_.validate_only) return {};
  if (OnComponent(command)) {
    const auto value = components_.Perform(command.action, command.component_args);
    if (!value) return Expected(ToText(command.component_results), Describe(value.error()));
    return components_.Compare(command.action, *value, command.component_results);
  }
  const Result<std::vector<Value>> values = Perform(command.action);
  if (!values) return Expected(ToText(command.results), Describe(values.error()));
  bool matches = values->size() == command.results.size();
  for (size_t i = 0; matches && i < values->size(); ++i)
    matches = Matches((*values)[i], command.results[i]);
  return matches ? "" : Expected(ToText(command.results), ToText(*values));
}

std::optional<Error> ScriptRunner::FailureOf(const ScriptCommand& command, ErrorKind kind) {
  if (command.of_component || OnComponent(command)) return ComponentFailureOf(command, kind);
  if (command.has_action) {
    auto values = Perform(command.action);
    if (!values) return std::move(values.error());
    return std::nullopt;
  }
  Result<Module> module = Load(command.module);
  if (!module) return std::move(module.error());
  if (kind == ErrorKind::kMalformed || kind == ErrorKind::kInvalid) return std::nullopt;
  Result<Instance> instance = Link(*module);
  if (!instance) return std::move(instance.error());
  return std::nullopt;
}

std::string ScriptRunner::RunAssertError(const ScriptCommand& command, ErrorKind kind) {
  const bool needs_store = kind != ErrorKind::kMalformed && kind != ErrorKind::kInvalid;
  if (options_.validate_only && needs_store) {
    // A module must still be valid.
    if (command.has_action) return {};
    if (command.of_component) {
      const Result<Component> component = components_.Load(command.component, &modules_);
      return component ? "" : Expected("a component", Describe(component.error()));
    }
    const Result<Module> module = Load(command.module);
    return module ? "" : Expected("a module", Describe(module.error()));
  }
  const std::optional<Error> error = FailureOf(command, kind);
  const std::string expected =
      std::string(KindText(kind)) + (command.text.empty() ? "" : " \"" + command.text + "\"");
  if (!error) return Expected(expected, "success");
  if (!IsExpected(*error, command, kind)) return Expected(expected, Describe(*error));
  return {};
}

bool ScriptRunner::IsExpected(const Error& error, const ScriptCommand& command,
                              ErrorKind kind) const {
  const auto class_of = [&](ErrorKind of) {
    return options_.malformed_is_invalid && of == ErrorKind::kMalformed ? ErrorKind::kInvalid : of;
  };
  if (class_of(error.kind()) != class_of(kind)) return false;
  const bool texts_matter = options_.texts_matter && !command.of_component;
  return !texts_matter || OnComponent(command) || error.message().starts_with(command.text);
}

bool ScriptRunner::OnComponent(const ScriptCommand& command) const {
  if (!command.has_action || !command.component_values) return false;
  if (!command.core_values) return true;
  const std::string& id = command.action.instance;
  return id.empty() ? latest_is_component_ : components_.Has(id) && !instances_.contains(id);
}

std::string ScriptRunner::RunComponent(const ScriptCommand& command) {
  latest_.reset();
  latest_is_component_ = true;
  components_.ForgetLatest();
  const Result<Component> component = components_.Load(command.component, &modules_);
  if (!component) return Expected("a component", Describe(component.error()));
  components_.Define(command.component.id, *component);
  if (options_.validate_only || command.kind == ScriptCommand::Kind::kModuleDefinition) return {};
  const auto instantiated = components_.Instantiate(*component, command.component.id);
  return instantiated ? "" : Expected("an instance", Describe(instantiated.error()));
}

std::string ScriptRunner::RunComponentInstance(const ScriptCommand& command) {
  latest_.reset();
  latest_is_component_ = true;
  const Component* const component = components_.Definition(command.definition);
  if (component == nullptr) return "unknown component " + command.definition;
  if (options_.validate_only) return {};
  const auto instantiated = components_.Instantiate(*component, command.component.id);
  return instantiated ? "" : Expected("an instance", Describe(instantiated.error()));
}

std::optional<Error> ScriptRunner::ComponentFailureOf(const ScriptCommand& command,
                                                      ErrorKind kind) {
  if (command.has_action) {
    auto value = components_.Perform(command.action, command.component_args);
    if (!value) return std::move(value.error());
    return std::nullopt;
  }
  Result<Component> component = components_.Load(command.component, &modules_);
  if (!component) return std::move(component.error());
  if (kind == ErrorKind::kMalformed || kind == ErrorKind::kInvalid) return std::nullopt;
  auto instantiated = components_.Instantiate(*component, {});
  if (!instantiated) return std::move(instantiated.error());
  return std::nullopt;
}

std::string ScriptRunner::RunThread(const ScriptCommand& command) {
  if (options_.validate_only) {
    for (const ScriptCommand& inner : command.commands)
      if (std::string failure = Run(inner); !failure.empty()) return failure;
    return {};
  }
  if (threads_.contains(command.thread)) return "a thread " + command.thread + " exists";
  Thread& thread = threads_[command.thread];
  thread.runner = std::make_unique<ScriptRunner>(engine_, options_);
  thread.runner->modules_ = modules_;
  for (const std::string& id : command.shared) {
    const auto at = instances_.find(id);
    if (at == instances_.end()) return "unknown instance " + id;
    SharedModule& shared = thread.runner->shared_[id];
    for (const auto& [name, value] : at->second.exports()) {
      const Memory* memory = std::get_if<Memory>(&value);
      if (memory != nullptr && memory->type().shared)
        shared.emplace_back(name, memory->ShareWith(thread.runner->store_));
    }
  }
  thread.thread = std::thread([&thread, &command] {
    for (const ScriptCommand& inner : command.commands) {
      const std::string failure = thread.runner->Run(inner);
      if (failure.empty()) continue;
      if (!thread.failures.empty()) thread.failures += "; ";
      thread.failures += "line " + std::to_string(inner.line) + ": " + inner.name + ": " + failure;
    }
  });
  return {};
}

std::string ScriptRunner::RunWait(const ScriptCommand& command) {
  if (options_.validate_only) return {};
  const auto at = threads_.find(command.thread);
  if (at == threads_.end()) return "unknown thread " + command.thread;
  if (at->second.thread.joinable()) at->second.thread.join();
  std::string failures = std::move(at->second.failures);
  threads_.erase(at);
  return failures.empty() ? "" : "in the thread, " + failures;
}

}  // namespace trenail::spec
