// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The plainest composition: a component, the socket, whose imports are satisfied by exports of
// others, the plugs. Names decide: an import gets the export of its name, or else the newest one of
// a compatible version. Of several plugs the first that has one counts. Plugs are plugged into each
// other in the same way, those behind before those in front: so a row of them is a chain. Each is
// instantiated once.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_PLUG_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_PLUG_H_

#include <memory>
#include <string>
#include <vector>

#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"

namespace component::compose {

struct PlugPart {
  std::string name;  // what messages call it: a path
  std::shared_ptr<const ValidatedComponent> component;
};

// The composition, valid: the exports of the socket, and the imports that nothing satisfies.
// `engine` is that of the parts. Errors: kUnlinkable, with a sentence that says which part wants
// what; also if a plug has nothing that anybody wants.
wasm::Result<std::shared_ptr<const Component>> Plug(const trenail::Engine& engine,
                                                    const PlugPart& socket,
                                                    const std::vector<PlugPart>& plugs,
                                                    const FeatureSet& features = {});

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_PLUG_H_
