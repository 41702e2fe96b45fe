// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Validation of modules [valid-module]: everything outside bodies at once, bodies eagerly on one or
// several threads, or each when it is first called.

#ifndef TRENAIL_LIBWASM_VALIDATE_MODULE_VALIDATOR_H_
#define TRENAIL_LIBWASM_VALIDATE_MODULE_VALIDATOR_H_

#include <memory>

#include "libwasm/module/validated_module.h"
#include "libwasm/support/error.h"

namespace wasm::validate {

struct ValidateOptions {
  bool lazy_bodies = false;  // bodies are validated by ValidatedModule::body_validator
  bool discard_code =
      false;             // all bodies are validated, but as little is kept as if they were lazy
  unsigned threads = 1;  // for the bodies; the result does not depend on it
};

// The error is that of lowest offset among the bodies, after everything else. Bytes of a body that
// are malformed are reported before anything that is invalid, as if decoding had come first.
Result<std::shared_ptr<const ValidatedModule>> ValidateModule(std::shared_ptr<const Module> module,
                                                              TypeStore& store,
                                                              const ValidateOptions& options = {});

// All but the bodies, of a module whose bodies were validated when they were compiled and are empty
// now: it can only run that code.
Result<std::shared_ptr<const ValidatedModule>> ValidateWithoutBodies(
    std::shared_ptr<const Module> module, TypeStore& store);

// Validates one body of a module that ValidateModule has returned.
Result<std::unique_ptr<CodeInfo>> ValidateFunction(const ValidatedModule& module, FuncIdx index);

struct ModuleContext;
// The context of a module that ValidateModule has returned, for a FuncValidator of one's own.
const ModuleContext& ContextOf(const ValidatedModule& module);

}  // namespace wasm::validate

#endif  // TRENAIL_LIBWASM_VALIDATE_MODULE_VALIDATOR_H_
