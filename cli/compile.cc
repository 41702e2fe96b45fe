// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail compile: a module to native code, ahead of time. The suffix of the output says what is
// made.

#include <algorithm>
#include <string_view>
#include <thread>

#include "cli/aot_library.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/object_header.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/standalone/grants.h"
#include "cli/wasi_grants.h"
#ifdef TRENAIL_COMPONENTS
#include "cli/aot_component.h"
#include "cli/component_call.h"
#include "cli/component_grants.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libwasi/packages.h"
#endif

namespace trenail::cli {
namespace {

struct Kind {
  std::string_view name;    // of --emit
  std::string_view suffix;  // of the output
  TrenailAotcOutput output;
};
constexpr Kind kKinds[] = {
    {"exe", "", TRENAIL_AOTC_EXECUTABLE},     {"so", ".so", TRENAIL_AOTC_SHARED_LIBRARY},
    {"obj", ".o", TRENAIL_AOTC_OBJECT},       {"archive", ".a", TRENAIL_AOTC_ARCHIVE},
    {"llvm-ir", ".ll", TRENAIL_AOTC_LLVM_IR}, {"asm", ".s", TRENAIL_AOTC_ASSEMBLY},
};

std::string_view FileName(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view Suffix(std::string_view path) {
  const std::string_view name = FileName(path);
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

// What a program of its own will be granted, in its notation. Errors: kHost.
Result<std::string> CheckedGrants(const WasiGrants& grants, bool bench_hooks) {
  for (const std::string& text : grants.directories) TRY_VOID(ParseDirectoryGrant(text));
  for (const std::string& text : grants.environment) TRY_VOID(ParseVariable(text));
#ifdef TRENAIL_COMPONENTS
  TRY_VOID(ToGrants(grants));
  for (const std::string& store : grants.key_values)
    if (store.contains("redis://"))
      return std::unexpected(
          Error(ErrorKind::kHost, "--kv: programs keep keys and values in memory, not in Redis"));
#endif
  std::string text = WriteGrants(grants);
  if (bench_hooks) (text += kGrantBenchHooks) += '\0';
  return text;
}

#ifdef TRENAIL_COMPONENTS
// What a program has to have for a component. Errors: kUnlinkable where no program has it.
Result<void> ChooseRuntime(const Component& component, CompileRequest& request) {
  using wasi::IsImported;
  using wasi::IsOfPackage;
  if (!PlanCall(component, "")) {
    for (const component::NamedExtern& item : component.exports())
      if (IsOfPackage(item, "wasi:http/incoming-handler", 2) ||
          IsOfPackage(item, "wasi:http/handler", 3))
        return std::unexpected(
            Error(ErrorKind::kUnlinkable,
                  "it answers requests by " + item.name.name +
                      " and is no command: compile it to .so, which \"trenail serve\" serves"));
  }
  for (const component::NamedExtern& import : component.imports()) {
    bool is_known = import.type.sort == component::Sort::kType;
#define WASI_PACKAGE(names, version, function) is_known |= IsOfPackage(import, names, version);
#include "libwasi/packages.def"
#undef WASI_PACKAGE
    if (!is_known)
      return std::unexpected(
          Error(ErrorKind::kUnlinkable,
                "it imports " + import.name.name + ", which is not of WASI: no program has that"));
  }
#define WASI_PACKAGE(names, version, function) \
  if (IsImported(component, names, version))   \
    request.links.emplace_back("trenail_wasi_p" #version "_" #function);
#include "libwasi/packages.def"
#undef WASI_PACKAGE
  request.entry = request.links.empty() ? "trenail_run_alone" : "trenail_run_wasi";
  request.runtime = "component";
  for (const int version : {2, 3}) {
    if (IsImported(component, "wasi:http/", version))
      request.runtime = "http";
    else if (IsImported(component, "wasi:sockets/ip-name-lookup", version) &&
             request.runtime != "http")
      request.runtime = "network";
  }
  return {};
}
#endif

// Errors: kMalformed, kInvalid, kUnlinkable; those of the compiler.
wasm::Result<Compiled> CompileComponent(std::span<const uint8_t> bytes,
                                        const component::FeatureSet& features,
                                        const CompileRequest& request) {
#ifdef TRENAIL_COMPONENTS
  const Engine engine(MakeInterpreter(), {.features = request.features});
  const Component component = TRY(Component::Parse(engine, bytes, features));
  if (request.output == TRENAIL_AOTC_EXECUTABLE) {
    CompileRequest of_program = request;
    TRY_VOID(ChooseRuntime(component, of_program));
    return CompileAotComponent(component, bytes, of_program);
  }
  return CompileAotComponent(component, bytes, request);
#else
  (void)features;
  return CompileAot(bytes, request);
#endif
}

bool HasComponentGrants(const WasiGrants& grants) {
  return !(grants.tcp.empty() && grants.udp.empty() && grants.dns.empty() && grants.http.empty() &&
           grants.key_values.empty() && grants.config.empty());
}

bool IsLinkedIn(TrenailAotcOutput output) {
  return output == TRENAIL_AOTC_OBJECT || output == TRENAIL_AOTC_ARCHIVE;
}

}  // namespace

int CompileCommand(const Arguments& arguments) {
  std::string file;
  std::string output;
  std::string emit;
  std::string level = "2";
  std::string bounds = "guard";
  std::string features;
  std::string header;
  WasiGrants granted;
  bool bench_hooks = false;
  std::optional<uint64_t> jobs;
  CompileRequest request;
  Options options("compile", "Compiles a module or component to native code, ahead of time.",
                  "The suffix of the output says what is made: .so for \"trenail run\", .o and .a "
                  "to link into a\n"
                  "program, .ll and .s to read, no suffix: a program of its own. Of a component: "
                  "not .o, .a.\n"
                  "Exit codes: 0; 1 the module is malformed or invalid; 2 anything else.");
  options.File(&file, "a module or component, binary or text; - is standard input");
  options.String("-o,--output", &output, "OUT", "where to write");
  std::vector<std::string> kinds;
  for (const Kind& kind : kKinds) kinds.emplace_back(kind.name);
  options.Choice("--emit", &emit, kinds, "what to make, whatever the output is called");
  options.Choice("-O", &level, {"0", "1", "2", "3"}, "how much to optimise (2)");
  options.Count("-j,--jobs", &jobs, "N", "compile on N threads (all processors)");
  options.String("--target", &request.target, "TRIPLE",
                 "x86_64-linux-gnu or aarch64-linux-gnu (this machine's)");
  options.String("--cpu", &request.cpu, "NAME",
                 "use what this processor has; native is this machine's (the target's baseline)");
  options.Choice("--bounds", &bounds, {"guard", "check"},
                 "how accesses are kept inside a memory: guard pages, or a comparison each");
  options.Flag("--interruptible", &request.interruptible, "the code can be stopped: run --timeout");
  options.Flag("--fuel", &request.fuel, "the code counts what it does: run --fuel");
  options.Flag("-g", &request.debug_info, "keep the module's debug information");
  options.String("--symbol", &request.module_symbol, "NAME",
                 "of .o and .a: what the module is called (the output's name and _module)");
  options.String("--header", &header, "FILE", "of .o and .a: write a header for C and C++");
  options.Strings("--dir", &granted.directories, "HOST[::GUEST][:ro]",
                  "of programs: grant a directory, whenever it runs, as run --dir does");
  options.Strings("--env", &granted.environment, "NAME=VALUE",
                  "of programs: set a variable; NAME alone passes on the caller's");
#ifdef TRENAIL_COMPONENTS
  AddGrantOptions(options, &granted);
#endif
  options.Flag("--bench-hooks", &bench_hooks, "");
  options.String("--features", &features, "+x,-y", "switch language features on or off");
  if (auto code = options.Parse(arguments)) return *code;

  if (output.empty()) return options.WrongUsage("-o OUT says where to write");
  const Kind* kind = nullptr;
  for (const Kind& candidate : kKinds)
    if (emit.empty() ? candidate.suffix == Suffix(output) : candidate.name == emit)
      kind = &candidate;
  if (kind == nullptr)
    return options.WrongUsage("\"" + output +
                              "\" does not say what to make: its suffix is none of .so .o .a .ll "
                              ".s (--emit says it too)");
  component::FeatureSet component_features;
  if (auto applied = ApplyFeatures(features, request.features, component_features); !applied)
    return options.WrongUsage(applied.error().message());
  if (!IsLinkedIn(kind->output) && (!header.empty() || !request.module_symbol.empty()))
    return options.WrongUsage("--header and --symbol are for .o and .a");
  auto grants = CheckedGrants(granted, bench_hooks);
  if (!grants) return options.WrongUsage(grants.error().message());
  if (!grants->empty() && kind->output != TRENAIL_AOTC_EXECUTABLE)
    return options.WrongUsage(
        "--dir, --env and other grants are for programs; others are granted by trenail run");
  request.grants = std::move(*grants);
  request.output = kind->output;
  request.opt_level = static_cast<unsigned>(level[0] - '0');
  request.jobs = static_cast<unsigned>(
      std::clamp<uint64_t>(jobs.value_or(std::thread::hardware_concurrency()), 1, 256));
  request.check_bounds = bounds == "check";
  if (request.module_symbol.empty()) request.module_symbol = ModuleSymbol(output);
  if (!IsSymbol(request.module_symbol))
    return options.WrongUsage("\"" + request.module_symbol + "\" is no name of C");
  std::string_view stem = FileName(output);
  stem.remove_suffix(Suffix(output).size());
  request.member_name = std::string(stem) + ".o";

  auto loaded = LoadWasm(file, component_features);
  if (!loaded) return Report(loaded.error(), file);
  if (loaded->is_component && IsLinkedIn(kind->output))
    return options.WrongUsage("components are compiled to .so and to programs");
  if (!loaded->is_component && HasComponentGrants(granted))
    return options.WrongUsage("only components can be granted more than --dir and --env");
  wasm::Result<Compiled> compiled = [&] {
    ProgressLine progress;
    if (progress.shown())
      request.progress = [&progress](uint64_t done, uint64_t total) {
        progress.Percent("compiling", done, total);
      };
    if (loaded->is_component) return CompileComponent(loaded->bytes, component_features, request);
    return CompileAot(loaded->bytes, request);
  }();
  if (!compiled) return Report(compiled.error(), file);
  if (!compiled->warnings.empty()) {
    compiled->warnings.pop_back();
    PrintWarning(compiled->warnings);
  }
  const bool runs =
      kind->output == TRENAIL_AOTC_EXECUTABLE || kind->output == TRENAIL_AOTC_SHARED_LIBRARY;
  if (auto written = WriteFile(output, compiled->bytes, runs ? 0777 : 0666); !written)
    return Report(written.error(), output);
  if (!header.empty()) {
    const std::string text = ObjectHeader(header, request.module_symbol);
    if (auto written =
            WriteFile(header, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
        !written)
      return Report(written.error(), header);
  }
  return kExitOk;
}

}  // namespace trenail::cli
