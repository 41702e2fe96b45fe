// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The facade over compiled code. Apart from the rest, so that a program which only interprets does
// not link the part that runs it.

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/engine_impl.h"
#include "libwasm/libwasm.h"
#include "libwasm/runtime/host_func.h"
#include "libwasm/runtime/store.h"
#include "libwasm/support/sha256.h"
#include "libwasm/validate/module_validator.h"

#ifdef TRENAIL_NATIVE
#include "libwasm/native/artefact_file.h"
#include "libwasm/native/compiled_module.h"
#endif

namespace trenail {

namespace {

class ArtefactsOnly final : public wasm::runtime::ExecutionEngine {
 public:
  const char* name() const override { return "compiled code"; }
  wasm::runtime::ArrayEntry entry() const override { return &Refuse; }
  wasm::runtime::FuncKind func_kind() const override {
    return wasm::runtime::FuncKind::kInterpreted;
  }

 private:
  static wasm::Trap Refuse(wasm::runtime::VMThread* thread, wasm::runtime::FuncInst*,
                           wasm::runtime::Slot*) {
    wasm::runtime::FailWith(
        *thread,
        Error(ErrorKind::kHost, "the function is not compiled, and there is no interpreter"));
    return wasm::Trap::kHostError;
  }
};

}  // namespace

std::shared_ptr<wasm::runtime::ExecutionEngine> MakeArtefactsOnly() {
  return std::make_shared<ArtefactsOnly>();
}

#ifdef TRENAIL_NATIVE

namespace native = wasm::native;

namespace {

using CompiledPtr = std::shared_ptr<const native::CompiledModule>;

// The system maps a library once, however often it is opened; there is one CompiledModule for it.
class Registry {
 public:
  Result<CompiledPtr> Get(std::shared_ptr<const native::ArtefactFile> file) {
    const native::ArtefactHeader* header = &file->header();
    std::unique_lock lock(mutex_);
    // One that nobody refers to any more is waited for until it is gone.
    for (auto at = modules_.find(header); at != modules_.end(); at = modules_.find(header)) {
      if (CompiledPtr known = at->second.lock()) return known;
      gone_.wait(lock);
    }
    CompiledPtr made = TRY(native::CompiledModule::New(header, std::move(file)));
    const native::CompiledModule* module = made.get();
    CompiledPtr counted(module, [this, header, made = std::move(made)](const void*) mutable {
      const std::lock_guard lock(mutex_);
      made.reset();
      modules_.erase(header);
      gone_.notify_all();
    });
    modules_[header] = counted;
    return counted;
  }

 private:
  std::mutex mutex_;
  std::condition_variable gone_;
  std::map<const native::ArtefactHeader*, std::weak_ptr<const native::CompiledModule>> modules_;
};

using FilePtr = std::shared_ptr<const native::ArtefactFile>;

Result<CompiledPtr> Register(FilePtr file) {
  static Registry& registry = *new Registry;
  return registry.Get(std::move(file));
}

}  // namespace

Result<Artefact> Artefact::Open(const std::string& path) {
  FilePtr file = TRY(native::ArtefactFile::Open(path));
  return Artefact(TRY(Register(file)), file);
}
Result<Artefact> Artefact::FromMemory(std::span<const uint8_t> bytes) {
  FilePtr file = TRY(native::ArtefactFile::FromMemory(bytes));
  return Artefact(TRY(Register(file)), file);
}
Result<Artefact> Artefact::Linked(const void* module) {
  using native::ComponentRecord;
  const bool is_component =
      std::memcmp(module, ComponentRecord::kMagic, sizeof ComponentRecord::kMagic) == 0;
  FilePtr file =
      TRY(is_component
              ? native::ArtefactFile::Linked(static_cast<const ComponentRecord*>(module))
              : native::ArtefactFile::Linked(static_cast<const native::ArtefactHeader*>(module)));
  return Artefact(TRY(Register(file)), file);
}

std::span<const uint8_t> Artefact::component() const {
  const native::ComponentRecord* record = file_->component();
  if (record == nullptr) return {};
  return {native::At<uint8_t>(record->component), record->component_size};
}
Result<std::vector<Artefact>> Artefact::parts() const {
  std::vector<Artefact> parts;
  const native::ComponentRecord* record = file_->component();
  for (uint32_t i = 0; record != nullptr && i < record->num_modules; ++i) {
    FilePtr file = TRY(native::ArtefactFile::Part(file_, i));
    parts.push_back(Artefact(TRY(Register(file)), file));
  }
  return parts;
}

std::span<const uint8_t, 32> Artefact::module_hash() const { return code_->header().module_hash; }
bool Artefact::interruptible() const {
  return (code_->header().flags & native::ArtefactHeader::kInterruptible) != 0;
}
bool Artefact::meters_fuel() const {
  return (code_->header().flags & native::ArtefactHeader::kMetersFuel) != 0;
}

Result<Module> Module::FromArtefact(const Engine& engine, const Artefact& artefact) {
  if (!artefact.component().empty())
    return std::unexpected(Error(ErrorKind::kHost, "this is a component, and a module is needed"));
  const native::CompiledModule& code = *artefact.internal();
  auto decoded = TRY(wasm::binary::DecodeModule(code.wasm(), engine.options().features));
  if (decoded->functions.size() - decoded->num_imported_functions != code.header().num_functions)
    return std::unexpected(
        Error(ErrorKind::kMalformed, "the artefact does not fit the module that it holds"));
  auto validated =
      TRY(wasm::validate::ValidateWithoutBodies(std::move(decoded), *engine.impl()->types));
  Module module(engine, std::move(validated));
  const_cast<wasm::ValidatedModule&>(*module.module_).compiled = artefact.internal();
  return module;
}

Result<void> Module::Attach(const Artefact& artefact) {
  const wasm::Sha256Hash hash = wasm::Sha256(module_->module().bytes.span());
  if (!std::ranges::equal(hash, artefact.module_hash())) {
    WASM_LOG(engine_.impl()->log.get(), kWarning,
             "an artefact was refused: it was compiled from another module");
    return std::unexpected(
        Error(ErrorKind::kUnlinkable, "the artefact was compiled from another module"));
  }
  // No instance looks at the module yet.
  const_cast<wasm::ValidatedModule&>(*module_).compiled = artefact.internal();
  return {};
}

#else

namespace {
std::unexpected<Error> NoNative() {
  return std::unexpected(
      Error(ErrorKind::kUnlinkable,
            "this build of trenail cannot run compiled code: it needs x86-64 or AArch64 and "
            "virtual memory"));
}
}  // namespace

Result<Artefact> Artefact::Open(const std::string&) { return NoNative(); }
Result<Artefact> Artefact::FromMemory(std::span<const uint8_t>) { return NoNative(); }
Result<Artefact> Artefact::Linked(const void*) { return NoNative(); }
std::span<const uint8_t> Artefact::component() const { return {}; }
Result<std::vector<Artefact>> Artefact::parts() const { return NoNative(); }
std::span<const uint8_t, 32> Artefact::module_hash() const {
  static constexpr uint8_t kNone[32] = {};
  return kNone;
}
bool Artefact::interruptible() const { return false; }
bool Artefact::meters_fuel() const { return false; }
Result<Module> Module::FromArtefact(const Engine&, const Artefact&) { return NoNative(); }
Result<void> Module::Attach(const Artefact&) { return NoNative(); }

#endif  // TRENAIL_NATIVE

}  // namespace trenail
