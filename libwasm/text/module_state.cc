// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/module_state.h"

#include <string>

#include "libwasm/support/utf8.h"

namespace wasm::text {
namespace {

std::string_view TokenName(ModuleState& m, const Token& id) {
  std::string storage;
  const std::string_view text = m.in.Text(id);
  const std::string_view name = IdName(text, &storage);
  return name.data() == storage.data() ? m.arena.Keep(std::move(storage)) : name;
}

}  // namespace

bool AnnotationContent(ModuleState& m, const Token& annotation, std::vector<Token>* tokens) {
  // Without the closing parenthesis, and from behind the name on.
  Lexer lexer(m.in.source().substr(0, annotation.end - 1), annotation.begin + 2, true);
  Token name;
  if (!lexer.Next(&name) || !lexer.All(tokens)) return m.in.FailWith(lexer.TakeError());
  return true;
}

bool ParseNameAnnotation(ModuleState& m, std::string_view* name) {
  const Token& token = m.in.Take();
  std::vector<Token> content;
  if (!AnnotationContent(m, token, &content)) return false;
  if (content.size() != 1 || content[0].kind != TokenKind::kString)
    return m.in.Fail(token, "@name annotation: unexpected token");
  std::string decoded;
  AppendStringValue(m.in.Text(content[0]), &decoded);
  if (!IsValidUtf8(decoded)) return m.in.Fail(token, "@name annotation: malformed UTF-8 encoding");
  *name = m.arena.Keep(std::move(decoded));
  return true;
}

bool ParseBinder(ModuleState& m, Binder* binder) {
  *binder = {};
  if (m.in.At(TokenKind::kId)) {
    binder->id = &m.in.Take();
    binder->id_name = TokenName(m, *binder->id);
  }
  if (m.in.AtAnnotation(AnnotationKind::kName)) {
    std::string_view name;
    if (!ParseNameAnnotation(m, &name)) return false;
    binder->annotation = name;
  }
  return true;
}

bool Bind(ModuleState& m, IndexSpace& space, const Binder& binder) {
  const uint32_t index = space.count++;
  if (space.what.empty()) return true;
  if (binder.id != nullptr) {
    if (!space.ids.emplace(binder.id_name, index).second)
      return m.in.Fail(*binder.id,
                       "duplicate " + std::string(space.what) + " $" + std::string(binder.id_name));
    if (!binder.annotation) space.names.push_back({index, binder.id_name});
  }
  if (binder.annotation) space.names.push_back({index, *binder.annotation});
  return true;
}

bool ParseIndex(ModuleState& m, const IndexSpace& space, uint32_t* index) {
  if (m.in.At(TokenKind::kId)) {
    const Token& token = m.in.Take();
    std::string storage;
    const auto found = space.ids.find(IdName(m.in.Text(token), &storage));
    if (found == space.ids.end())
      return m.in.Fail(token,
                       "unknown " + std::string(space.what) + " " + std::string(m.in.Text(token)));
    *index = found->second;
    return true;
  }
  uint64_t value = 0;
  if (!m.in.ExpectNat(32, &value)) return false;
  *index = static_cast<uint32_t>(value);
  return true;
}

}  // namespace wasm::text
