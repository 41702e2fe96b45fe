// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lies where in a module: its sections with their offsets, the items of each, the instructions
// with their bytes, and the side tables that the interpreter runs from. For people who look at
// bytes; PrintModule is for those who look at programs.

#ifndef TRENAIL_LIBWASM_TEXT_OBJDUMP_H_
#define TRENAIL_LIBWASM_TEXT_OBJDUMP_H_

#include <cstdint>
#include <optional>
#include <string>

#include "libwasm/module/module.h"
#include "libwasm/module/validated_module.h"

namespace wasm::text {

struct ObjdumpOptions {
  bool headers = true;       // the table of sections
  bool details = false;      // the items of every section
  bool disassemble = false;  // the bodies, instruction by instruction
  // Side tables of the functions; needs `validated`. Functions not yet validated are left out.
  bool side_table = false;
  const ValidatedModule* validated = nullptr;
  std::optional<uint32_t> only_function;  // limits bodies and side tables to one
};

// Never fails: where a body is malformed, the listing says so and goes on with the next one.
std::string Objdump(const Module& module, const ObjdumpOptions& options);

// The name of a non-custom section's id, e.g. "code".
std::string_view SectionName(uint8_t id);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_OBJDUMP_H_
