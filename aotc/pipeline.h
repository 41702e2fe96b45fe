// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the LLVM IR of a partition to an object: which passes run, and what they must not do.

#ifndef TRENAIL_AOTC_PIPELINE_H_
#define TRENAIL_AOTC_PIPELINE_H_

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <string>

namespace wasm::aotc {

// The attribute of functions that are too large for the full pipeline: its value is the level.
inline constexpr char kLevelAttribute[] = "trenail-level";

void Optimize(llvm::Module& module, llvm::TargetMachine& machine, unsigned opt_level);

// An ELF object, or assembly.
std::string Emit(llvm::Module& module, llvm::TargetMachine& machine, bool assembly);

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_PIPELINE_H_
