// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program of somebody else's: a module, an artefact of it if there is one, a component, and WASI.
// Usage: program MODULE COMPONENT [ARTEFACT]

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/typed.h"
#include "libwasi/wasi_component.h"
#include "libwasm/libwasm.h"

std::vector<uint8_t> ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

trenail::Result<int32_t> RunModule(const trenail::Module& module) {
  trenail::Store store(module.engine());
  trenail::Linker linker(store);
  linker.Func("host", "double", [](int32_t x) { return 2 * x; });
  trenail::Instance instance = TRY(linker.Instantiate(module));
  const auto function = TRY(instance.GetFunc("twice_and_one")->Typed<int32_t(int32_t)>());
  return function(20);
}

trenail::Result<uint32_t> RunComponent(const trenail::Engine& engine, const char* path) {
  const auto component = TRY(trenail::Component::Parse(engine, ReadFile(path)));
  trenail::ComponentLinker linker(engine);
  trenail::WasiComponent::Link(linker, component);
  const auto wasi = TRY(trenail::WasiComponent::Create({}));
  trenail::ComponentStore store(engine);
  wasi->Attach(store);
  const auto instance = TRY(linker.Instantiate(store, component));
  const auto add = TRY(instance.GetFunc("add")->Typed<uint32_t(uint32_t, uint32_t)>());
  const uint32_t sum = TRY(add(30, 5));
  const trenail::ComponentValue nap = TRY(instance.GetFunc("nap")->Call({}));
  return sum + nap.u32();
}

trenail::Result<void> Run(int argc, char** argv) {
  const trenail::Engine engine(trenail::MakeInterpreter());
  const auto module = TRY(trenail::Module::Parse(engine, ReadFile(argv[1])));
  std::printf("module %d\n", TRY(RunModule(module)));
  std::printf("component %u\n", TRY(RunComponent(engine, argv[2])));
  if (argc > 3) {
    const trenail::Engine compiled(trenail::MakeArtefactsOnly());
    const auto artefact = TRY(trenail::Artefact::Open(argv[3]));
    const auto of_artefact = TRY(trenail::Module::FromArtefact(compiled, artefact));
    std::printf("artefact %d\n", TRY(RunModule(of_artefact)));
  }
  return {};
}

int main(int argc, char** argv) {
  const trenail::Result<void> done = Run(argc, argv);
  if (!done) return std::printf("%s\n", done.error().message().c_str()), 1;
}
