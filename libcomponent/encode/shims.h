// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core functions that stand for others which are there only later. The shim module, instantiated
// first, has a function for each that calls through a table; the fix-up module, instantiated last,
// fills the table, calls the main module's initialization, and wraps what is called from outside
// in the main module's hook of tasks, if it has one.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_SHIMS_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_SHIMS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/encode/encoder.h"
#include "libwasm/types/types.h"

namespace component::encode {

struct Shim {
  enum class Kind : uint8_t {
    kImport,      // what an import of a part is
    kAdapter,     // an export of an adapter
    kDestructor,  // an export of a part
    kRealloc,     // likewise
  };
  Kind kind = Kind::kImport;
  size_t part = 0;  // that imports, or that exports
  const CoreImport* import = nullptr;
  std::string export_name;
  wasm::FuncType type;
  std::string debug_name;
};

inline constexpr char kShimTable[] = "$imports";
inline constexpr char kShimMemory[] = "$memory";
inline constexpr char kShimTlsGet[] = "$get-tls-base";
inline constexpr char kShimTlsSet[] = "$set-tls-base";

struct ShimModule {
  std::vector<Shim> shims;
  std::optional<wasm::MemType> memory;    // that the main module imports
  std::optional<wasm::ValType> tls_base;  // of a global that stands for a thread's storage

  bool empty() const { return shims.empty() && !memory && !tls_base; }
  // The shims are exported under their numbers.
  std::vector<uint8_t> Write() const;
};

// The exports of parts that are wrapped: by part and name, the name of the wrapper.
using Wrappers = std::map<std::pair<size_t, std::string>, std::string>;

struct FixupModule {
  std::vector<uint8_t> bytes;  // empty: there is nothing to do
  // Imports: `actual` and `shim` if there are shims, and these parts under their numbers.
  std::vector<size_t> parts;
  Wrappers wrappers;
};
FixupModule WriteFixup(const std::vector<Part>& parts, const std::vector<Shim>& shims);

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_SHIMS_H_
