// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail validate: decodes and validates modules; silent where they are right.

#include <algorithm>
#include <thread>

#include "cli/commands.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "interp/interp.h"
#include "libwasm/libwasm.h"
#ifdef TRENAIL_COMPONENTS
#include "libcomponent/libcomponent.h"
#endif

namespace trenail::cli {
namespace {

Result<void> Validate(const Engine& engine, const WasmFile& file,
                      const component::FeatureSet& features) {
#ifdef TRENAIL_COMPONENTS
  if (file.is_component) {
    TRY_VOID(Component::Parse(engine, file.bytes, features));
    return {};
  }
#else
  (void)features;
#endif
  return Module::Validate(engine, file.bytes);
}

}  // namespace

int ValidateCommand(const Arguments& arguments) {
  std::vector<std::string> files;
  std::string features;
  std::optional<uint64_t> threads;
  bool json = false;
  bool verbose = false;
  Options options("validate",
                  "Checks modules and components, binary or text, by the rules of the "
                  "specification.",
                  "Exit codes: 0 all are valid; 1 one is not; 2 a file cannot be read.");
  options.Files(&files, "modules and components; - is standard input");
  options.String("--features", &features, "+x,-y", "switch language features on or off");
  options.Count("-j,--threads", &threads, "N", "validate bodies on N threads (all processors)");
  options.Flag("-v,--verbose", &verbose, "say \"valid\" for each valid file");
  options.Flag("--json", &json, "print the results as JSON");
  if (auto code = options.Parse(arguments)) return *code;

  EngineOptions engine_options;
  component::FeatureSet component_features;
  if (auto applied = ApplyFeatures(features, engine_options.features, component_features);
      !applied) {
    return options.WrongUsage(applied.error().message());
  }
  engine_options.validation_threads = static_cast<unsigned>(
      std::clamp<uint64_t>(threads.value_or(std::thread::hardware_concurrency()), 1, 256));
  Engine engine(MakeInterpreter(), engine_options);

  int exit_code = kExitOk;
  JsonWriter writer;
  writer.BeginArray();
  for (const std::string& file : files) {
    Result<void> result;
    if (auto loaded = LoadWasm(file, component_features); !loaded) {
      result = std::unexpected(std::move(loaded.error()));
    } else {
      result = Validate(engine, *loaded, component_features);
    }
    if (!result) exit_code = std::max(exit_code, ExitCode(result.error()));
    if (json) {
      writer.BeginObject().Key("file").String(file).Key("valid").Bool(result.has_value());
      if (!result) {
        writer.Key("error");
        WriteJson(writer, result.error());
      }
      writer.EndObject();
    } else if (!result) {
      Report(result.error(), file);
    } else if (verbose) {
      std::printf("%s: valid\n", file.c_str());
    }
  }
  writer.EndArray();
  if (json) writer.Print();
  return exit_code;
}

}  // namespace trenail::cli
