// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the text format to the binary format [text-module]. Only the grammar and identifiers are
// checked; whether the module is valid is the question of whoever reads the bytes.

#ifndef TRENAIL_LIBWASM_TEXT_PARSE_MODULE_H_
#define TRENAIL_LIBWASM_TEXT_PARSE_MODULE_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "libwasm/support/error.h"
#include "libwasm/text/lexer.h"
#include "libwasm/types/features.h"

namespace wasm::text {

struct WatOptions {
  bool name_section = true;  // identifiers become names [binary-namesec]
  // Almost everything is a question of validation, but without memory64 the grammar's limits are
  // u32: what is larger is no token sequence of that language.
  FeatureSet features = {};
  // Takes plain instructions among the operands of a folded one, where the grammar has folded ones
  // alone [text-foldedinstr]: some test scripts of components are written so.
  bool plain_operands = false;
};

// Whether the first form of a text is `(component …)`, which is not for the parser of modules.
bool IsComponentText(std::string_view text);

// A whole text: `(module …)` or its fields alone.
Result<std::vector<uint8_t>> ParseWat(std::string_view text, const WatOptions& options = {});

// The same for a part of a text that is in tokens already; partners are indices into `tokens`.
// `fields` is the range of the module's fields, with its identifier and annotations if `has_head`.
struct ModuleTokens {
  std::string_view source;
  std::span<const Token> tokens;
  uint32_t begin = 0;
  uint32_t end = 0;
  bool has_head = true;
  // Without a head: the module's name for the name section.
  std::string_view name = {};
};
Result<std::vector<uint8_t>> ParseModuleTokens(const ModuleTokens& module,
                                               const WatOptions& options = {});

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PARSE_MODULE_H_
