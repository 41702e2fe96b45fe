// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands of a script that are about components. Every component instance gets a store of its
// own; of a named one, later components may import core modules and resource types.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_RUNNER_H_
#define TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_RUNNER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "libcomponent/libcomponent.h"
#include "spec-tests/runner/component_host.h"
#include "spec-tests/runner/script.h"
#include "spec-tests/runner/wast_runner.h"

namespace trenail::spec {

class ComponentRunner {
 public:
  // `with_host`: components may import what ComponentHost defines. Hooks may be null.
  ComponentRunner(const Engine& engine, const StoreLimits& limits, const ComponentOptions& options,
                  bool with_host, const ModuleHook* hook, const ComponentHook* component_hook);
  ~ComponentRunner();

  // `modules` counts the core modules of the script.
  Result<Component> Load(const ScriptComponent& component, unsigned* modules) const;
  // Makes it the latest definition, by its name too.
  void Define(const std::string& id, const Component& component);
  const Component* Definition(const std::string& id) const;
  // Makes the instance the latest, and by its name.
  Result<void> Instantiate(const Component& component, const std::string& id);

  // Is there an instance of that name, or a latest one?
  bool Has(const std::string& id) const { return Find(id) != nullptr; }
  void ForgetLatest() { latest_ = nullptr; }
  Result<ComponentValue> Perform(const ScriptAction& action,
                                 const std::vector<ComponentScriptValue>& args);
  // What was expected and what came instead, or an empty text.
  std::string Compare(const ScriptAction& action, const ComponentValue& value,
                      const std::vector<ComponentScriptValue>& expected) const;

 private:
  struct Live {
    std::unique_ptr<ComponentStore> store;
    std::optional<ComponentInstance> instance;
  };
  const Live* Find(const std::string& id) const;
  Result<ComponentFunc> FindFunc(const ScriptAction& action) const;
  // What later components may import of an instance.
  static void Offer(ComponentLinkerInstance to, const ComponentInstance& instance);

  Engine engine_;
  StoreLimits limits_;
  ComponentOptions options_;
  const ModuleHook* hook_;
  const ComponentHook* component_hook_;
  std::optional<Error> host_error_;
  ComponentHost host_;
  ComponentLinker linker_;
  std::shared_ptr<Live> latest_;
  std::map<std::string, std::shared_ptr<Live>> instances_;
  std::optional<Component> latest_definition_;
  std::map<std::string, Component> definitions_;
};

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_RUNNER_H_
