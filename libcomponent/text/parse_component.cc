// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/parse_component.h"

#include <string>
#include <utility>

#include "libcomponent/text/parse_definitions.h"
#include "libcomponent/text/state.h"

namespace component::text {
namespace {

using ComponentPtr = std::shared_ptr<const Component>;

wasm::Result<std::vector<Token>> Tokenize(std::string_view text) {
  wasm::text::Lexer lexer(text);
  lexer.AllowCharLiterals();
  std::vector<Token> tokens;
  if (!lexer.All(&tokens)) return std::unexpected(lexer.TakeError());
  return tokens;
}

}  // namespace

wasm::Result<ComponentPtr> ParseComponentTokens(const ComponentTokens& component,
                                                const ParseOptions& options) {
  State s(component.source, component.tokens.first(component.end), options);
  s.in.Seek(component.begin);
  Binder binder;
  ComponentPtr result;
  if (!ParseBinder(s.m, &binder) ||
      !ParseComponentBody(s, binder.id_name, binder.annotation.value_or(binder.id_name), &result) ||
      !(s.in.At(TokenKind::kEnd) || s.in.Unexpected()))
    return std::unexpected(s.in.TakeError());
  return result;
}

wasm::Result<ComponentPtr> ParseComponentFields(std::string_view text,
                                                const ParseOptions& options) {
  const std::vector<Token> tokens = TRY(Tokenize(text));
  return ParseComponentTokens(
      {.source = text, .tokens = tokens, .begin = 0, .end = static_cast<uint32_t>(tokens.size())},
      options);
}

wasm::Result<TextComponent> ParseComponentText(std::string_view text, const ParseOptions& options) {
  const std::vector<Token> tokens = TRY(Tokenize(text));
  Cursor in(text, tokens);
  TextComponent result;
  if (!in.ExpectForm("component")) return std::unexpected(in.TakeError());
  const uint32_t begin = in.index();
  const uint32_t end = tokens[begin - 2].partner;
  in.Seek(end + 1);
  if (!in.At(TokenKind::kEnd)) {
    in.Unexpected();
    return std::unexpected(in.TakeError());
  }
  in.Seek(begin);
  if (in.At(TokenKind::kId)) in.Take();
  const bool quote = in.AtKeyword("quote");
  if (!quote && !in.AtKeyword("binary")) {
    result.component = TRY(ParseComponentTokens(
        {.source = text, .tokens = tokens, .begin = begin, .end = end}, options));
    return result;
  }
  in.Take();
  std::string strings;
  while (in.At(TokenKind::kString)) in.ExpectString(&strings);
  if (!in.ExpectRight()) return std::unexpected(in.TakeError());
  if (quote) {
    result.component = TRY(ParseComponentFields(strings, options));
  } else {
    result.binary.assign(strings.begin(), strings.end());
  }
  return result;
}

}  // namespace component::text
