// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a module's bytes to machine code: validates and translates its functions, in partitions on
// several threads.

#ifndef TRENAIL_AOTC_COMPILE_H_
#define TRENAIL_AOTC_COMPILE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "aotc/bindings.h"
#include "aotc/objects.h"
#include "aotc/options.h"
#include "libwasm/support/error.h"
#include "libwasm/types/features.h"

namespace wasm {
struct Module;
}

namespace wasm::aotc {

struct ModulePlan;

// The core modules that are compiled together: one, or all of a component. Small functions of one
// may take the place of calls from another (inlined_calls.h).
class ModuleSet {
 public:
  struct Part {
    std::span<const uint8_t> wasm;
    bool is_adapter = false;
    std::vector<Binding> bindings;
  };

  // Decodes and validates all of them. Errors: kMalformed, kInvalid as the decoder and the
  // validator report them.
  static Result<std::unique_ptr<ModuleSet>> New(std::vector<Part> parts, const FeatureSet& features,
                                                const CompileOptions& options);
  ~ModuleSet();

  // Errors: kHost for a target or processor that is not known. `progress` as in CompileOptions.
  Result<CompiledObjects> Compile(
      size_t part, std::function<void(uint64_t done, uint64_t total)> progress) const;

 private:
  struct Prepared;
  ModuleSet();
  void KeepSound(std::vector<Binding>& bindings, const Module& caller) const;

  std::vector<std::unique_ptr<Prepared>> prepared_;
  std::vector<std::unique_ptr<ModulePlan>> plans_;
};

// A module alone.
Result<CompiledObjects> CompileModule(std::span<const uint8_t> wasm, const FeatureSet& features,
                                      const CompileOptions& options);

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_COMPILE_H_
