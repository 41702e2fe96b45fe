// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core modules written from nothing: sections as they are needed, in the order of the format
// [binary-module]. Imports come before definitions, as indices demand.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_CORE_MODULE_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_CORE_MODULE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libwasm/types/types.h"

namespace component::encode {

// The instructions of a body, and its locals behind the parameters.
class CodeWriter {
 public:
  CodeWriter& Op(uint8_t opcode) {
    code_.push_back(opcode);
    return *this;
  }
  CodeWriter& Op(uint8_t opcode, uint32_t index);
  CodeWriter& LocalGet(uint32_t index) { return Op(0x20, index); }
  CodeWriter& LocalSet(uint32_t index) { return Op(0x21, index); }
  CodeWriter& LocalTee(uint32_t index) { return Op(0x22, index); }
  CodeWriter& GlobalGet(uint32_t index) { return Op(0x23, index); }
  CodeWriter& GlobalSet(uint32_t index) { return Op(0x24, index); }
  CodeWriter& Call(uint32_t func) { return Op(0x10, func); }
  CodeWriter& CallIndirect(uint32_t type, uint32_t table);
  CodeWriter& I32Const(int32_t value);
  CodeWriter& If() { return Op(0x04).Op(0x40); }
  CodeWriter& End() { return Op(0x0b); }
  CodeWriter& Unreachable() { return Op(0x00); }
  CodeWriter& Raw(std::span<const uint8_t> bytes) {
    code_.insert(code_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  // One local of the type.
  CodeWriter& Local(wasm::ValType type) {
    locals_.push_back(type);
    return *this;
  }
  // The body with the final `end`, without its size.
  std::vector<uint8_t> Body() const;

 private:
  std::vector<wasm::ValType> locals_;
  std::vector<uint8_t> code_;
};

class CoreModuleWriter {
 public:
  // The index of the type, which is there once.
  uint32_t Type(const wasm::FuncType& type);
  // All types of a module as they are there, before any other.
  void Types(const std::vector<wasm::SubType>& types);

  uint32_t ImportFunc(std::string_view module, std::string_view name, uint32_t type);
  void ImportTable(std::string_view module, std::string_view name, const wasm::TableType& type);
  void ImportMemory(std::string_view module, std::string_view name, const wasm::MemType& type);
  uint32_t ImportGlobal(std::string_view module, std::string_view name,
                        const wasm::GlobalType& type);
  // `body` may come later: SetBody.
  uint32_t Func(uint32_t type, std::vector<uint8_t> body = {});
  void SetBody(uint32_t func, std::vector<uint8_t> body);
  void Table(const wasm::TableType& type);
  void Memory(const wasm::MemType& type);
  // `init` with its `end`.
  uint32_t Global(const wasm::GlobalType& type, std::span<const uint8_t> init);
  void Export(std::string_view name, wasm::ExternKind kind, uint32_t index);
  void Start(uint32_t func) { start_ = func; }
  // An active segment of table 0, from 0 on.
  void Elements(const std::vector<uint32_t>& funcs);
  void NameModule(std::string_view name) { name_ = name; }
  void NameFunc(uint32_t func, std::string_view name) {
    func_names_.emplace_back(func, std::string(name));
  }
  void NameGlobal(uint32_t global, std::string_view name) {
    global_names_.emplace_back(global, std::string(name));
  }
  void Custom(std::string_view name, std::span<const uint8_t> payload);

  uint32_t num_funcs() const { return num_imported_funcs_ + static_cast<uint32_t>(funcs_.size()); }
  std::vector<uint8_t> Finish() const;

 private:
  using Bytes = std::vector<uint8_t>;

  std::vector<wasm::FuncType> types_;
  std::vector<Bytes> type_bytes_;
  std::vector<Bytes> imports_;
  std::vector<std::pair<uint32_t, Bytes>> funcs_;  // type, body
  std::vector<Bytes> tables_, memories_, globals_, exports_, elements_, customs_;
  std::optional<uint32_t> start_;
  std::string name_;
  std::vector<std::pair<uint32_t, std::string>> func_names_, global_names_;
  uint32_t num_imported_funcs_ = 0;
  uint32_t num_globals_ = 0;
};

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_CORE_MODULE_H_
