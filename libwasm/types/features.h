// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The set of language features in force: a value, never an #ifdef.

#ifndef TRENAIL_LIBWASM_TYPES_FEATURES_H_
#define TRENAIL_LIBWASM_TYPES_FEATURES_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace wasm {

enum class Feature : uint8_t {
#define FEATURE(Name, option, parent) k##Name,
#include "libwasm/types/features.def"
#undef FEATURE
};

class FeatureSet {
 public:
  // All features on.
  constexpr FeatureSet() = default;

  constexpr bool Has(Feature feature) const { return (bits_ >> static_cast<int>(feature)) & 1; }
  constexpr void Enable(Feature feature) { bits_ |= uint32_t{1} << static_cast<int>(feature); }
  // Also disables what depends on it.
  constexpr void Disable(Feature feature) {
    bits_ &= ~(uint32_t{1} << static_cast<int>(feature));
#define FEATURE(Name, option, parent)                                                         \
  if (Feature::k##Name != Feature::kMvp && !Has(Feature::k##parent) && Has(Feature::k##Name)) \
    bits_ &= ~(uint32_t{1} << static_cast<int>(Feature::k##Name));
#include "libwasm/types/features.def"
#undef FEATURE
    bits_ |= 1;
  }
  friend constexpr bool operator==(const FeatureSet&, const FeatureSet&) = default;

 private:
  uint32_t bits_ = ~uint32_t{0};
};

constexpr std::optional<Feature> FeatureFromName(std::string_view name) {
  if (name.empty()) return std::nullopt;
#define FEATURE(Name, option, parent) \
  if (name == option) return Feature::k##Name;
#include "libwasm/types/features.def"
#undef FEATURE
  return std::nullopt;
}

constexpr std::string_view FeatureName(Feature feature) {
  switch (feature) {
#define FEATURE(Name, option, parent) \
  case Feature::k##Name:              \
    return option;
#include "libwasm/types/features.def"
#undef FEATURE
  }
  return "";
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_TYPES_FEATURES_H_
