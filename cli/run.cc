// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail run: links, instantiates and runs a module; components: run_component.cc. A command is
// run by its _start; a reactor is set up by its _initialize and then waits for --invoke. Nothing is
// granted that no option names.

#include "cli/run.h"

#include <algorithm>
#include <cstdio>

#include "cli/bench_hooks.h"
#include "cli/commands.h"
#include "cli/component_grants.h"
#include "cli/invoke.h"
#include "cli/log.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/values.h"
#include "cli/wasi_grants.h"
#include "interp/interp.h"
#include "libwasi/libwasi.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {

// A limit that the code does not heed would be none.
Result<void> CheckLimits(const Artefact& artefact, const RunOptions& options) {
  const auto missing = [](const char* option, const char* needed) {
    return std::unexpected(
        Error(ErrorKind::kHost, std::string("the artefact was compiled without ") + needed +
                                    ", which " + option + " needs"));
  };
  if (options.timeout && !artefact.interruptible()) return missing("--timeout", "--interruptible");
  if (options.fuel && !artefact.meters_fuel()) return missing("--fuel", "--fuel");
  return {};
}

namespace {

Result<Module> CompileModule(const Engine& engine, const RunOptions& options,
                             std::span<const uint8_t> bytes) {
  const Artefact artefact = TRY(CompileThroughCache(options, bytes));
  return Module::FromArtefact(engine, artefact);
}

Result<Module> ToModule(const Engine& engine, const RunOptions& options,
                        std::span<const uint8_t> bytes) {
  return options.engine == "aot" ? CompileModule(engine, options, bytes)
                                 : Module::Parse(engine, bytes);
}

Result<Module> ToModule(const Engine& engine, const RunOptions& options, const Artefact& artefact) {
  TRY_VOID(CheckLimits(artefact, options));
  return Module::FromArtefact(engine, artefact);
}

Result<Module> LoadPreload(const Engine& engine, const RunOptions& options,
                           const std::string& file) {
  if (IsArtefact(file)) return ToModule(engine, options, TRY(Artefact::Open(file)));
  const FileBytes bytes = TRY(LoadModule(file));
  return ToModule(engine, options, bytes);
}

Outcome<void> Preload(const Engine& engine, const RunOptions& options, Wasi& wasi, Linker& linker,
                      const std::string& preload) {
  size_t equals = preload.find('=');
  std::string name = preload.substr(0, equals);
  std::string file = preload.substr(equals + 1);
  Result<Module> module = LoadPreload(engine, options, file);
  if (!module) return FailedIn(file, std::move(module.error()));
  if (auto linked = wasi.Link(linker, *module); !linked) {
    return FailedIn(file, std::move(linked.error()));
  }
  Result<Instance> instance = linker.Instantiate(*module, name);
  if (!instance) return FailedIn(file, std::move(instance.error()));
  if (std::optional<Func> initialize = instance->GetFunc("_initialize")) {
    if (auto done = initialize->Call({}); !done) return FailedIn(file, std::move(done.error()));
  }
  linker.DefineInstance(name, *instance);
  return {};
}

Result<void> Invoke(const Module& module, const Instance& instance, const Invocation& call) {
  std::optional<Func> function = instance.GetFunc(call.function);
  if (!function) {
    std::string message = "no exported function is called \"" + call.function + "\"";
    std::string names;
    for (const ExportType& candidate : module.exports()) {
      if (candidate.type.kind == ExternKind::kFunc) names += " " + candidate.name;
    }
    message += names.empty() ? "; the module exports none" : "; there are:" + names;
    return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
  }
  std::vector<Value> values = TRY(ToValues(call.arguments, function->type(), call.function));
  std::vector<Value> results = TRY(function->Call(values));
  std::string text = FormatResults(results);
  if (!text.empty()) std::printf("%s\n", text.c_str());
  return {};
}

Result<void> Start(const Module& module, const Instance& instance,
                   const std::optional<Invocation>& call) {
  // A reactor is set up before anything else of it is called [wasi: application ABI].
  if (std::optional<Func> initialize = instance.GetFunc("_initialize")) {
    TRY_VOID(initialize->Call({}));
  }
  if (call) return Invoke(module, instance, *call);
  if (std::optional<Func> start = instance.GetFunc("_start")) TRY_VOID(start->Call({}));
  return {};
}

// Whatever the file of the command line is: an artefact, or bytes.
struct Loaded {
  Stats stats;
  std::optional<Artefact> artefact;
  WasmFile file;
};

Result<Loaded> Load(const std::string& file) {
  Loaded loaded;
  if (IsArtefact(file)) {
    loaded.artefact = TRY(Artefact::Open(file));
    loaded.file.is_component = !loaded.artefact->component().empty();
  } else {
    loaded.file = TRY(LoadWasm(file));
  }
  return loaded;
}

bool UsesCompiledCode(const RunOptions& options, const Loaded& loaded) {
  const auto is_artefact = [](const std::string& preload) {
    return IsArtefact(preload.substr(preload.find('=') + 1));
  };
  return options.engine == "aot" || loaded.artefact ||
         std::ranges::any_of(options.preloads, is_artefact);
}

Outcome<void> RunModule(const RunOptions& options, const std::optional<Invocation>& call,
                        const Loaded& loaded) {
  Stats stats = loaded.stats;
  EngineOptions engine_options;
  engine_options.lazy_validation = options.lazy;
  engine_options.guard_memories = UsesCompiledCode(options, loaded);
  AddLog(engine_options);
  Engine engine(MakeInterpreter(), engine_options);

  Result<Module> module = loaded.artefact ? ToModule(engine, options, *loaded.artefact)
                                          : ToModule(engine, options, loaded.file.bytes);
  if (!module) return FailedIn(options.file, std::move(module.error()));
  stats.load = stats.Lap();

  const StoreLimits limits = LimitsOf(options);
  Result<WasiConfig> config = ToWasiConfig(options.grants);
  if (!config) return FailedIn("", std::move(config.error()));
  config->thread_limits = limits;
  config->thread_fuel = options.fuel;
  // Outlives the store, whose instances call it.
  Result<std::unique_ptr<Wasi>> wasi = Wasi::Create(std::move(*config));
  if (!wasi) return FailedIn("", std::move(wasi.error()));

  Store store(engine, limits);
  if (options.fuel) store.SetFuel(*options.fuel);
  PrepareCoredump(options, store);
  Watchdog watchdog(options.timeout, [&store, &wasi = **wasi] {
    store.Interrupt();
    wasi.Interrupt();
  });

  Linker linker(store);
  if (options.bench_hooks) DefineBenchHooks(linker);
  if (auto linked = (*wasi)->Link(linker, *module); !linked) {
    return FailedIn(options.file, std::move(linked.error()));
  }
  for (const std::string& preload : options.preloads) {
    if (auto done = Preload(engine, options, **wasi, linker, preload); !done) return done;
  }
  Result<Instance> instance = linker.Instantiate(*module);
  stats.instantiate = stats.Lap();
  if (!instance) return FailedIn(options.file, std::move(instance.error()));

  Result<void> result = (*wasi)->Finish(Start(*module, *instance, call));
  stats.work = stats.Lap();
  if (options.stats) PrintStats(stats, store, options);
  if (!result) return FailedIn(options.file, std::move(result.error()));
  return {};
}

int Finish(const RunOptions& options, const Outcome<void>& outcome) {
  if (outcome) return kExitOk;
  const int code = Report(outcome.error().error, outcome.error().file);
  WriteCoredump(options, outcome.error().error);
  return code;
}

}  // namespace

int RunCommand(const Arguments& arguments) {
  RunOptions run;
  std::vector<std::string> guest_arguments;
  Options options(
      "run",
      "Runs a WebAssembly module or component: a command by its _start or wasi:cli/run, or what "
      "--invoke names.",
      "Exit codes: the guest's own; 1 malformed, invalid or an import is missing;\n"
      "2 wrong usage or unreadable file; 134 a trap, an uncaught exception, a deadline,\n"
      "no fuel left. Nothing is granted that no option names.");
  options.FileAndGuestArguments(
      &run.file, &guest_arguments,
      "a module or component, binary, text or compiled; what stands after it is the guest's");
  options.String("--invoke", &run.invoke, "'f(1, \"x\")'",
                 "call an exported function and print its results; of a component also "
                 "'ns:pkg/iface.f(…)'");
  options.Strings("--dir", &run.grants.directories, "HOST[::GUEST][:ro]",
                  "grant a directory, under another name, read-only");
  options.Strings("--env", &run.grants.environment, "NAME=VALUE",
                  "set a variable; NAME alone passes on the caller's");
#ifdef TRENAIL_COMPONENTS
  AddGrantOptions(options, &run.grants);
#endif
  options.Strings("--preload", &run.preloads, "NAME=FILE",
                  "instantiate a module first and link its exports as NAME");
  options.Duration("--timeout", &run.timeout, "TIME", "end the run after, for instance, 5s");
  options.Count("--fuel", &run.fuel, "N", "end the run after N instructions");
  options.Size("--max-memory", &run.max_memory, "SIZE", "bound each memory, for instance 64M");
  options.Size("--max-stack", &run.max_stack, "SIZE", "bound the guest's stack, for instance 1M");
  options.Size("--max-heap", &run.max_heap, "SIZE", "bound the garbage-collected heap");
  options.Size("--reserve", &run.reservation, "SIZE",
               "address space to reserve for each 32-bit memory");
  options.Flag("--lazy", &run.lazy, "validate a function when it is first called");
  options.Choice("--engine", &run.engine, {"interp", "aot"},
                 "interpret, or compile first, into a cache");
  options.Choice("-O", &run.level, {"0", "1", "2", "3"}, "how much --engine aot optimises (2)");
  options.Flag("--stats", &run.stats, "print times and counts to stderr");
  options.Flag("-v,--verbose", &run.verbose,
               "say on stderr what is worth knowing (TRENAIL_LOG=debug: more)");
  options.String("--coredump", &run.coredump, "FILE",
                 "write a coredump when the run fails: stack, memories and globals");
  options.Flag("--perf-map", &run.perf_map, "name compiled code in /tmp/perf-PID.map, for perf");
  options.Flag("--jitdump", &run.jitdump,
               "name compiled code and its lines in ./jit-PID.dump, for perf inject");
  // Defines bench.start, bench.end and env.clock_ms: for our own measurements, so not in the help.
  options.Flag("--bench-hooks", &run.bench_hooks, "");
  if (auto code = options.Parse(arguments)) return *code;

  for (const std::string& preload : run.preloads) {
    size_t equals = preload.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == preload.size()) {
      return options.WrongUsage("--preload needs NAME=FILE, not \"" + preload + "\"");
    }
  }
  run.grants.arguments.push_back(run.file);
  run.grants.arguments.insert(run.grants.arguments.end(), guest_arguments.begin(),
                              guest_arguments.end());

  SetUpLog(run.verbose);
  if (auto started = StartProfiling(run); !started) return Report(started.error(), "");
  Result<Loaded> loaded = Load(run.file);
#ifdef TRENAIL_COMPONENTS
  if (loaded && loaded->file.is_component) {
    if (!run.preloads.empty() || run.bench_hooks)
      return options.WrongUsage("--preload links core modules, and this is a component");
    if (auto grants = ToGrants(run.grants); !grants)
      return options.WrongUsage(grants.error().message());
    Outcome<void> outcome = loaded->artefact
                                ? RunComponentArtefact(run, loaded->stats, *loaded->artefact)
                                : RunComponent(run, loaded->stats, loaded->file.bytes);
    return Finish(run, outcome);
  }
#endif
  std::optional<Invocation> call;
  if (!run.invoke.empty()) {
    Result<Invocation> parsed = ParseInvocation(run.invoke);
    if (!parsed) return options.WrongUsage(parsed.error().message());
    call = std::move(*parsed);
  }
  if (!loaded) return Report(loaded.error(), run.file);
  Outcome<void> outcome = RunModule(run, call, *loaded);
  return Finish(run, outcome);
}

}  // namespace trenail::cli
