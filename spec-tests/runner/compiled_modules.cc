// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/compiled_modules.h"

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "libcomponent/libcomponent.h"
#include "libwasm/support/sha256.h"

namespace trenail::spec {
namespace {

namespace fs = std::filesystem;
using Which = CompiledModules::Which;

std::string ArtefactPath(const std::string& folder, std::span<const uint8_t> bytes) {
  return folder + "/" + wasm::ToHex(wasm::Sha256(bytes)) + ".so";
}

std::unexpected<Error> Failed(const std::string& what) {
  return std::unexpected(Error(ErrorKind::kHost, what));
}

// Complete or not there: scripts that run at the same time have modules in common.
Result<void> WriteArtefact(const std::string& path, std::span<const uint8_t> bytes) {
  static std::atomic<unsigned> count = 0;
  const std::string part = path + "." + std::to_string(count++);
  // Not a stream: the program would have them, and their locales, from its first moment on.
  std::FILE* const file = std::fopen(part.c_str(), "wbe");
  if (file == nullptr) return Failed("cannot write " + path);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const bool closed = std::fclose(file) == 0;
  std::error_code error;
  if (written && closed) fs::rename(part, path, error);
  if (!written || !closed || error) return Failed("cannot write " + path);
  return {};
}

Result<void> Provide(const CompiledModules& how, Module& module, std::span<const uint8_t> bytes,
                     unsigned index) {
  if (how.which != Which::kAll && (how.which == Which::kMixed) != (index % 2 == 0)) return {};
  if (!how.artefacts.empty()) {
    Result<Artefact> artefact = Artefact::Open(ArtefactPath(how.artefacts, bytes));
    if (!artefact) return Failed("no artefact: " + artefact.error().message());
    return module.Attach(*artefact);
  }
  const std::string path = how.emit.empty() ? "" : ArtefactPath(how.emit, bytes);
  // The same module in another script.
  if (!path.empty() && fs::exists(path)) return {};
  const Result<std::vector<uint8_t>> compiled =
      how.compile(bytes, module.engine().options().features);
  if (!compiled) return Failed("not compiled: " + compiled.error().message());
  if (!path.empty()) return WriteArtefact(path, *compiled);
  Result<Artefact> artefact = Artefact::FromMemory(*compiled);
  if (!artefact) return Failed("not loaded: " + artefact.error().message());
  return module.Attach(*artefact);
}

Result<void> ProvideComponent(const CompileComponentFunction& compile, Component& component) {
  const Result<std::vector<uint8_t>> compiled = compile(component);
  if (!compiled) return Failed("not compiled: " + compiled.error().message());
  Result<Artefact> artefact = Artefact::FromMemory(*compiled);
  if (!artefact) return Failed("not loaded: " + artefact.error().message());
  return component.Attach(*artefact);
}

}  // namespace

bool CompiledModulesOf(std::string_view engine, CompiledModules::Which* which) {
  if (engine == "aot")
    *which = Which::kAll;
  else if (engine == "mixed")
    *which = Which::kMixed;
  else if (engine == "mixed-others")
    *which = Which::kMixedOthers;
  else
    return false;
  return true;
}

Result<void> UseCompiledModules(CompiledModules how, WastOptions& options) {
  options.engine_options.guard_memories = how.guarded;
  options.modules_only = !how.emit.empty();
  if (options.modules_only) {
    std::error_code error;
    fs::create_directories(how.emit, error);
    if (error) return Failed("cannot make the folder " + how.emit + ": " + error.message());
  }
  if (how.compile_component && how.which == Which::kAll && how.artefacts.empty() &&
      how.emit.empty()) {
    options.component_hook = [compile = how.compile_component](Component& component) {
      return ProvideComponent(compile, component);
    };
  }
  options.module_hook = [how = std::move(how)](Module& module, std::span<const uint8_t> bytes,
                                               unsigned index) {
    return Provide(how, module, bytes, index);
  };
  return {};
}

}  // namespace trenail::spec
