// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coredumps in the format of the tool conventions (Coredump.md there): a binary module whose custom
// sections describe the stack, and whose memories, globals and data are those of the store. Made
// while the frames are still there. What types the operands have is found by validating the
// function once more, up to where it stopped: the interpreter's slots do not say it.

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "libwasm/binary/limits.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/libwasm.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/memory.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/store_impl.h"
#include "libwasm/runtime/trace.h"
#include "libwasm/support/leb128.h"
#include "libwasm/support/reader.h"
#include "libwasm/validate/func_validator.h"
#include "libwasm/validate/module_validator.h"

namespace trenail {

namespace {

namespace runtime = wasm::runtime;
using runtime::InstanceData;
using runtime::StackFrame;
using Bytes = std::vector<uint8_t>;

constexpr uint8_t kMissing = 0x01;
constexpr size_t kPage = 4096;  // zeros of so many bytes are left out
constexpr size_t kMaxSegments = wasm::limits::kDataSegments / 2;

// ---- types of operands -------------------------------------------------------------------------

// How many operands a call takes, a callee on the stack included.
struct CallShape {
  const wasm::validate::ModuleContext& c;
  size_t operands = 0;

  template <wasm::Opcode op>
  bool Visit(wasm::Op<op>, const auto&) {
    return true;
  }
  bool Visit(wasm::Op<wasm::Opcode::Call>, const wasm::imm::FuncIdx& imm) {
    operands = c.functions[imm.func.value]->type.comp.func.params.size();
    return true;
  }
  bool Visit(wasm::Op<wasm::Opcode::CallIndirect>, const wasm::imm::CallIndirect& imm) {
    operands = c.types[imm.type.value]->type.comp.func.params.size() + 1;
    return true;
  }
  bool Visit(wasm::Op<wasm::Opcode::CallRef>, const wasm::imm::TypeIdx& imm) {
    operands = c.types[imm.type.value]->type.comp.func.params.size() + 1;
    return true;
  }
  bool VisitSimple(wasm::Opcode, const auto&) { return true; }
};

struct FrameTypes {
  std::vector<ValType> locals;
  std::vector<ValType> operands;  // the lowest first
};

// In front of the instruction at `offset` in the module; for a frame that waits, without what its
// call has taken.
FrameTypes TypesAt(const wasm::ValidatedModule& validated, uint32_t func_index, uint64_t offset,
                   bool waits) {
  FrameTypes types;
  if (validated.body_validator == nullptr) return types;
  const wasm::validate::ModuleContext& context = wasm::validate::ContextOf(validated);
  const wasm::Module& module = validated.module();
  const wasm::ByteRange body = module.functions[func_index].body;
  wasm::ErrorSink sink;
  wasm::CheckedReader reader(module.Bytes(body), body.begin, &sink);
  wasm::validate::FuncValidator validator(context);
  validator.WithoutSideTable();
  if (!validator.Begin(wasm::FuncIdx(func_index), &reader)) return types;
  types.locals.assign(validator.locals().begin(), validator.locals().end());
  while (reader.offset() < offset && !validator.done())
    if (!validator.ReadInstruction(validator)) return types;
  if (reader.offset() != offset || validator.done()) return types;
  size_t taken = 0;
  if (waits) {
    CallShape shape{context};
    wasm::TrustedReader call(module.at(static_cast<uint32_t>(offset)));
    wasm::VisitInstruction(call, shape);
    taken = shape.operands;
  }
  for (size_t i = validator.num_operands(); i-- > taken;)
    types.operands.push_back(validator.TypeAt(i));
  return types;
}

// ---- writing -----------------------------------------------------------------------------------

void Append(Bytes& out, std::span<const uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void WriteSection(Bytes& out, uint8_t id, const Bytes& payload) {
  out.push_back(id);
  wasm::WriteUnsignedLeb(out, payload.size());
  Append(out, payload);
}
void WriteCustom(Bytes& out, std::string_view name, const Bytes& payload) {
  Bytes section;
  wasm::binary::WriteName(section, name);
  Append(section, payload);
  WriteSection(out, 0, section);
}

void WriteLittleEndian(Bytes& out, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) out.push_back(static_cast<uint8_t>(value >> 8 * i));
}

// The production `value`; what it has no form for counts as missing.
void WriteValue(Bytes& out, ValType type, uint64_t slot) {
  switch (type.code()) {
    case ValType::kI32:
      out.push_back(type.code());
      return wasm::WriteSignedLeb(out, static_cast<int32_t>(slot));
    case ValType::kI64:
      out.push_back(type.code());
      return wasm::WriteSignedLeb(out, static_cast<int64_t>(slot));
    case ValType::kF32:
      out.push_back(type.code());
      return WriteLittleEndian(out, slot, 4);
    case ValType::kF64:
      out.push_back(type.code());
      return WriteLittleEndian(out, slot, 8);
    default:
      out.push_back(kMissing);
  }
}

#ifdef __clang__
#define TRENAIL_NO_TSAN __attribute__((disable_sanitizer_instrumentation))
#else
#define TRENAIL_NO_TSAN
#endif
// Memories may be shared with threads that run: they are read word by word, as it were atomically,
// and ThreadSanitizer is not to complain of what the guest does.
template <typename T>
T Load(const uint8_t* at) {
  return __atomic_load_n(reinterpret_cast<const T*>(at), __ATOMIC_RELAXED);
}
// `at` is at a multiple of eight bytes, as are all pieces of memories.
[[gnu::noinline]] TRENAIL_NO_TSAN bool IsZero(const uint8_t* at, uint64_t size) {
  for (; size >= 8; at += 8, size -= 8)
    if (Load<uint64_t>(at) != 0) return false;
  for (; size > 0; ++at, --size)
    if (Load<uint8_t>(at) != 0) return false;
  return true;
}
[[gnu::noinline]] TRENAIL_NO_TSAN void AppendMemory(Bytes& out, const uint8_t* at, uint64_t size) {
  const size_t begin = out.size();
  out.resize(begin + size);
  uint8_t* to = out.data() + begin;
  for (; size >= 8; at += 8, to += 8, size -= 8) {
    const auto word = Load<uint64_t>(at);
    std::memcpy(to, &word, 8);
  }
  for (; size > 0; --size) *to++ = Load<uint8_t>(at++);
}

class CoredumpWriter {
 public:
  CoredumpWriter(const CoredumpOptions& options, runtime::Store& store)
      : options_(options),
        max_bytes_(std::min<uint64_t>(options.max_bytes, wasm::limits::kModuleSize)),
        store_(store),
        instances_(store.impl().instances) {}

  Coredump Write(const std::vector<StackFrame>& frames) {
    out_ = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};
    Bytes process{0x00};
    wasm::binary::WriteName(process, options_.process_name);
    WriteCustom(out_, "core", process);
    NumberExternals(frames);
    WriteModules();
    WriteInstances();
    WriteStack(frames);
    WriteMemories();
    return {std::move(out_), is_complete_};
  }

 private:
  uint64_t room() const { return max_bytes_ > out_.size() ? max_bytes_ - out_.size() : 0; }

  // Memories and globals get their numbers in the file; those of the innermost frames come first,
  // in case there is no room for all.
  void NumberExternals(const std::vector<StackFrame>& frames) {
    std::vector<bool> known(instances_.size());
    const auto add = [&](uint32_t index) {
      if (index >= known.size() || known[index]) return;
      known[index] = true;
      const InstanceData& data = *instances_[index];
      for (size_t i = 0; i < data.module().memories.size(); ++i)
        if (const auto* memory = static_cast<runtime::MemoryInst*>(data.vm.memories[i]);
            memory != nullptr && memory_numbers_.try_emplace(memory, memories_.size()).second)
          memories_.push_back(memory);
      for (size_t i = 0; i < data.module().globals.size(); ++i)
        if (const auto* global = static_cast<runtime::GlobalInst*>(data.vm.globals[i]);
            global != nullptr && global_numbers_.try_emplace(global, globals_.size()).second)
          globals_.push_back(global);
    };
    for (const StackFrame& frame : frames) add(frame.description.instance_index);
    for (uint32_t i = 0; i < instances_.size(); ++i) add(i);
    // A global takes about eight bytes.
    if (globals_.size() > max_bytes_ / 32) {
      globals_.clear();
      global_numbers_.clear();
      is_complete_ = false;
    }
  }

  void WriteModules() {
    Bytes names;
    uint32_t count = 0;
    for (const InstanceData* data : instances_) {
      const auto [at, is_new] = module_numbers_.try_emplace(&data->validated(), count);
      if (!is_new) continue;
      ++count;
      std::string_view name = data->name();
      if (name.empty()) name = options_.process_name;
      names.push_back(0x00);
      wasm::binary::WriteName(names, name);
    }
    Bytes payload;
    wasm::WriteUnsignedLeb(payload, count);
    Append(payload, names);
    WriteCustom(out_, "coremodules", payload);
  }

  // Of an instance whose making has failed, what it has.
  template <typename T, typename Numbers>
  static void WriteNumbers(Bytes& out, T* const* externals, size_t count, const Numbers& numbers) {
    std::vector<size_t> found;
    for (size_t i = 0; i < count && externals[i] != nullptr; ++i) {
      const auto at = numbers.find(externals[i]);
      if (at == numbers.end()) break;
      found.push_back(at->second);
    }
    wasm::WriteUnsignedLeb(out, found.size());
    for (size_t number : found) wasm::WriteUnsignedLeb(out, number);
  }

  void WriteInstances() {
    Bytes payload;
    wasm::WriteUnsignedLeb(payload, instances_.size());
    for (const InstanceData* data : instances_) {
      payload.push_back(0x00);
      wasm::WriteUnsignedLeb(payload, module_numbers_[&data->validated()]);
      WriteNumbers(payload, data->vm.memories, data->module().memories.size(), memory_numbers_);
      WriteNumbers(payload, data->vm.globals, data->module().globals.size(), global_numbers_);
    }
    WriteCustom(out_, "coreinstances", payload);
  }

  void WriteStack(const std::vector<StackFrame>& frames) {
    Bytes written;
    size_t count = 0;
    const uint64_t room_for_frames = room() / 2;
    for (const StackFrame& frame : frames) {
      if (count == options_.max_frames || written.size() >= room_for_frames) break;
      WriteFrame(written, frame);
      ++count;
    }
    const auto num_compiled = static_cast<size_t>(std::ranges::count_if(
        frames, [](const StackFrame& frame) { return frame.interpreted == nullptr; }));
    if (count < frames.size() || frames.size() >= options_.max_frames ||
        num_compiled >= runtime::kMaxTraceFrames)
      is_complete_ = false;
    Bytes payload{0x00};
    wasm::binary::WriteName(payload, "main");
    wasm::WriteUnsignedLeb(payload, count);
    Append(payload, written);
    WriteCustom(out_, "corestack", payload);
  }

  void WriteFrame(Bytes& out, const StackFrame& frame) {
    const TraceFrame& place = frame.description;
    out.push_back(0x00);
    wasm::WriteUnsignedLeb(out, place.instance_index);
    wasm::WriteUnsignedLeb(out, place.function_index);
    wasm::WriteUnsignedLeb(out, static_cast<uint32_t>(place.function_offset));
    if (place.instance_index >= instances_.size()) return WriteMissing(out, 0);
    const InstanceData& data = *instances_[place.instance_index];
    if (frame.interpreted == nullptr) {
      // Of compiled code nothing is known but how many there are.
      const wasm::Module& module = data.module();
      return WriteMissing(out,
                          place.function_index < module.functions.size()
                              ? module.FuncTypeOf(wasm::FuncIdx(place.function_index)).params.size()
                              : 0);
    }
    const auto key = std::tuple(&data.validated(), place.function_index, place.code_offset,
                                frame.at_instruction);
    auto at = types_.find(key);
    if (at == types_.end())
      at = types_
               .emplace(key, TypesAt(data.validated(), place.function_index, place.code_offset,
                                     !frame.at_instruction))
               .first;
    const FrameTypes& types = at->second;
    const runtime::Frame& interpreted = *frame.interpreted;
    WriteValues(out, types.locals, interpreted.locals, nullptr);
    WriteValues(out, types.operands, interpreted.locals + interpreted.code->local_slots,
                frame.operands_end);
  }
  static void WriteMissing(Bytes& out, size_t locals) {
    wasm::WriteUnsignedLeb(out, locals);
    out.insert(out.end(), locals, kMissing);
    wasm::WriteUnsignedLeb(out, 0);
  }
  // `end`: from there on slots hold nothing, as instructions take operands before they are done.
  static void WriteValues(Bytes& out, const std::vector<ValType>& types, const runtime::Slot* slot,
                          const runtime::Slot* end) {
    wasm::WriteUnsignedLeb(out, types.size());
    for (ValType type : types) {
      WriteValue(out, end == nullptr || slot < end ? type : ValType(ValType::kBot), *slot);
      slot += type.slots();
    }
  }

  // ---- memories, globals, data

  struct Run {
    size_t memory;
    uint64_t offset;
    uint64_t size;
  };

  void WriteMemories() {
    Bytes memories;
    wasm::WriteUnsignedLeb(memories, memories_.size());
    for (const runtime::MemoryInst* memory : memories_)
      wasm::binary::WriteMemType(memories, memory->type());
    WriteSection(out_, 5, memories);
    WriteGlobals();
    WriteData();
  }

  void WriteGlobals() {
    Bytes globals;
    wasm::WriteUnsignedLeb(globals, globals_.size());
    for (const runtime::GlobalInst* global : globals_) WriteGlobal(globals, *global);
    WriteSection(out_, 6, globals);
  }
  // [binary-global] As constants; references as nulls, of which there is one for each hierarchy.
  void WriteGlobal(Bytes& out, const runtime::GlobalInst& global) {
    ValType type = global.type().type;
    if (type.is_ref()) type = ValType::Ref(store_.types().TopOf(type.heap_type()), true);
    wasm::binary::WriteGlobalType(out, {.type = type, .is_mutable = false});
    const uint64_t value = global.value[0];
    switch (type.code()) {
      case ValType::kI32:
        out.push_back(0x41);
        wasm::WriteSignedLeb(out, static_cast<int32_t>(value));
        break;
      case ValType::kI64:
        out.push_back(0x42);
        wasm::WriteSignedLeb(out, static_cast<int64_t>(value));
        break;
      case ValType::kF32:
        out.push_back(0x43);
        WriteLittleEndian(out, value, 4);
        break;
      case ValType::kF64:
        out.push_back(0x44);
        WriteLittleEndian(out, value, 8);
        break;
      case ValType::kV128:
        out.push_back(0xfd);
        out.push_back(0x0c);
        WriteLittleEndian(out, value, 8);
        WriteLittleEndian(out, global.value[1], 8);
        break;
      default:
        out.push_back(0xd0);
        wasm::binary::WriteHeapType(out, type.heap_type());
    }
    out.push_back(0x0b);
  }

  // What is not zero, in pieces of `granularity` bytes. False: there are too many.
  bool FindRuns(uint64_t granularity, std::vector<Run>& runs) const {
    runs.clear();
    for (size_t m = 0; m < memories_.size(); ++m) {
      const std::span<const uint8_t> data = memories_[m]->data();
      bool is_open = false;
      for (uint64_t at = 0; at < data.size(); at += granularity) {
        const uint64_t size = std::min<uint64_t>(granularity, data.size() - at);
        const bool is_zero = IsZero(data.data() + at, size);
        if (is_zero) {
          is_open = false;
        } else if (is_open) {
          runs.back().size += size;
        } else {
          if (runs.size() == kMaxSegments) return false;
          runs.push_back({m, at, size});
          is_open = true;
        }
      }
    }
    return true;
  }

  void WriteData() {
    std::vector<Run> runs;
    for (uint64_t granularity = kPage; !FindRuns(granularity, runs);) granularity *= 8;
    // Each has a header of up to this, and there is one of the section.
    constexpr uint64_t kHeader = 32;
    uint64_t total = kHeader;
    size_t count = 0;
    for (; count < runs.size(); ++count) {
      const uint64_t left = room() > total + kHeader ? room() - total - kHeader : 0;
      if (runs[count].size > left) {
        is_complete_ = false;
        runs[count].size = left;
      }
      if (runs[count].size == 0) break;
      total += kHeader + runs[count].size;
    }
    // Whoever is short of memory gets the rest.
    if (uint8_t* const probe = new (std::nothrow) uint8_t[2 * total + out_.size()])
      delete[] probe;
    else
      std::tie(count, is_complete_) = std::pair(size_t{0}, false);
    Bytes payload;
    payload.reserve(total);
    wasm::WriteUnsignedLeb(payload, count);
    for (size_t i = 0; i < count; ++i) WriteSegment(payload, runs[i]);
    out_.reserve(out_.size() + payload.size() + kHeader);
    WriteSection(out_, 11, payload);
  }
  // [binary-data] Active, with the index of the memory.
  void WriteSegment(Bytes& out, const Run& run) {
    const bool is_wide = memories_[run.memory]->type().addr_type == AddrType::kI64;
    wasm::WriteUnsignedLeb(out, 2);
    wasm::WriteUnsignedLeb(out, run.memory);
    out.push_back(is_wide ? 0x42 : 0x41);
    wasm::WriteSignedLeb(
        out, is_wide ? static_cast<int64_t>(run.offset) : static_cast<int32_t>(run.offset));
    out.push_back(0x0b);
    wasm::WriteUnsignedLeb(out, run.size);
    AppendMemory(out, memories_[run.memory]->data().data() + run.offset, run.size);
  }

  const CoredumpOptions& options_;
  const uint64_t max_bytes_;
  runtime::Store& store_;
  const std::vector<InstanceData*>& instances_;
  Bytes out_;
  bool is_complete_ = true;
  std::vector<const runtime::MemoryInst*> memories_;
  std::unordered_map<const runtime::VMMemory*, size_t> memory_numbers_;
  std::vector<const runtime::GlobalInst*> globals_;
  std::unordered_map<const runtime::VMGlobal*, size_t> global_numbers_;
  std::unordered_map<const wasm::ValidatedModule*, uint32_t> module_numbers_;
  std::map<std::tuple<const wasm::ValidatedModule*, uint32_t, uint64_t, bool>, FrameTypes> types_;
};

}  // namespace

void Store::SetCoredump(std::optional<CoredumpOptions> options) {
  runtime::Store::Impl& impl = store_->impl();
  impl.on_error = nullptr;
  impl.max_frames = 0;
  if (!options) return;
  impl.max_frames = options->max_frames;
  impl.on_error = [store = store_.get(), options = *std::move(options)](
                      Error& error, const std::vector<StackFrame>& frames) {
    error.SetCoredump(
        std::make_shared<const Coredump>(CoredumpWriter(options, *store).Write(frames)));
  };
}

}  // namespace trenail
