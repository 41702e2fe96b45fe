// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls a function from a string to a string that a component exports: call FILE FUNCTION STRING …

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"

namespace {

int Fail(const trenail::Error& error) {
  std::fprintf(stderr, "error: %s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};

  trenail::Engine engine(trenail::MakeInterpreter());
  auto component = trenail::Component::Parse(engine, bytes);
  if (!component) return Fail(component.error());
  trenail::ComponentStore store(engine);
  auto instance = trenail::ComponentLinker(engine).Instantiate(store, *component);
  if (!instance) return Fail(instance.error());
  const auto function = instance->GetFunc(argv[2]);
  if (!function) return 2;
  for (int i = 3; i < argc; ++i) {
    auto result = function->Call({trenail::ComponentValue::String(argv[i])});
    if (!result) return Fail(result.error());
    std::puts(result->string().c_str());
  }
}
