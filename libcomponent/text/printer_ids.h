// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The identifiers and the next indices of one scope that is being printed, and the text as it
// grows.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PRINTER_IDS_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PRINTER_IDS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "libcomponent/syntax/component.h"
#include "libwasm/text/printer_names.h"

namespace component::text {

struct ScopeIds {
  std::array<wasm::text::IdSpace, kNumSorts> spaces;
  std::array<uint32_t, kNumSorts> next{};

  ScopeIds() = default;  // of a type: everything is numbers
  // Of a component, from its names.
  explicit ScopeIds(const Component& component);
};

class TextOut {
 public:
  std::string Take() { return std::move(out_); }
  std::string& text() { return out_; }

  void NewLine() {
    // Indentation stops growing here: nesting is the component's choice, the size of our answer
    // is not.
    constexpr uint32_t kMaxIndent = 32;
    out_ += '\n';
    out_.append(2 * std::min(depth_, kMaxIndent), ' ');
  }
  void Indent() { ++depth_; }
  void Outdent() { --depth_; }
  uint32_t depth() const { return depth_; }

  // The scope whose indices are printed.
  ScopeIds& ids() { return *ids_; }
  ScopeIds* Exchange(ScopeIds* ids) { return std::exchange(ids_, ids); }

  void Put(std::string_view text) { out_ += text; }
  void PutNumber(uint64_t number);
  void PutName(std::string_view name);  // quoted
  // An item by its identifier or number. An identifier would not be known yet if the item comes
  // later, which is invalid but has a number.
  void PutRef(Sort sort, uint32_t index);
  // "(sort ref)"
  void PutItem(Sort sort, uint32_t index);
  // For the core's printing of a value type or a function type: the identifiers of core types, or
  // none where one comes later.
  const wasm::text::IdSpace& CoreTypeIds(wasm::ValType type) const;
  const wasm::text::IdSpace& CoreTypeIds(const wasm::FuncType& type) const;
  // " $id (;n;)" of the next item of the sort, which this counts.
  void PutBinder(Sort sort);

 private:
  std::string out_;
  uint32_t depth_ = 0;
  ScopeIds* ids_ = nullptr;
  wasm::text::IdSpace no_ids_;
};

// ---- types (printer_types.cc) ------------------------------------------------------------------

void PrintExternName(TextOut& out, const ExternName& name);
void PrintValType(TextOut& out, const ValTypeUse& type);
// The type of a value: not a bare identifier, which would be taken for the value's own.
void PrintValueType(TextOut& out, const ValTypeUse& type);
// "(sort $id (;n;) …)", which counts the item if `binder`.
void PrintExternDesc(TextOut& out, const ExternDesc& desc, bool binder);
void PrintAlias(TextOut& out, const Alias& alias);
// "(type $id (;n;) …)", "(core type $id (;n;) …)" or "(core rec …)"
void PrintTypeDef(TextOut& out, const TypeDef& type);
void PrintCoreType(TextOut& out, const CoreType& type);

// ---- canonical definitions (printer_canon.cc) --------------------------------------------------

void PrintCanon(TextOut& out, const Canon& canon);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PRINTER_IDS_H_
