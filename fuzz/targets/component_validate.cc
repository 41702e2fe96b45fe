// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes through the decoder and the validator of components, with all gated features: what is
// valid has types for all that it exports, and is valid again when it was encoded.

#include "fuzz/targets/target.h"
#include "interp/interp.h"
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/validate/component_validator.h"

namespace {

component::FeatureSet AllFeatures() {
  component::FeatureSet features;
#define COMPONENT_FEATURE(Name, option, on) features.Set(component::Feature::k##Name, true);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  return features;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const component::FeatureSet features = AllFeatures();
  const auto decoded = component::binary::DecodeComponent({data, size}, features);
  if (!decoded) return 0;
  const trenail::Engine engine(trenail::MakeInterpreter());
  const auto validated = component::Validate(engine, *decoded, features);
  if (!validated) {
    FUZZ_CHECK(!validated.error().message().empty());
    return 0;
  }
  for (const component::NamedExtern& item : (*validated)->type->exports)
    FUZZ_CHECK((*validated)->type->FindExport(item.name.name) == &item);
  const auto encoded = component::binary::EncodeComponent(**decoded);
  const auto again = component::binary::DecodeComponent(encoded, features);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(component::Validate(engine, *again, features).has_value());
  return 0;
}
