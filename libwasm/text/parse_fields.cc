// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/parse_fields.h"

#include <string>
#include <utility>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/text/parse_instr.h"
#include "libwasm/text/parse_types.h"

namespace wasm::text {
namespace {

constexpr uint8_t kEndByte = 0x0b;
constexpr uint8_t kTagAttribute = 0x00;  // [binary-tag]: an exception

struct ExternSpaces {
  std::string_view keyword;
  ExternKind kind;
  IndexSpace ModuleState::* space;
  uint32_t FieldCounters::* next;
};
constexpr ExternSpaces kExterns[] = {
    {"func", ExternKind::kFunc, &ModuleState::funcs, &FieldCounters::funcs},
    {"table", ExternKind::kTable, &ModuleState::tables, &FieldCounters::tables},
    {"memory", ExternKind::kMemory, &ModuleState::memories, &FieldCounters::memories},
    {"global", ExternKind::kGlobal, &ModuleState::globals, &FieldCounters::globals},
    {"tag", ExternKind::kTag, &ModuleState::tags, &FieldCounters::tags},
};

const ExternSpaces* FindExtern(const Cursor& in, uint32_t ahead) {
  for (const ExternSpaces& entry : kExterns)
    if (in.AtKeyword(entry.keyword, ahead)) return &entry;
  return nullptr;
}

// Where an inline segment may follow in a table or memory, the segment takes its index in the order
// of the fields.
bool CollectInlineSegment(ModuleState& m, ExternKind kind) {
  Cursor& in = m.in;
  if (kind == ExternKind::kTable) {
    ParseAddrType(in);
    if (in.At(TokenKind::kNat)) return true;
    in.SkipForm();  // the reference type
    if (in.AtForm("elem")) return Bind(m, m.elems, {});
  } else if (kind == ExternKind::kMemory) {
    ParseAddrType(in);
    if (in.AtForm("pagesize")) in.SkipForm();
    if (in.AtForm("data")) return Bind(m, m.datas, {});
  }
  return true;
}

// ---- exports and imports
// -------------------------------------------------------------------------

bool ParseInlineExports(ModuleState& m, ExternKind kind, uint32_t index) {
  while (m.in.TakeForm("export")) {
    std::string name;
    if (!m.in.ExpectName(&name) || !m.in.ExpectRight()) return false;
    binary::WriteName(m.export_.bytes, name);
    m.export_.bytes.push_back(static_cast<uint8_t>(kind));
    WriteUnsignedLeb(m.export_.bytes, index);
    ++m.export_.count;
  }
  return true;
}

// The two names of an import.
bool ParseImportNames(ModuleState& m) {
  std::string module;
  std::string name;
  if (!m.in.ExpectName(&module) || !m.in.ExpectName(&name)) return false;
  binary::WriteName(m.import.bytes, module);
  binary::WriteName(m.import.bytes, name);
  ++m.import.count;
  return true;
}

void SaveLocalNames(ModuleState& m, uint32_t func, IndexSpace& locals) {
  if (!locals.names.empty()) m.locals.push_back({func, std::move(locals.names)});
}

// [text-externtype], behind the identifier; written to the import section.
bool ParseExternType(ModuleState& m, ExternKind kind, uint32_t index) {
  std::vector<uint8_t>& out = m.import.bytes;
  out.push_back(static_cast<uint8_t>(kind));
  switch (kind) {
    case ExternKind::kFunc:
    case ExternKind::kTag: {
      IndexSpace params{"local"};
      uint32_t type = 0;
      if (!ParseTypeUse(m, &type, &params)) return false;
      if (kind == ExternKind::kTag) out.push_back(kTagAttribute);
      WriteUnsignedLeb(out, type);
      if (kind == ExternKind::kFunc) SaveLocalNames(m, index, params);
      return true;
    }
    case ExternKind::kTable: {
      TableType type;
      if (!ParseTableType(m, &type)) return false;
      binary::WriteTableType(out, type);
      return true;
    }
    case ExternKind::kMemory: {
      MemType type;
      type.addr_type = ParseAddrType(m.in);
      if (!ParseMemLimits(m, &type)) return false;
      binary::WriteMemType(out, type);
      return true;
    }
    case ExternKind::kGlobal: {
      GlobalType type;
      if (!ParseGlobalType(m, &type)) return false;
      binary::WriteGlobalType(out, type);
      return true;
    }
  }
  return false;
}

bool ParseImport(ModuleState& m, FieldCounters& next) {
  if (!ParseImportNames(m)) return false;
  const ExternSpaces* entry = FindExtern(m.in, 1);
  if (entry == nullptr) return m.in.Unexpected();
  m.in.TakeForm(entry->keyword);
  Binder binder;
  return ParseBinder(m, &binder) && ParseExternType(m, entry->kind, (next.*entry->next)++) &&
         m.in.ExpectRight();
}

bool ParseExport(ModuleState& m) {
  std::string name;
  if (!m.in.ExpectName(&name)) return false;
  const ExternSpaces* entry = FindExtern(m.in, 1);
  if (!m.in.At(TokenKind::kLeft) || entry == nullptr) {
    if (m.in.At(TokenKind::kLeft)) m.in.Take();
    return m.in.Unexpected();
  }
  m.in.TakeForm(entry->keyword);
  uint32_t index = 0;
  if (!ParseIndex(m, m.*entry->space, &index)) return false;
  binary::WriteName(m.export_.bytes, name);
  m.export_.bytes.push_back(static_cast<uint8_t>(entry->kind));
  WriteUnsignedLeb(m.export_.bytes, index);
  ++m.export_.count;
  return m.in.ExpectRight();
}

// ---- definitions
// ---------------------------------------------------------------------------------

// (local …)*, with runs of equal types written once [binary-local].
bool ParseLocals(ModuleState& m, IndexSpace& locals, std::vector<uint8_t>& out) {
  std::vector<std::pair<uint32_t, ValType>> runs;
  while (m.in.TakeForm("local")) {
    Binder binder;
    if (!ParseBinder(m, &binder)) return false;
    const bool named = binder.id != nullptr || binder.annotation;
    while (named || !m.in.At(TokenKind::kRight)) {
      ValType type;
      if (!ParseValType(m, &type) || !Bind(m, locals, binder)) return false;
      if (runs.empty() || runs.back().second != type) runs.push_back({0, type});
      ++runs.back().first;
      if (named) break;
    }
    if (!m.in.ExpectRight()) return false;
  }
  WriteUnsignedLeb(out, runs.size());
  for (const auto& [count, type] : runs) {
    WriteUnsignedLeb(out, count);
    binary::WriteValType(out, type);
  }
  return true;
}

bool ParseFunc(ModuleState& m, uint32_t index) {
  IndexSpace locals{"local"};
  uint32_t type = 0;
  if (!ParseTypeUse(m, &type, &locals)) return false;
  WriteUnsignedLeb(m.function.bytes, type);
  ++m.function.count;
  std::vector<uint8_t> body;
  if (!ParseLocals(m, locals, body)) return false;
  InstrParser instructions(m, body, &locals);
  if (!instructions.ParseSequence()) return false;
  body.push_back(kEndByte);
  WriteUnsignedLeb(m.code.bytes, body.size());
  m.code.bytes.insert(m.code.bytes.end(), body.begin(), body.end());
  ++m.code.count;
  SaveLocalNames(m, index, locals);
  if (auto names = instructions.TakeLabelNames(); !names.empty())
    m.labels.push_back({index, std::move(names)});
  if (auto hints = instructions.TakeHints(); !hints.empty())
    m.hints.push_back({index, std::move(hints)});
  return true;
}

bool ParseTable(ModuleState& m, uint32_t index) {
  Cursor& in = m.in;
  const uint32_t begin = in.index();
  TableType type;
  type.addr_type = ParseAddrType(in);
  ++m.table.count;
  if (!in.At(TokenKind::kNat)) {
    if (!ParseRefType(m, &type.element) || !ParseInlineElem(m, index, &type)) return false;
    binary::WriteTableType(m.table.bytes, type);
    return true;
  }
  in.Seek(begin);
  if (!ParseTableType(m, &type)) return false;
  if (in.At(TokenKind::kRight)) {
    binary::WriteTableType(m.table.bytes, type);
    return true;
  }
  // With an initial value [binary-tablesec].
  constexpr uint8_t kWithInit[] = {0x40, 0x00};
  m.table.bytes.insert(m.table.bytes.end(), std::begin(kWithInit), std::end(kWithInit));
  binary::WriteTableType(m.table.bytes, type);
  return ParseConstExpr(m, m.table.bytes);
}

bool ParseMemory(ModuleState& m, uint32_t index) {
  MemType type;
  type.addr_type = ParseAddrType(m.in);
  ++m.memory.count;
  if (m.in.At(TokenKind::kLeft)) {
    if (!ParsePageSize(m, &type) || !ParseInlineData(m, index, &type)) return false;
  } else if (!ParseMemLimits(m, &type)) {
    return false;
  }
  binary::WriteMemType(m.memory.bytes, type);
  return true;
}

bool ParseDefinition(ModuleState& m, ExternKind kind, uint32_t index) {
  switch (kind) {
    case ExternKind::kFunc:
      return ParseFunc(m, index);
    case ExternKind::kTable:
      return ParseTable(m, index);
    case ExternKind::kMemory:
      return ParseMemory(m, index);
    case ExternKind::kGlobal: {
      GlobalType type;
      if (!ParseGlobalType(m, &type)) return false;
      binary::WriteGlobalType(m.global.bytes, type);
      ++m.global.count;
      return ParseConstExpr(m, m.global.bytes);
    }
    case ExternKind::kTag: {
      IndexSpace params{"local"};
      uint32_t type = 0;
      if (!ParseTypeUse(m, &type, &params)) return false;
      m.tag.bytes.push_back(kTagAttribute);
      WriteUnsignedLeb(m.tag.bytes, type);
      ++m.tag.count;
      return true;
    }
  }
  return false;
}

}  // namespace

bool ParseConstExpr(ModuleState& m, std::vector<uint8_t>& out) {
  if (!InstrParser(m, out, nullptr).ParseSequence()) return false;
  out.push_back(kEndByte);
  return true;
}

bool CollectField(ModuleState& m, CollectedField* field) {
  Cursor& in = m.in;
  const uint32_t begin = in.index();
  *field = {};
  if (!in.At(TokenKind::kLeft)) return in.Unexpected();
  Binder binder;
  if (const ExternSpaces* entry = FindExtern(in, 1)) {
    in.TakeForm(entry->keyword);
    IndexSpace& space = m.*entry->space;
    if (!ParseBinder(m, &binder) || !Bind(m, space, binder)) return false;
    while (in.AtForm("export")) in.SkipForm();
    field->is_import = in.AtForm("import");
    if (!field->is_import) {
      field->defines = space.what;
      if (!CollectInlineSegment(m, entry->kind)) return false;
    }
  } else if (in.TakeForm("import")) {
    field->is_import = true;
    if (!in.Expect(TokenKind::kString) || !in.Expect(TokenKind::kString)) return false;
    if (!in.Expect(TokenKind::kLeft)) return false;
    entry = FindExtern(in, 0);
    if (entry == nullptr) return in.Unexpected();
    in.Take();
    if (!ParseBinder(m, &binder) || !Bind(m, m.*entry->space, binder)) return false;
  } else if (in.AtForm("elem") || in.AtForm("data")) {
    IndexSpace& space = in.AtForm("elem") ? m.elems : m.datas;
    in.Seek(begin + 2);
    if (!ParseBinder(m, &binder) || !Bind(m, space, binder)) return false;
  } else if (in.AtForm("type") || in.AtForm("rec")) {
    return CollectTypeField(m);
  } else if (!in.AtForm("export") && !in.AtForm("start")) {
    in.Take();
    return in.Unexpected();
  }
  in.Seek(begin);
  in.SkipForm();
  return true;
}

bool ParseField(ModuleState& m, FieldCounters& next) {
  Cursor& in = m.in;
  if (const ExternSpaces* entry = FindExtern(in, 1)) {
    in.TakeForm(entry->keyword);
    const uint32_t index = (next.*entry->next)++;
    Binder binder;
    if (!ParseBinder(m, &binder) || !ParseInlineExports(m, entry->kind, index)) return false;
    if (in.TakeForm("import")) {
      if (!ParseImportNames(m) || !in.ExpectRight() || !ParseExternType(m, entry->kind, index))
        return false;
    } else if (!ParseDefinition(m, entry->kind, index)) {
      return false;
    }
  } else if (in.TakeForm("import")) {
    if (!ParseImport(m, next)) return false;
  } else if (in.TakeForm("export")) {
    if (!ParseExport(m)) return false;
  } else if (in.AtForm("start")) {
    const Token& token = in.Peek();
    in.TakeForm("start");
    uint32_t index = 0;
    if (!ParseIndex(m, m.funcs, &index)) return false;
    if (m.start) return in.Fail(token, "multiple start sections");
    m.start = index;
  } else if (in.TakeForm("elem")) {
    if (!ParseElemField(m)) return false;
  } else if (in.TakeForm("data")) {
    if (!ParseDataField(m)) return false;
  }
  return in.ExpectRight();
}

}  // namespace wasm::text
