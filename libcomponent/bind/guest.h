// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What guests in C and in C++ have in common: which core functions a world's functions are, and
// the section that says what a module's world is.

#ifndef TRENAIL_LIBCOMPONENT_BIND_GUEST_H_
#define TRENAIL_LIBCOMPONENT_BIND_GUEST_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libcomponent/bind/model.h"
#include "libcomponent/bind/text.h"
#include "libwasm/types/types.h"

namespace component::bind {

// A string literal, escaped.
std::string CString(std::string_view text);

// int32_t, int64_t, float, double
std::string CoreType(wasm::ValType type);
// The bits in `slot` as a core value, and back.
// `prefix` is that of the functions that convert floats: PREFIX_f32_of …, or a
// namespace with `::`.
std::string FromSlot(wasm::ValType type, const std::string& slot, const std::string& prefix);
std::string ToSlot(wasm::ValType type, const std::string& value, const std::string& prefix);

// Modules of imports: `$root`, `a:b/c`, `[export]a:b/c`.
std::string ImportModule(const Place& place);
std::string ExportModule(const Place& place);
// `a:b/c#f`, or `f` of the world.
std::string ExportName(const Place& place, std::string_view function);

// Where the built-ins of a type of streams or futures are imported from: the functions of the world
// in whose types it stands.
struct StreamSource {
  std::string module;
  std::string suffix;  // `-0]f` behind `[stream-read`
};
// By the type, without aliases, as in one of its places.
std::map<std::pair<uint32_t, const Place*>, StreamSource> FindStreams(const Model& model);

// The world as a custom section of the module: top-level assembly.
void WriteWorldSection(Text& text, const Model& model);

// trenail_guest.h, in two parts.
std::string_view GuestRuntimeTypes();
std::string_view GuestRuntimeAbi();

}  // namespace component::bind

#endif  // TRENAIL_LIBCOMPONENT_BIND_GUEST_H_
