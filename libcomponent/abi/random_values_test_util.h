// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random types and values, and the property that everything about lifting and lowering comes down
// to: what goes into one memory and from there into another comes out the same, and a Copier does
// what lifting and lowering do, to the last byte, handle, call of realloc and trap, also if the
// memory or the core values are damaged in between. For the tests and for fuzzing.

#ifndef TRENAIL_LIBCOMPONENT_ABI_RANDOM_VALUES_TEST_UTIL_H_
#define TRENAIL_LIBCOMPONENT_ABI_RANDOM_VALUES_TEST_UTIL_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/abi/abi_test_util.h"
#include "libcomponent/abi/fused.h"
#include "libcomponent/abi/lift_flat.h"
#include "libcomponent/abi/lower_flat.h"
#include "libwasm/support/utf8.h"

namespace component::abi {

class ValueGenerator {
 public:
  // `next` gives 64 random bits.
  explicit ValueGenerator(std::function<uint64_t()> next) : next_(std::move(next)) {}

  TypeBuilder& types() { return types_; }
  uint64_t Next() { return next_(); }
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(next_() % bound); }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

  const ValType* Type(int depth, bool handles) {
    const uint32_t leaf = 13 + (handles ? 5 : 1);
    const uint32_t choice = depth == 0 ? Below(leaf) : Below(leaf + 9);
    if (choice < 13) return types_.Prim(static_cast<ValKind>(choice));  // kBool … kString
    if (choice == 13) return types_.Flags(1 + Below(32));
    if (choice < leaf) {
      constexpr ValKind kHandles[] = {ValKind::kOwn, ValKind::kStream, ValKind::kFuture,
                                      ValKind::kErrorContext};
      return types_.Handle(kHandles[choice - 14], 0);
    }
    const auto inner = [&] { return Type(depth - 1, handles); };
    switch (choice - leaf) {
      case 0:
        return types_.List(inner());
      case 1:
        return types_.List(inner(), 1 + Below(4));
      case 2: {
        std::vector<ValType::Field> fields;
        for (uint32_t n = 1 + Below(4); n > 0; --n)
          fields.push_back({"f" + std::to_string(n), inner()});
        return types_.Record(std::move(fields));
      }
      case 3: {
        std::vector<const ValType*> elements;
        for (uint32_t n = 1 + Below(4); n > 0; --n) elements.push_back(inner());
        return types_.Tuple(elements);
      }
      case 4: {
        std::vector<ValType::Field> cases;
        for (uint32_t n = OneIn(20) ? 200 + Below(100) : 1 + Below(4); n > 0; --n)
          cases.push_back({"c" + std::to_string(n), n > 4 || OneIn(3) ? nullptr : inner()});
        return types_.Variant(std::move(cases));
      }
      case 5:
        return types_.Option(inner());
      case 6:
        return types_.Result(OneIn(3) ? nullptr : inner(), OneIn(3) ? nullptr : inner());
      case 7: {
        std::vector<std::string> labels;
        for (uint32_t n = OneIn(4) ? 255 + Below(3) : 1 + Below(5); n > 0; --n)
          labels.push_back("e" + std::to_string(n));
        return types_.Enum(labels);
      }
      default:
        return types_.Map(types_.String(), inner());
    }
  }

  std::string Text() {
    std::string text;
    const uint32_t highest = OneIn(2) ? 0x80 : OneIn(2) ? 0x100 : OneIn(2) ? 0x800 : 0x110000;
    for (uint32_t n = Below(OneIn(8) ? 40 : 6); n > 0; --n) {
      const uint32_t scalar = Below(OneIn(4) ? highest : 0x80);
      wasm::AppendUtf8(text, wasm::IsScalarValue(scalar) ? scalar : 0xfffd);
    }
    return text;
  }

  // `depth` bounds how many items lists have, so that values stay small.
  Value Of(const ValType& type, int depth = 0) {
    const uint64_t bits = OneIn(3) ? Below(4) : Next();
    switch (type.kind) {
      case ValKind::kBool:
        return Value::Bool(bits & 1);
      case ValKind::kS8:
        return Value::S8(static_cast<int8_t>(bits));
      case ValKind::kU8:
        return Value::U8(static_cast<uint8_t>(bits));
      case ValKind::kS16:
        return Value::S16(static_cast<int16_t>(bits));
      case ValKind::kU16:
        return Value::U16(static_cast<uint16_t>(bits));
      case ValKind::kS32:
        return Value::S32(static_cast<int32_t>(bits));
      case ValKind::kU32:
        return Value::U32(static_cast<uint32_t>(bits));
      case ValKind::kS64:
        return Value::S64(static_cast<int64_t>(bits));
      case ValKind::kU64:
        return Value::U64(bits);
      case ValKind::kF32:
        return Value::Scalar(Value::Kind::kF32, CanonicalizeNan32(static_cast<uint32_t>(bits)));
      case ValKind::kF64:
        return Value::Scalar(Value::Kind::kF64, CanonicalizeNan64(bits));
      case ValKind::kChar:
        return Value::Char(wasm::IsScalarValue(bits % 0x110000) ? bits % 0x110000 : 'x');
      case ValKind::kString:
        return Value::String(Text());
      case ValKind::kList:
      case ValKind::kMap:
      case ValKind::kFixedLengthList: {
        std::vector<Value> items;
        uint32_t n = type.length;
        if (type.kind != ValKind::kFixedLengthList) n = Below(depth == 0 ? 9 : depth == 1 ? 4 : 2);
        for (; n > 0; --n) items.push_back(Of(*type.element, depth + 1));
        return Value::List(std::move(items));
      }
      case ValKind::kRecord:
      case ValKind::kTuple: {
        std::vector<Value> items;
        for (const ValType::Field& field : type.fields) items.push_back(Of(*field.type, depth));
        return Value::Record(std::move(items));
      }
      case ValKind::kVariant:
      case ValKind::kEnum:
      case ValKind::kOption:
      case ValKind::kResult: {
        const uint32_t index = Below(static_cast<uint32_t>(type.fields.size()));
        if (type.fields[index].type == nullptr) return Value::Variant(index);
        return Value::Variant(index, Of(*type.fields[index].type, depth));
      }
      case ValKind::kFlags:
        return Value::Flags(static_cast<uint32_t>(Next()) & FlagsMask(type));
      case ValKind::kOwn:
      case ValKind::kBorrow:
        return Object(Value::Kind::kHandle);
      case ValKind::kStream:
        return Object(Value::Kind::kStream);
      case ValKind::kFuture:
        return Object(Value::Kind::kFuture);
      case ValKind::kErrorContext:
        return Object(Value::Kind::kErrorContext);
    }
    __builtin_unreachable();
  }

 private:
  Value Object(Value::Kind kind) {
    return Value::Object(kind, std::make_shared<FakeObject>(next_object_++));
  }

  std::function<uint64_t()> next_;
  TypeBuilder types_;
  uint32_t next_object_ = 0;
};

// Empty if all holds, otherwise what does not.
inline std::string CheckCopies(ValueGenerator& gen) {
  constexpr uint32_t kMaxFlat[] = {16, 4, 1, 0};
  std::vector<const ValType*> types;
  for (uint32_t n = 1 + gen.Below(4); n > 0; --n)
    types.push_back(gen.Type(static_cast<int>(gen.Below(4)), true));
  std::vector<Value> values;
  for (const ValType* type : types) values.push_back(gen.Of(*type));
  const auto encoding = [&] { return static_cast<StringEncoding>(gen.Below(3)); };
  const auto pointer = [&] { return static_cast<PtrType>(gen.Below(2)); };
  const uint32_t from_max = kMaxFlat[gen.Below(4)], to_max = kMaxFlat[gen.Below(4)];

  Heap source(64 + gen.Below(64));
  source.last = 16;
  source.grows = true;
  Context from{&source, encoding(), pointer()};
  std::vector<uint64_t> in(16);
  const auto lowered = LowerFlatValues(from, from_max, values, types, in);
  if (!lowered) return "lowering: " + lowered.error().message();
  in.resize(*lowered);
  const auto back = LiftFlatValues(from, from_max, in, types);
  if (!back) return "lifting: " + back.error().message();
  if (*back != values) return "another value comes back";
  // Lifting took the handles away: once more.
  source.handles.clear();
  source.next_handle = 1;
  source.last = 16;
  in.resize(16);
  if (!LowerFlatValues(from, from_max, values, types, in)) return "lowering again";
  in.resize(*lowered);

  const bool damaged = gen.OneIn(2);
  if (damaged) {
    for (uint32_t n = 1 + gen.Below(3); n > 0; --n) {
      if (!in.empty() && gen.OneIn(4)) {
        // Slots of i32 and f32 keep their upper half empty, as the engine has them.
        uint64_t& slot = in[gen.Below(static_cast<uint32_t>(in.size()))];
        slot = gen.OneIn(2) ? static_cast<uint32_t>(gen.Next()) : gen.Below(20);
      } else {
        source.bytes[16 + gen.Below(static_cast<uint32_t>(source.bytes.size() - 16))] ^=
            static_cast<uint8_t>(1 + gen.Below(255));
      }
    }
  }

  Heap target(gen.OneIn(4) ? 40 + gen.Below(100) : 40);
  for (uint8_t& byte : target.bytes) byte = static_cast<uint8_t>(gen.Next());
  target.last = 24;
  target.grows = !gen.OneIn(8);
  if (gen.OneIn(16)) target.answer = gen.Below(64);
  const StringEncoding to_encoding = encoding();
  const PtrType to_ptr = pointer();
  std::optional<uint64_t> out_pointer;
  bool stray = false;  // to where the strings and lists may be that it points to
  if (gen.OneIn(3)) {
    const uint64_t size = LayoutOf(types, to_ptr).size;
    if (!gen.OneIn(8)) target.bytes.resize(std::max<size_t>(target.bytes.size(), size + 48));
    target.last = size + 48;
    stray = gen.OneIn(8);
    out_pointer = stray ? gen.Below(64) : 16;
  }

  struct Outcome {
    Heap source, target;
    std::vector<uint64_t> out = std::vector<uint64_t>(16, 0x5555);
    std::string error;
    uint32_t count = 0;
  };
  Outcome plain{.source = source, .target = target}, fused{.source = source, .target = target};
  const auto run = [&](Outcome& outcome, bool fuse) {
    Context from_cx{&outcome.source, from.encoding, from.ptr};
    Context to_cx{&outcome.target, to_encoding, to_ptr};
    wasm::Result<uint32_t> count = 0;
    if (fuse) {
      const Copier copier({types, from.ptr, from_max}, {types, to_ptr, to_max});
      count = copier.Copy(from_cx, in, to_cx, outcome.out, out_pointer);
    } else {
      const auto lifted = LiftFlatValues(from_cx, from_max, in, types);
      if (!lifted) {
        outcome.error = lifted.error().message();
        return;
      }
      count = LowerFlatValues(to_cx, to_max, *lifted, types, outcome.out, out_pointer);
    }
    if (count)
      outcome.count = *count;
    else
      outcome.error = count.error().message();
  };
  run(plain, false);
  run(fused, true);
  if (plain.error != fused.error)
    return "plain: '" + plain.error + "', fused: '" + fused.error + "'";
  if (plain.source.handles != fused.source.handles && plain.error.empty())
    return "other handles are taken";
  if (plain.target.calls != fused.target.calls) return "realloc is called otherwise";
  if (plain.target.bytes != fused.target.bytes) return "other bytes are written";
  if (plain.target.handles != fused.target.handles) return "other handles are given";
  if (!plain.error.empty()) return "";
  if (plain.count != fused.count ||
      !std::equal(plain.out.begin(), plain.out.begin() + plain.count, fused.out.begin()))
    return "other core values are made";
  if (damaged || target.answer || stray) return "";

  // What arrived is what was sent.
  Context to_cx{&plain.target, to_encoding, to_ptr};
  std::vector<uint64_t> arrived = plain.out;
  if (out_pointer && FlatCount(types, to_ptr) > to_max) arrived = {*out_pointer};
  const auto received = LiftFlatValues(to_cx, to_max, arrived, types);
  if (!received) return "lifting there: " + received.error().message();
  return *received == values ? "" : "another value arrives";
}

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_RANDOM_VALUES_TEST_UTIL_H_
