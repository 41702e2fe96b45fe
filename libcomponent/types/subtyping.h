// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When a type may stand where another is expected [Explainer: Type Checking]. Module, instance and
// component types have subtypes; all others are compared by structure, and resource types by
// identity.
//
// Abstract resource types are variables: those that the expected type binds stand for whatever is
// offered in their place, those that the offered type binds are unlike any other. The two types may
// belong to different arenas: each side has a map of its own from its resource ids to identities.

#ifndef TRENAIL_LIBCOMPONENT_TYPES_SUBTYPING_H_
#define TRENAIL_LIBCOMPONENT_TYPES_SUBTYPING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libcomponent/types/types.h"
#include "libwasm/libwasm.h"
#include "libwasm/types/type_store.h"

namespace component {

class Matcher {
 public:
  // `store` is that of the engine whose modules the module types describe. `budget`, if there is
  // one, is how many comparisons of parts may still be made before all else fails.
  explicit Matcher(const wasm::TypeStore& store, uint64_t* budget = nullptr)
      : store_(store), budget_(budget) {}

  enum class Side : uint8_t { kSub = 0, kSuper = 1 };

  // From now on `id` means the identity `to` on that side; an id without a map means itself. With
  // kNoResource it is a variable: it is filled with what is offered where it is first expected as a
  // type of its own.
  void Map(Side side, ResourceId id, ResourceId to) { maps_[Index(side)][id] = to; }
  ResourceId Resolve(Side side, ResourceId id) const {
    const auto it = maps_[Index(side)].find(id);
    return it == maps_[Index(side)].end() ? id : it->second;
  }

  // Whether `sub` may stand where `super` is expected.
  bool Matches(const ExternType& sub, const ExternType& super);
  bool Matches(const InstanceType& sub, const InstanceType& super);
  bool Matches(const ComponentType& sub, const ComponentType& super);
  bool Matches(const ModuleType& sub, const ModuleType& super);
  bool Matches(const trenail::ExternType& sub, const trenail::ExternType& super);
  bool Equal(const TypeEntry& sub, const TypeEntry& super);
  bool Equal(const ValType& sub, const ValType& super);
  bool Equal(const FuncType& sub, const FuncType& super);

  // Why the last comparison failed, outermost first: "type mismatch in record field `x`: expected
  // u32, found tuple".
  std::string TakeError() { return std::exchange(error_, {}); }

 private:
  class Scope;

  // Imports are compared the other way round: the sides change places meanwhile.
  size_t Index(Side side) const { return static_cast<size_t>(side) ^ (flipped_ ? 1 : 0); }
  bool Fail(std::string error) {
    error_ = std::move(error);
    return false;
  }
  // Puts what was being compared before an error.
  bool In(std::string_view what) {
    error_.insert(0, std::string(what) + ": ");
    return false;
  }

  bool CheckSort(const ExternType& sub, const ExternType& super);
  bool FillOrCompare(ResourceId sub, ResourceId super);
  bool EqualOptional(const ValType* sub, const ValType* super, std::string_view what);
  bool EqualFields(const ValType& sub, const ValType& super);
  bool EqualCases(const ValType& sub, const ValType& super);
  bool EqualTuples(const ValType& sub, const ValType& super);
  bool EqualLabels(const ValType& sub, const ValType& super, std::string_view what);
  bool EqualCompound(const ValType& sub, const ValType& super);
  bool EqualInstances(const InstanceType& sub, const InstanceType& super);
  bool EqualComponents(const ComponentType& sub, const ComponentType& super);
  // Whether the variables were filled with the resources of the other type, each with another.
  bool FilledOneToOne(const std::vector<ResourceId>& sub, const std::vector<ResourceId>& super);

  bool Spend() {
    if (budget_ == nullptr) return true;
    if (*budget_ == 0) return Fail("types are too complex to be compared");
    --*budget_;
    return true;
  }
  std::pair<const void*, const void*> Pair(const void* sub, const void* super) const {
    return flipped_ ? std::pair(super, sub) : std::pair(sub, super);
  }

  const wasm::TypeStore& store_;
  uint64_t* budget_;
  std::unordered_map<ResourceId, ResourceId> maps_[2];
  bool flipped_ = false;
  // Identities that no arena and no caller makes.
  ResourceId next_rigid_ = ResourceId{1} << 31;
  // Pairs of large types that are known to be equal, and pairs of instances that match, as long as
  // the maps of resources do not change but for variables that are filled.
  struct PairHash {
    size_t operator()(const std::pair<const void*, const void*>& pair) const {
      return std::hash<const void*>()(pair.first) * 31 ^ std::hash<const void*>()(pair.second);
    }
  };
  using Pairs = std::unordered_set<std::pair<const void*, const void*>, PairHash>;
  Pairs equal_;
  Pairs matching_;
  // Inside of a type that is exported or imported as a type, nothing but equality will do.
  bool exact_ = false;
  std::string error_;
};

// The word for a type in messages: "u32", "record", "tuple".
std::string_view KindName(ValKind kind);
// "func", "instance", "component", "module", "type", "value"; core sorts without "core".
std::string_view SortName(Sort sort);
// What an index of the type index space stands for: "defined type", "func", "resource" and so on.
std::string_view KindName(TypeEntry::Kind kind);

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_TYPES_SUBTYPING_H_
