// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What making components from bytes and from text has in common.

#ifndef TRENAIL_LIBCOMPONENT_C_API_OPTIONS_H_
#define TRENAIL_LIBCOMPONENT_C_API_OPTIONS_H_

#include "libcomponent/libcomponent.h"
#include "libwasm/c_api/include/trenail/component.h"

namespace trenail::c_api {

// "name,-name"; null: the defaults. Errors: kHost.
Result<ComponentOptions> ToOptions(const char* features);
trenail_error_t* GiveComponent(Result<Component> component, trenail_component_t** out);

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBCOMPONENT_C_API_OPTIONS_H_
