// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The name section [binary-namesec] with the subsections of the extended-name-section proposal. A
// custom section cannot make a module malformed, so there are two readers over one body: a lenient
// one for use, a strict one for checkers.

#ifndef TRENAIL_LIBWASM_BINARY_NAME_SECTION_H_
#define TRENAIL_LIBWASM_BINARY_NAME_SECTION_H_

#include "libwasm/module/module.h"
#include "libwasm/support/error.h"

namespace wasm::binary {

// Subsection ids, for this reader and the encoder.
enum class NameSubsection : uint8_t {
  kModule = 0,
  kFunctions = 1,
  kLocals = 2,
  kLabels = 3,
  kTypes = 4,
  kTables = 5,
  kMemories = 6,
  kGlobals = 7,
  kElems = 8,
  kDatas = 9,
  kFields = 10,
  kTags = 11,
};

// The whole section, or the first thing wrong with it.
Result<Names> ReadNameSection(const Module& module, const CustomSection& section);

// Keeps what stands before the first thing wrong. The names are views into the module's bytes.
void ReadNamesLeniently(const Module& module, const CustomSection& section, Names* names);

}  // namespace wasm::binary

#endif  // TRENAIL_LIBWASM_BINARY_NAME_SECTION_H_
