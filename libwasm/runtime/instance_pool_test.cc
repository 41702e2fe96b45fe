// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is kept of instances that have gone, and how it is bounded. What new ones find in it is
// tested with guest code: libwasm/instances_test.cc.

#include "libwasm/runtime/instance_pool.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <vector>

#include "libwasm/runtime/compiled_code.h"
#include "libwasm/runtime/runtime_test_util.h"

// Sanitizers, and emulators, need more address space than any such bound.
#if !defined(TRENAIL_SANITIZED) && !defined(TRENAIL_NO_VM) && defined(__x86_64__)
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#endif

namespace wasm::runtime {
namespace {

struct Fixture {
  explicit Fixture(uint32_t max_instances, uint64_t max_address_space = uint64_t{1} << 40)
      : budget(std::make_shared<PoolBudget>(max_instances, max_address_space)) {}

  std::shared_ptr<const ValidatedModule> Build() {
    ModuleBuilder builder;
    builder.DefineMemory(1);
    builder.DefineData({1, 2, 3}, builder.Expr({0x41, 8}));
    return builder.Build(*types);
  }
  // So many at a time, of which nobody has any use.
  void Use(const std::shared_ptr<const ValidatedModule>& module, size_t count) {
    std::vector<std::unique_ptr<Store>> stores;
    for (size_t i = 0; i < count; ++i) {
      stores.push_back(std::make_unique<Store>(types, &engine, StoreLimits(), budget));
      const auto instance = stores.back()->Instantiate(module, {});
      REQUIRE(instance.has_value());
      CHECK((*instance)->memory0->base[9] == 2);
    }
  }
  // How many are kept, which they are no longer then.
  size_t Drain(const ValidatedModule& module, const StoreLimits& limits = {}) {
    InstancePool* const pool = InstancePool::Of(module, budget);
    size_t count = 0;
    while (InstanceData* data = pool->Take(engine, limits)) {
      ++count;
      InstanceData::Delete(data);
    }
    return count;
  }

  std::shared_ptr<TypeStore> types = std::make_shared<TypeStore>();
  FakeEngine engine;
  std::shared_ptr<PoolBudget> budget;
};

TEST_CASE("the first instance of a module leaves nothing") {
  Fixture f(10);
  const auto module = f.Build();
  f.Use(module, 1);
  CHECK(f.Drain(*module) == 0);
  f.Use(module, 1);
  CHECK(f.Drain(*module) == 1);
}

TEST_CASE("as many instances are kept as the budget allows") {
  Fixture f(3);
  const auto module = f.Build();
  const auto other = f.Build();
  f.Use(module, 1);
  f.Use(other, 1);
  f.Use(module, 5);
  f.Use(other, 1);
  CHECK(f.Drain(*other) == 0);
  CHECK(f.Drain(*module) == 3);
  f.Use(other, 2);
  CHECK(f.Drain(*other) == 2);
}

TEST_CASE("as much address space is kept as the budget allows") {
  Fixture none(10, 0);
  const auto module = none.Build();
  none.Use(module, 3);
  none.Use(module, 3);
#ifndef TRENAIL_NO_VM
  CHECK(none.Drain(*module) == 0);
#endif
  // One of no memory needs none.
  ModuleBuilder builder;
  const auto empty = builder.Build(*none.types);
  for (int i = 0; i < 3; ++i)
    REQUIRE(Store(none.types, &none.engine, {}, none.budget).Instantiate(empty, {}));
  CHECK(none.Drain(*empty) == 1);
}

TEST_CASE("what was made under other limits is not handed on") {
  Fixture f(10);
  const auto module = f.Build();
  f.Use(module, 2);
  f.Use(module, 2);
  CHECK(f.Drain(*module, {.max_memory_bytes = 1 << 20}) == 0);
  // It is let go of, so that it is not in the way for ever.
  CHECK(f.Drain(*module) == 1);
}

TEST_CASE("everything can be let go of") {
  Fixture f(10);
  const auto module = f.Build();
  f.Use(module, 2);
  f.Use(module, 3);
  CHECK(f.budget->Trim());
  CHECK(!f.budget->Trim());
  CHECK(f.Drain(*module) == 0);
  f.Use(module, 10);
  CHECK(f.Drain(*module) == 10);
}

TEST_CASE("a module that goes takes what is kept of it along") {
  Fixture f(1);
  std::optional<std::shared_ptr<const ValidatedModule>> module = f.Build();
  f.Use(*module, 2);
  f.Use(*module, 2);
  module.reset();
  const auto other = f.Build();
  f.Use(other, 2);
  f.Use(other, 1);
  CHECK(f.Drain(*other) == 1);
}

#if !defined(TRENAIL_SANITIZED) && !defined(TRENAIL_NO_VM) && defined(__x86_64__)

class GuardedCode final : public CompiledCode {
 public:
  Function function(uint32_t) const override { return {}; }
  ArrayEntry entry() const override { return nullptr; }
  const void* const* builtins() const override { return nullptr; }
  bool needs_guarded_memories() const override { return true; }
};

TEST_CASE("what is kept makes room where address space is short") {
  Fixture f(10);
  const auto build = [&] {
    auto module = f.Build();
    const_cast<ValidatedModule&>(*module).compiled = std::make_shared<GuardedCode>();
    return module;
  };
  const auto one = build();
  const auto other = build();
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit before;
  REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
  // Room for one more guarded memory, and not for two.
  rlimit limit = before;
  limit.rlim_cur = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) + (uint64_t{12} << 30);
  REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
  for (int round = 0; round < 3; ++round) {
    f.Use(one, 1);
    f.Use(other, 1);
  }
  // Nothing helps where all of it is in use.
  Store store(f.types, &f.engine, {}, f.budget);
  CHECK(store.Instantiate(one, {}));
  CHECK(!store.Instantiate(other, {}));
  REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
}

#endif

}  // namespace
}  // namespace wasm::runtime
