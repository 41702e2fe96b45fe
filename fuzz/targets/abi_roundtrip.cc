// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random values between two memories, whole and damaged: they arrive, and a Copier does what
// lifting and lowering do.

#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"
#include "libcomponent/abi/random_values_test_util.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  trenail::fuzz::Entropy entropy(std::span(data, size));
  component::abi::ValueGenerator gen([&] { return entropy.Next(); });
  const std::string wrong = component::abi::CheckCopies(gen);
  if (!wrong.empty()) std::fprintf(stderr, "%s\n", wrong.c_str());
  FUZZ_CHECK(wrong.empty());
  return 0;
}
