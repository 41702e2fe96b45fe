// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail run: links, instantiates and runs a module. A command is run by its _start; a reactor is
// set up by its _initialize and then waits for --invoke. Nothing is granted that no option names.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "cli/aot_cache.h"
#include "cli/bench_hooks.h"
#include "cli/commands.h"
#include "cli/component_artefact.h"
#include "cli/invoke.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/values.h"
#include "cli/wasi_grants.h"
#include "interp/interp.h"
#include "libwasi/libwasi.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct RunOptions {
  std::string file;
  std::string engine = "interp";
  std::string level = "2";
  std::string invoke;
  std::vector<std::string> preloads;
  WasiGrants grants;
  std::optional<uint64_t> fuel;
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<uint64_t> max_memory;
  std::optional<uint64_t> max_stack;
  std::optional<uint64_t> max_heap;
  std::optional<uint64_t> reservation;
  bool lazy = false;
  bool stats = false;
  bool bench_hooks = false;
};

// Interrupts the guest when the time is up, in its code or in a call that waits. The thread exists
// only where a timeout was asked for.
class Watchdog {
 public:
  Watchdog(Store& store, Wasi& wasi, std::optional<std::chrono::nanoseconds> timeout) {
    if (!timeout) return;
    Clock::time_point end = Clock::now();
    // A timeout of centuries must not wrap around.
    end += std::min<std::chrono::nanoseconds>(*timeout, Clock::time_point::max() - end);
    thread_ = std::thread([this, &store, &wasi, end] {
      std::unique_lock lock(mutex_);
      if (done_.wait_until(lock, end, [this] { return finished_; })) return;
      store.Interrupt();
      wasi.Interrupt();
    });
  }
  ~Watchdog() {
    if (!thread_.joinable()) return;
    {
      std::lock_guard lock(mutex_);
      finished_ = true;
    }
    done_.notify_one();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool finished_ = false;
  std::thread thread_;
};

// What --stats reports.
struct Stats {
  Clock::time_point begin = Clock::now();
  Clock::duration load{}, instantiate{}, work{};
  Clock::duration Lap() {
    Clock::time_point now = Clock::now();
    return now - std::exchange(begin, now);
  }
};

void PrintStats(const Stats& stats, const Store& store, const RunOptions& options) {
  auto micro = [](Clock::duration d) {
    return std::chrono::duration<double, std::micro>(d).count();
  };
  StoreStats heap = store.stats();
  std::fflush(stdout);
  std::fprintf(stderr, "decode and validate  %12.1f us\n", micro(stats.load));
  std::fprintf(stderr, "instantiate          %12.1f us\n", micro(stats.instantiate));
  std::fprintf(stderr, "run                  %12.1f us\n", micro(stats.work));
  if (options.fuel) {
    std::fprintf(stderr, "fuel left            %12llu\n",
                 static_cast<unsigned long long>(store.fuel()));
  }
  if (heap.heap_bytes_allocated != 0) {
    std::fprintf(stderr, "heap allocated       %12llu bytes, %llu in use, %llu collections\n",
                 static_cast<unsigned long long>(heap.heap_bytes_allocated),
                 static_cast<unsigned long long>(heap.heap_bytes_in_use),
                 static_cast<unsigned long long>(heap.heap_collections));
  }
}

// An error, and the file that it is about.
struct Failure {
  Error error;
  std::string file;
};
template <typename T>
using Outcome = std::expected<T, Failure>;

std::unexpected<Failure> FailedIn(const std::string& file, Error error) {
  return std::unexpected(Failure{std::move(error), file});
}

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

// Through the cache. The code never leaves this machine, so it may use all of its processor.
Result<Module> CompileModule(const Engine& engine, const RunOptions& options,
                             std::span<const uint8_t> bytes) {
  CompileRequest request;
  request.cpu = "native";
  request.opt_level = static_cast<unsigned>(options.level[0] - '0');
  request.jobs = std::max(1u, std::thread::hardware_concurrency());
  request.interruptible = options.timeout.has_value();
  request.fuel = options.fuel.has_value();
  request.source_lines = true;
  ProgressLine progress;
  if (progress.shown())
    request.progress = [&progress](uint64_t done, uint64_t total) {
      progress.Percent("compiling", done, total);
    };
  const Artefact artefact = TRY(AotCache::Open().Get(bytes, request));
  return Module::FromArtefact(engine, artefact);
}

Outcome<Module> Load(const Engine& engine, const RunOptions& options, const std::string& file) {
  const auto failed = [&file](Error& error) { return FailedIn(file, std::move(error)); };
  if (IsArtefact(file)) {
    Result<Artefact> artefact = Artefact::Open(file);
    if (!artefact) return failed(artefact.error());
    if (auto fits = CheckLimits(*artefact, options); !fits) return failed(fits.error());
    Result<Module> module = Module::FromArtefact(engine, *artefact);
    if (!module) return failed(module.error());
    return std::move(*module);
  }
  Result<FileBytes> bytes = LoadModule(file);
  if (!bytes) return failed(bytes.error());
  Result<Module> module = options.engine == "aot" ? CompileModule(engine, options, *bytes)
                                                  : Module::Parse(engine, *bytes);
  if (!module) return failed(module.error());
  return std::move(*module);
}

Outcome<void> Preload(const Engine& engine, const RunOptions& options, Wasi& wasi, Linker& linker,
                      const std::string& preload) {
  size_t equals = preload.find('=');
  std::string name = preload.substr(0, equals);
  std::string file = preload.substr(equals + 1);
  Outcome<Module> module = Load(engine, options, file);
  if (!module) return std::unexpected(std::move(module.error()));
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

bool UsesCompiledCode(const RunOptions& options) {
  const auto is_artefact = [](const std::string& preload) {
    return IsArtefact(preload.substr(preload.find('=') + 1));
  };
  return options.engine == "aot" || IsArtefact(options.file) ||
         std::ranges::any_of(options.preloads, is_artefact);
}

StoreLimits LimitsOf(const RunOptions& options) {
  StoreLimits limits;
  limits.max_memory_bytes = options.max_memory.value_or(0);
  limits.max_stack_bytes = options.max_stack.value_or(0);
  limits.max_heap_bytes = options.max_heap.value_or(0);
  limits.memory_reservation = options.reservation.value_or(0);
  return limits;
}

int RunCompiledComponent(const Artefact& artefact, const RunOptions& options) {
  Result<void> done = CheckLimits(artefact, options);
  if (done) done = RunComponentArtefact(artefact, options.invoke, LimitsOf(options), options.fuel);
  return done ? kExitOk : Report(done.error(), options.file);
}

Outcome<void> Run(const RunOptions& options, const std::optional<Invocation>& call) {
  Stats stats;
  EngineOptions engine_options;
  engine_options.lazy_validation = options.lazy;
  engine_options.guard_memories = UsesCompiledCode(options);
  Engine engine(MakeInterpreter(), engine_options);

  Outcome<Module> module = Load(engine, options, options.file);
  if (!module) return std::unexpected(std::move(module.error()));
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
  Watchdog watchdog(store, **wasi, options.timeout);

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

}  // namespace

int RunCommand(const Arguments& arguments) {
  RunOptions run;
  std::vector<std::string> guest_arguments;
  Options options(
      "run", "Runs a WebAssembly module: a command by its _start, or what --invoke names.",
      "Exit codes: the guest's own; 1 malformed, invalid or an import is missing;\n"
      "2 wrong usage or unreadable file; 134 a trap, an uncaught exception, a deadline,\n"
      "no fuel left. Nothing is granted that no option names.");
  options.FileAndGuestArguments(
      &run.file, &guest_arguments,
      "a module, binary, text or compiled; what stands after it is the guest's");
  options.String("--invoke", &run.invoke, "'f(1, 2)'",
                 "call an exported function and print its results");
  options.Strings("--dir", &run.grants.directories, "HOST[::GUEST][:ro]",
                  "grant a directory, under another name, read-only");
  options.Strings("--env", &run.grants.environment, "NAME=VALUE",
                  "set a variable; NAME alone passes on the caller's");
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
  // Defines bench.start, bench.end and env.clock_ms: for our own measurements, so not in the help.
  options.Flag("--bench-hooks", &run.bench_hooks, "");
  if (auto code = options.Parse(arguments)) return *code;

  if (IsArtefact(run.file)) {
    const Result<Artefact> artefact = Artefact::Open(run.file);
    if (artefact && !artefact->component().empty()) return RunCompiledComponent(*artefact, run);
  }
  std::optional<Invocation> call;
  if (!run.invoke.empty()) {
    Result<Invocation> parsed = ParseInvocation(run.invoke);
    if (!parsed) return options.WrongUsage(parsed.error().message());
    call = std::move(*parsed);
  }
  for (const std::string& preload : run.preloads) {
    size_t equals = preload.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == preload.size()) {
      return options.WrongUsage("--preload needs NAME=FILE, not \"" + preload + "\"");
    }
  }
  run.grants.arguments.push_back(run.file);
  run.grants.arguments.insert(run.grants.arguments.end(), guest_arguments.begin(),
                              guest_arguments.end());

  Outcome<void> outcome = Run(run, call);
  if (!outcome) return Report(outcome.error().error, outcome.error().file);
  return kExitOk;
}

}  // namespace trenail::cli
