// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C boundary over compile.h and link.h.

#include "aotc/aotc.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/Target/TargetMachine.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aotc/artefact_object.h"
#include "aotc/compile.h"
#include "aotc/link.h"
#include "aotc/runtime_object.h"
#include "aotc/target.h"
#include "libwasm/native/abi.h"

namespace wasm::aotc {
namespace {

std::string Text(const char* text) { return text == nullptr ? std::string() : text; }

// What the caller gets, and the strings behind its pointers.
struct OwnedResult {
  TrenailAotcResult result = {};
  std::string bytes;
  std::string message;
  std::string name;
  std::string warnings;

  void SetError(const Error& error) {
    switch (error.kind()) {
      case ErrorKind::kMalformed:
        result.status = TRENAIL_AOTC_MALFORMED;
        break;
      case ErrorKind::kInvalid:
        result.status = TRENAIL_AOTC_INVALID;
        break;
      default:
        result.status = TRENAIL_AOTC_FAILED;
    }
    message = error.message();
    name = error.function_name();
    result.offset = error.offset().value_or(~uint64_t{0});
    result.function = error.function_index().value_or(~uint32_t{0});
  }
  TrenailAotcResult* Publish() {
    result.bytes = reinterpret_cast<const uint8_t*>(bytes.data());
    result.size = bytes.size();
    result.message = message.c_str();
    result.name = name.c_str();
    result.warnings = warnings.c_str();
    return &result;
  }
};

// The standard layout of OwnedResult's beginning lets free find it again.
static_assert(offsetof(OwnedResult, result) == 0);

std::unexpected<Error> Wrong(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

FeatureSet LanguageFeatures(uint32_t off) {
  FeatureSet features;
  for (int i = 0; i < 32; ++i)
    if ((off >> i & 1) != 0) features.Disable(static_cast<Feature>(i));
  return features;
}

void AddBindings(std::span<const TrenailAotcBinding> all, std::vector<ModuleSet::Part>& parts) {
  constexpr size_t kNone = ~size_t{0};
  std::vector<size_t> places(all.size(), kNone);  // of those that may be parents
  for (size_t i = 0; i < all.size(); ++i) {
    const TrenailAotcBinding& raw = all[i];
    const Binding binding{raw.import, raw.callee_module, raw.callee_function, {}};
    if (raw.parent == TRENAIL_AOTC_NO_PARENT) {
      if (raw.module >= parts.size()) continue;
      places[i] = parts[raw.module].bindings.size();
      parts[raw.module].bindings.push_back(binding);
    } else if (raw.parent < i && places[raw.parent] != kNone) {
      parts[all[raw.parent].module].bindings[places[raw.parent]].inner.push_back(binding);
    }
  }
}

// An object of one core module of a component.
Result<std::string> CompilePart(const ModuleSet& set, uint32_t index, const CompileOptions& options,
                                const TrenailAotcRequest& request, const std::string& symbol,
                                std::string& warnings,
                                std::function<void(uint64_t, uint64_t)> progress) {
  const TrenailAotcModule& module = request.modules[index];
  CompiledObjects code = TRY(set.Compile(index, std::move(progress)));
  for (const std::string& warning : code.warnings) warnings += warning + "\n";
  const auto debug = static_cast<TrenailAotcDebug>(request.debug_info);
  FrameObjects frame = TRY(MakeFrameObjects({module.wasm, module.wasm_size}, code, options, symbol,
                                            debug, /*leads=*/index == 0, /*of_component=*/true));
  std::vector<std::string> objects;
  objects.push_back(std::move(frame.first));
  for (std::string& object : code.objects) objects.push_back(std::move(object));
  objects.push_back(std::move(frame.last));
  static constexpr const char* kPrivate[] = {kPersonalitySymbol, kCodeBegin, kCodeEnd};
  return LinkPart({objects, options.target, debug == TRENAIL_AOTC_DEBUG_FULL}, kPrivate);
}

Result<std::string> MakeGrantsObject(const TrenailAotcRequest& request,
                                     const CompileOptions& options) {
  std::string grants(request.grants, request.grants + request.grants_size);
  grants.push_back('\0');
  return MakeDataObject(options.target, "trenail_grants", grants);
}

Result<std::string> CompileComponent(const TrenailAotcRequest& request,
                                     const CompileOptions& options, std::string& warnings) {
  const bool is_program = request.output == TRENAIL_AOTC_EXECUTABLE;
  const bool is_text = options.emit_ir || options.emit_assembly;
  if (!is_program && !is_text && request.output != TRENAIL_AOTC_SHARED_LIBRARY)
    return Wrong("components are compiled to shared libraries (.so) and programs");
  std::string runtime;
  if (is_program) runtime = TRY(RuntimeObject(options.target, Text(request.runtime)));
  const std::span modules(request.modules, request.num_modules);
  uint64_t total = 0, before = 0;
  std::vector<ModuleSet::Part> parts;
  for (const TrenailAotcModule& module : modules) {
    total += module.wasm_size;
    parts.push_back({{module.wasm, module.wasm_size}, module.is_adapter != 0, {}});
  }
  AddBindings({request.bindings, request.num_bindings}, parts);
  const auto set =
      TRY(ModuleSet::New(std::move(parts), LanguageFeatures(request.features_off), options));
  std::string text;
  std::vector<std::string> symbols, objects;
  for (uint32_t i = 0; i < modules.size(); ++i) {
    // Each module tells of its own progress, in bytes of bodies.
    std::function<void(uint64_t, uint64_t)> progress;
    if (request.progress != nullptr)
      progress = [&](uint64_t done, uint64_t all) {
        const uint64_t part = all == 0 ? 0 : modules[i].wasm_size * done / all;
        request.progress(request.user, before + part, total);
      };
    if (is_text) {
      for (const std::string& part : TRY(set->Compile(i, std::move(progress))).objects)
        text += part;
      before += modules[i].wasm_size;
      continue;
    }
    symbols.push_back("trenail_module");
    if (i != 0) symbols.back() += "_" + std::to_string(i);
    objects.push_back(
        TRY(CompilePart(*set, i, options, request, symbols.back(), warnings, std::move(progress))));
    before += modules[i].wasm_size;
  }
  if (is_text) return text;
  const std::string_view component(reinterpret_cast<const char*>(request.component),
                                   request.component_size);
  objects.push_back(TRY(MakeComponentObject(options.target, component, symbols)));
  if (is_program) {
    const std::string entry[] = {Text(request.entry)};
    objects.push_back(TRY(MakePointersObject(options.target, "trenail_run", entry)));
    const std::vector<std::string> links(request.links, request.links + request.num_links);
    objects.push_back(TRY(MakePointersObject(options.target, "trenail_links", links)));
    objects.push_back(TRY(MakeGrantsObject(request, options)));
  }
  const LinkInput input{objects, options.target, request.debug_info == TRENAIL_AOTC_DEBUG_FULL};
  return is_program ? LinkExecutable(input, runtime) : LinkComponent(input);
}

Result<std::string> Compile(const TrenailAotcRequest& request, std::string& warnings) {
  if (request.interface_version != TRENAIL_AOTC_INTERFACE)
    return Wrong("the program and the compiler's library are of different versions");
  CompileOptions options;
  options.target = ResolveTarget(Text(request.target));
  options.cpu = Text(request.cpu);
  options.features = Text(request.cpu_features);
  options.opt_level = std::min(request.opt_level, uint32_t{3});
  options.jobs = std::max(request.jobs, uint32_t{1});
  options.bounds = request.bounds == TRENAIL_AOTC_BOUNDS_CHECK ? Bounds::kCheck : Bounds::kGuard;
  options.interruptible = request.interruptible != 0;
  options.fuel = request.fuel != 0;
  options.source_lines = request.debug_info == TRENAIL_AOTC_DEBUG_FULL;
  options.emit_ir = request.output == TRENAIL_AOTC_LLVM_IR;
  options.emit_assembly = request.output == TRENAIL_AOTC_ASSEMBLY;
  if (request.progress != nullptr)
    options.progress = [&request](uint64_t done, uint64_t total) {
      request.progress(request.user, done, total);
    };
  const std::span<const uint8_t> wasm(request.wasm, request.wasm_size);
  // Whatever is wrong with the request is said before minutes are spent on the module.
  TRY_VOID(MakeTargetMachine(options.target, options.cpu, options.features, 0));
  if (request.component != nullptr) return CompileComponent(request, options, warnings);
  std::string runtime;
  if (request.output == TRENAIL_AOTC_EXECUTABLE) runtime = TRY(RuntimeObject(options.target));

  CompiledObjects code = TRY(CompileModule(wasm, LanguageFeatures(request.features_off), options));
  for (const std::string& warning : code.warnings) warnings += warning + "\n";
  if (options.emit_ir || options.emit_assembly) {
    std::string text;
    for (const std::string& part : code.objects) text += part;
    return text;
  }
  const bool linked_in =
      request.output == TRENAIL_AOTC_OBJECT || request.output == TRENAIL_AOTC_ARCHIVE;
  const std::string symbol = linked_in && request.module_symbol != nullptr
                                 ? std::string(request.module_symbol)
                                 : "trenail_module";
  const auto debug = static_cast<TrenailAotcDebug>(request.debug_info);
  FrameObjects frame = TRY(MakeFrameObjects(wasm, code, options, symbol, debug));
  std::vector<std::string> objects;
  objects.push_back(std::move(frame.first));
  for (std::string& object : code.objects) objects.push_back(std::move(object));
  objects.push_back(std::move(frame.last));
  const LinkInput input{objects, options.target, debug == TRENAIL_AOTC_DEBUG_FULL};
  switch (request.output) {
    case TRENAIL_AOTC_SHARED_LIBRARY:
      return LinkSharedLibrary(input, symbol);
    case TRENAIL_AOTC_OBJECT:
      return LinkObject(input, symbol);
    case TRENAIL_AOTC_ARCHIVE: {
      const std::string member = Text(request.member_name);
      return MakeArchive(TRY(LinkObject(input, symbol)), member.empty() ? "module.o" : member);
    }
    case TRENAIL_AOTC_EXECUTABLE:
      objects.push_back(TRY(MakeGrantsObject(request, options)));
      return LinkExecutable({objects, options.target, input.debug}, runtime);
    default:
      return Wrong("the compiler does not know this kind of output");
  }
}

}  // namespace
}  // namespace wasm::aotc

TrenailAotcResult* trenail_aotc_compile(const TrenailAotcRequest* request) {
  using namespace wasm::aotc;
  auto owned = std::make_unique<OwnedResult>();
  owned->result.status = TRENAIL_AOTC_OK;
  auto compiled = Compile(*request, owned->warnings);
  if (compiled) {
    owned->bytes = std::move(*compiled);
  } else {
    owned->SetError(compiled.error());
  }
  return owned.release()->Publish();
}

void trenail_aotc_free(TrenailAotcResult* result) {
  delete reinterpret_cast<wasm::aotc::OwnedResult*>(result);
}

uint32_t trenail_aotc_interface(void) { return TRENAIL_AOTC_INTERFACE; }
uint64_t trenail_aotc_fingerprint(void) { return wasm::native::kFingerprint; }
const char* trenail_aotc_backend(void) { return "LLVM " LLVM_VERSION_STRING; }
