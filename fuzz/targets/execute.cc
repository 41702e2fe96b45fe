// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Valid modules, random or from the input, run with bounds on everything: results, traps and
// exceptions are all fine, running twice in fresh stores gives the same, nothing crashes or hangs.

#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"
#include "interp/interp.h"
#include "libwasm/libwasm.h"

namespace {
constexpr uint64_t kFuel = 200'000;

trenail::StoreLimits Limits() {
  trenail::StoreLimits limits;
  limits.max_memory_bytes = 16 << 20;
  limits.max_table_elements = 10'000;
  limits.max_heap_bytes = 16 << 20;
  limits.max_stack_bytes = 1 << 20;
  return limits;
}

// Calls every exported function that takes no references; a digest of how each call ended.
std::string Run(const trenail::Module& module) {
  std::string digest;
  trenail::Store store(module.engine(), Limits());
  store.SetFuel(kFuel);
  auto instance = store.Instantiate(module, {});
  if (!instance) return "instantiation: " + std::string(instance.error().message());
  for (auto& [name, value] : instance->exports()) {
    if (!std::holds_alternative<trenail::Func>(value)) continue;
    const trenail::Func func = std::get<trenail::Func>(value);
    std::vector<trenail::Value> args;
    bool callable = true;
    for (trenail::ValType type : func.type().params) {
      callable = callable && type.is_defaultable();
      args.push_back(trenail::Value::Default(type));
    }
    if (!callable) continue;
    store.SetFuel(kFuel);
    auto results = func.Call(args);
    if (results) {
      for (const trenail::Value& result : *results)
        if (!result.is_ref()) digest += std::to_string(result.low()) + ",";
    } else {
      digest += std::to_string(static_cast<int>(results.error().kind()));
    }
    digest += ";";
  }
  return digest;
}

void RunTwice(std::span<const uint8_t> bytes, bool must_be_valid) {
  trenail::Engine engine(trenail::MakeInterpreter());
  auto module = trenail::Module::Parse(engine, bytes);
  if (!module) {
    FUZZ_CHECK(!must_be_valid);
    return;
  }
  if (!module->imports().empty()) return;
  FUZZ_CHECK(Run(*module) == Run(*module));
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  RunTwice({data, size}, false);
  trenail::fuzz::Entropy entropy(std::span(data, size));
  RunTwice(trenail::fuzz::GenerateModule(entropy), true);
  return 0;
}
