// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which resource types of the parts of a composition are one and the same. Each instance and each
// group of imports has ids of its own for them, a space; passing an export as an import, or merging
// two imports, makes ids of two spaces one identity. An identity has one source at most: two would
// be two types that somebody takes for one.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_RESOURCES_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_RESOURCES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "libcomponent/types/subtyping.h"
#include "libcomponent/types/types.h"
#include "libwasm/types/type_store.h"

namespace component::compose {

using Space = uint32_t;
// The first one, of types that the document of a composition defines. They come without resource
// types that anything else could mean, so they are the same types in all spaces.
inline constexpr Space kDocumentSpace = 0;

// A type, and the space its resource ids belong to.
struct SpacedType {
  Space space = 0;
  ExternType type;
};

// Somebody takes two resource types for one.
struct Split {
  std::string what;  // "the resource `r`", "a resource in `i` › `f`"
  std::string sources[2];
};

class Resources {
 public:
  // `store` is that of the engine whose modules the module types describe.
  explicit Resources(const wasm::TypeStore& store) : store_(store) {}

  Space NewSpace() {
    spaces_.emplace_back();
    return static_cast<Space>(spaces_.size() - 1);
  }
  // The identity; numbers of identities change when two become one.
  uint32_t Find(Space space, ResourceId id);
  // Where resources of this type come from, as messages call it: made by an instance, or imported.
  void SetSource(Space space, ResourceId id, std::string source, bool imported);
  const std::string* SourceOf(uint32_t identity) const;
  // Made by an instance of the composition.
  bool IsMade(uint32_t identity) const;

  // What stands in the same place in both becomes one.
  std::optional<Split> Unify(const SpacedType& expected, const SpacedType& offered);
  // Whether `offered` may stand where `expected` is; if not, `why` says so.
  bool Matches(const SpacedType& offered, const SpacedType& expected, std::string* why);
  // Where two resource types are compared that are not the same.
  std::optional<Split> FindSplit(const SpacedType& expected, const SpacedType& offered);

  // To take back what was unified since.
  struct Snapshot;
  Snapshot Save() const;
  void Restore(const Snapshot& snapshot);

 private:
  struct Identity {
    uint32_t parent;
    std::optional<std::string> source;
    bool imported = false;
  };

 public:
  struct Snapshot {
    std::vector<Identity> identities;
  };

 private:
  uint32_t Root(uint32_t identity) const;
  std::optional<Split> Unify(const ExternType& expected, Space expected_space,
                             const ExternType& offered, Space offered_space,
                             const std::string& path);
  std::optional<Split> SplitIn(const ExternType& expected, Space expected_space,
                               const ExternType& offered, Space offered_space,
                               const std::string& path);
  std::optional<Split> SplitIn(const ValType* expected, Space expected_space,
                               const ValType* offered, Space offered_space,
                               const std::string& path);
  std::optional<Split> SplitOf(uint32_t expected, uint32_t offered, std::string what) const;
  void MapAll(Matcher* matcher, Matcher::Side side, Space space) const;

  const wasm::TypeStore& store_;
  std::vector<Identity> identities_;
  std::vector<std::unordered_map<ResourceId, uint32_t>> spaces_;
};

// The resource types that types of one space mention, as identities, and the value types.
class Mentioned {
 public:
  Mentioned(Resources* resources, Space space) : resources_(*resources), space_(space) {}
  void Collect(const ExternType& type);

  std::unordered_set<uint32_t> identities;
  std::unordered_set<const ValType*> values;

 private:
  void Collect(const ValType* type);

  Resources& resources_;
  Space space_;
};

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_RESOURCES_H_
