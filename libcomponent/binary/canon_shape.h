// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What follows the code of each canonical definition [Binary: canon]: one table for the decoder,
// the encoder, the comparison and the dump. All definitions keep one order of their immediates,
// that of the enumerators, but for the type of a lift.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_CANON_SHAPE_H_
#define TRENAIL_LIBCOMPONENT_BINARY_CANON_SHAPE_H_

#include <cstdint>
#include <string_view>

#include "libcomponent/syntax/component.h"

namespace component::binary {

enum CanonImmediate : uint16_t {
  kCanonFunc = 1 << 0,     // behind a zero: the sort of functions
  kCanonResult = 1 << 1,   // a result list
  kCanonShared = 1 << 2,   // a flag
  kCanonContext = 1 << 3,  // a core value type and a slot
  kCanonType = 1 << 4,     // an index of a type or of a core type
  kCanonAsync = 1 << 5,    // a flag
  kCanonCancel = 1 << 6,   // a flag
  kCanonMemory = 1 << 7,
  kCanonTable = 1 << 8,
  kCanonOptions = 1 << 9,
  kCanonLiftType = 1 << 10,  // the type of a lift
};

constexpr uint16_t CanonShape(CanonKind kind) {
  switch (kind) {
    case CanonKind::kLift:
      return kCanonFunc | kCanonOptions | kCanonLiftType;
    case CanonKind::kLower:
      return kCanonFunc | kCanonOptions;
    case CanonKind::kTaskReturn:
      return kCanonResult | kCanonOptions;
    case CanonKind::kContextGet:
    case CanonKind::kContextSet:
      return kCanonContext;
    case CanonKind::kSubtaskCancel:
      return kCanonAsync;
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
    case CanonKind::kStreamNew:
    case CanonKind::kStreamDropReadable:
    case CanonKind::kStreamDropWritable:
    case CanonKind::kFutureNew:
    case CanonKind::kFutureDropReadable:
    case CanonKind::kFutureDropWritable:
      return kCanonType;
    case CanonKind::kStreamRead:
    case CanonKind::kStreamWrite:
    case CanonKind::kFutureRead:
    case CanonKind::kFutureWrite:
      return kCanonType | kCanonOptions;
    case CanonKind::kStreamCancelRead:
    case CanonKind::kStreamCancelWrite:
    case CanonKind::kFutureCancelRead:
    case CanonKind::kFutureCancelWrite:
      return kCanonType | kCanonAsync;
    case CanonKind::kErrorContextNew:
    case CanonKind::kErrorContextDebugMessage:
      return kCanonOptions;
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll:
      return kCanonCancel | kCanonMemory;
    case CanonKind::kThreadYield:
    case CanonKind::kThreadSuspend:
    case CanonKind::kThreadSuspendThenResume:
    case CanonKind::kThreadYieldThenResume:
    case CanonKind::kThreadSuspendThenPromote:
    case CanonKind::kThreadYieldThenPromote:
      return kCanonCancel;
    case CanonKind::kThreadNewIndirect:
      return kCanonType | kCanonTable;
    case CanonKind::kThreadSpawnRef:
      return kCanonShared | kCanonType;
    case CanonKind::kThreadSpawnIndirect:
      return kCanonShared | kCanonType | kCanonTable;
    case CanonKind::kThreadAvailableParallelism:
      return kCanonShared;
    case CanonKind::kTaskCancel:
    case CanonKind::kSubtaskDrop:
    case CanonKind::kErrorContextDrop:
    case CanonKind::kWaitableSetNew:
    case CanonKind::kWaitableSetDrop:
    case CanonKind::kWaitableJoin:
    case CanonKind::kBackpressureInc:
    case CanonKind::kBackpressureDec:
    case CanonKind::kThreadIndex:
    case CanonKind::kThreadResumeLater:
      return 0;
  }
  return 0;
}

// The keyword of the text format; empty if `code` is that of no canonical definition.
constexpr std::string_view CanonName(uint8_t code) {
  switch (code) {
#define CANON(Name, code, text) \
  case code:                    \
    return text;
#include "libcomponent/syntax/canon.def"
#undef CANON
    default:
      return {};
  }
}

constexpr bool HasIndex(CanonOpt::Kind kind) {
  return kind == CanonOpt::Kind::kMemory || kind == CanonOpt::Kind::kRealloc ||
         kind == CanonOpt::Kind::kPostReturn || kind == CanonOpt::Kind::kCallback;
}

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_CANON_SHAPE_H_
