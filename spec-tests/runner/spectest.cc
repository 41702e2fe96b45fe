// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/spectest.h"

namespace trenail::spec {

Result<void> DefineSpectest(Store& store, Linker& linker) {
  constexpr char kName[] = "spectest";
  linker.Func(kName, "print", [] {});
  linker.Func(kName, "print_i32", [](int32_t) {});
  linker.Func(kName, "print_i64", [](int64_t) {});
  linker.Func(kName, "print_f32", [](float) {});
  linker.Func(kName, "print_f64", [](double) {});
  linker.Func(kName, "print_i32_f32", [](int32_t, float) {});
  linker.Func(kName, "print_f64_f64", [](double, double) {});

  const auto constant = [&](const char* name, Value value) {
    linker.Define(kName, name, Global::New(store, {value.type(), false}, value));
  };
  constant("global_i32", int32_t{666});
  constant("global_i64", int64_t{666});
  constant("global_f32", 666.6f);
  constant("global_f64", 666.6);

  const Limits table_limits = {10, 20};
  const Value null = Value::Null(HeapType::kFunc);
  linker.Define(kName, "table",
                TRY(Table::New(store, {AddrType::kI32, table_limits, wasm::kFuncRef}, null)));
  linker.Define(kName, "table64",
                TRY(Table::New(store, {AddrType::kI64, table_limits, wasm::kFuncRef}, null)));

  MemType memory;
  memory.limits = {1, 2};
  linker.Define(kName, "memory", TRY(Memory::New(store, memory)));
  memory.shared = true;
  linker.Define(kName, "shared_memory", TRY(Memory::New(store, memory)));
  return {};
}

}  // namespace trenail::spec
