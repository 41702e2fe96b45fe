// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail parse: text to binary.

#include <unistd.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {

int ParseCommand(const Arguments& arguments) {
  std::string file;
  std::string output = "-";
  std::string features;
  bool json = false;
  Options options(
      "parse",
      "Translates a module or a component from text to binary. `trenail validate` checks it.",
      "Errors are printed as FILE:LINE:COLUMN.");
  options.File(&file, "a module or a component as text; - is standard input");
  options.String("-o,--output", &output, "FILE", "where to write the binary (standard output)");
  options.String("--features", &features, "+x,-y",
                 "switch language features on or off; few are about texts");
  options.Flag("--json", &json, "print an error as JSON");
  if (auto code = options.Parse(arguments)) return *code;
  if (output == "-" && isatty(STDOUT_FILENO)) {
    return options.WrongUsage("a binary is nothing for a terminal: give -o FILE");
  }

  auto fail = [&](const Error& error, const std::string& about) {
    if (!json) return Report(error, about);
    JsonWriter writer;
    WriteJson(writer, error);
    writer.Print();
    return ExitCode(error);
  };
  Result<FileBytes> text = ReadFile(file);
  if (!text) return fail(text.error(), file);
  FileKind kind = Detect(*text);
  if (kind == FileKind::kModule || kind == FileKind::kComponent) {
    return fail(Error(ErrorKind::kMalformed, "is a binary already"), file);
  }
  component::FeatureSet component_features;
  FeatureSet core_features;
  if (auto applied = ApplyFeatures(features, core_features, component_features); !applied)
    return options.WrongUsage(applied.error().message());
  Result<WasmFile> parsed = ParseAnyText(AsText(*text), component_features);
  if (!parsed) return fail(parsed.error(), file);
  if (auto written = WriteFile(output, parsed->bytes); !written)
    return fail(written.error(), output);
  return kExitOk;
}

}  // namespace trenail::cli
