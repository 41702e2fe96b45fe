// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What runs of modules and components share; see run.h.

#include "cli/run.h"

#include <cstdio>

#include "cli/aot_cache.h"
#include "cli/input.h"
#include "cli/progress.h"
#include "cli/report.h"
#ifdef TRENAIL_COMPONENTS
#include "cli/aot_component.h"
#endif

namespace trenail::cli {

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

StoreLimits LimitsOf(const RunOptions& options) {
  StoreLimits limits;
  limits.max_memory_bytes = options.max_memory.value_or(0);
  limits.max_stack_bytes = options.max_stack.value_or(0);
  limits.max_heap_bytes = options.max_heap.value_or(0);
  limits.memory_reservation = options.reservation.value_or(0);
  return limits;
}

void PrepareCoredump(const RunOptions& options, Store& store) {
  if (!options.coredump.empty()) store.SetCoredump(CoredumpOptions{.process_name = options.file});
}

void WriteCoredump(const RunOptions& options, const Error& error) {
  if (options.coredump.empty() || error.coredump() == nullptr) return;
  // It holds whatever the guest had in memory: for its owner alone.
  const auto written = WriteFile(options.coredump, error.coredump()->bytes, 0600);
  if (!written)
    return PrintWarning("the coredump is lost: " + Describe(written.error(), options.coredump));
  PrintLine("note: ", "a coredump is in " + options.coredump +
                          (error.coredump()->is_complete
                               ? ""
                               : "; it is not complete, as the program is too large"));
}

Result<void> StartProfiling(const RunOptions& options) {
  if (options.perf_map) TRY_VOID(trenail::StartProfiling(Profiling::kPerfMap));
  if (options.jitdump) TRY_VOID(trenail::StartProfiling(Profiling::kJitDump));
  return {};
}

namespace {

// `compile` gets the bytes and what the options ask for.
Result<Artefact> ThroughCache(
    const RunOptions& options, std::span<const uint8_t> key,
    const std::function<Result<Compiled>(const CompileRequest& request)>& compile) {
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
  return AotCache::Open().Get(key, request, [&] { return compile(request); });
}

}  // namespace

Result<Artefact> CompileThroughCache(const RunOptions& options, std::span<const uint8_t> bytes) {
  return ThroughCache(options, bytes,
                      [&](const CompileRequest& request) { return CompileAot(bytes, request); });
}

#ifdef TRENAIL_COMPONENTS
Result<Artefact> CompileThroughCache(const RunOptions& options, const Component& component,
                                     std::span<const uint8_t> bytes) {
  // Another version may make other modules for calls between components.
  std::vector<uint8_t> key(bytes.begin(), bytes.end());
  for (const Component::CoreModule& part : component.modules())
    if (part.is_adapter) key.insert(key.end(), part.bytes.begin(), part.bytes.end());
  return ThroughCache(options, key, [&](const CompileRequest& request) {
    return CompileAotComponent(component, bytes, request);
  });
}
#endif

}  // namespace trenail::cli
