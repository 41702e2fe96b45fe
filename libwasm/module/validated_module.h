// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A decoded module together with what validation found out, in terms of one engine's TypeStore.
// Bodies may be validated eagerly (on several threads) or when they are first called; the table of
// CodeInfos is therefore filled with release stores and read with acquire loads.

#ifndef TRENAIL_LIBWASM_MODULE_VALIDATED_MODULE_H_
#define TRENAIL_LIBWASM_MODULE_VALIDATED_MODULE_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "libwasm/module/module.h"
#include "libwasm/support/error.h"
#include "libwasm/types/type_store.h"

namespace wasm {

class ValidatedModule;
namespace runtime {
class CompiledCode;  // runtime/compiled_code.h
class InstancePool;  // runtime/instance_pool.h
}  // namespace runtime

// Validates bodies on first use. Implemented by libwasm/validate, called from below it through this
// interface, so that the runtime and the engines do not depend on the validator.
class BodyValidator {
 public:
  virtual ~BodyValidator() = default;
  // Validates the body of defined function `index` and publishes its CodeInfo. Thread-safe.
  virtual Result<const CodeInfo*> ValidateBody(const ValidatedModule& module, FuncIdx index) = 0;
};

class ValidatedModule {
 public:
  ValidatedModule(std::shared_ptr<const Module> module, TypeStore* store)
      : module_(std::move(module)),
        type_store_(store),
        code_(std::make_unique<std::atomic<const CodeInfo*>[]>(module_->functions.size())) {}
  ~ValidatedModule() {
    for (size_t i = 0; i < module_->functions.size(); ++i) delete code_[i].load();
  }
  ValidatedModule(const ValidatedModule&) = delete;
  ValidatedModule& operator=(const ValidatedModule&) = delete;

  const Module& module() const { return *module_; }
  std::shared_ptr<const Module> shared_module() const { return module_; }
  TypeStore& type_store() const { return *type_store_; }

  // TypeId of each type of the module, by type index.
  std::vector<TypeId> type_ids;
  TypeId TypeIdOf(TypeIdx index) const { return type_ids[index.value]; }
  TypeId TypeIdOf(FuncIdx index) const {
    return type_ids[module_->functions[index.value].type.value];
  }
  // A syntactic type of this module, in canonical terms.
  HeapType Canonical(HeapType type) const {
    return type.is_concrete() ? HeapType::Concrete(type_ids[type.concrete()]) : type;
  }
  ValType Canonical(ValType type) const {
    return type.is_ref() ? ValType::Ref(Canonical(type.heap_type()), type.is_nullable()) : type;
  }
  GlobalType Canonical(GlobalType type) const { return {Canonical(type.type), type.is_mutable}; }
  TableType Canonical(TableType type) const {
    type.element = Canonical(type.element);
    return type;
  }

  // The code of a defined function; null while it is not validated (lazy) .
  const CodeInfo* code(FuncIdx index) const {
    return code_[index.value].load(std::memory_order_acquire);
  }
  // All of them by full function index, for Instance::code.
  const std::atomic<const CodeInfo*>* code_table() const { return code_.get(); }
  // Publishes, or drops `info` if another thread was first; returns the published one.
  const CodeInfo* Publish(FuncIdx index, std::unique_ptr<CodeInfo> info) const {
    const CodeInfo* expected = nullptr;
    if (code_[index.value].compare_exchange_strong(expected, info.get(), std::memory_order_acq_rel))
      return info.release();
    return expected;
  }
  // Set when bodies are validated lazily; outlives the module.
  std::shared_ptr<BodyValidator> body_validator;
  // The module's compiled code, if there is any. Set before the first instance is made.
  std::shared_ptr<const runtime::CompiledCode> compiled;

  // What the runtime keeps for the module's next instances; made with the second one.
  struct ForInstances {
    std::atomic<bool> had_one = false;
    std::once_flag once;
    std::shared_ptr<runtime::InstancePool> pool;
  };
  ForInstances& for_instances() const { return for_instances_; }

 private:
  std::shared_ptr<const Module> module_;
  TypeStore* type_store_;
  std::unique_ptr<std::atomic<const CodeInfo*>[]> code_;
  mutable ForInstances for_instances_;
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_MODULE_VALIDATED_MODULE_H_
