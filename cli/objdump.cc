// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail objdump: what lies where in a module. Side tables exist only for valid functions, so the
// module is validated for them, and only for them.

#include "libwasm/text/objdump.h"
#include "cli/commands.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "interp/interp.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/libwasm.h"

namespace trenail::cli {

int ObjdumpCommand(const Arguments& arguments) {
  std::vector<std::string> files;
  bool headers = false;
  std::optional<uint64_t> function;
  wasm::text::ObjdumpOptions dump;
  Options options("objdump",
                  "Shows what lies where in a module. Without an option: sections, their items and "
                  "the code.");
  options.Files(&files, "modules; - is standard input");
  options.Flag("--headers", &headers, "the table of sections");
  options.Flag("-x,--details", &dump.details, "the items of every section");
  options.Flag("-d,--disassemble", &dump.disassemble, "the code, instruction by instruction");
  options.Flag("--side-table", &dump.side_table, "the tables the interpreter takes branches from");
  options.Count("--function", &function, "INDEX", "only this function");
  if (auto code = options.Parse(arguments)) return *code;
  if (!headers && !dump.details && !dump.disassemble && !dump.side_table) {
    headers = dump.details = dump.disassemble = true;
  }
  dump.headers = headers;
  if (function && *function > UINT32_MAX) {
    return options.WrongUsage("--function: an index has 32 bits");
  }
  if (function) dump.only_function = static_cast<uint32_t>(*function);

  int exit_code = kExitOk;
  for (const std::string& file : files) {
    auto failed = [&](const Error& error) { exit_code = std::max(exit_code, Report(error, file)); };
    Result<FileBytes> bytes = LoadModule(file);
    if (!bytes) {
      failed(bytes.error());
      continue;
    }
    if (files.size() > 1) std::printf("%s:\n", file.c_str());
    std::string text;
    if (dump.side_table) {
      Result<Module> module = Module::Parse(Engine(MakeInterpreter()), *bytes);
      if (!module) {
        failed(module.error());
        continue;
      }
      dump.validated = module->internal().get();
      text = wasm::text::Objdump(dump.validated->module(), dump);
    } else {
      auto module = wasm::binary::DecodeModule(*bytes, {});
      if (!module) {
        failed(module.error());
        continue;
      }
      text = wasm::text::Objdump(**module, dump);
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return exit_code;
}

}  // namespace trenail::cli
