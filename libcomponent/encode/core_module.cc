// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/core_module.h"

#include <algorithm>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/binary/name_section.h"
#include "libwasm/support/leb128.h"

namespace component::encode {
namespace {

using wasm::WriteSignedLeb;
using wasm::WriteUnsignedLeb;
using wasm::binary::WriteName;
using Bytes = std::vector<uint8_t>;

void Append(Bytes& out, std::span<const uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void WriteSection(Bytes& out, uint8_t id, const Bytes& payload) {
  out.push_back(id);
  WriteUnsignedLeb(out, payload.size());
  Append(out, payload);
}

void WriteVector(Bytes& out, uint8_t id, const std::vector<Bytes>& items) {
  if (items.empty()) return;
  Bytes payload;
  WriteUnsignedLeb(payload, items.size());
  for (const Bytes& item : items) Append(payload, item);
  WriteSection(out, id, payload);
}

void WriteNames(Bytes& out, wasm::binary::NameSubsection id,
                std::vector<std::pair<uint32_t, std::string>> names) {
  if (names.empty()) return;
  std::ranges::sort(names);
  Bytes payload;
  WriteUnsignedLeb(payload, names.size());
  for (const auto& [index, name] : names) {
    WriteUnsignedLeb(payload, index);
    WriteName(payload, name);
  }
  WriteSection(out, static_cast<uint8_t>(id), payload);
}

Bytes ImportOf(std::string_view module, std::string_view name, wasm::ExternKind kind) {
  Bytes out;
  WriteName(out, module);
  WriteName(out, name);
  out.push_back(static_cast<uint8_t>(kind));
  return out;
}

}  // namespace

CodeWriter& CodeWriter::Op(uint8_t opcode, uint32_t index) {
  code_.push_back(opcode);
  WriteUnsignedLeb(code_, index);
  return *this;
}

CodeWriter& CodeWriter::CallIndirect(uint32_t type, uint32_t table) {
  Op(0x11, type);
  WriteUnsignedLeb(code_, table);
  return *this;
}

CodeWriter& CodeWriter::I32Const(int32_t value) {
  code_.push_back(0x41);
  WriteSignedLeb(code_, value);
  return *this;
}

Bytes CodeWriter::Body() const {
  Bytes out;
  WriteUnsignedLeb(out, locals_.size());
  for (const wasm::ValType type : locals_) {
    WriteUnsignedLeb(out, 1);
    wasm::binary::WriteValType(out, type);
  }
  Append(out, code_);
  out.push_back(0x0b);
  return out;
}

uint32_t CoreModuleWriter::Type(const wasm::FuncType& type) {
  const auto known = std::ranges::find(types_, type);
  if (known != types_.end()) return static_cast<uint32_t>(known - types_.begin());
  wasm::SubType sub;
  sub.comp.func = type;
  Types({sub});
  return static_cast<uint32_t>(types_.size() - 1);
}

void CoreModuleWriter::Types(const std::vector<wasm::SubType>& types) {
  for (const wasm::SubType& type : types) {
    types_.push_back(type.comp.func);
    wasm::binary::WriteSubType(type_bytes_.emplace_back(), type);
  }
}

uint32_t CoreModuleWriter::ImportFunc(std::string_view module, std::string_view name,
                                      uint32_t type) {
  WriteUnsignedLeb(imports_.emplace_back(ImportOf(module, name, wasm::ExternKind::kFunc)), type);
  return num_imported_funcs_++;
}

void CoreModuleWriter::ImportTable(std::string_view module, std::string_view name,
                                   const wasm::TableType& type) {
  wasm::binary::WriteTableType(
      imports_.emplace_back(ImportOf(module, name, wasm::ExternKind::kTable)), type);
}

void CoreModuleWriter::ImportMemory(std::string_view module, std::string_view name,
                                    const wasm::MemType& type) {
  wasm::binary::WriteMemType(
      imports_.emplace_back(ImportOf(module, name, wasm::ExternKind::kMemory)), type);
}

uint32_t CoreModuleWriter::ImportGlobal(std::string_view module, std::string_view name,
                                        const wasm::GlobalType& type) {
  wasm::binary::WriteGlobalType(
      imports_.emplace_back(ImportOf(module, name, wasm::ExternKind::kGlobal)), type);
  return num_globals_++;
}

uint32_t CoreModuleWriter::Func(uint32_t type, Bytes body) {
  funcs_.emplace_back(type, std::move(body));
  return num_funcs() - 1;
}

void CoreModuleWriter::SetBody(uint32_t func, Bytes body) {
  funcs_[func - num_imported_funcs_].second = std::move(body);
}

void CoreModuleWriter::Table(const wasm::TableType& type) {
  wasm::binary::WriteTableType(tables_.emplace_back(), type);
}

void CoreModuleWriter::Memory(const wasm::MemType& type) {
  wasm::binary::WriteMemType(memories_.emplace_back(), type);
}

uint32_t CoreModuleWriter::Global(const wasm::GlobalType& type, std::span<const uint8_t> init) {
  Bytes& out = globals_.emplace_back();
  wasm::binary::WriteGlobalType(out, type);
  Append(out, init);
  return num_globals_++;
}

void CoreModuleWriter::Export(std::string_view name, wasm::ExternKind kind, uint32_t index) {
  Bytes& out = exports_.emplace_back();
  WriteName(out, name);
  out.push_back(static_cast<uint8_t>(kind));
  WriteUnsignedLeb(out, index);
}

void CoreModuleWriter::Elements(const std::vector<uint32_t>& funcs) {
  Bytes& out = elements_.emplace_back(Bytes{0x00, 0x41, 0x00, 0x0b});  // table 0, i32.const 0
  WriteUnsignedLeb(out, funcs.size());
  for (const uint32_t func : funcs) WriteUnsignedLeb(out, func);
}

void CoreModuleWriter::Custom(std::string_view name, std::span<const uint8_t> payload) {
  Bytes& out = customs_.emplace_back();
  WriteName(out, name);
  Append(out, payload);
}

Bytes CoreModuleWriter::Finish() const {
  Bytes out = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};
  std::vector<Bytes> types, bodies;
  for (const auto& [type, body] : funcs_) {
    WriteUnsignedLeb(types.emplace_back(), type);
    Bytes& sized = bodies.emplace_back();
    WriteUnsignedLeb(sized, body.size());
    Append(sized, body);
  }
  WriteVector(out, 1, type_bytes_);
  WriteVector(out, 2, imports_);
  WriteVector(out, 3, types);
  WriteVector(out, 4, tables_);
  WriteVector(out, 5, memories_);
  WriteVector(out, 6, globals_);
  WriteVector(out, 7, exports_);
  if (start_) {
    Bytes payload;
    WriteUnsignedLeb(payload, *start_);
    WriteSection(out, 8, payload);
  }
  WriteVector(out, 9, elements_);
  WriteVector(out, 10, bodies);
  Bytes names;
  if (!name_.empty()) {
    Bytes payload;
    WriteName(payload, name_);
    WriteSection(names, static_cast<uint8_t>(wasm::binary::NameSubsection::kModule), payload);
  }
  WriteNames(names, wasm::binary::NameSubsection::kFunctions, func_names_);
  WriteNames(names, wasm::binary::NameSubsection::kGlobals, global_names_);
  if (!names.empty()) {
    Bytes payload;
    WriteName(payload, "name");
    Append(payload, names);
    WriteSection(out, 0, payload);
  }
  for (const Bytes& custom : customs_) WriteSection(out, 0, custom);
  return out;
}

}  // namespace component::encode
