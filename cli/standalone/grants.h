// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `trenail compile -o PROGRAM` writes into a program beside its code: what the guest is
// granted whenever it runs. A list of texts, each with a letter before it and a NUL behind it, up
// to an empty one.

#ifndef TRENAIL_CLI_STANDALONE_GRANTS_H_
#define TRENAIL_CLI_STANDALONE_GRANTS_H_

#include <string>

#include "cli/wasi_grants.h"

namespace trenail::cli {

inline constexpr char kGrantBenchHooks = 'b';

// The others: a letter, and what is granted in the notation of `trenail run`.
struct GrantKind {
  char letter;
  std::vector<std::string> WasiGrants::* values;
};
inline constexpr GrantKind kGrantKinds[] = {
    {'d', &WasiGrants::directories},
    {'e', &WasiGrants::environment},
    // Of components alone:
    {'t', &WasiGrants::tcp},
    {'u', &WasiGrants::udp},
    {'n', &WasiGrants::dns},
    {'h', &WasiGrants::http},
    {'k', &WasiGrants::key_values},
    {'c', &WasiGrants::config},
};

inline std::string WriteGrants(const WasiGrants& grants) {
  std::string text;
  for (const GrantKind& kind : kGrantKinds)
    for (const std::string& value : grants.*kind.values) text += kind.letter + value + '\0';
  return text;
}

inline WasiGrants ReadGrants(const char* text) {
  WasiGrants grants;
  for (; *text != '\0'; text += std::char_traits<char>::length(text) + 1)
    for (const GrantKind& kind : kGrantKinds)
      if (*text == kind.letter) (grants.*kind.values).emplace_back(text + 1);
  return grants;
}

inline bool HasBenchHooks(const char* text) {
  for (; *text != '\0'; text += std::char_traits<char>::length(text) + 1)
    if (*text == kGrantBenchHooks) return true;
  return false;
}

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_STANDALONE_GRANTS_H_
