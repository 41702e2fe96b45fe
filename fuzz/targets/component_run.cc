// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components, random or from the input (bytes or text), run with bounds on everything: whatever
// they import is there, traps or returns random values; all that they export is called with random
// values. Adapters, copies and plain lifting and lowering end every call alike.

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/component_generator.h"
#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"

namespace {

using component::ValKind;
using component::ValType;
using component::abi::ValueGenerator;
using trenail::ComponentValue;
using trenail::Error;
using trenail::ErrorKind;
using trenail::fuzz::Entropy;

constexpr uint64_t kFuel = 100'000;
constexpr size_t kMaxCalls = 20;

component::FeatureSet AllFeatures() {
  component::FeatureSet features;
#define COMPONENT_FEATURE(Name, option, on) features.Set(component::Feature::k##Name, true);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  features.Set(component::Feature::kLegacyIndices, false);
  return features;
}

trenail::StoreLimits Limits() {
  trenail::StoreLimits limits;
  limits.max_memory_bytes = 1 << 20;
  limits.max_table_elements = 10'000;
  limits.max_heap_bytes = 16 << 20;
  limits.max_stack_bytes = 1 << 20;
  limits.max_instances = 200;
  limits.max_fibers = 100;
  return limits;
}

// Values of it can be made of nothing. Of those that are large, too much would be made.
bool IsPlain(const ValType& type) {
  return !type.contains_resource && !type.contains_async && type.extent.size < 1000 &&
         type.layout(component::PtrType::kI32).size < 10'000;
}
bool IsPlain(const ValType* type) { return type == nullptr || IsPlain(*type); }

// What calls depend on beside the component: the same for each of its runs.
ValueGenerator Choices(uint64_t seed) {
  return ValueGenerator([entropy = Entropy(seed)]() mutable { return entropy.Next(); });
}

// Host functions that return at once, or trap.
class Host {
 public:
  explicit Host(uint64_t seed) : gen_(Choices(seed)) {}

  void Define(trenail::ComponentLinkerInstance to,
              const std::vector<component::NamedExtern>& items) {
    for (const component::NamedExtern& item : items) {
      const std::string& name = item.name.name;
      switch (item.type.sort) {
        case component::Sort::kFunc:
          to.Func(name, [this, type = item.type.func](trenail::ComponentCall&, auto) {
            return Return(type->result);
          });
          break;
        case component::Sort::kType:
          if (item.type.type.kind == component::TypeEntry::Kind::kResource)
            to.Resource(name, trenail::ComponentResource::Host(name));
          break;
        case component::Sort::kInstance:
          Define(to.Instance(name), item.type.instance->exports);
          break;
        case component::Sort::kValue:
          if (IsPlain(item.type.value)) to.Value(name, gen_.Of(*item.type.value));
          break;
        default:
          break;
      }
    }
  }

 private:
  trenail::Result<ComponentValue> Return(const ValType* type) {
    if (!IsPlain(type) || gen_.OneIn(4))
      return std::unexpected(Error(ErrorKind::kTrap, "the host traps"));
    return type == nullptr ? ComponentValue() : gen_.Of(*type);
  }

  ValueGenerator gen_;
};

struct Outcome {
  std::vector<ComponentValue> args;
  std::string error;  // or:
  ComponentValue value;
  bool comparable = true;  // nothing ran out, of which one way needs more than another
};

Outcome Failed(const Error& error) {
  const ErrorKind kind = error.kind();
  return {.error = std::to_string(static_cast<int>(kind)) + ": " + error.message(),
          .comparable = kind != ErrorKind::kExhausted && kind != ErrorKind::kInterrupted &&
                        kind != ErrorKind::kHost};
}

// Calls the exported functions until something runs out.
std::vector<Outcome> Run(const trenail::Component& component, uint64_t seed) {
  Host host(seed);
  trenail::ComponentLinker linker(component.engine());
  host.Define(linker.Root(), component.imports());
  std::optional<trenail::ComponentStore> store;
  std::optional<trenail::ComponentInstance> instance;
  std::vector<Outcome> outcomes;
  const auto instantiate = [&] {
    store.emplace(component.engine(), Limits());
    store->core().SetFuel(kFuel);
    auto made = linker.Instantiate(*store, component);
    if (made)
      instance = *std::move(made);
    else
      outcomes.push_back(Failed(made.error()));
    return made.has_value();
  };
  if (!instantiate()) return outcomes;
  ValueGenerator gen = Choices(seed + 1);
  const auto call = [&](std::initializer_list<std::string_view> path,
                        const component::FuncType& type) {
    if (outcomes.size() >= kMaxCalls) return;
    if (!outcomes.empty() && !outcomes.back().comparable) return;
    // A trap leaves it unusable: once more from the beginning, but sometimes to see that.
    if (!outcomes.empty() && !outcomes.back().error.empty() && !gen.OneIn(4) && !instantiate())
      return;
    const auto func = instance->GetFunc(path);
    if (!func) return;
    std::vector<ComponentValue> args;
    for (const ValType::Field& param : type.params) {
      if (!IsPlain(*param.type)) return;
      args.push_back(gen.Of(*param.type));
    }
    store->core().SetFuel(kFuel);
    auto result = func->Call(args);
    Outcome outcome = result ? Outcome{.value = *std::move(result)} : Failed(result.error());
    // Handles are not the same in two runs.
    if (!IsPlain(type.result)) outcome.value = {};
    outcome.args = std::move(args);
    outcomes.push_back(std::move(outcome));
  };
  for (const component::NamedExtern& item : component.exports()) {
    const std::string& name = item.name.name;
    if (item.type.sort == component::Sort::kFunc) call({name}, *item.type.func);
    if (item.type.sort != component::Sort::kInstance) continue;
    for (const component::NamedExtern& inner : item.type.instance->exports)
      if (inner.type.sort == component::Sort::kFunc)
        call({name, inner.name.name}, *inner.type.func);
  }
  return outcomes;
}

// Runs whatever parses; the outcomes of its calls.
template <typename Parse>
std::optional<std::vector<Outcome>> RunAllWays(const Parse& parse, uint64_t seed) {
  std::optional<std::vector<Outcome>> first;
  for (const auto& [adapters, copies] :
       {std::pair(true, true), std::pair(false, true), std::pair(false, false)}) {
    const trenail::Engine engine(trenail::MakeInterpreter());
    trenail::ComponentOptions options(AllFeatures());
    options.adapters = adapters;
    options.copies = copies;
    const trenail::Result<trenail::Component> component = parse(engine, options);
    if (!component) return std::nullopt;
    std::vector<Outcome> outcomes = Run(*component, seed);
    if (!first) {
      first = std::move(outcomes);
      continue;
    }
    for (size_t i = 0; i < std::min(first->size(), outcomes.size()); ++i) {
      const Outcome &a = (*first)[i], &b = outcomes[i];
      if (!a.comparable || !b.comparable) break;
      if (a.error != b.error)
        std::fprintf(stderr, "call %zu: '%s' and '%s'\n", i, a.error.c_str(), b.error.c_str());
      FUZZ_CHECK(a.error == b.error);
      FUZZ_CHECK(a.value == b.value);
    }
  }
  return first;
}

void RunInput(std::span<const uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const bool binary = trenail::Component::IsComponent(bytes);
  RunAllWays(
      [&](const trenail::Engine& engine, const trenail::ComponentOptions& options) {
        return binary ? trenail::Component::Parse(engine, bytes, options)
                      : trenail::Component::ParseText(engine, text, options);
      },
      bytes.size());
}

void RunRandom(Entropy& entropy) {
  ValueGenerator gen([&] { return entropy.Next(); });
  const ValType* const type = gen.Type(static_cast<int>(gen.Below(4)), false);
  const bool damage = gen.OneIn(2);
  const std::string text = trenail::fuzz::GenerateComponent(gen, *type, damage);
  const auto outcomes = RunAllWays(
      [&](const trenail::Engine& engine, const trenail::ComponentOptions& options) {
        auto component = trenail::Component::ParseText(engine, text, options);
        if (!component)
          std::fprintf(stderr, "%s\n%s\n", text.c_str(), component.error().message().c_str());
        FUZZ_CHECK(component.has_value());
        return component;
      },
      gen.Next());
  if (damage || outcomes->empty() || !outcomes->front().comparable) return;
  FUZZ_CHECK(outcomes->front().error.empty());
  FUZZ_CHECK(outcomes->front().value == outcomes->front().args[0]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  RunInput({data, size});
  Entropy entropy(std::span(data, size));
  RunRandom(entropy);
  return 0;
}
