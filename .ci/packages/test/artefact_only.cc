// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program that runs an artefact, and has neither interpreter nor compiler.

#include <cstdio>

#include "libwasm/libwasm.h"

trenail::Result<int32_t> Run(const char* path) {
  const trenail::Engine engine(trenail::MakeArtefactsOnly());
  const auto artefact = TRY(trenail::Artefact::Open(path));
  const auto module = TRY(trenail::Module::FromArtefact(engine, artefact));
  trenail::Store store(engine);
  trenail::Linker linker(store);
  linker.Func("host", "double", [](int32_t x) { return 2 * x; });
  trenail::Instance instance = TRY(linker.Instantiate(module));
  const auto function = TRY(instance.GetFunc("twice_and_one")->Typed<int32_t(int32_t)>());
  return function(20);
}

int main(int, char** argv) {
  const trenail::Result<int32_t> result = Run(argv[1]);
  if (!result) return std::printf("%s\n", result.error().message().c_str()), 1;
  std::printf("artefact %d\n", *result);
}
