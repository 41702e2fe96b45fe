// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text format behind the public interface; apart from libcomponent.cc, so that programs that
// only run binaries do not link it.

#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/text/parse_component.h"

namespace trenail {

Result<Component> Component::ParseText(const Engine& engine, std::string_view text,
                                       const ComponentOptions& options) {
  const component::text::TextComponent parsed =
      TRY(component::text::ParseComponentText(text, {.features = options.features}));
  if (parsed.component == nullptr) return Parse(engine, parsed.binary, options);
  // The binary format has rules of its own about what may be said.
  return Parse(engine, component::binary::EncodeComponent(*parsed.component), options);
}

}  // namespace trenail
