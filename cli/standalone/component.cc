// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program around a compiled component that imports nothing: its first argument is a call of an
// export, in WAVE. Messages and exit codes are those of `trenail run --invoke`.

#include <unistd.h>

#include <cstdio>
#include <string>

#include "cli/component_call.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/standalone/small.cc"
#include "libcomponent/libcomponent.h"
#include "libwasm/libwasm.h"

// From the compiler.
extern "C" {
extern const char trenail_component[] __attribute__((visibility("hidden")));
}

namespace trenail::cli {
namespace {

Result<void> Run(const std::string& call) {
  const Engine engine(MakeArtefactsOnly(), {.guard_memories = true});
  const Artefact artefact = TRY(Artefact::Linked(trenail_component));
  return CallComponent(TRY(Component::FromArtefact(engine, artefact)), call);
}

int Main(int argc, char** argv) {
  const std::string name = argc > 0 ? argv[0] : "";
  int code = kExitOk;
  if (argc > 2) {
    std::fprintf(stderr, "usage: %s 'FUNCTION(ARGUMENTS)'\n", name.c_str());
    code = kExitUsage;
  } else if (auto done = Run(argc > 1 ? argv[1] : ""); !done) {
    code = Report(done.error(), name);
  }
  std::fflush(stdout);
  // Nothing of the process is worth being destroyed in order.
  _exit(code);
}

}  // namespace
}  // namespace trenail::cli

int main(int argc, char** argv) { return trenail::cli::Main(argc, argv); }
