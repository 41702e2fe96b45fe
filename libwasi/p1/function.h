// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of preview 1 as rows: name, parameter types, and a C++ function that takes them. A
// row knows no engine, so tests call it on a plain array of bytes.

#ifndef TRENAIL_LIBWASI_P1_FUNCTION_H_
#define TRENAIL_LIBWASI_P1_FUNCTION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "libwasi/core/descriptor_table.h"
#include "libwasi/core/environment.h"
#include "libwasi/core/interrupt.h"
#include "libwasi/core/random.h"
#include "libwasi/p1/guest_memory.h"

namespace trenail::wasi::p1 {

// What all calls of one guest share.
struct Context {
  Environment environment;
  DescriptorTable descriptors;
  Random random;
  Interrupt interrupt;
};

// One call.
struct Call {
  Context& context;
  GuestMemory memory;
  std::optional<uint32_t> exit_code = std::nullopt;  // set: the program ends
};

// The error becomes the result of the function; kCanceled while the interrupt is due ends the
// program.
using RunFunction = IoStatus (*)(Call& call, const uint64_t* arguments);

struct Function {
  std::string_view name;
  std::string_view params;  // 'i' for i32, 'I' for i64
  RunFunction run;
  bool has_result = true;  // an errno; proc_exit has none
};

// The module names, and the functions under them. The older name has other layouts for some.
inline constexpr std::string_view kPreview1 = "wasi_snapshot_preview1";
inline constexpr std::string_view kUnstable = "wasi_unstable";

std::span<const Function> Preview1Functions();
std::span<const Function> UnstableFunctions();
// Null without such a module or function.
const Function* FindFunction(std::string_view module, std::string_view name);

// Makes a row's parameter types and argument unpacking from the C++ function.
template <auto kFunction>
struct Adapter;
template <typename... Args, IoStatus (*kFunction)(Call&, Args...)>
struct Adapter<kFunction> {
  static IoStatus Run(Call& call, const uint64_t* arguments) {
    return [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
      return kFunction(call, static_cast<Args>(arguments[kIndex])...);
    }(std::index_sequence_for<Args...>());
  }
  static constexpr char kParams[] = {(sizeof(Args) == 8 ? 'I' : 'i')..., '\0'};
};

}  // namespace trenail::wasi::p1

#endif  // TRENAIL_LIBWASI_P1_FUNCTION_H_
