// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Running a component with WASI, as `trenail run` does, with the grants that were compiled in.

#include <memory>
#include <utility>

#include "cli/component_grants.h"
#include "cli/end_signals.h"
#include "cli/standalone/component.h"
#include "cli/standalone/grants.h"
#include "libwasi/p2/config.h"
#include "libwasi/p2/http.h"
#include "libwasi/p2/io.h"
#include "libwasi/p2/sockets.h"
#include "libwasi/p3/cli.h"
#include "libwasi/p3/http.h"
#include "libwasi/p3/sockets.h"
#include "libwasi/wasi_component.h"

extern "C" {
// From the compiler: those of the functions below that the component needs, and a null pointer.
extern void (*const trenail_links[])(trenail::ComponentLinker* linker)
    __attribute__((visibility("hidden")));
extern const char trenail_grants[] __attribute__((visibility("hidden")));

#define WASI_PACKAGE(names, version, function)                                  \
  void trenail_wasi_p##version##_##function(trenail::ComponentLinker* linker) { \
    trenail::wasi::p##version::function(*linker);                               \
  }
#include "libwasi/packages.def"
#undef WASI_PACKAGE
}

namespace trenail::cli {
namespace {

Result<void> Run(const ComponentRun& run) {
  WasiGrants granted = ReadGrants(trenail_grants);
  granted.arguments = run.arguments;
  const std::unique_ptr<WasiComponent> wasi =
      TRY(WasiComponent::Create(TRY(ToWasiConfig(granted)), TRY(ToGrants(granted)), ProgramNet()));
  ComponentStore store(run.component.engine());
  wasi->Attach(store);
  const EndSignals signals([&core = store.core(), &wasi] {
    core.Interrupt();
    wasi->Interrupt();
  });
  ComponentLinker linker(run.component.engine());
  for (const auto* link = trenail_links; *link != nullptr; ++link) (*link)(&linker);
  const ComponentInstance instance = TRY(linker.Instantiate(store, run.component));
  Result<void> outcome = wasi->Finish(MakeCall(run.call, instance));
  if (!outcome && signals.number() != 0 && outcome.error().kind() == ErrorKind::kInterrupted)
    return std::unexpected(Error::Exit(signals.exit_code()));
  return outcome;
}

}  // namespace
}  // namespace trenail::cli

void trenail_run_wasi(trenail::cli::ComponentRun* run) { run->outcome = trenail::cli::Run(*run); }
