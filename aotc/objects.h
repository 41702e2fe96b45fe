// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the translation of a module hands to whoever makes a file of it: machine code as relocatable
// objects, one per partition, and what the artefact records about each function. No LLVM here.

#ifndef TRENAIL_AOTC_OBJECTS_H_
#define TRENAIL_AOTC_OBJECTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libwasm/native/positions.h"

namespace wasm::aotc {

// The section of all compiled functions and thunks (Function::setSection), so that the linker keeps
// a module's code in one piece, whose ends ArtefactHeader records.
inline constexpr char kTextSection[] = "trenail_text";

// The personality routine of functions with landing pads: `i32 (...)`, hidden. Partitions declare
// it, the object of the metadata defines it.
inline constexpr char kPersonalitySymbol[] = "trenail_personality";

// A native signature (native/abi.h), a letter per value: 'i' i32, 'l' i64 and references, 'f' f32,
// 'd' f64, 'v' v128.
struct NativeSignature {
  std::vector<uint8_t> params;
  std::vector<uint8_t> results;
  bool operator==(const NativeSignature&) const = default;
  auto operator<=>(const NativeSignature&) const = default;
};

using native::InlinedCall;

// A defined function. Its symbols are hidden and unique in the module.
struct CompiledFunction {
  uint32_t func_index = 0;  // in the index space, imports included
  std::string symbol;       // empty: not compiled, its body stays in the artefact
  std::string tail_symbol;  // its tailcc entry; empty: none
  std::string positions;    // encoded as native/positions.h says
  uint32_t body = 0;        // where its body begins in the .wasm file
  NativeSignature signature;
};

struct CompiledObjects {
  std::vector<std::string> objects;  // ELF relocatable files, or texts where those were asked for
  std::vector<CompiledFunction> functions;  // every defined one, in order
  std::string cpu;                          // as given to LLVM
  std::string features;       // what the processor must have: "+avx2,+bmi2"; empty: baseline
  uint32_t header_flags = 0;  // ArtefactHeader::Flags
  std::vector<std::string> warnings;  // sentences
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_OBJECTS_H_
