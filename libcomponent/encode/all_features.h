// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What may stand in worlds and in what is made of them: whoever runs a component decides what of
// it is switched on there.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_ALL_FEATURES_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_ALL_FEATURES_H_

#include "libcomponent/feature_set.h"

namespace component::encode {

constexpr FeatureSet AllFeatures() {
  FeatureSet features;
#define COMPONENT_FEATURE(Name, option, on) features.Set(Feature::k##Name, true);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  return features;
}

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_ALL_FEATURES_H_
