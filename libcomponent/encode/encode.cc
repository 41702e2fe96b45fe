// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/encode.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "libcomponent/encode/adapter.h"
#include "libcomponent/encode/all_features.h"
#include "libcomponent/encode/classify.h"
#include "libcomponent/encode/encoder.h"
#include "libcomponent/encode/metadata.h"
#include "libcomponent/encode/producers.h"
#include "libcomponent/encode/target.h"
#include "libcomponent/validate/component_validator.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/engine_impl.h"
#include "libwasm/types/type_store.h"

namespace component::encode {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::ExternKind;
using wasm::Result;
using wit::WorldItem;

Result<std::shared_ptr<wasm::Module>> Decode(const trenail::Engine& engine,
                                             std::span<const uint8_t> bytes) {
  return wasm::binary::DecodeModule(bytes, engine.options().features);
}

// A component gives each import once. Later imports of one name get names of their own; the result
// is what they were called, by the place of the import.
std::map<size_t, std::string> RenameDuplicates(wasm::Module* module,
                                               std::deque<std::string>* names) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::map<size_t, std::string> originals;
  for (size_t i = 0; i < module->imports.size(); ++i) {
    wasm::Import& import = module->imports[i];
    if (seen.emplace(import.module, import.name).second) continue;
    originals[i] = import.name;
    for (uint32_t number = 2;; ++number) {
      names->push_back(originals[i] + " [" + std::to_string(number) + "]");
      import.name = names->back();
      if (seen.emplace(import.module, import.name).second) break;
    }
  }
  return originals;
}

class Assembler {
 public:
  Assembler(const trenail::Engine& engine, const NewOptions& options)
      : engine_(engine), options_(options) {}

  Result<std::shared_ptr<const Component>> Run(const ModuleSource& module,
                                               const std::vector<ModuleSource>& adapters) {
    TRY_VOID(Read(module, adapters));
    TRY_VOID(ClassifyMain());
    for (size_t i = 1; i < parts_.size(); ++i) TRY_VOID(ClassifyAdapter(i));
    Prune();
    Component encoded = TRY(EncodeParts(target_, parts_));
    Producers producers;
    producers.Add("processed-by", "trenail", TRENAIL_VERSION);
    encoded.definitions.push_back(
        {.offset = 0, .def = CustomSection{std::string(kProducersSection), producers.Write()}});
    const auto component = std::make_shared<const Component>(std::move(encoded));
    auto valid = Validate(engine_, component, AllFeatures());
    // Whatever a module or world is like, it has been checked by now.
    if (!valid)
      return std::unexpected(Error(
          valid.error().kind(),
          "internal error: the component that was made is not valid: " + valid.error().message()));
    return component;
  }

 private:
  Result<void> Read(const ModuleSource& module, const std::vector<ModuleSource>& adapters);
  Result<void> ClassifyMain();
  Result<void> ClassifyAdapter(size_t i);
  Result<void> CheckAgainstMain(const Part& part, const trenail::Module& adapter) const;
  void Prune();
  std::string Called(size_t i) const {
    return i == 0 ? "the module" : "the adapter `" + names_[i] + "`";
  }
  Result<ClassifiedModule> ClassifyPart(size_t i, const wasm::Module& module,
                                        const std::map<size_t, std::string>& originals = {}) const {
    return Classify({.target = target_, .self = i, .module_names = names_, .what = Called(i)},
                    module, originals);
  }

  const trenail::Engine& engine_;
  const NewOptions& options_;
  std::vector<std::string> names_;
  Target target_;
  std::vector<Part> parts_;
  std::optional<trenail::Module> main_module_;
};

Result<void> Assembler::Read(const ModuleSource& module,
                             const std::vector<ModuleSource>& adapters) {
  std::vector<const ModuleSource*> sources = {&module};
  for (const ModuleSource& adapter : adapters) sources.push_back(&adapter);
  std::vector<DescribedModule> described;
  std::vector<std::string> called;
  for (size_t i = 0; i < sources.size(); ++i) {
    names_.push_back(i == 0 ? "" : sources[i]->name);
    for (size_t j = 1; j < i; ++j)
      if (names_[j] == names_[i])
        return std::unexpected(
            Error(ErrorKind::kInvalid, "there are two adapters for `" + names_[i] + "`"));
    called.push_back(Called(i));
    auto read = ReadMetadata(engine_, sources[i]->bytes, i != 0);
    if (!read && i != 0)
      return std::unexpected(Error(read.error().kind(), called[i] + ": " + read.error().message()));
    if (!read) return std::unexpected(std::move(read.error()));
    described.push_back(*std::move(read));
  }
  std::vector<const DescribedModule*> modules;
  for (const DescribedModule& item : described) modules.push_back(&item);
  target_ = TRY(MergeWorlds(modules, called));
  parts_.resize(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    parts_[i].name = names_[i];
    parts_[i].called = called[i];
    parts_[i].bytes = std::move(described[i].bytes);
  }
  return {};
}

Result<void> Assembler::ClassifyMain() {
  Part& main = parts_[0];
  std::shared_ptr<wasm::Module> module = TRY(Decode(engine_, main.bytes));
  std::deque<std::string> names;
  const auto originals = RenameDuplicates(module.get(), &names);
  main.info = TRY(ClassifyPart(0, *module, originals));
  if (!originals.empty()) main.bytes = wasm::binary::EncodeModule(*module);
  main_module_ = TRY(trenail::Module::Parse(engine_, main.bytes));
  main.is_used = true;
  return {};
}

// Trims the adapter to what is needed of it, if anything is.
Result<void> Assembler::ClassifyAdapter(size_t i) {
  Part& part = parts_[i];
  const auto required = RequiredFrom(i, parts_[0].info);
  bool provides_functions = false;
  const wit::World& world = target_.the_world();
  for (size_t j = 0; j < world.exports.size(); ++j) {
    if (target_.providers[j] != i) continue;
    const WorldItem& item = world.exports[j];
    if (item.kind != WorldItem::Kind::kInterface ||
        !target_.resolve[item.interface].functions.empty())
      provides_functions = true;
  }
  if (required.empty() && !provides_functions) return {};
  const auto whole = TRY(Decode(engine_, part.bytes));
  const ClassifiedModule info = TRY(ClassifyPart(i, *whole));
  std::set<std::string> needed;
  for (const auto& [name, type] : required) {
    const auto found = info.exports.types.find(name);
    if (found == info.exports.types.end())
      return std::unexpected(Error(ErrorKind::kInvalid, "the module imports `" + part.name + "." +
                                                            name + "`, but " + part.called +
                                                            " has no export of that name"));
    if (found->second != type)
      return std::unexpected(
          Error(ErrorKind::kInvalid, "the module imports `" + part.name + "." + name + "` as " +
                                         Print(type) + ", but " + part.called + " exports it as " +
                                         Print(found->second)));
    needed.insert(name);
  }
  const CoreExports& exports = info.exports;
  for (const auto& [key, function] : exports.functions)
    for (const std::string* name : {&function.core_name, &function.post_return, &function.callback})
      if (!name->empty()) needed.insert(*name);
  for (const auto& [resource, name] : exports.destructors) needed.insert(name);
  for (const std::string* name :
       {&exports.memory, &exports.realloc, &exports.import_realloc, &exports.export_realloc,
        &exports.adapter_realloc, &exports.initialize, &exports.indirect_table, &exports.task_hook})
    if (!name->empty()) needed.insert(*name);
  auto trimmed = TrimAdapter(
      *whole, needed,
      options_.realloc_via_memory_grow ? "" : parts_[0].info.exports.ReallocForAdapters());
  const auto in_adapter = [&](const Error& error) {
    return std::unexpected(Error(error.kind(), part.called + ": " + error.message()));
  };
  if (!trimmed) return in_adapter(trimmed.error());
  part.bytes = *std::move(trimmed);
  const auto valid = trenail::Module::Parse(engine_, part.bytes);
  if (!valid) return in_adapter(valid.error());
  TRY_VOID(CheckAgainstMain(part, *valid));
  const auto module = TRY(Decode(engine_, part.bytes));
  part.info = TRY(ClassifyPart(i, *module));
  part.is_used = true;
  return {};
}

// The memory and whatever else an adapter imports of the main module is there.
Result<void> Assembler::CheckAgainstMain(const Part& part, const trenail::Module& adapter) const {
  const wasm::TypeStore& types = *engine_.impl()->types;
  const auto matches = [&](const trenail::ExternType& has, const trenail::ExternType& wants) {
    if (has.kind != wants.kind) return false;
    switch (has.kind) {
      case ExternKind::kFunc:
        return types.Matches(has.func, wants.func);
      case ExternKind::kTable:
        return types.Matches(has.table, wants.table);
      case ExternKind::kMemory:
        return types.Matches(has.memory, wants.memory);
      case ExternKind::kGlobal:
        return types.Matches(has.global, wants.global);
      case ExternKind::kTag:
        return false;
    }
    return false;
  };
  const auto exports = main_module_->exports();
  for (const trenail::ImportType& import : adapter.imports()) {
    const auto refuse = [&](const std::string& why) {
      return std::unexpected(Error(ErrorKind::kInvalid, part.called + " imports `" + import.module +
                                                            "." + import.name + "`, but " +
                                                            parts_[0].called + why));
    };
    const bool is_memory = import.module == "env" && import.name == "memory";
    if (!is_memory && import.module != "__main_module__") continue;
    const ClassifiedModule& main = parts_[0].info;
    const std::string& name = is_memory ? main.exports.memory : import.name;
    if (is_memory && main.imported_memory) {
      // What the main module imports is defined for both.
      if (!types.Matches(*main.imported_memory, import.type.memory))
        return refuse(" has one of another type");
      continue;
    }
    const auto found = std::ranges::find(exports, name, &trenail::ExportType::name);
    if (found == exports.end())
      return refuse(is_memory ? " exports no memory `memory`" : " does not export that");
    if (!matches(found->type, import.type)) return refuse(" exports it with another type");
  }
  return {};
}

// Takes out of the imports what nothing mentions.
void Assembler::Prune() {
  wit::Resolve& resolve = target_.resolve;
  const wit::World& world = target_.the_world();
  LiveTypes live(resolve);
  std::set<std::pair<uint32_t, std::string>> functions;  // by interface
  std::set<std::string> world_functions;
  for (const Part& part : parts_) {
    for (const CoreImport& import : part.info.imports) {
      if (import.resource) live.Add(*import.resource);
      if (import.payload) live.Add(*import.payload);
      if (import.kind != CoreImport::Kind::kFunction) continue;
      if (import.item)
        functions.emplace(world.imports[*import.item].interface.value, import.function);
      else
        world_functions.insert(import.function);
    }
  }
  for (const WorldItem& item : world.imports) {
    if (item.kind == WorldItem::Kind::kType) live.Add(item.type);
    if (item.kind == WorldItem::Kind::kFunction && world_functions.contains(item.name))
      live.Add(item.function);
    if (item.kind != WorldItem::Kind::kInterface) continue;
    for (const wit::Function& function : resolve[item.interface].functions)
      if (functions.contains({item.interface.value, function.name})) live.Add(function);
  }
  for (const WorldItem& item : world.exports) {
    if (item.kind == WorldItem::Kind::kFunction) live.Add(item.function);
    if (item.kind != WorldItem::Kind::kInterface) continue;
    for (const wit::TypeId type : resolve[item.interface].types) live.Add(type);
    for (const wit::Function& function : resolve[item.interface].functions) live.Add(function);
  }
  wit::World& pruned = resolve[target_.world];
  for (const WorldItem& item : pruned.imports) {
    if (item.kind != WorldItem::Kind::kInterface) continue;
    wit::Interface& interface = resolve[item.interface];
    std::erase_if(interface.types, [&](wit::TypeId type) { return !live.Has(type); });
    std::erase_if(interface.functions, [&](const wit::Function& function) {
      return !functions.contains({item.interface.value, function.name});
    });
  }
  // Items keep their places: imports name them by these. What is empty is not encoded.
  for (WorldItem& item : pruned.imports)
    if (item.kind == WorldItem::Kind::kFunction && !world_functions.contains(item.name))
      item.function.name.clear();
}

}  // namespace

Result<std::shared_ptr<const Component>> NewComponent(const trenail::Engine& engine,
                                                      const ModuleSource& module,
                                                      const std::vector<ModuleSource>& adapters,
                                                      const NewOptions& options) {
  return Assembler(engine, options).Run(module, adapters);
}

}  // namespace component::encode
