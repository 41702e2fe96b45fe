// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the text format to the abstract syntax [Explainer: Component Definitions]. Only the grammar
// and identifiers are checked: all short forms are expanded and everything is named by index, so
// the result is what the binary format can hold. Whether it is valid, and which gated features it
// needs, is the question of whoever encodes it and reads the bytes.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PARSE_COMPONENT_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PARSE_COMPONENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libwasm/support/error.h"
#include "libwasm/text/lexer.h"
#include "libwasm/text/parse_module.h"

namespace component::text {

struct ParseOptions {
  FeatureSet features = {};          // of them only kLegacyIndices acts on the text
  wasm::text::WatOptions core = {};  // for nested modules
};

// What a text is: of `(component binary …)` the bytes that it spells, else the component.
struct TextComponent {
  std::shared_ptr<const Component> component;  // null for the binary form
  std::vector<uint8_t> binary;
};

// A whole file: one `(component …)`.
wasm::Result<TextComponent> ParseComponentText(std::string_view text,
                                               const ParseOptions& options = {});
// The definitions alone, without `(component …)` around them: what a script quotes.
wasm::Result<std::shared_ptr<const Component>> ParseComponentFields(
    std::string_view text, const ParseOptions& options = {});

// The same for a part of a text that is in tokens already; partners are indices into `tokens`.
// [begin, end) is what stands in `(component …)`, with the identifier.
struct ComponentTokens {
  std::string_view source;
  std::span<const wasm::text::Token> tokens;
  uint32_t begin = 0;
  uint32_t end = 0;
};
wasm::Result<std::shared_ptr<const Component>> ParseComponentTokens(
    const ComponentTokens& component, const ParseOptions& options = {});

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PARSE_COMPONENT_H_
