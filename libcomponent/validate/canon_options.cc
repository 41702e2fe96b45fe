// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/validate/canon_options.h"

#include <string>
#include <string_view>

namespace component {

using wasm::Result;

namespace {

std::string_view EncodingName(CanonOpt::Kind encoding) {
  switch (encoding) {
    case CanonOpt::Kind::kUtf16:
      return "utf16";
    case CanonOpt::Kind::kLatin1Utf16:
      return "latin1-utf16";
    default:
      return "utf8";
  }
}

}  // namespace

// A memory that values lie in is a subtype of (memory 0), or of (memory i64 0), in pages of any
// size.
Result<void> Rules::CheckMemoryOption(const Scope& scope, uint32_t index, PtrType* ptr) {
  const wasm::MemType memory = TRY(Get(scope.core_memories, index, "memory"));
  if (memory.shared)
    return Invalid(
        "canonical ABI memory is not a linear memory of the component alone: mismatch in "
        "the shared flag for memories");
  *ptr = PtrType::kI32;
  if (memory.addr_type == wasm::AddrType::kI64) {
    TRY_VOID(Need(Feature::kMemory64, "a canonical option that is a 64-bit memory"));
    *ptr = PtrType::kI64;
  }
  return {};
}

Result<Rules::CanonOptions> Rules::CheckOptions(const Scope& scope, const Canon& canon) {
  CanonOptions options;
  const auto once = [this](bool seen, std::string_view what) -> Result<void> {
    if (seen)
      return Invalid("canonical option `" + std::string(what) + "` is specified more than once");
    return {};
  };
  for (const CanonOpt& option : canon.options) {
    switch (option.kind) {
      case CanonOpt::Kind::kUtf8:
      case CanonOpt::Kind::kUtf16:
      case CanonOpt::Kind::kLatin1Utf16:
        if (options.encoding.has_value())
          return Invalid(
              "canonical encoding option `" + std::string(EncodingName(*options.encoding)) +
              "` conflicts with option `" + std::string(EncodingName(option.kind)) + '`');
        options.encoding = option.kind;
        break;
      case CanonOpt::Kind::kMemory:
        TRY_VOID(once(options.memory, "memory"));
        TRY_VOID(CheckMemoryOption(scope, option.index, &options.ptr));
        options.memory = true;
        break;
      case CanonOpt::Kind::kRealloc:
        TRY_VOID(once(options.realloc.has_value(), "realloc"));
        options.realloc = option.index;
        break;
      case CanonOpt::Kind::kPostReturn:
        TRY_VOID(once(options.post_return.has_value(), "post-return"));
        options.post_return = option.index;
        break;
      case CanonOpt::Kind::kAsync:
        TRY_VOID(once(options.is_async, "async"));
        TRY_VOID(Need(Feature::kAsync, "canonical option `async`"));
        options.is_async = true;
        break;
      case CanonOpt::Kind::kCallback:
        TRY_VOID(once(options.callback.has_value(), "callback"));
        TRY_VOID(Need(Feature::kAsync, "canonical option `callback`"));
        options.callback = option.index;
        break;
    }
  }

  const auto check_type = [&](uint32_t index, const wasm::FuncType& expected,
                              std::string_view what) -> Result<void> {
    const wasm::TypeId id = TRY(Get(scope.core_funcs, index, "function"));
    if (store_.Get(id).type.comp.func != expected)
      return Invalid("canonical option `" + std::string(what) +
                     "` uses a core function with an incorrect signature");
    return {};
  };
  if (options.realloc.has_value()) {
    if (!options.memory)
      return Invalid("canonical option `realloc` requires `memory` to also be specified");
    const wasm::ValType ptr = options.ptr_type();
    TRY_VOID(check_type(*options.realloc, {.params = {ptr, ptr, ptr, ptr}, .results = {ptr}},
                        "realloc"));
  }
  if (options.post_return.has_value()) {
    TRY(Get(scope.core_funcs, *options.post_return, "function"));
    if (options.is_async) return Invalid("cannot specify post-return function in async");
  }
  if (options.callback.has_value()) {
    if (!options.is_async) return Invalid("cannot specify callback without async");
    const wasm::ValType i32 = wasm::ValType::kI32;
    TRY_VOID(
        check_type(*options.callback, {.params = {i32, i32, i32}, .results = {i32}}, "callback"));
  }
  return options;
}

Result<void> Rules::NeedsMemory(const CanonOptions& options, bool needed) {
  if (needed && !options.memory) return Invalid("canonical option `memory` is required");
  return {};
}

Result<void> Rules::NeedsRealloc(const CanonOptions& options, bool needed) {
  TRY_VOID(NeedsMemory(options, needed));
  if (needed && !options.realloc.has_value())
    return Invalid("canonical option `realloc` is required");
  return {};
}

}  // namespace component
