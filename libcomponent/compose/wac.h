// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compositions in the WAC language (the LANGUAGE.md of the Bytecode Alliance's wac, named
// [wac:section] in comments): a document names components, instantiates them, passes exports of one
// to another, and says what the whole exports.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_WAC_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_WAC_H_

#include <memory>

#include "libcomponent/compose/wac_types.h"
#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libcomponent/wit/diagnostic.h"
#include "libwasm/libwasm.h"

namespace component::compose::wac {

// The component that the document describes, valid. `find_package` finds the components that it
// names, which are of `engine`.
wit::Parsed<std::shared_ptr<const Component>> Compose(const trenail::Engine& engine,
                                                      wit::SourceText document,
                                                      const FindPackage& find_package,
                                                      const FeatureSet& features = {});

}  // namespace component::compose::wac

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_WAC_H_
