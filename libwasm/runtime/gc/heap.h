// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The garbage-collected heap of one store: structs, arrays, exceptions and boxed host references
// [syntax-structinst] [syntax-arrayinst] [syntax-exninst]. Non-moving mark and sweep; objects are
// scanned precisely through their types, the interpreter's value stack conservatively, so frames
// carry no tags and no maps. See docs/gc.md.

#ifndef TRENAIL_LIBWASM_RUNTIME_GC_HEAP_H_
#define TRENAIL_LIBWASM_RUNTIME_GC_HEAP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/log.h"
#include "libwasm/types/type_store.h"

namespace wasm::runtime::gc {

// Pseudo type ids of objects without a defined type; above every TypeId.
inline constexpr TypeId kExceptionObject = 0xfffffff0;
inline constexpr TypeId kHostObject = 0xfffffff1;

// The header of every object; the payload follows at +8 (part of the VM layout).
struct Object {
  TypeId type_id;   // canonical type, or a pseudo type
  uint32_t length;  // arrays: elements; exceptions: argument slots; otherwise 0
  uint8_t* payload() { return reinterpret_cast<uint8_t*>(this + 1); }
  const uint8_t* payload() const { return reinterpret_cast<const uint8_t*>(this + 1); }
};
static_assert(sizeof(Object) == 8);

// Payload of a kExceptionObject: the tag, then `length` argument slots.
struct ExceptionPayload {
  TagInst* tag;
  Slot args[];
};
// Payload of a kHostObject: the embedder's word.
struct HostPayload {
  void* data;
};

inline Object* AsObject(Ref ref) { return reinterpret_cast<Object*>(ref); }
inline Ref ToRef(const Object* object) { return reinterpret_cast<Ref>(object); }

struct HeapStats {
  uint64_t bytes_allocated_total = 0;  // since the store was made
  uint64_t bytes_in_use = 0;           // after the last collection, plus what was allocated since
  uint64_t bytes_reserved = 0;         // taken from the system
  uint64_t collections = 0;
};

class Heap {
 public:
  // `limit_bytes` bounds what the heap takes from the system; `log` may be null.
  Heap(const TypeStore& types, uint64_t limit_bytes, const Log* log = nullptr);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // Names the roots: called during a collection, it calls MarkRef for precise roots (globals,
  // tables, element segments, pending exception, embedder handles) and MarkConservatively for the
  // value stack. Set once by the store.
  void SetRootVisitor(std::function<void(Heap&)> visitor);
  void MarkRef(Ref ref);
  void MarkConservatively(const Slot* begin, const Slot* end);

  // An object with zeroed payload of `payload_bytes`; null when the limit is reached even after a
  // collection. May collect: every reference that must survive has to be reachable from a root, so
  // callers pop operands only afterwards.
  Object* Allocate(TypeId type_id, uint32_t length, uint64_t payload_bytes);

  Object* NewStruct(const CanonType& type);
  Object* NewArray(const CanonType& type, uint32_t length);  // null also when the size overflows
  Object* NewException(TagInst* tag, std::span<const Slot> args);
  Ref NewHostRef(void* data);

  void Collect();
  const HeapStats& stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The dynamic type test behind ref.test, ref.cast and br_on_cast [valid-ref-test] [exec-ref.test]:
// does `ref` match `target` (canonical)? Nulls match nullable targets.
bool RefMatches(const TypeStore& types, Ref ref, ValType target);

}  // namespace wasm::runtime::gc

#endif  // TRENAIL_LIBWASM_RUNTIME_GC_HEAP_H_
