// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Between the program around a component and the way in which it is run, which depends on what the
// component imports. `trenail compile` says which way by trenail_run, a pointer to a function of
// these, and what of WASI is linked by trenail_links: what nothing refers to is not in the program.

#ifndef TRENAIL_CLI_STANDALONE_COMPONENT_H_
#define TRENAIL_CLI_STANDALONE_COMPONENT_H_

#include <string>
#include <vector>

#include "cli/component_call.h"
#include "libcomponent/libcomponent.h"
#include "libwasi/component/context.h"

namespace trenail::cli {

struct ComponentRun {
  const Component& component;
  const PlannedCall& call;
  std::vector<std::string> arguments;  // of the guest, with the program's name first
  Result<void> outcome = {};
};

// Where the loop and HTTP come from: net_small.cc, net_full.cc.
wasi::NetSource& ProgramNet();

}  // namespace trenail::cli

extern "C" {
void trenail_run_alone(trenail::cli::ComponentRun* run);
void trenail_run_wasi(trenail::cli::ComponentRun* run);
}

#endif  // TRENAIL_CLI_STANDALONE_COMPONENT_H_
