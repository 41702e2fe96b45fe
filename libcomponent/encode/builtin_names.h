// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names of canonical built-ins among the imports of a core module.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_BUILTIN_NAMES_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_BUILTIN_NAMES_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "libcomponent/syntax/component.h"
#include "libcomponent/wit/encode.h"
#include "libwasm/types/types.h"

namespace component::encode {

struct BuiltinName {
  CanonKind canon = CanonKind::kTaskCancel;
  wasm::FuncType type;
  bool is_async = false;
  bool cancellable = false;
  uint32_t slot = 0;
  std::optional<wit::StringEncoding> encoding;
};

// A built-in that mentions no type: `[waitable-set-new]`.
std::optional<BuiltinName> ParseBuiltin(std::string_view name);

// One for a stream or future: `[stream-read-0]f`, the first that stands in the type of `f`;
// `[future-new-unit]`, one without an element.
struct CopyBuiltinName {
  BuiltinName builtin;
  bool is_future = false;
  std::string_view which;  // `0`, `unit`
  std::string_view function;
};
std::optional<CopyBuiltinName> ParseCopyBuiltin(std::string_view name);

// Takes `prefix` off the front of `text`; false: it does not stand there.
inline bool TakePrefix(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_BUILTIN_NAMES_H_
