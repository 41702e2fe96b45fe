// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instantiation [exec-instantiation].

#ifndef TRENAIL_LIBWASM_RUNTIME_INSTANTIATE_H_
#define TRENAIL_LIBWASM_RUNTIME_INSTANTIATE_H_

#include <memory>
#include <span>
#include <string>

#include "libwasm/module/validated_module.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/support/error.h"

namespace wasm::runtime {

// One instantiation, its steps in the order of the specification.
class Instantiation {
 public:
  Instantiation(Store& store, std::shared_ptr<const ValidatedModule> module);

  Result<Instance*> Run(std::span<const Extern> imports, std::string name, const void* owner);

 private:
  Result<void> CheckImports(std::span<const Extern> imports) const;
  Result<void> MakeData(std::string name);
  Result<std::unique_ptr<MemoryInst>> NewMemory(size_t index, bool guarded) const;
  void LinkImports(std::span<const Extern> imports);
  Result<void> AllocateMemories();
  Result<void> CheckGuards() const;
  Result<void> AllocateTables();
  void AllocateTags();
  Trap InitGlobals();
  Trap InitTables();
  Trap InitAllButData();
  void RunPlannedElems();
  Trap RunElemSegments();
  Trap RunDataSegments();
  bool HasImages() const;
  // The value of an offset expression, by the address type of what it points into.
  OrTrap<uint64_t> Offset(const ConstExpr& expr, AddrType addr_type);

  Store& store_;
  std::shared_ptr<const ValidatedModule> validated_;
  const Module& module_;
#ifdef TRENAIL_NO_POOL
  // A program of one module and one instance.
  static constexpr InstancePool* pool_ = nullptr;
#else
  InstancePool* const pool_;  // null: none yet
#endif
  InstanceData* data_ = nullptr;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_INSTANTIATE_H_
