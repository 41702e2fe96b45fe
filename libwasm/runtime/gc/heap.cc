// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The collector: stop-the-world mark, lazy sweep. Allocation takes cells from a free list per size
// class; when a list is empty, blocks left unswept by the last collection are swept one at a time,
// so the pause is marking alone. A collection is due when as much was allocated as survived the
// last one, but at least kMinimumBudget: memory stays within about twice the live data.

#include "libwasm/runtime/gc/heap.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "libwasm/runtime/gc/blocks.h"

namespace wasm::runtime::gc {

namespace {

constexpr uint64_t kMinimumBudget = uint64_t{16} << 20;
// Exact classes in steps of a granule up to kFineBytes, then four per power of two.
constexpr size_t kFineBytes = 512;
constexpr size_t kFineClasses = kFineBytes / kGranule;
constexpr size_t kNumClasses = kFineClasses + 4 * 4;

size_t ClassOf(size_t bytes) {
  if (bytes <= kFineBytes) return (bytes + kGranule - 1) / kGranule - 1;
  const int log2 = std::bit_width(bytes - 1) - 1;  // 512 < bytes: log2 >= 9
  const size_t quarter = ((bytes - 1) >> (log2 - 2)) & 3;
  return kFineClasses + static_cast<size_t>(log2 - 9) * 4 + quarter;
}
size_t ClassBytes(size_t size_class) {
  if (size_class < kFineClasses) return (size_class + 1) * kGranule;
  const size_t coarse = size_class - kFineClasses;
  const size_t base = kFineBytes << (coarse / 4);
  return base + base / 4 * (coarse % 4 + 1);
}

// A free cell: its type_id says so, its payload links to the next one.
void SetFree(Object* cell, Object* next) {
  cell->type_id = kFreeCell;
  cell->length = 0;
  std::memcpy(cell->payload(), &next, sizeof(next));
}
Object* NextFree(const Object* cell) {
  Object* next;
  std::memcpy(&next, cell->payload(), sizeof(next));
  return next;
}

}  // namespace

struct Heap::Impl {
  const TypeStore& types;
  uint64_t limit;
  const Log* log = nullptr;
  uint64_t told_bytes = uint64_t{16} << 20;  // from here on the heap's growth is worth a word
  std::function<void(Heap&)> visit_roots;
  HeapStats stats;

  BlockSet block_set;
  std::vector<Block*> small_blocks[kNumClasses];
  size_t sweep_next[kNumClasses] = {};  // small_blocks before it are swept
  Object* free_lists[kNumClasses] = {};
  std::vector<Block*> large_blocks;
  uint64_t allocated_since_collection = 0;
  uint64_t budget = kMinimumBudget;
  std::vector<Object*> mark_stack;
  uint64_t marked_bytes = 0;
  bool collecting = false;

  Impl(const TypeStore& t, uint64_t l) : types(t), limit(l) {}
  ~Impl() {
    for (auto& blocks : small_blocks)
      for (Block* block : blocks) std::free(block);
    for (Block* block : large_blocks) std::free(block);
  }

  Block* NewBlock(uint64_t bytes) {
    if (bytes > limit || stats.bytes_reserved > limit - bytes) return nullptr;
    void* memory = std::aligned_alloc(kBlockBytes, (bytes + kBlockBytes - 1) & ~(kBlockBytes - 1));
    if (memory == nullptr) return nullptr;
    Block* block = new (memory) Block();
    block->bytes = bytes;
    stats.bytes_reserved += bytes;
    block_set.Insert(block);
    return block;
  }
  void FreeBlock(Block* block) {
    block_set.Erase(block);
    stats.bytes_reserved -= block->bytes;
    std::free(block);
  }

  // Puts the unmarked cells of `block` on the free list of its class.
  void Sweep(Block* block, size_t size_class) {
    block->swept = true;
    Object* list = free_lists[size_class];
    for (uint32_t i = block->num_cells; i-- > 0;) {
      Object* cell = block->Cell(i);
      if (block->IsMarked(cell)) continue;
      SetFree(cell, list);
      list = cell;
    }
    free_lists[size_class] = list;
  }
  void FinishSweeping() {
    for (size_t c = 0; c < kNumClasses; ++c)
      for (; sweep_next[c] < small_blocks[c].size(); ++sweep_next[c])
        if (!small_blocks[c][sweep_next[c]]->swept) Sweep(small_blocks[c][sweep_next[c]], c);
  }

  // A free list that is not empty, by sweeping or by a new block; false if neither gives cells.
  bool Refill(size_t size_class) {
    auto& blocks = small_blocks[size_class];
    while (sweep_next[size_class] < blocks.size()) {
      Block* block = blocks[sweep_next[size_class]++];
      if (!block->swept) Sweep(block, size_class);
      if (free_lists[size_class] != nullptr) return true;
    }
    Block* block = NewBlock(kBlockBytes);
    if (block == nullptr) return false;
    block->cell_bytes = static_cast<uint32_t>(ClassBytes(size_class));
    block->num_cells = static_cast<uint32_t>((kBlockBytes - Block::kFirstCell) / block->cell_bytes);
    blocks.push_back(block);
    sweep_next[size_class] = blocks.size();
    Sweep(block, size_class);  // nothing is marked: all cells become free
    return true;
  }

  Object* TakeSmall(size_t size_class) {
    Object* cell = free_lists[size_class];
    if (cell == nullptr) [[unlikely]] {
      if (!Refill(size_class)) return nullptr;
      cell = free_lists[size_class];
    }
    free_lists[size_class] = NextFree(cell);
    return cell;
  }
  Object* TakeLarge(uint64_t bytes) {
    Block* block = NewBlock(Block::kFirstCell + bytes);
    if (block == nullptr) return nullptr;
    large_blocks.push_back(block);
    return reinterpret_cast<Object*>(block->begin() + Block::kFirstCell);
  }

  // The object at `ref`, if `ref` is the address of one.
  Object* ObjectAt(Ref ref) const {
    if ((ref & (kGranule - 1)) != 0 || !block_set.Contains(ref)) return nullptr;
    Block* block = Block::Of(reinterpret_cast<void*>(ref));
    const size_t offset = ref & (kBlockBytes - 1);
    if (offset < Block::kFirstCell) return nullptr;
    if (block->cell_bytes == 0) {
      if (offset != Block::kFirstCell) return nullptr;
    } else if ((offset - Block::kFirstCell) % block->cell_bytes != 0 ||
               (offset - Block::kFirstCell) / block->cell_bytes >= block->num_cells) {
      return nullptr;
    }
    Object* object = AsObject(ref);
    return object->type_id == kFreeCell ? nullptr : object;
  }

  void Mark(Ref ref) {
    if (ref == kNullRef || IsI31(ref)) return;
    Object* object = ObjectAt(ref);
    if (object == nullptr) return;  // a function, or a word that only looks like a reference
    Block* block = Block::Of(object);
    if (!block->Mark(object)) return;
    marked_bytes += block->cell_bytes != 0 ? block->cell_bytes : block->bytes;
    mark_stack.push_back(object);
  }

  void Scan(const Object* object) {
    if (object->type_id == kHostObject) return;
    if (object->type_id == kExceptionObject) {
      const auto* exception = reinterpret_cast<const ExceptionPayload*>(object->payload());
      for (uint32_t i = 0; i < object->length; ++i) Mark(exception->args[i]);
      return;
    }
    const CanonType& type = types.Get(object->type_id);
    if (type.type.comp.kind == CompType::Kind::kStruct) {
      for (uint32_t offset : type.ref_offsets) {
        Ref ref;
        std::memcpy(&ref, object->payload() + offset, sizeof(ref));
        Mark(ref);
      }
    } else if (type.layout[0].is_ref) {
      for (uint32_t i = 0; i < object->length; ++i) {
        Ref ref;
        std::memcpy(&ref, object->payload() + size_t{i} * sizeof(Ref), sizeof(ref));
        Mark(ref);
      }
    }
  }

  void Collect(Heap& heap) {
    if (collecting) return;
    collecting = true;
    const uint64_t in_use_before = stats.bytes_in_use;
    // Cells still unswept are dead: free them before marking, or a stale word could revive one
    // whose own references are gone.
    FinishSweeping();
    for (auto& blocks : small_blocks)
      for (Block* block : blocks) block->ClearMarks();
    for (Block* block : large_blocks) block->ClearMarks();
    marked_bytes = 0;
    if (visit_roots) visit_roots(heap);
    while (!mark_stack.empty()) {
      const Object* object = mark_stack.back();
      mark_stack.pop_back();
      Scan(object);
    }
    std::erase_if(large_blocks, [this](Block* block) {
      if (block->IsMarked(reinterpret_cast<Object*>(block->begin() + Block::kFirstCell)))
        return false;
      FreeBlock(block);
      return true;
    });
    for (size_t c = 0; c < kNumClasses; ++c) {
      free_lists[c] = nullptr;
      sweep_next[c] = 0;
      ReleaseEmptyBlocks(c);
      for (Block* block : small_blocks[c]) block->swept = false;
    }
    ++stats.collections;
    stats.bytes_in_use = marked_bytes;
    allocated_since_collection = 0;
    budget = std::max(kMinimumBudget, marked_bytes);
    collecting = false;
    WASM_LOG(log, kDebug,
             "heap collection " + std::to_string(stats.collections) + ": " +
                 std::to_string(in_use_before) + " bytes in use before, " +
                 std::to_string(marked_bytes) + " after");
    if (marked_bytes >= told_bytes) {
      told_bytes = 2 * marked_bytes;
      WASM_LOG(log, kInfo,
               "the heap of collected objects has grown: " + std::to_string(marked_bytes) +
                   " bytes are reachable");
    }
  }

  // Gives blocks without a single marked cell back to the system, but keeps a quarter of a class's
  // blocks so that a steady program does not ask for them again.
  void ReleaseEmptyBlocks(size_t size_class) {
    auto& blocks = small_blocks[size_class];
    size_t keep = blocks.size() / 4 + 1;
    std::erase_if(blocks, [&](Block* block) {
      for (uint64_t word : block->marks)
        if (word != 0) return false;
      if (keep > 0) {
        --keep;
        return false;
      }
      FreeBlock(block);
      return true;
    });
  }
};

Heap::Heap(const TypeStore& types, uint64_t limit_bytes, const Log* log)
    : impl_(std::make_unique<Impl>(types, limit_bytes)) {
  impl_->log = log;
}
Heap::~Heap() = default;

void Heap::SetRootVisitor(std::function<void(Heap&)> visitor) {
  impl_->visit_roots = std::move(visitor);
}
void Heap::MarkRef(Ref ref) { impl_->Mark(ref); }
void Heap::MarkConservatively(const Slot* begin, const Slot* end) {
  for (const Slot* slot = begin; slot < end; ++slot) impl_->Mark(*slot);
}
void Heap::Collect() { impl_->Collect(*this); }
const HeapStats& Heap::stats() const { return impl_->stats; }

Object* Heap::Allocate(TypeId type_id, uint32_t length, uint64_t payload_bytes) {
  Impl& heap = *impl_;
  if (payload_bytes > heap.limit) return nullptr;
  // A free cell's link needs a payload of eight bytes.
  const uint64_t bytes = sizeof(Object) + std::max<uint64_t>(payload_bytes, 8);
  const bool small = bytes <= kMaxCellBytes;
  const size_t size_class = small ? ClassOf(bytes) : 0;
  const uint64_t cost = small ? ClassBytes(size_class) : bytes;
  if (heap.allocated_since_collection + cost > heap.budget) [[unlikely]]
    heap.Collect(*this);
  Object* object = small ? heap.TakeSmall(size_class) : heap.TakeLarge(bytes);
  if (object == nullptr) [[unlikely]] {
    heap.Collect(*this);
    object = small ? heap.TakeSmall(size_class) : heap.TakeLarge(bytes);
    if (object == nullptr) {
      WASM_LOG(heap.log, kWarning,
               "the heap of collected objects is full, with " +
                   std::to_string(heap.stats.bytes_in_use) + " bytes in use of a limit of " +
                   std::to_string(heap.limit));
      return nullptr;
    }
  }
  heap.allocated_since_collection += cost;
  heap.stats.bytes_allocated_total += cost;
  heap.stats.bytes_in_use += cost;
  object->type_id = type_id;
  object->length = length;
  std::memset(object->payload(), 0, payload_bytes);
  return object;
}

Object* Heap::NewStruct(const CanonType& type) { return Allocate(type.id, 0, type.payload_size); }

Object* Heap::NewArray(const CanonType& type, uint32_t length) {
  return Allocate(type.id, length, uint64_t{length} * type.layout[0].size);
}

Object* Heap::NewException(TagInst* tag, std::span<const Slot> args) {
  Object* object = Allocate(kExceptionObject, static_cast<uint32_t>(args.size()),
                            sizeof(ExceptionPayload) + args.size_bytes());
  if (object == nullptr) return nullptr;
  auto* payload = reinterpret_cast<ExceptionPayload*>(object->payload());
  payload->tag = tag;
  std::copy(args.begin(), args.end(), payload->args);
  return object;
}

Ref Heap::NewHostRef(void* data) {
  Object* object = Allocate(kHostObject, 0, sizeof(HostPayload));
  if (object == nullptr) return kNullRef;
  reinterpret_cast<HostPayload*>(object->payload())->data = data;
  return ToRef(object);
}

bool RefMatches(const TypeStore& types, Ref ref, ValType target) {
  if (ref == kNullRef) return target.is_nullable();
  const HeapType heap_type = target.heap_type();
  if (heap_type.is_concrete()) {
    if (IsI31(ref)) return false;
    const CanonType& type = types.Get(heap_type.concrete());
    const TypeId actual = type.type.comp.kind == CompType::Kind::kFunc
                              ? reinterpret_cast<const FuncInst*>(ref)->type_id
                              : AsObject(ref)->type_id;
    return actual < kExceptionObject && types.IsSubtype(actual, type.id);
  }
  auto is_kind = [&](CompType::Kind kind) {
    if (IsI31(ref)) return false;
    const TypeId actual = AsObject(ref)->type_id;
    return actual < kExceptionObject && types.Get(actual).type.comp.kind == kind;
  };
  switch (heap_type.abstract()) {
    case HeapType::kAny:
    case HeapType::kExtern:
    case HeapType::kFunc:
    case HeapType::kExn:
      return true;
    case HeapType::kEq:
      return IsI31(ref) || is_kind(CompType::Kind::kStruct) || is_kind(CompType::Kind::kArray);
    case HeapType::kI31:
      return IsI31(ref);
    case HeapType::kStruct:
      return is_kind(CompType::Kind::kStruct);
    case HeapType::kArray:
      return is_kind(CompType::Kind::kArray);
    default:
      return false;  // the bottom types have no values
  }
}

}  // namespace wasm::runtime::gc
