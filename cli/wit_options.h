// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which features of WIT are on, as verbs are told by --features and --all-features.

#ifndef TRENAIL_CLI_WIT_OPTIONS_H_
#define TRENAIL_CLI_WIT_OPTIONS_H_

#include <algorithm>
#include <string>

#include "cli/wit_packages.h"
#include "libcomponent/wit/resolver.h"

namespace trenail::cli {

// "+x,-y" as of other verbs; here a feature is what `@unstable` names.
inline component::wit::ResolveOptions ToResolveOptions(const std::string& text, bool all) {
  component::wit::ResolveOptions options{
      .features = {}, .all_features = all, .read_binary = BinaryPackages()};
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    const bool off = name.starts_with('-');
    if (off || name.starts_with('+')) name.erase(0, 1);
    if (off)
      options.features.erase(name);
    else if (!name.empty())
      options.features.insert(name);
    begin = end + 1;
  }
  return options;
}

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_WIT_OPTIONS_H_
