// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/encode/builtin_names.h"

#include <charconv>
#include <string>

namespace component::encode {
namespace {

using wasm::ValType;

struct Row {
  std::string_view name;  // between the brackets
  CanonKind canon;
  std::string_view type;  // `i` and `l` for i32 and i64
  // May stand behind the prefix of the same name.
  bool async_lower = false;
  bool cancellable = false;
};

constexpr Row kRows[] = {
    {"task-cancel", CanonKind::kTaskCancel, "->"},
    {"backpressure-inc", CanonKind::kBackpressureInc, "->"},
    {"backpressure-dec", CanonKind::kBackpressureDec, "->"},
    {"waitable-set-new", CanonKind::kWaitableSetNew, "->i"},
    {"waitable-set-wait", CanonKind::kWaitableSetWait, "ii->i", false, true},
    {"waitable-set-wait-i32", CanonKind::kWaitableSetWait, "ii->i", false, true},
    {"waitable-set-wait-i64", CanonKind::kWaitableSetWait, "il->i", false, true},
    {"waitable-set-poll", CanonKind::kWaitableSetPoll, "ii->i", false, true},
    {"waitable-set-poll-i32", CanonKind::kWaitableSetPoll, "ii->i", false, true},
    {"waitable-set-poll-i64", CanonKind::kWaitableSetPoll, "il->i", false, true},
    {"waitable-set-drop", CanonKind::kWaitableSetDrop, "i->"},
    {"waitable-join", CanonKind::kWaitableJoin, "ii->"},
    {"subtask-drop", CanonKind::kSubtaskDrop, "i->"},
    {"subtask-cancel", CanonKind::kSubtaskCancel, "i->i", true},
    {"error-context-drop", CanonKind::kErrorContextDrop, "i->"},
    {"thread-index", CanonKind::kThreadIndex, "->i"},
    {"thread-new-indirect-v0", CanonKind::kThreadNewIndirect, "ii->i"},
    {"thread-resume-later", CanonKind::kThreadResumeLater, "i->"},
    {"thread-suspend", CanonKind::kThreadSuspend, "->i", false, true},
    {"thread-yield", CanonKind::kThreadYield, "->i", false, true},
    {"thread-suspend-then-resume", CanonKind::kThreadSuspendThenResume, "i->i", false, true},
    {"thread-yield-then-resume", CanonKind::kThreadYieldThenResume, "i->i", false, true},
    {"thread-suspend-then-promote", CanonKind::kThreadSuspendThenPromote, "i->i", false, true},
    {"thread-yield-then-promote", CanonKind::kThreadYieldThenPromote, "i->i", false, true},
};

constexpr Row kCopyRows[] = {
    {"stream-new", CanonKind::kStreamNew, "->l"},
    {"stream-read", CanonKind::kStreamRead, "iii->i", true},
    {"stream-write", CanonKind::kStreamWrite, "iii->i", true},
    {"stream-cancel-read", CanonKind::kStreamCancelRead, "i->i", true},
    {"stream-cancel-write", CanonKind::kStreamCancelWrite, "i->i", true},
    {"stream-drop-readable", CanonKind::kStreamDropReadable, "i->"},
    {"stream-drop-writable", CanonKind::kStreamDropWritable, "i->"},
    {"future-new", CanonKind::kFutureNew, "->l"},
    {"future-read", CanonKind::kFutureRead, "ii->i", true},
    {"future-write", CanonKind::kFutureWrite, "ii->i", true},
    {"future-cancel-read", CanonKind::kFutureCancelRead, "i->i", true},
    {"future-cancel-write", CanonKind::kFutureCancelWrite, "i->i", true},
    {"future-drop-readable", CanonKind::kFutureDropReadable, "i->"},
    {"future-drop-writable", CanonKind::kFutureDropWritable, "i->"},
};

wasm::FuncType TypeOf(std::string_view text) {
  wasm::FuncType out;
  const size_t arrow = text.find("->");
  const auto add = [](std::string_view part, wasm::ResultType* types) {
    for (const char c : part) types->push_back(c == 'l' ? ValType::kI64 : ValType::kI32);
  };
  add(text.substr(0, arrow), &out.params);
  add(text.substr(arrow + 2), &out.results);
  return out;
}

BuiltinName Make(const Row& row, bool is_async, bool cancellable) {
  BuiltinName out;
  out.canon = row.canon;
  out.type = TypeOf(row.type);
  out.is_async = is_async;
  out.cancellable = cancellable;
  return out;
}

// `[context-get-0]`, `[context-set-i64-1]`
std::optional<BuiltinName> ParseContext(std::string_view name) {
  BuiltinName out;
  if (TakePrefix(&name, "context-get-"))
    out.canon = CanonKind::kContextGet;
  else if (TakePrefix(&name, "context-set-"))
    out.canon = CanonKind::kContextSet;
  else
    return std::nullopt;
  const ValType type = TakePrefix(&name, "i64-") ? ValType::kI64 : ValType::kI32;
  if (type == ValType::kI32) TakePrefix(&name, "i32-");
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), out.slot);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  (out.canon == CanonKind::kContextGet ? out.type.results : out.type.params).push_back(type);
  return out;
}

std::optional<BuiltinName> ParseErrorContext(std::string_view name) {
  BuiltinName out;
  if (TakePrefix(&name, "error-context-new-")) {
    out.canon = CanonKind::kErrorContextNew;
    out.type = TypeOf("ii->i");
  } else if (TakePrefix(&name, "error-context-debug-message-")) {
    out.canon = CanonKind::kErrorContextDebugMessage;
    out.type = TypeOf("ii->");
  } else {
    return std::nullopt;
  }
  if (name == "utf8")
    out.encoding = wit::StringEncoding::kUtf8;
  else if (name == "utf16")
    out.encoding = wit::StringEncoding::kUtf16;
  else if (name == "latin1+utf16")
    out.encoding = wit::StringEncoding::kLatin1Utf16;
  else
    return std::nullopt;
  return out;
}

}  // namespace

std::optional<BuiltinName> ParseBuiltin(std::string_view name) {
  const bool is_async = TakePrefix(&name, "[async-lower]");
  const bool cancellable = !is_async && TakePrefix(&name, "[cancellable]");
  if (!TakePrefix(&name, "[") || !name.ends_with(']')) return std::nullopt;
  name.remove_suffix(1);
  for (const Row& row : kRows)
    if (row.name == name && (row.async_lower || !is_async) && (row.cancellable || !cancellable))
      return Make(row, is_async, cancellable);
  if (is_async || cancellable) return std::nullopt;
  if (auto context = ParseContext(name)) return context;
  return ParseErrorContext(name);
}

std::optional<CopyBuiltinName> ParseCopyBuiltin(std::string_view name) {
  const bool is_async = TakePrefix(&name, "[async-lower]");
  if (!TakePrefix(&name, "[")) return std::nullopt;
  const size_t close = name.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view inside = name.substr(0, close);
  const size_t dash = inside.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  for (const Row& row : kCopyRows) {
    if (row.name != inside.substr(0, dash) || (is_async && !row.async_lower)) continue;
    return CopyBuiltinName{.builtin = Make(row, is_async, false),
                           .is_future = row.name.starts_with("future"),
                           .which = inside.substr(dash + 1),
                           .function = name.substr(close + 1)};
  }
  return std::nullopt;
}

}  // namespace component::encode
