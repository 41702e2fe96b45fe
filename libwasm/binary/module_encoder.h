// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a decoded module back to bytes. Bodies, constant expressions and custom sections are copied
// as they stand; everything around them is written anew with the shortest integers, so that
// encoding what was decoded proves that the decoder lost nothing. Also the writers of types, for
// whoever else makes modules.

#ifndef TRENAIL_LIBWASM_BINARY_MODULE_ENCODER_H_
#define TRENAIL_LIBWASM_BINARY_MODULE_ENCODER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/module/module.h"
#include "libwasm/types/types.h"

namespace wasm::binary {

// The module's bytes, custom sections in their places.
std::vector<uint8_t> EncodeModule(const Module& module);

struct StripOptions {
  bool keep_names = false;  // keeps the custom section `name`
  // What linkers and component tools still need: `component-type…`, `dylink.0`.
  bool keep_component_types = false;
  // If not empty, only the custom sections of these names are removed.
  std::vector<std::string> only;
};

// Whether a custom section of this name goes.
bool RemovesCustomSection(std::string_view name, const StripOptions& options);
// The module's bytes without its custom sections; everything else stays byte for byte.
std::vector<uint8_t> StripModule(const Module& module, const StripOptions& options);

// Writers of the pieces of the binary format [binary-types].
void WriteHeapType(std::vector<uint8_t>& out, HeapType type);
void WriteValType(std::vector<uint8_t>& out, ValType type);
void WriteSubType(std::vector<uint8_t>& out, const SubType& type);
void WriteTableType(std::vector<uint8_t>& out, const TableType& type);
void WriteMemType(std::vector<uint8_t>& out, const MemType& type);
void WriteGlobalType(std::vector<uint8_t>& out, const GlobalType& type);
void WriteName(std::vector<uint8_t>& out, std::string_view name);

}  // namespace wasm::binary

#endif  // TRENAIL_LIBWASM_BINARY_MODULE_ENCODER_H_
