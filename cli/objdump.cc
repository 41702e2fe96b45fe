// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail objdump: what lies where in a module or a component; behind a component's own sections
// come the core modules in it. Side tables exist only for valid functions, so modules are validated
// for them, and only for them.

#include "libwasm/text/objdump.h"
#include "cli/commands.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "interp/interp.h"
#include "libwasm/binary/module_decoder.h"
#include "libwasm/libwasm.h"
#ifdef TRENAIL_COMPONENTS
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/objdump.h"
#endif

namespace trenail::cli {
namespace {

using wasm::text::ObjdumpOptions;

Result<std::string> DumpModule(std::span<const uint8_t> bytes, ObjdumpOptions options) {
  if (options.side_table) {
    const Module module = TRY(Module::Parse(Engine(MakeInterpreter()), bytes));
    options.validated = module.internal().get();
    return wasm::text::Objdump(options.validated->module(), options);
  }
  const auto module = TRY(wasm::binary::DecodeModule(bytes, {}));
  return wasm::text::Objdump(*module, options);
}

#ifdef TRENAIL_COMPONENTS
// The core modules of a component and of those nested in it, in the order of the file.
class NestedModules {
 public:
  NestedModules(const ObjdumpOptions& options, std::optional<uint64_t> only)
      : options_(options), only_(only) {}

  Result<void> Dump(const component::Component& component) {
    for (const component::Definition& definition : component.definitions) {
      if (const auto* nested =
              std::get_if<std::shared_ptr<const component::Component>>(&definition.def)) {
        TRY_VOID(Dump(**nested));
      } else if (const auto* module = std::get_if<component::CoreModuleDef>(&definition.def)) {
        TRY_VOID(Dump(*module, definition.offset));
      }
    }
    return {};
  }

  uint64_t count() const { return count_; }
  std::string& text() { return text_; }

 private:
  Result<void> Dump(const component::CoreModuleDef& module, uint64_t offset) {
    const uint64_t index = count_++;
    if (only_ && *only_ != index) return {};
    Result<std::string> dumped = DumpModule(module.bytes, options_);
    if (!dumped) {
      Error& error = dumped.error();
      const uint64_t at = offset + error.offset().value_or(0);
      return std::unexpected(std::move(error).WithOffset(at));
    }
    char place[64];
    std::snprintf(place, sizeof place, "at byte 0x%llx", static_cast<unsigned long long>(offset));
    text_ += (text_.empty() ? "" : "\n");
    text_ += "Core module " + std::to_string(index) + " (" + place +
             ", from where its offsets count):\n" + *dumped;
    return {};
  }

  const ObjdumpOptions& options_;
  std::optional<uint64_t> only_;
  uint64_t count_ = 0;
  std::string text_;
};

Result<std::string> DumpComponent(std::span<const uint8_t> bytes, const ObjdumpOptions& options,
                                  std::optional<uint64_t> only_module) {
  const auto component = TRY(component::binary::DecodeComponent(bytes, AllComponentFeatures()));
  NestedModules modules(options, only_module);
  TRY_VOID(modules.Dump(*component));
  if (only_module) {
    if (*only_module < modules.count()) return std::move(modules.text());
    return std::unexpected(Error(ErrorKind::kHost, "--module: the component has " +
                                                       std::to_string(modules.count()) +
                                                       " core modules, counted from 0"));
  }
  std::string text;
  if (options.headers || options.details) {
    text = component::binary::Objdump(*component, bytes,
                                      {.headers = options.headers, .details = options.details});
    if (!modules.text().empty()) text += '\n';
  }
  return text + modules.text();
}
#endif

Result<std::string> Dump(const WasmFile& file, const ObjdumpOptions& options,
                         [[maybe_unused]] std::optional<uint64_t> only_module) {
#ifdef TRENAIL_COMPONENTS
  if (file.is_component) return DumpComponent(file.bytes, options, only_module);
#endif
  return DumpModule(file.bytes, options);
}

}  // namespace

int ObjdumpCommand(const Arguments& arguments) {
  std::vector<std::string> files;
  bool headers = false;
  std::optional<uint64_t> function;
  std::optional<uint64_t> only_module;
  wasm::text::ObjdumpOptions dump;
  Options options(
      "objdump",
      "Shows what lies where in a module, or in a component and the core modules in it. "
      "Without an option: sections, their items and the code.");
  options.Files(&files, "modules and components; - is standard input");
  options.Flag("--headers", &headers, "the table of sections");
  options.Flag("-x,--details", &dump.details, "the items of every section");
  options.Flag("-d,--disassemble", &dump.disassemble, "the code, instruction by instruction");
  options.Flag("--side-table", &dump.side_table, "the tables the interpreter takes branches from");
  options.Count("--module", &only_module, "INDEX",
                "of a component: only this core module, in the order of the file");
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
    Result<WasmFile> loaded = LoadWasm(file);
    if (!loaded) {
      failed(loaded.error());
      continue;
    }
    Result<std::string> text = Dump(*loaded, dump, only_module);
    if (!text) {
      failed(text.error());
      continue;
    }
    if (files.size() > 1) std::printf("%s:\n", file.c_str());
    std::fwrite(text->data(), 1, text->size(), stdout);
  }
  return exit_code;
}

}  // namespace trenail::cli
