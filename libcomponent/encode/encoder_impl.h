// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inside of EncodeParts: the canonical definitions in encode_canons.cc, the rest in encoder.cc.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_ENCODER_IMPL_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_ENCODER_IMPL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/encode/component_writer.h"
#include "libcomponent/encode/encoder.h"
#include "libcomponent/encode/shims.h"

namespace component::encode {

inline std::unexpected<wasm::Error> NotEncodable(std::string message) {
  return std::unexpected(wasm::Error(wasm::ErrorKind::kInvalid, std::move(message)));
}

class Encoder {
 public:
  Encoder(const Target& target, const std::vector<Part>& parts)
      : target_(target),
        resolve_(target.resolve),
        world_(target.the_world()),
        parts_(parts),
        writer_(target.resolve) {}

  wasm::Result<Component> Run() {
    EncodeImports();
    for (const Part& part : parts_)
      core_modules_.push_back(
          part.is_used
              ? writer_.CoreModule(part.bytes, part.name.empty() ? "main" : "adapter " + part.name)
              : 0);
    core_instances_.resize(parts_.size());
    TRY_VOID(CollectShims());
    InstantiateShim();
    DeclareResources();
    for (size_t i = 0; i < parts_.size(); ++i)
      if (parts_[i].is_used) TRY_VOID(InstantiatePart(i));
    TRY_VOID(InstantiateFixup());
    TRY_VOID(EncodeExports());
    return writer_.Take();
  }

 private:
  void EncodeImports();
  wasm::Result<void> CollectShims();
  void AddReallocShim(size_t part);
  void InstantiateShim();
  void DeclareResources();
  wasm::Result<void> InstantiatePart(size_t part);
  wasm::Result<SortIdx> Materialize(size_t part, const CoreImport& import);
  wasm::Result<uint32_t> EncodeImport(size_t part, const CoreImport& import);
  wasm::Result<uint32_t> EncodeBuiltin(size_t part, const CoreImport& import);
  wasm::Result<uint32_t> EncodeShim(const Shim& shim);
  wasm::Result<void> InstantiateFixup();
  wasm::Result<void> EncodeExports();
  wasm::Result<uint32_t> Lift(size_t item, const wit::Function& function);

  const wit::Function* FunctionOf(const CoreImport& import) const;
  Needs NeedsOfImport(const CoreImport& import) const;
  wasm::Result<wit::StringEncoding> EncodingOf(size_t part, const CoreImport& import) const;
  // Where the values of functions with such pointers are.
  wasm::Result<uint32_t> MemoryOf(wasm::AddrType addr_type) const;
  wasm::Result<std::vector<CanonOpt>> Options(size_t part, const Needs& needs,
                                              const std::string& realloc,
                                              wit::StringEncoding encoding);
  uint32_t ExportOf(size_t part, const std::string& name) {
    return writer_.CoreAlias(core_instances_[part], Sort::kCoreFunc, name);
  }
  // The same, or what wraps it.
  uint32_t WrappedExportOf(size_t part, const std::string& name) {
    const auto wrapper = wrappers_.find({part, name});
    if (wrapper == wrappers_.end()) return ExportOf(part, name);
    return writer_.CoreAlias(fixup_instance_, Sort::kCoreFunc, wrapper->second);
  }
  uint32_t FromShim(const std::string& name, Sort sort = Sort::kCoreFunc) {
    return writer_.CoreAlias(shim_instance_, sort, name);
  }
  template <typename Matches>
  std::optional<std::string> FindShim(Matches matches) const {
    for (size_t i = 0; i < shim_.shims.size(); ++i)
      if (matches(shim_.shims[i])) return std::to_string(i);
    return std::nullopt;
  }
  // A function that is imported under the names of two compatible versions has one.
  std::optional<std::string> ShimOf(size_t part, const CoreImport& import) const {
    return FindShim([&](const Shim& item) {
      if (item.import == &import) return true;
      return item.import != nullptr && item.part == part &&
             item.import->kind == CoreImport::Kind::kFunction &&
             import.kind == CoreImport::Kind::kFunction && item.import->item == import.item &&
             item.import->function == import.function && item.import->abi == import.abi;
    });
  }
  std::string Where(size_t part, const CoreImport& import) const {
    return parts_[part].called + " imports `" + import.module + "." + import.name + "`";
  }
  bool HasHook() const { return !parts_[0].info.exports.task_hook.empty(); }
  bool HasMemoryEarly() const { return parts_[0].info.imported_memory.has_value(); }

  const Target& target_;
  const wit::Resolve& resolve_;
  const wit::World& world_;
  const std::vector<Part>& parts_;
  ComponentWriter writer_;
  ShimModule shim_;
  Wrappers wrappers_;
  std::vector<uint32_t> core_modules_, core_instances_;
  std::map<std::string, uint32_t> imported_functions_;
  std::optional<uint32_t> memory_;
  uint32_t shim_instance_ = 0;
  uint32_t fixup_instance_ = 0;
  bool main_is_there_ = false;
  bool fixup_is_there_ = false;
  bool uses_context_slots_ = false;
};

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_ENCODER_IMPL_H_
