// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/printer_ids.h"
#include "libwasm/text/printer_instr.h"

namespace component::text {
namespace {

std::string_view CanonText(CanonKind kind) {
  switch (kind) {
#define CANON(Name, code, text) \
  case CanonKind::k##Name:      \
    return text;
#include "libcomponent/syntax/canon.def"
#undef CANON
  }
  return "";
}

void PrintForm(TextOut& out, std::string_view word, Sort sort, uint32_t index) {
  out.Put(" (");
  out.Put(word);
  out.Put(" ");
  out.PutItem(sort, index);
  out.Put(")");
}

void PrintOption(TextOut& out, const CanonOpt& option) {
  switch (option.kind) {
    case CanonOpt::Kind::kUtf8:
      out.Put(" string-encoding=utf8");
      break;
    case CanonOpt::Kind::kUtf16:
      out.Put(" string-encoding=utf16");
      break;
    case CanonOpt::Kind::kLatin1Utf16:
      out.Put(" string-encoding=latin1+utf16");
      break;
    case CanonOpt::Kind::kMemory:
      PrintForm(out, "memory", Sort::kCoreMemory, option.index);
      break;
    case CanonOpt::Kind::kRealloc:
      PrintForm(out, "realloc", Sort::kCoreFunc, option.index);
      break;
    case CanonOpt::Kind::kPostReturn:
      PrintForm(out, "post-return", Sort::kCoreFunc, option.index);
      break;
    case CanonOpt::Kind::kAsync:
      out.Put(" async");
      break;
    case CanonOpt::Kind::kCallback:
      PrintForm(out, "callback", Sort::kCoreFunc, option.index);
      break;
  }
}

void PrintOperands(TextOut& out, const Canon& canon) {
  switch (canon.kind) {
    case CanonKind::kLift:
    case CanonKind::kLower:
      out.Put(" ");
      out.PutItem(canon.kind == CanonKind::kLift ? Sort::kCoreFunc : Sort::kFunc, canon.func);
      break;
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
    case CanonKind::kStreamNew:
    case CanonKind::kStreamRead:
    case CanonKind::kStreamWrite:
    case CanonKind::kStreamCancelRead:
    case CanonKind::kStreamCancelWrite:
    case CanonKind::kStreamDropReadable:
    case CanonKind::kStreamDropWritable:
    case CanonKind::kFutureNew:
    case CanonKind::kFutureRead:
    case CanonKind::kFutureWrite:
    case CanonKind::kFutureCancelRead:
    case CanonKind::kFutureCancelWrite:
    case CanonKind::kFutureDropReadable:
    case CanonKind::kFutureDropWritable:
      out.Put(" ");
      out.PutRef(Sort::kType, canon.type);
      break;
    case CanonKind::kContextGet:
    case CanonKind::kContextSet:
      out.Put(" ");
      wasm::text::AppendValType(out.text(), canon.core_type, out.CoreTypeIds(canon.core_type));
      out.Put(" ");
      out.PutNumber(canon.slot);
      break;
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll:
      if (canon.cancellable) out.Put(" cancellable");
      PrintForm(out, "memory", Sort::kCoreMemory, canon.memory);
      break;
    case CanonKind::kThreadNewIndirect:
    case CanonKind::kThreadSpawnRef:
    case CanonKind::kThreadSpawnIndirect:
      if (canon.shared) out.Put(" shared");
      out.Put(" ");
      out.PutRef(Sort::kCoreType, canon.type);
      if (canon.kind == CanonKind::kThreadSpawnRef) break;
      out.Put(" ");
      out.PutItem(Sort::kCoreTable, canon.table);
      break;
    default:
      if (canon.cancellable) out.Put(" cancellable");
      if (canon.shared) out.Put(" shared");
  }
}

}  // namespace

void PrintCanon(TextOut& out, const Canon& canon) {
  out.Put("(canon ");
  out.Put(CanonText(canon.kind));
  PrintOperands(out, canon);
  if (canon.is_async) out.Put(" async");
  if (canon.result) {
    out.Put(" (result ");
    PrintValType(out, *canon.result);
    out.Put(")");
  }
  for (const CanonOpt& option : canon.options) PrintOption(out, option);
  const bool lift = canon.kind == CanonKind::kLift;
  out.Put(lift ? " (func" : " (core func");
  out.PutBinder(lift ? Sort::kFunc : Sort::kCoreFunc);
  if (lift) {
    out.Put(" (type ");
    out.PutRef(Sort::kType, canon.type);
    out.Put(")");
  }
  out.Put("))");
}

}  // namespace component::text
