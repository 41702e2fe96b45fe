// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions and the end of execution by traps [exec-throw] [exec-throw_ref]. Entering a try costs
// nothing; when an exception arrives, the frames of this activation are searched from the newest on
// for a range of code that catches it. If there is none, the caller of the activation is told, and
// the frames are left for the trace.

#include "interp/call.h"
#include "interp/control.h"
#include "interp/handlers.h"
#include "interp/tables.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/ops_exception.h"

namespace wasm::interp {

namespace {

using Kind = CatchClause::Kind;

// Where execution goes on, or nothing.
struct Landing {
  Frame* frame = nullptr;
  const CatchClause* clause = nullptr;
};

// The clause of the function that catches `exception`, arriving at offset `at` of its code.
const CatchClause* FindClause(Instance& instance, const CodeInfo& code, Ref exception,
                              uint32_t at) {
  size_t range = 0;
  bool forced = false;  // a delegate names the next range itself
  while (range < code.try_ranges.size()) {
    const TryRange& candidate = code.try_ranges[range];
    if (!forced && (at < candidate.begin_pc || at >= candidate.end_pc)) {
      ++range;
      continue;
    }
    forced = false;
    const CatchClause* delegate = nullptr;
    for (uint32_t i = 0; i < candidate.num_clauses && delegate == nullptr; ++i) {
      const CatchClause& clause = code.catch_clauses[candidate.first_clause + i];
      switch (clause.kind) {
        case Kind::kCatch:
        case Kind::kCatchRef:
        case Kind::kLegacyCatch:
          if (rt::ExceptionHasTag(instance, exception, TagIdx(clause.tag))) return &clause;
          break;
        case Kind::kCatchAll:
        case Kind::kCatchAllRef:
        case Kind::kLegacyCatchAll:
          return &clause;
        case Kind::kLegacyDelegate:
          delegate = &clause;
          break;
      }
    }
    if (delegate == nullptr) {
      ++range;
    } else {
      if (delegate->delegate_depth == 0) return nullptr;
      range = delegate->delegate_depth - 1;
      forced = true;
    }
  }
  return nullptr;
}

// Searches from `newest` down to the entry frame; newest->pc is the instruction that threw.
Landing FindLanding(Frame* newest, Ref exception) {
  for (Frame* frame = newest;; --frame) {
    if (!frame->code->try_ranges.empty()) {
      // For a caller, pc is behind the call.
      const uint32_t at =
          static_cast<uint32_t>(frame->pc - frame->code->code) - (frame == newest ? 0 : 1);
      const CatchClause* clause = FindClause(*frame->instance, *frame->code, exception, at);
      if (clause != nullptr) return {frame, clause};
    }
    if ((frame->flags & kEntryFrame) != 0) return {};
  }
}

// Pushes what the clause's kind says.
Slot* PushPayload(Slot* sp, Kind kind, Ref exception) {
  if (kind == Kind::kLegacyCatch || kind == Kind::kLegacyCatchAll) *sp++ = exception;
  if (kind == Kind::kCatch || kind == Kind::kCatchRef || kind == Kind::kLegacyCatch)
    for (const Slot arg : rt::ExceptionArgs(exception)) *sp++ = arg;
  if (kind == Kind::kCatchRef || kind == Kind::kCatchAllRef) *sp++ = exception;
  return sp;
}

}  // namespace

DECLARE_HANDLER(Unwind);

COLD_HANDLER(RaiseTrap) {
  frame->pc = pc;
  instance->thread->stack_top = sp;
  instance->thread->frame_top = frame + 1;
  if (static_cast<Trap>(r0) == Trap::kException) TAIL(Unwind);
  return static_cast<Status>(r0);
}
COLD_HANDLER(PropagateTrap) {
  VMThread* const thread = instance->thread;
  frame->pc = thread->frame_top > frame + 1 ? frame->pc : pc;
  if (static_cast<Trap>(r0) == Trap::kException) {
    frame->pc = pc;
    TAIL(Unwind);
  }
  return static_cast<Status>(r0);
}

COLD_HANDLER(Unwind) {
  VMThread* const thread = instance->thread;
  const Ref exception = thread->pending_exception;
  const Landing landing = FindLanding(frame, exception);
  if (landing.frame == nullptr) return static_cast<Status>(Trap::kException);
  thread->pending_exception = runtime::kNullRef;
  frame = landing.frame;
  const CodeInfo* const code = frame->code;
  instance = frame->instance;
  mem = FastMemory(instance);
  table = TableFor(code, thread);
  locals = frame->locals;
  pc = code->code + landing.clause->target_pc;
  stp = SideTable(code) + landing.clause->target_entry;
  sp = PushPayload(locals + code->local_slots + landing.clause->height, landing.clause->kind,
                   exception);
  NEXT(0);
}

HANDLER(Throw_0) {  // [exec-throw]
  SYNC();
  TrustedReader reader(pc + 1);
  const TagIdx tag(reader.ReadU32());
  const uint32_t params = instance->types->Get(instance->tags[tag.value]->type_id).param_slots;
  RAISE(rt::Throw(*instance, tag, sp - params));
}
HANDLER(ThrowRef_0) {  // [exec-throw_ref]
  SYNC();
  RAISE(rt::ThrowRef(*instance, sp[-1]));
}
HANDLER(TryTable_0) {  // the handlers are in the code's try ranges
  TrustedReader reader(pc + 1);
  imm::Read(reader, imm::Tag<imm::TryTable>());
  pc = reader.position();
  NEXT(0);
}

// ---- legacy exceptions -------------------------------------------------------------------------

HANDLER(LegacyTry_0) {
  TrustedReader reader(pc + 1);
  imm::Read(reader, imm::Tag<imm::BlockType>());
  pc = reader.position();
  NEXT(0);
}
// Reached from the body above: its results leave the try.
HANDLER(LegacyCatch_0) { TAIL(TakeBranch_0); }
HANDLER(LegacyCatchAll_0) { TAIL(TakeBranch_0); }
HANDLER(LegacyDelegate_0) {
  pc = SkipLeb(pc + 1);
  NEXT(0);
}
HANDLER(LegacyRethrow_0) {
  SYNC();
  const uint32_t slot = static_cast<uint32_t>(Decode(stp).pc_delta);
  RAISE(rt::ThrowRef(*instance, locals[frame->code->local_slots + slot]));
}

}  // namespace wasm::interp
