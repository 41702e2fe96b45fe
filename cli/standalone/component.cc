// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program around a compiled component. If that is a command, by its wasi:cli/run, the
// program's arguments are the guest's; of any other the first argument is a call of an export, in
// WAVE. Messages and exit codes are those of `trenail run`.

#include "cli/standalone/component.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "cli/options.h"
#include "cli/report.h"
#include "libwasm/libwasm.h"

// From the compiler.
extern "C" {
extern const char trenail_component[] __attribute__((visibility("hidden")));
extern void (*const trenail_run[])(trenail::cli::ComponentRun* run)
    __attribute__((visibility("hidden")));
}

namespace trenail::cli {
namespace {

// The command, or what the arguments call. Errors: kHost.
Result<PlannedCall> Plan(const Component& component, std::vector<std::string>& arguments) {
  if (Result<PlannedCall> command = PlanCall(component, "")) return command;
  if (arguments.size() == 2) {
    const std::string call = std::move(arguments.back());
    arguments.pop_back();
    return PlanCall(component, call);
  }
  return std::unexpected(Error(
      ErrorKind::kHost, "the argument has to be a call of" + ListFuncs(ExportedFuncs(component))));
}

Result<void> Run(std::vector<std::string> arguments) {
  const Engine engine(MakeArtefactsOnly(), {.guard_memories = true});
  const Artefact artefact = TRY(Artefact::Linked(trenail_component));
  const Component component = TRY(Component::FromArtefact(engine, artefact));
  const PlannedCall call = TRY(Plan(component, arguments));
  ComponentRun run{component, call, std::move(arguments)};
  trenail_run[0](&run);
  return std::move(run.outcome);
}

int Main(int argc, char** argv) {
  const std::string name = argc > 0 ? argv[0] : "";
  int code = kExitOk;
  if (auto done = Run({argv, argv + argc}); !done) code = Report(done.error(), name);
  std::fflush(stdout);
  // Nothing of the process is worth being destroyed in order.
  _exit(code);
}

}  // namespace
}  // namespace trenail::cli

// Of a component that imports nothing.
void trenail_run_alone(trenail::cli::ComponentRun* run) {
  trenail::ComponentStore store(run->component.engine());
  const trenail::ComponentLinker linker(run->component.engine());
  auto instance = linker.Instantiate(store, run->component);
  run->outcome = instance ? trenail::cli::MakeCall(run->call, *instance)
                          : std::unexpected(std::move(instance.error()));
}

int main(int argc, char** argv) { return trenail::cli::Main(argc, argv); }
