// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module's fields in three passes over the tokens: identifiers, types, everything else. Types
// come before the rest because type uses look them up and append the missing ones behind the last
// explicit one [text-typeuse-abbrev]. Then the sections, which have grown meanwhile, are put
// together with the custom sections in the places that annotations ask for.

#include "libwasm/text/parse_module.h"

#include <iterator>
#include <string>
#include <utility>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/support/utf8.h"
#include "libwasm/text/module_state.h"
#include "libwasm/text/names.h"
#include "libwasm/text/parse_fields.h"
#include "libwasm/text/parse_types.h"

namespace wasm::text {
namespace {

// Sections in the order of the file [binary-module]; `first` and `last` only in annotations.
struct SectionPlace {
  std::string_view keyword;
  uint8_t id;
};
constexpr SectionPlace kPlaces[] = {
    {"first", 0},  {"type", 1},       {"import", 2}, {"func", 3},   {"table", 4},
    {"memory", 5}, {"tag", 13},       {"global", 6}, {"export", 7}, {"start", 8},
    {"elem", 9},   {"datacount", 12}, {"code", 10},  {"data", 11},  {"last", 0},
};
constexpr uint8_t kLastRank = std::size(kPlaces) - 1;

// (@custom "name" place? "bytes"…)
bool ParseCustom(ModuleState& m) {
  const Token& token = m.in.Take();
  std::vector<Token> content;
  if (!AnnotationContent(m, token, &content)) return false;
  Cursor in(m.in.source(), content);
  auto fail = [&](std::string_view problem) {
    return m.in.Fail(token, "@custom annotation: " + std::string(problem));
  };
  CustomAnnotation custom;
  custom.rank = kLastRank;
  custom.after = true;
  if (!in.At(TokenKind::kString)) return fail("missing section name");
  in.ExpectString(&custom.name);
  if (!IsValidUtf8(custom.name)) return fail("malformed UTF-8 encoding");
  if (in.At(TokenKind::kLeft)) {
    in.Take();
    custom.after = in.AtKeyword("after");
    if (!custom.after && !in.AtKeyword("before")) return fail("malformed placement");
    in.Take();
    uint8_t rank = 0;
    while (rank <= kLastRank && !in.AtKeyword(kPlaces[rank].keyword)) ++rank;
    if (rank > kLastRank || (rank == 0 && custom.after) || (rank == kLastRank && !custom.after))
      return fail("malformed section kind");
    in.Take();
    custom.rank = rank;
    if (!in.At(TokenKind::kRight)) return fail("unexpected token");
    in.Take();
  }
  while (in.At(TokenKind::kString)) in.ExpectString(&custom.contents);
  if (!in.At(TokenKind::kEnd)) return fail("unexpected token");
  m.customs.push_back(std::move(custom));
  return true;
}

bool ParseFields(ModuleState& m) {
  const uint32_t begin = m.in.index();
  std::string_view defined;
  while (!m.in.At(TokenKind::kEnd)) {
    if (m.in.AtAnnotation(AnnotationKind::kCustom)) {
      if (!ParseCustom(m)) return false;
      continue;
    }
    const Token& token = m.in.Peek();
    CollectedField field;
    if (!CollectField(m, &field)) return false;
    if (field.is_import && !defined.empty())
      return m.in.Fail(token, "import after " + std::string(defined));
    // Tags were not there when the rule was made, but it holds for them as well.
    if (defined.empty()) defined = field.defines;
  }
  m.in.Seek(begin);
  while (!m.in.At(TokenKind::kEnd)) {
    if (m.in.AtForm("type") || m.in.AtForm("rec")) {
      if (!ParseTypeField(m)) return false;
    } else {
      m.in.SkipForm();
    }
  }
  m.in.Seek(begin);
  FieldCounters next;
  while (!m.in.At(TokenKind::kEnd)) {
    if (!m.in.At(TokenKind::kLeft) || m.in.AtForm("type") || m.in.AtForm("rec")) {
      m.in.SkipForm();
    } else if (!ParseField(m, next)) {
      return false;
    }
  }
  return true;
}

void WriteSection(std::vector<uint8_t>& out, uint8_t id, const std::vector<uint8_t>& contents) {
  out.push_back(id);
  WriteUnsignedLeb(out, contents.size());
  out.insert(out.end(), contents.begin(), contents.end());
}

void WriteCustom(std::vector<uint8_t>& out, std::string_view name, std::string_view payload) {
  std::vector<uint8_t> contents;
  binary::WriteName(contents, name);
  contents.insert(contents.end(), payload.begin(), payload.end());
  WriteSection(out, 0, contents);
}

void WriteCustoms(const ModuleState& m, std::vector<uint8_t>& out, uint8_t rank, bool after) {
  for (const CustomAnnotation& custom : m.customs)
    if (custom.rank == rank && custom.after == after)
      WriteCustom(out, custom.name, custom.contents);
}

void WriteItems(std::vector<uint8_t>& out, uint8_t id, const Section& section) {
  if (section.count == 0) return;
  std::vector<uint8_t> contents;
  WriteUnsignedLeb(contents, section.count);
  contents.insert(contents.end(), section.bytes.begin(), section.bytes.end());
  WriteSection(out, id, contents);
}

// [binary-metadata.code.branch_hint], in front of the code it speaks of.
void WriteBranchHints(const ModuleState& m, std::vector<uint8_t>& out) {
  if (m.hints.empty()) return;
  std::vector<uint8_t> contents;
  binary::WriteName(contents, "metadata.code.branch_hint");
  WriteUnsignedLeb(contents, m.hints.size());
  for (const auto& [func, hints] : m.hints) {
    WriteUnsignedLeb(contents, func);
    WriteUnsignedLeb(contents, hints.size());
    for (const BranchHint& hint : hints) {
      WriteUnsignedLeb(contents, hint.offset);
      binary::WriteName(contents, hint.value);
    }
  }
  WriteSection(out, 0, contents);
}

const Section* SectionOf(const ModuleState& m, uint8_t id) {
  switch (id) {
    case 1:
      return &m.type;
    case 2:
      return &m.import;
    case 3:
      return &m.function;
    case 4:
      return &m.table;
    case 5:
      return &m.memory;
    case 6:
      return &m.global;
    case 7:
      return &m.export_;
    case 9:
      return &m.elem;
    case 10:
      return &m.code;
    case 11:
      return &m.data;
    case 13:
      return &m.tag;
    default:
      return nullptr;
  }
}

std::vector<uint8_t> Assemble(const ModuleState& m, const WatOptions& options) {
  constexpr uint8_t kStartId = 8;
  constexpr uint8_t kCodeId = 10;
  constexpr uint8_t kDataCountId = 12;
  std::vector<uint8_t> out = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};
  for (uint8_t rank = 0; rank <= kLastRank; ++rank) {
    const uint8_t id = kPlaces[rank].id;
    WriteCustoms(m, out, rank, false);
    if (id == kCodeId) WriteBranchHints(m, out);
    if (const Section* section = SectionOf(m, id)) {
      WriteItems(out, id, *section);
    } else if ((id == kStartId && m.start) || (id == kDataCountId && m.uses_data_count)) {
      std::vector<uint8_t> contents;
      WriteUnsignedLeb(contents, id == kStartId ? *m.start : m.data.count);
      WriteSection(out, id, contents);
    }
    WriteCustoms(m, out, rank, true);
  }
  if (options.name_section) {
    const std::vector<uint8_t> names = EncodeNames(m);
    if (!names.empty()) WriteSection(out, 0, names);
  }
  return out;
}

// The identifier and the annotations behind the word `module`.
bool ParseHead(ModuleState& m) {
  Binder binder;
  if (!ParseBinder(m, &binder)) return false;
  m.name = binder.annotation.value_or(binder.id_name);
  if (binder.annotation && m.in.AtAnnotation(AnnotationKind::kName))
    return m.in.Fail(m.in.Peek(), "@name annotation: multiple module");
  return true;
}

}  // namespace

Result<std::vector<uint8_t>> ParseModuleTokens(const ModuleTokens& module,
                                               const WatOptions& options) {
  ModuleState m(module.source, module.tokens.first(module.end));
  m.limit_bits = options.features.Has(Feature::kMemory64) ? 64 : 32;
  m.in.Seek(module.begin);
  m.name = module.name;
  m.plain_operands = options.plain_operands;
  if ((module.has_head && !ParseHead(m)) || !ParseFields(m))
    return std::unexpected(m.in.TakeError());
  return Assemble(m, options);
}

bool IsComponentText(std::string_view text) {
  Lexer lexer(text);
  Token token;
  do {
    if (!lexer.Next(&token)) return false;
  } while (token.kind == TokenKind::kAnnotation);
  if (token.kind != TokenKind::kLeft || !lexer.Next(&token)) return false;
  return text.substr(token.begin, token.end - token.begin) == "component";
}

Result<std::vector<uint8_t>> ParseWat(std::string_view text, const WatOptions& options) {
  Lexer lexer(text);
  std::vector<Token> tokens;
  if (!lexer.All(&tokens)) return std::unexpected(lexer.TakeError());
  ModuleTokens module{.source = text,
                      .tokens = tokens,
                      .begin = 0,
                      .end = static_cast<uint32_t>(tokens.size()),
                      .has_head = false};
  Cursor in(text, tokens);
  if (in.TakeForm("module")) {
    in.Seek(0);
    in.SkipForm();
    if (!in.At(TokenKind::kEnd)) {
      in.Unexpected();
      return std::unexpected(in.TakeError());
    }
    module.begin = 2;
    module.end = tokens[0].partner;
    module.has_head = true;
  }
  return ParseModuleTokens(module, options);
}

}  // namespace wasm::text
