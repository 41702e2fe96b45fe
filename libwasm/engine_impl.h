// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an Engine refers to, for the files of the facade.

#ifndef TRENAIL_LIBWASM_ENGINE_IMPL_H_
#define TRENAIL_LIBWASM_ENGINE_IMPL_H_

#include <memory>

#include "libwasm/libwasm.h"
#include "libwasm/types/type_store.h"

namespace wasm::runtime {
class PoolBudget;  // runtime/instance_pool.h
}

namespace trenail {

struct Engine::Impl {
  EngineOptions options;
  std::shared_ptr<wasm::runtime::ExecutionEngine> backend;
  std::shared_ptr<wasm::TypeStore> types = std::make_shared<wasm::TypeStore>();
  std::shared_ptr<wasm::runtime::PoolBudget> pool;  // null: none
  std::shared_ptr<const wasm::Log> log;             // null: nobody wants to know
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASM_ENGINE_IMPL_H_
