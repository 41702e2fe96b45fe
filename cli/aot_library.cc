// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the library: beside the program, as in the build folder, or where it is installed.

#include "cli/aot_library.h"

#include <sys/stat.h>

#include "libwasm/support/shared_library.h"

namespace trenail::cli {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

constexpr char kName[] = "libtrenail-aotc.so";

std::unexpected<Error> Missing(std::string message) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

std::string& ChosenLibrary() {
  static std::string& path = *new std::string;
  return path;
}

Result<std::string> FindCompiler() {
  if (!ChosenLibrary().empty()) return ChosenLibrary();
  Result<std::string> found = wasm::FindSharedLibrary(kName, "the compiler");
  if (!found)
    return Missing(found.error().message() + "; Debian has it in the package trenail-compiler");
  return found;
}

struct Library {
  decltype(&trenail_aotc_compile) compile = nullptr;
  decltype(&trenail_aotc_free) free = nullptr;
  decltype(&trenail_aotc_backend) backend = nullptr;
  std::string error;
};

// Loaded once, and never unloaded: LLVM does not come to an end.
const Library& Load() {
  static const Library library = [] {
    Library result;
    const Result<std::string> path = FindCompiler();
    if (!path) {
      result.error = path.error().message();
      return result;
    }
    const Result<void*> loaded = wasm::LoadSharedLibrary(*path, "the compiler");
    if (!loaded) {
      result.error = loaded.error().message();
      return result;
    }
    void* const handle = *loaded;
    const auto interface = reinterpret_cast<decltype(&trenail_aotc_interface)>(
        dlsym(handle, "trenail_aotc_interface"));
    if (interface == nullptr || interface() != TRENAIL_AOTC_INTERFACE) {
      result.error = wasm::OfOtherVersion(*path).message();
      return result;
    }
    result.free = reinterpret_cast<decltype(result.free)>(dlsym(handle, "trenail_aotc_free"));
    result.backend =
        reinterpret_cast<decltype(result.backend)>(dlsym(handle, "trenail_aotc_backend"));
    result.compile =
        reinterpret_cast<decltype(result.compile)>(dlsym(handle, "trenail_aotc_compile"));
    return result;
  }();
  return library;
}

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

namespace {

// `raw` has what is to be compiled.
Result<Compiled> Compile(TrenailAotcRequest raw, const CompileRequest& request) {
  const Library& library = Load();
  if (library.compile == nullptr) return Missing(library.error);
  raw.interface_version = TRENAIL_AOTC_INTERFACE;
  raw.target = OrNull(request.target);
  raw.cpu = OrNull(request.cpu);
  raw.opt_level = request.opt_level;
  raw.jobs = request.jobs;
  raw.output = request.output;
  raw.bounds = request.check_bounds ? TRENAIL_AOTC_BOUNDS_CHECK : TRENAIL_AOTC_BOUNDS_GUARD;
  raw.interruptible = request.interruptible;
  raw.fuel = request.fuel;
  raw.debug_info = request.debug_info     ? TRENAIL_AOTC_DEBUG_FULL
                   : request.source_lines ? TRENAIL_AOTC_DEBUG_LINES
                                          : TRENAIL_AOTC_DEBUG_NONE;
#define FEATURE(Name, option, parent)                \
  if (!request.features.Has(wasm::Feature::k##Name)) \
    raw.features_off |= uint32_t{1} << static_cast<int>(wasm::Feature::k##Name);
#include "libwasm/types/features.def"
#undef FEATURE
  raw.module_symbol = OrNull(request.module_symbol);
  raw.member_name = OrNull(request.member_name);
  raw.runtime = OrNull(request.runtime);
  raw.entry = OrNull(request.entry);
  std::vector<const char*> links;
  for (const std::string& link : request.links) links.push_back(link.c_str());
  raw.links = links.data();
  raw.num_links = links.size();
  raw.grants = request.grants.data();
  raw.grants_size = request.grants.size();
  if (request.progress) {
    raw.progress = [](void* user, uint64_t done, uint64_t total) {
      static_cast<const CompileRequest*>(user)->progress(done, total);
    };
    raw.user = const_cast<CompileRequest*>(&request);
  }
  TrenailAotcResult* result = library.compile(&raw);
  if (result->status != TRENAIL_AOTC_OK) {
    Error error(static_cast<ErrorKind>(result->status), result->message);
    if (result->offset != ~uint64_t{0}) error = std::move(error).WithOffset(result->offset);
    if (result->function != ~uint32_t{0})
      error = std::move(error).WithFunction(result->function, result->name);
    library.free(result);
    return std::unexpected(std::move(error));
  }
  Compiled compiled;
  compiled.bytes.assign(result->bytes, result->bytes + result->size);
  compiled.warnings = result->warnings;
  library.free(result);
  return compiled;
}

}  // namespace

Result<Compiled> CompileAot(std::span<const uint8_t> wasm, const CompileRequest& request) {
  TrenailAotcRequest raw = {};
  raw.wasm = wasm.data();
  raw.wasm_size = wasm.size();
  return Compile(raw, request);
}

Result<Compiled> CompileAotComponent(std::span<const uint8_t> component,
                                     std::span<const TrenailAotcModule> modules,
                                     std::span<const TrenailAotcBinding> bindings,
                                     const CompileRequest& request) {
  std::vector<TrenailAotcModule> parts(modules.begin(), modules.end());
  // A file is found by the header of a module.
  static constexpr uint8_t kEmptyModule[] = {0x00, 'a', 's', 'm', 1, 0, 0, 0};
  if (parts.empty()) parts.push_back({kEmptyModule, sizeof kEmptyModule, 0});
  TrenailAotcRequest raw = {};
  raw.component = component.data();
  raw.component_size = component.size();
  raw.modules = parts.data();
  raw.num_modules = parts.size();
  raw.bindings = bindings.data();
  raw.num_bindings = bindings.size();
  return Compile(raw, request);
}

void SetAotLibrary(std::string path) { ChosenLibrary() = std::move(path); }

Result<std::string> AotFingerprint() {
  const std::string path = TRY(FindCompiler());
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return Missing("cannot read " + path);
  return std::string(TRENAIL_VERSION " ") + std::to_string(status.st_size) + " " +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

std::string AotBackend() {
  const Library& library = Load();
  return library.backend != nullptr ? library.backend() : "";
}

}  // namespace trenail::cli
