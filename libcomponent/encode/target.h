// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The world of the component that is made: the union of the worlds of the main module and of its
// adapters. An interface that is imported and one that is exported are two here, each with types of
// its own, so that a type says by its owner which instance it comes from.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_TARGET_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_TARGET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "libcomponent/encode/metadata.h"
#include "libcomponent/wit/resolve.h"
#include "libwasm/support/error.h"

namespace component::encode {

// How the module at this place, 0 being the main module, encodes the strings of its functions.
using Encodings = std::map<std::string, wit::StringEncoding, std::less<>>;

struct Target {
  wit::Resolve resolve;
  wit::WorldId world;
  // For each export of the world the module that has to provide it.
  std::vector<size_t> providers;
  // By module, then `KEY/function`; of imports and exports.
  std::vector<Encodings> import_encodings;
  std::vector<Encodings> export_encodings;

  const wit::World& the_world() const { return resolve[world]; }
  // The key for encodings: the item's name without its version, and the function's.
  std::string KeyOf(const wit::WorldItem& item, std::string_view function) const;
};

// Errors: kInvalid: two worlds contradict each other.
wasm::Result<Target> MergeWorlds(const std::vector<const DescribedModule*>& modules,
                                 const std::vector<std::string>& module_names);

// Types that something alive mentions, with all they are made of.
class LiveTypes {
 public:
  explicit LiveTypes(const wit::Resolve& resolve) : resolve_(resolve) {}
  void Add(wit::TypeId id);
  void Add(const wit::Function& function);
  bool Has(wit::TypeId id) const { return live_.contains(id.value); }

 private:
  void Add(const std::optional<wit::Type>& type) {
    if (type && type->kind == wit::TypeKind::kDefined) Add(type->id);
  }
  const wit::Resolve& resolve_;
  std::unordered_set<uint32_t> live_;
};

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_TARGET_H_
