// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program around a compiled module: `trenail run` of the one artefact that is linked in, with
// the process's arguments and standard streams and with the grants that were compiled in. Messages
// and exit codes are those of `trenail run`.

#include <unistd.h>

#include <string>

#include "cli/bench_hooks.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/standalone/grants.h"
#include "cli/wasi_grants.h"
#include "libwasi/libwasi.h"
#include "libwasm/libwasm.h"

// Both come from the compiler.
extern "C" {
extern const char trenail_module[] __attribute__((visibility("hidden")));
extern const char trenail_grants[] __attribute__((visibility("hidden")));
}

namespace trenail::cli {
namespace {

Result<void> Start(const Instance& instance) {
  for (const char* name : {"_initialize", "_start"}) {
    if (std::optional<Func> function = instance.GetFunc(name)) TRY_VOID(function->Call({}));
  }
  return {};
}

Result<void> Run(const WasiGrants& granted) {
  Engine engine(MakeArtefactsOnly(), {.guard_memories = true});
  const Artefact artefact = TRY(Artefact::Linked(trenail_module));
  const Module module = TRY(Module::FromArtefact(engine, artefact));
  std::unique_ptr<Wasi> wasi = TRY(Wasi::Create(TRY(ToWasiConfig(granted))));
  Store store(engine);
  Linker linker(store);
  if (HasBenchHooks(trenail_grants)) DefineBenchHooks(linker);
  TRY_VOID(wasi->Link(linker, module));
  const Instance instance = TRY(linker.Instantiate(module));
  return wasi->Finish(Start(instance));
}

int Main(int argc, char** argv) {
  WasiGrants granted = ReadGrants(trenail_grants);
  granted.arguments.assign(argv, argv + argc);
  const std::string name = argc > 0 ? argv[0] : "";
  int code = kExitOk;
  if (auto done = Run(granted); !done) code = Report(done.error(), name);
  // Nothing of the process is worth being destroyed in order.
  _exit(code);
}

}  // namespace
}  // namespace trenail::cli

int main(int argc, char** argv) { return trenail::cli::Main(argc, argv); }
