// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gated features of the component model [Explainer: Gated Features], a value like the core
// features. They act on the binary format and in validation; the text parser knows the syntax of
// all of them.

#ifndef TRENAIL_LIBCOMPONENT_FEATURE_SET_H_
#define TRENAIL_LIBCOMPONENT_FEATURE_SET_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace component {

enum class Feature : uint8_t {
#define COMPONENT_FEATURE(Name, option, on) k##Name,
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
};

class FeatureSet {
 public:
  // A set with what is on by default, and what is in it:
  constexpr FeatureSet() {
#define COMPONENT_FEATURE(Name, option, on) Set(Feature::k##Name, on);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  }
  constexpr bool Has(Feature feature) const { return (bits_ >> static_cast<int>(feature)) & 1; }
  constexpr void Set(Feature feature, bool on) {  // on or off
    const uint32_t bit = uint32_t{1} << static_cast<int>(feature);
    bits_ = on ? bits_ | bit : bits_ & ~bit;
  }
  friend constexpr bool operator==(const FeatureSet&, const FeatureSet&) = default;

 private:
  uint32_t bits_ = 0;
};
// Of a name as on the command line; nothing if there is none.
constexpr std::optional<Feature> FeatureFromName(std::string_view name) {
#define COMPONENT_FEATURE(Name, option, on) \
  if (name == option) return Feature::k##Name;
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  return std::nullopt;
}
// Its name on the command line.
constexpr std::string_view FeatureName(Feature feature) {
  switch (feature) {
#define COMPONENT_FEATURE(Name, option, on) \
  case Feature::k##Name:                    \
    return option;
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  }
  return "";
}

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_FEATURE_SET_H_
