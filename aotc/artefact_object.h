// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The objects around the code of an artefact: everything that native/abi.h says it records, the
// thunks from slots to native calls, and marks at both ends of the code. The linker puts them
// before and behind the partitions.

#ifndef TRENAIL_AOTC_ARTEFACT_OBJECT_H_
#define TRENAIL_AOTC_ARTEFACT_OBJECT_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aotc/aotc.h"
#include "aotc/objects.h"
#include "aotc/options.h"
#include "libwasm/support/error.h"

namespace wasm::aotc {

// Ends of a module's code, defined by its FrameObjects.
inline constexpr char kCodeBegin[] = "trenail_code_begin";
inline constexpr char kCodeEnd[] = "trenail_code_end";

struct FrameObjects {
  std::string first;
  std::string last;
};

// `symbol` is the name of the ArtefactHeader. `debug` says which of the module's DWARF sections are
// kept. `leads`: the file is found and checked by this header, as it is the only one or the first.
// `of_component`: it refers to the file's ComponentRecord.
Result<FrameObjects> MakeFrameObjects(std::span<const uint8_t> wasm, const CompiledObjects& code,
                                      const CompileOptions& options, const std::string& symbol,
                                      TrenailAotcDebug debug, bool leads = true,
                                      bool of_component = false);

// The ComponentRecord of an artefact with several modules: `component`, and the symbols of their
// headers.
Result<std::string> MakeComponentObject(const std::string& target, std::string_view component,
                                        std::span<const std::string> symbols);

// An object that only holds `bytes`, under a symbol for other objects of the same file.
Result<std::string> MakeDataObject(const std::string& target, const std::string& symbol,
                                   std::string_view bytes);

// The same of pointers to `symbols` of other objects, and a null pointer behind them. For programs.
Result<std::string> MakePointersObject(const std::string& target, const std::string& symbol,
                                       std::span<const std::string> symbols);

// The module as an artefact holds it: every section but the custom ones that nobody asks for, and
// empty bodies for the functions that are compiled. The bytes must be a well-formed module.
std::vector<uint8_t> WithoutBodies(std::span<const uint8_t> wasm,
                                   const std::vector<CompiledFunction>& functions,
                                   TrenailAotcDebug debug);

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_ARTEFACT_OBJECT_H_
