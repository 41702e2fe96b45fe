// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/parse_canon.h"

#include <iterator>
#include <optional>
#include <utility>

#include "libcomponent/text/parse_types.h"
#include "libwasm/text/parse_types.h"

namespace component::text {
namespace {

struct CanonWord {
  std::string_view word;
  CanonKind kind;
};
constexpr CanonWord kCanonWords[] = {
#define CANON(Name, code, text) {text, CanonKind::k##Name},
#include "libcomponent/syntax/canon.def"
#undef CANON
    // As some tools still write it.
    {"thread.available_parallelism", CanonKind::kThreadAvailableParallelism},
};

struct OptionWord {
  std::string_view word;
  CanonOpt::Kind kind;
  Sort sort;  // of the operand, if it is a form
};
constexpr OptionWord kWords[] = {
    {"string-encoding=utf8", CanonOpt::Kind::kUtf8, Sort::kFunc},
    {"string-encoding=utf16", CanonOpt::Kind::kUtf16, Sort::kFunc},
    {"string-encoding=latin1+utf16", CanonOpt::Kind::kLatin1Utf16, Sort::kFunc},
    {"async", CanonOpt::Kind::kAsync, Sort::kFunc},
};
constexpr OptionWord kForms[] = {
    {"memory", CanonOpt::Kind::kMemory, Sort::kCoreMemory},
    {"realloc", CanonOpt::Kind::kRealloc, Sort::kCoreFunc},
    {"post-return", CanonOpt::Kind::kPostReturn, Sort::kCoreFunc},
    {"callback", CanonOpt::Kind::kCallback, Sort::kCoreFunc},
};

// Behind `( memory`, `( realloc` …, with the closing parenthesis. The legacy form names an export
// of a core instance without a form around it.
bool ParseOperand(State& s, Sort sort, uint32_t* index) {
  if (s.legacy_indices() && s.in.AtIndex() && s.in.Peek(1).kind == TokenKind::kString)
    return ParseItem(s, sort, index);
  return ParseRef(s, sort, index) && s.in.ExpectRight();
}

// [Explainer: canonopt]; false with ok() at the end of the options.
bool ParseOption(State& s, CanonOpt* option) {
  for (const OptionWord& word : kWords) {
    if (!s.in.TakeKeyword(word.word)) continue;
    option->kind = word.kind;
    return true;
  }
  for (const OptionWord& form : kForms) {
    if (!s.in.TakeForm(form.word)) continue;
    option->kind = form.kind;
    return ParseOperand(s, form.sort, &option->index);
  }
  return false;
}

bool ParseCanonOptions(State& s, Canon* canon) {
  CanonOpt option;
  while (ParseOption(s, &option)) canon->options.push_back(std::exchange(option, {}));
  return s.in.ok();
}

// `(sort …)`, where a bare index is not enough.
bool ParseSortIdx(State& s, Sort sort, uint32_t* index) {
  if (s.in.AtIndex()) return s.in.Unexpected();
  return ParseRef(s, sort, index);
}

bool ParseMemory(State& s, Canon* canon) {
  canon->cancellable = s.in.TakeKeyword("cancellable");
  return s.in.ExpectForm("memory") && ParseOperand(s, Sort::kCoreMemory, &canon->memory);
}

bool ParseContext(State& s, Canon* canon) {
  uint64_t slot = 0;
  if (!wasm::text::ParseValType(s.m, &canon->core_type) || !s.in.ExpectNat(32, &slot)) return false;
  canon->slot = static_cast<uint32_t>(slot);
  return true;
}

bool ParseTaskReturn(State& s, Canon* canon) {
  if (s.in.TakeForm("result") && !(ParseValType(s, &canon->result.emplace()) && s.in.ExpectRight()))
    return false;
  return ParseCanonOptions(s, canon);
}

bool ParseOperands(State& s, Canon* canon) {
  Cursor& in = s.in;
  switch (canon->kind) {
    case CanonKind::kLift:
      return ParseSortIdx(s, Sort::kCoreFunc, &canon->func) && ParseCanonOptions(s, canon);
    case CanonKind::kLower:
      return ParseSortIdx(s, Sort::kFunc, &canon->func) && ParseCanonOptions(s, canon);
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
    case CanonKind::kStreamNew:
    case CanonKind::kStreamDropReadable:
    case CanonKind::kStreamDropWritable:
    case CanonKind::kFutureNew:
    case CanonKind::kFutureDropReadable:
    case CanonKind::kFutureDropWritable:
      return ParseRef(s, Sort::kType, &canon->type);
    case CanonKind::kStreamRead:
    case CanonKind::kStreamWrite:
    case CanonKind::kFutureRead:
    case CanonKind::kFutureWrite:
      return ParseRef(s, Sort::kType, &canon->type) && ParseCanonOptions(s, canon);
    case CanonKind::kStreamCancelRead:
    case CanonKind::kStreamCancelWrite:
    case CanonKind::kFutureCancelRead:
    case CanonKind::kFutureCancelWrite:
      if (!ParseRef(s, Sort::kType, &canon->type)) return false;
      [[fallthrough]];
    case CanonKind::kSubtaskCancel:
      canon->is_async = in.TakeKeyword("async");
      return true;
    case CanonKind::kTaskReturn:
      return ParseTaskReturn(s, canon);
    case CanonKind::kContextGet:
    case CanonKind::kContextSet:
      return ParseContext(s, canon);
    case CanonKind::kErrorContextNew:
    case CanonKind::kErrorContextDebugMessage:
      return ParseCanonOptions(s, canon);
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll:
      return ParseMemory(s, canon);
    case CanonKind::kThreadYield:
    case CanonKind::kThreadSuspend:
    case CanonKind::kThreadSuspendThenResume:
    case CanonKind::kThreadYieldThenResume:
    case CanonKind::kThreadSuspendThenPromote:
    case CanonKind::kThreadYieldThenPromote:
      canon->cancellable = in.TakeKeyword("cancellable");
      return true;
    case CanonKind::kThreadSpawnRef:
      canon->shared = in.TakeKeyword("shared");
      return ParseRef(s, Sort::kCoreType, &canon->type);
    case CanonKind::kThreadSpawnIndirect:
      canon->shared = in.TakeKeyword("shared");
      [[fallthrough]];
    case CanonKind::kThreadNewIndirect:
      return ParseRef(s, Sort::kCoreType, &canon->type) &&
             ParseRef(s, Sort::kCoreTable, &canon->table);
    case CanonKind::kThreadAvailableParallelism:
      canon->shared = in.TakeKeyword("shared");
      return true;
    default:  // no operands
      return true;
  }
}

}  // namespace

bool ParseCanonOperands(State& s, Canon* canon) {
  for (const CanonWord& word : kCanonWords) {
    if (!s.in.TakeKeyword(word.word)) continue;
    canon->kind = word.kind;
    return ParseOperands(s, canon);
  }
  return s.in.Unexpected();
}

bool ParseCanonDefinition(State& s) {
  Canon canon;
  if (!ParseCanonOperands(s, &canon)) return false;
  const Sort sort = canon.kind == CanonKind::kLift ? Sort::kFunc : Sort::kCoreFunc;
  if (!TakeSort(s, sort)) {
    if (s.in.At(TokenKind::kLeft)) s.in.Take();
    return s.in.Unexpected();
  }
  Binder binder;
  if (!ParseBinder(s.m, &binder)) return false;
  if (sort == Sort::kFunc && !ParseFuncTypeUse(s, &canon.type)) return false;
  EmitDefinition(s, std::move(canon));
  return Define(s, sort, binder) && s.in.ExpectRight() && s.in.ExpectRight();
}

}  // namespace component::text
