// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The library in twenty lines: a host function, a module, a typed call. See README.md.

#include <cstdio>

#include "interp/interp.h"
#include "libwasm/libwasm.h"

constexpr std::string_view kText = R"((module
  (import "host" "double" (func $double (param i32) (result i32)))
  (func (export "twice_and_one") (param i32) (result i32)
    (i32.add (call $double (local.get 0)) (i32.const 1)))))";

trenail::Result<int32_t> Run() {
  trenail::Engine engine(trenail::MakeInterpreter());
  auto bytes = TRY(trenail::ParseText(kText));
  trenail::Module module = TRY(trenail::Module::Parse(engine, bytes));
  trenail::Store store(engine);
  trenail::Linker linker(store);
  linker.Func("host", "double", [](int32_t x) { return 2 * x; });
  trenail::Instance instance = TRY(linker.Instantiate(module));
  auto function = TRY(instance.GetFunc("twice_and_one")->Typed<int32_t(int32_t)>());
  return function(20);
}

int main() {
  trenail::Result<int32_t> result = Run();
  if (!result) return std::printf("%s\n", result.error().message().c_str()), 1;
  std::printf("twice_and_one(20) = %d\n", *result);
}
