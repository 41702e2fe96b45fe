// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions the definitions stand for.

#include "libcomponent/runtime/canon_builtin.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "libcomponent/runtime/store.h"

namespace component::runtime {
namespace {

bool HasAsyncOption(const Canon& canon) {
  return std::any_of(canon.options.begin(), canon.options.end(),
                     [](const CanonOpt& option) { return option.kind == CanonOpt::Kind::kAsync; });
}

}  // namespace

BuiltinFunc FuncOf(CanonKind kind) {
  switch (kind) {
    // Are made of more than a Builtin.
    case CanonKind::kLift:
    case CanonKind::kLower:
    // Validation refuses them: threads that run at the same time are not supported.
    case CanonKind::kThreadSpawnRef:
    case CanonKind::kThreadSpawnIndirect:
    case CanonKind::kThreadAvailableParallelism:
      return nullptr;
#define BUILTIN(Name)      \
  case CanonKind::k##Name: \
    return Canon##Name;
      BUILTIN(ResourceNew)
      BUILTIN(ResourceDrop)
      BUILTIN(ResourceRep)
      BUILTIN(TaskCancel)
      BUILTIN(SubtaskCancel)
      BUILTIN(TaskReturn)
      BUILTIN(ContextGet)
      BUILTIN(ContextSet)
      BUILTIN(ThreadYield)
      BUILTIN(SubtaskDrop)
      BUILTIN(StreamNew)
      BUILTIN(StreamRead)
      BUILTIN(StreamWrite)
      BUILTIN(StreamCancelRead)
      BUILTIN(StreamCancelWrite)
      BUILTIN(StreamDropReadable)
      BUILTIN(StreamDropWritable)
      BUILTIN(FutureNew)
      BUILTIN(FutureRead)
      BUILTIN(FutureWrite)
      BUILTIN(FutureCancelRead)
      BUILTIN(FutureCancelWrite)
      BUILTIN(FutureDropReadable)
      BUILTIN(FutureDropWritable)
      BUILTIN(ErrorContextNew)
      BUILTIN(ErrorContextDebugMessage)
      BUILTIN(ErrorContextDrop)
      BUILTIN(WaitableSetNew)
      BUILTIN(WaitableSetWait)
      BUILTIN(WaitableSetPoll)
      BUILTIN(WaitableSetDrop)
      BUILTIN(WaitableJoin)
      BUILTIN(BackpressureInc)
      BUILTIN(BackpressureDec)
      BUILTIN(ThreadIndex)
      BUILTIN(ThreadNewIndirect)
      BUILTIN(ThreadResumeLater)
      BUILTIN(ThreadSuspend)
      BUILTIN(ThreadSuspendThenResume)
      BUILTIN(ThreadYieldThenResume)
      BUILTIN(ThreadSuspendThenPromote)
      BUILTIN(ThreadYieldThenPromote)
#undef BUILTIN
  }
  return nullptr;
}

bool NeedsFibers(const Canon& canon, const ValidatedComponent& component) {
  switch (canon.kind) {
    case CanonKind::kLower:
      return !HasAsyncOption(canon) && component.funcs[canon.func]->is_async;
    case CanonKind::kStreamRead:
    case CanonKind::kStreamWrite:
    case CanonKind::kFutureRead:
    case CanonKind::kFutureWrite:
      return !HasAsyncOption(canon);
    case CanonKind::kSubtaskCancel:
    case CanonKind::kStreamCancelRead:
    case CanonKind::kStreamCancelWrite:
    case CanonKind::kFutureCancelRead:
    case CanonKind::kFutureCancelWrite:
      return !canon.is_async;
    case CanonKind::kWaitableSetWait:
    case CanonKind::kThreadYield:
    case CanonKind::kThreadNewIndirect:
    case CanonKind::kThreadSuspend:
    case CanonKind::kThreadSuspendThenResume:
    case CanonKind::kThreadYieldThenResume:
    case CanonKind::kThreadSuspendThenPromote:
    case CanonKind::kThreadYieldThenPromote:
      return true;
    default:
      return false;
  }
}

}  // namespace component::runtime
