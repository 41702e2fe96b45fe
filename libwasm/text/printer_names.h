// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the names of the name section to identifiers of the text format. An identifier must be
// unique in its space and must not be empty; a name that cannot be one is kept as an annotation
// (@name "…") and its item is referred to by number.

#ifndef TRENAIL_LIBWASM_TEXT_PRINTER_NAMES_H_
#define TRENAIL_LIBWASM_TEXT_PRINTER_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libwasm/module/module.h"

namespace wasm::text {

// The identifiers of one index space.
class IdSpace {
 public:
  IdSpace() = default;
  // Names beyond `size` have no item to be attached to and are left out.
  IdSpace(const NameMap& names, uint64_t size);

  // Appends the identifier, or the number if there is none.
  void AppendRef(std::string& out, uint32_t index) const;
  // Appends what follows the keyword that introduces the item: " $id" or " (@name …)" or nothing.
  void AppendBinder(std::string& out, uint32_t index) const;
  bool HasName(uint32_t index) const { return Find(index) != nullptr; }
  bool HasId(uint32_t index) const {
    const Entry* entry = Find(index);
    return entry != nullptr && entry->is_id;
  }

 private:
  struct Entry {
    uint32_t index;
    bool is_id;
    std::string_view name;
  };
  const Entry* Find(uint32_t index) const;
  std::vector<Entry> entries_;  // sorted by index
};

// All spaces of a module; those of locals, labels and fields are made when they are needed.
class ModuleIds {
 public:
  // Without names everything is numbers.
  ModuleIds(const Module& module, bool use_names);

  IdSpace functions, types, tables, memories, globals, elems, datas, tags;
  IdSpace Locals(uint32_t func, uint64_t num_locals) const;
  IdSpace Fields(uint32_t type) const;
  // The names of the labels of a function, in the order in which the labels are introduced.
  const NameMap* Labels(uint32_t func) const;

 private:
  const Module& module_;
  bool use_names_;
};

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PRINTER_NAMES_H_
