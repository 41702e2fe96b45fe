// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The smallest useful host: a module in memory, a host function, a call. What docs/packages.md
// measures.

#include <cstdio>
#include <vector>

#include "interp/interp.h"
#include "libwasm/libwasm.h"

// (module
//   (import "host" "hello" (func (param i32)))
//   (func (export "run") (call 0 (i32.const 42))))
constexpr uint8_t kModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x60, 0x01, 0x7f, 0x00,
    0x60, 0x00, 0x00, 0x02, 0x0e, 0x01, 0x04, 0x68, 0x6f, 0x73, 0x74, 0x05, 0x68, 0x65, 0x6c,
    0x6c, 0x6f, 0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e,
    0x00, 0x01, 0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x2a, 0x10, 0x00, 0x0b};

trenail::Result<void> Run() {
  const trenail::Engine engine(trenail::MakeInterpreter());
  const auto module = TRY(trenail::Module::Parse(engine, kModule));
  trenail::Store store(engine);
  trenail::Linker linker(store);
  linker.Func("host", "hello", [](int32_t number) { std::printf("hello %d\n", number); });
  trenail::Instance instance = TRY(linker.Instantiate(module));
  TRY_VOID(instance.GetFunc("run")->Call({}));
  return {};
}

int main() {
  const trenail::Result<void> done = Run();
  if (!done) return std::printf("%s\n", done.error().message().c_str()), 1;
}
