// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a composition imports: the imports of its parts that nothing in it satisfies. Those of one
// name, or of compatible versions, become one, which has the items of all of them; so parts that
// use different functions of an interface still share its resources.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_IMPORTS_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_IMPORTS_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "libcomponent/compose/resources.h"
#include "libcomponent/types/types.h"
#include "libwasm/support/error.h"

namespace component::compose {

// An item as one of those who ask for it knows it.
struct Wanted {
  SpacedType type;
  std::string by;      // for messages
  uint32_t order = 0;  // of an import: its place among those of its space
};

// An import, or an export of an instance that is imported. The types of `wanted` are the same,
// instances apart, whose exports are `items`.
struct MergedItem {
  ExternName name;
  std::vector<Wanted> wanted;
  std::vector<MergedItem> items;

  static MergedItem Of(const NamedExtern& item, Space space, const std::string& by);
  Sort sort() const { return wanted[0].type.type.sort; }
};

class Imports {
 public:
  explicit Imports(Resources* resources) : resources_(*resources) {}

  // The number of the import that `import` becomes. Errors: kUnlinkable if there is one of that
  // name with another type; with another, compatible version they stay apart.
  wasm::Result<uint32_t> Add(const NamedExtern& import, Space space, const std::string& by);
  const MergedItem* Find(std::string_view name) const;
  const std::vector<MergedItem>& items() const { return items_; }

  // Numbers of the imports: each behind those that its types come from.
  std::vector<uint32_t> Order();

 private:
  bool Merge(MergedItem* into, const MergedItem& with, std::string* why);

  Resources& resources_;
  uint32_t next_order_ = 0;
  std::vector<MergedItem> items_;
  std::unordered_map<std::string, std::vector<uint32_t>> by_key_;
};

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_IMPORTS_H_
