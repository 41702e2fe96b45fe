// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module that is part of the program: `trenail compile gcd.wat -o gcd.o --header gcd.h`, and
// gcd.o is linked like any other object. Neither an interpreter nor a compiler is in the program.

#include <gcd.h>  // made by the compiler

#include <cstdio>

#include "libwasm/libwasm.h"

trenail::Result<uint32_t> Run(uint32_t a, uint32_t b) {
  trenail::Engine engine(trenail::MakeArtefactsOnly());
  trenail::Artefact artefact = TRY(trenail::Artefact::Linked(gcd_module));
  trenail::Module module = TRY(trenail::Module::FromArtefact(engine, artefact));
  trenail::Store store(engine);
  trenail::Instance instance = TRY(store.Instantiate(module, {}));
  auto gcd = TRY(instance.GetFunc("gcd")->Typed<uint32_t(uint32_t, uint32_t)>());
  return gcd(a, b);
}

int main() {
  trenail::Result<uint32_t> result = Run(1071, 462);
  if (!result) return std::printf("%s\n", result.error().message().c_str()), 1;
  std::printf("gcd(1071, 462) = %u\n", *result);
}
