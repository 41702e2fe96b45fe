// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The custom section metadata.code.branch_hint (branch hinting proposal): which way an `if` or
// `br_if` usually goes.

#ifndef TRENAIL_LIBWASM_BINARY_BRANCH_HINTS_H_
#define TRENAIL_LIBWASM_BINARY_BRANCH_HINTS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "libwasm/module/module.h"
#include "libwasm/support/error.h"

namespace wasm::binary {

inline constexpr std::string_view kBranchHintSection = "metadata.code.branch_hint";

struct BranchHint {
  uint32_t offset = 0;  // of the instruction, from the start of the body, locals included
  bool likely = false;
};
struct FunctionHints {
  FuncIdx function;
  std::vector<BranchHint> hints;  // by ascending offset
};

// The whole section, or the first thing wrong with it: kMalformed for its own bytes, kInvalid for a
// hint at something that is no branch. The module's bodies must be well-formed.
Result<std::vector<FunctionHints>> ReadBranchHints(const Module& module,
                                                   const CustomSection& section);

}  // namespace wasm::binary

#endif  // TRENAIL_LIBWASM_BINARY_BRANCH_HINTS_H_
