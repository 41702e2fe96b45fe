// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of starts is sorted on first use: programs that never trap never need it.

#include "libwasm/native/compiled_module.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "libwasm/native/activation.h"
#include "libwasm/native/builtins.h"
#include "libwasm/native/positions.h"
#include "libwasm/native/unwind.h"
#include "libwasm/runtime/backing.h"
#include "libwasm/runtime/range_registry.h"

namespace wasm::native {

static_assert(kGuardedReservation == runtime::Backing::kGuardedBytes);

namespace {

constinit runtime::RangeRegistry code_ranges;
constinit std::atomic<void (*)(const CompiledModule&)> tell_of_new = nullptr;

// What a relative offset points to; null if it is 0.
template <typename T>
const T* At(const void* base, int32_t offset) {
  if (offset == 0) return nullptr;
  return reinterpret_cast<const T*>(static_cast<const uint8_t*>(base) + offset);
}
template <typename T>
const T* AtMember(const int32_t& member) {
  return At<T>(&member, member);
}

}  // namespace

Result<std::shared_ptr<const CompiledModule>> CompiledModule::New(
    const ArtefactHeader* header, std::shared_ptr<const void> owner) {
  auto fail = [](const char* message) { return std::unexpected(Error(ErrorKind::kHost, message)); };
  if (std::memcmp(header->magic, ArtefactHeader::kMagic, sizeof(header->magic)) != 0)
    return fail("not a compiled module");
  if (header->abi_version != kAbiVersion || header->fingerprint != kFingerprint)
    return fail("compiled by another version of trenail: compile the module again");
  if (header->functions == 0 && header->num_functions != 0)
    return fail("the compiled module has no table of functions");
  std::shared_ptr<const CompiledModule> module(new CompiledModule(header, std::move(owner)));
  if (const auto tell = tell_of_new.load()) tell(*module);
  return module;
}

CompiledModule::CompiledModule(const ArtefactHeader* header, std::shared_ptr<const void> owner)
    : header_(header), owner_(std::move(owner)) {
  if (header->personality_slot != 0) {
    // The one place of an artefact that is written.
    auto* slot = const_cast<const void**>(AtMember<const void*>(header->personality_slot));
    __atomic_store_n(slot, PersonalityRoutine(), __ATOMIC_RELEASE);
  }
  const auto begin = reinterpret_cast<uintptr_t>(AtMember<uint8_t>(header->code_begin));
  const auto end = reinterpret_cast<uintptr_t>(AtMember<uint8_t>(header->code_end));
  if (begin < end) code_ranges.Add(begin, end, this);
}

CompiledModule::~CompiledModule() {
  const auto begin = reinterpret_cast<uintptr_t>(AtMember<uint8_t>(header_->code_begin));
  if (begin != 0) code_ranges.Remove(begin);
}

const CompiledModule* CompiledModule::Find(uintptr_t pc) {
  return static_cast<const CompiledModule*>(code_ranges.Find(pc));
}

std::span<const uint8_t> CompiledModule::wasm() const {
  return {AtMember<uint8_t>(header_->wasm), header_->wasm_size};
}

std::string_view CompiledModule::cpu_features() const {
  return {AtMember<char>(header_->cpu_features), header_->cpu_features_size};
}

const FunctionRecord& CompiledModule::Record(uint32_t defined_index) const {
  return AtMember<FunctionRecord>(header_->functions)[defined_index];
}

CompiledModule::Function CompiledModule::function(uint32_t defined_index) const {
  if (defined_index >= header_->num_functions) return {};
  const FunctionRecord& record = Record(defined_index);
  return {.code = At<void>(&record, record.code),
          .tail = At<void>(&record, record.tail),
          .array_thunk = At<void>(&record, record.array_thunk)};
}

runtime::ArrayEntry CompiledModule::entry() const { return EnterCompiled; }
const void* const* CompiledModule::builtins() const { return kBuiltins; }

const std::vector<CompiledModule::Start>& CompiledModule::Starts() const {
  std::call_once(starts_once_, [this] {
    starts_.reserve(size_t{header_->num_functions} * 2);
    auto add = [this](const FunctionRecord& record, int32_t offset, uint32_t index) {
      if (offset != 0) starts_.push_back({reinterpret_cast<uintptr_t>(&record) + offset, index});
    };
    for (uint32_t i = 0; i < header_->num_functions; ++i) {
      const FunctionRecord& record = Record(i);
      // With a tail entry that is the function, and the other one only leads there.
      add(record, record.tail, i);
      add(record, record.code, record.tail != 0 ? kAdapter : i);
      add(record, record.array_thunk, kAdapter);
    }
    std::sort(starts_.begin(), starts_.end(), [](const Start& a, const Start& b) {
      return a.address != b.address ? a.address < b.address : a.defined_index < b.defined_index;
    });
    starts_.erase(
        std::unique(starts_.begin(), starts_.end(),
                    [](const Start& a, const Start& b) { return a.address == b.address; }),
        starts_.end());
    starts_.shrink_to_fit();
  });
  return starts_;
}

CompiledModule::Place CompiledModule::Locate(uintptr_t pc) const {
  const std::vector<Start>& starts = Starts();
  auto above = std::upper_bound(starts.begin(), starts.end(), pc,
                                [](uintptr_t value, const Start& s) { return value < s.address; });
  if (above == starts.begin() || above[-1].defined_index == kAdapter) return {};
  const Start& start = above[-1];
  const FunctionRecord& record = Record(start.defined_index);
  const uint8_t* table = At<uint8_t>(&record, record.positions);
  if (table == nullptr) return {.in_function = true, .defined_index = start.defined_index};
  // Its last entry is the end of the function.
  const uint64_t position = FindPosition(table, pc - start.address);
  if (position == 0) return {};
  Place place{.in_function = true,
              .defined_index = start.defined_index,
              .position = static_cast<uint32_t>(position),
              .call = static_cast<uint32_t>(position >> 32)};
  if (place.call != 0) place.calls = ReadInlinedCalls(table);
  return place;
}

std::vector<CompiledModule::Symbol> CompiledModule::Symbols() const {
  static_assert(Symbol::kNoFunction == kAdapter);
  const std::vector<Start>& starts = Starts();
  const auto code_end = reinterpret_cast<uintptr_t>(AtMember<uint8_t>(header_->code_end));
  std::vector<Symbol> symbols;
  for (size_t i = 0; i < starts.size(); ++i) {
    const uintptr_t begin = starts[i].address;
    const uintptr_t end = i + 1 < starts.size() ? starts[i + 1].address : code_end;
    if (begin >= end) continue;
    size_t size = end - begin;
    // Up to where its table ends: behind it may be what is no function.
    if (starts[i].defined_index != kAdapter) {
      uint64_t last = 0;
      ForEachPosition(starts[i].defined_index, [&](uint64_t offset, uint64_t) { last = offset; });
      if (last != 0 && last < size) size = last;
    }
    symbols.push_back({begin, size, starts[i].defined_index});
  }
  return symbols;
}

void CompiledModule::ForEachPosition(
    uint32_t defined_index,
    const std::function<void(uint64_t offset, uint64_t position)>& visit) const {
  const FunctionRecord& record = Record(defined_index);
  const uint8_t* table = At<uint8_t>(&record, record.positions);
  if (table == nullptr) return;
  uint64_t offset = 0, position = 0;
  while (const uint64_t step = ReadTrustedUnsignedLeb(&table)) {
    offset += step - 1;
    position += static_cast<uint64_t>(ReadTrustedSignedLeb(&table));
    visit(offset, position);
  }
}

void CompiledModule::TellOfNew(void (*tell)(const CompiledModule& module)) {
  tell_of_new.store(tell);
}

uint32_t CompiledModule::body(uint32_t defined_index) const {
  return defined_index < header_->num_functions ? Record(defined_index).body : 0;
}

const CompiledModule* CompiledModule::Sibling(uint32_t module) const {
  const auto* record = AtMember<ComponentRecord>(header_->component);
  if (record == nullptr || module >= record->num_modules) return nullptr;
  const int32_t* const headers = reinterpret_cast<const int32_t*>(record + 1);
  const auto* header = AtMember<ArtefactHeader>(headers[module]);
  return Find(reinterpret_cast<uintptr_t>(AtMember<uint8_t>(header->code_begin)));
}

}  // namespace wasm::native
