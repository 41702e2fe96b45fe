// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++ types as lifting and lowering see them: where the parts of an object are. typed.h describes
// types this way, so that objects go to a guest's memory and come from there without a Value each.

#ifndef TRENAIL_LIBCOMPONENT_NATIVE_TYPE_H_
#define TRENAIL_LIBCOMPONENT_NATIVE_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "libcomponent/value.h"

namespace component {

struct NativeType {
  enum class Kind : uint8_t {
    kScalar,  // an object that is as its type says: bool, intN_t, uintN_t, float, double, char32_t
    kText,    // bytes in UTF-8
    kList,
    kRecord,
    kVariant,  // and option: none, some; and result: ok, error
    kEnum,     // an integer: the case
    kFlags,    // an integer: the bits
    kHandle,   // of a resource, stream or future; goes by way of a Value
  };
  struct Field {
    const NativeType* type = nullptr;
    size_t offset = 0;
  };
  struct Items {
    const void* data = nullptr;
    size_t size = 0;
  };

  Kind kind = Kind::kScalar;
  size_t size = 0;                                // of the object
  std::span<const Field> fields = {};             // kRecord
  const NativeType* element = nullptr;            // kList
  std::span<const NativeType* const> cases = {};  // kVariant: their payloads; null: none
  // kText and kList: what the object has, and room for so many, which will be written.
  Items (*items)(const void* object) = nullptr;
  void* (*resize)(void* object, size_t size) = nullptr;
  // kVariant: the case and its payload; and an object of that case whose payload will be written.
  // Where the case has none they return anything.
  const void* (*payload)(const void* object, uint32_t* case_index) = nullptr;
  void* (*emplace)(void* object, uint32_t case_index) = nullptr;
  // kHandle
  Value (*to_value)(const void* object) = nullptr;
  void (*from_value)(void* object, Value value) = nullptr;
};

// An object to be lowered, and one that lifting writes to.
struct NativeSource {
  const NativeType* type = nullptr;
  const void* object = nullptr;
};
struct NativePlace {
  const NativeType* type = nullptr;
  void* object = nullptr;
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_NATIVE_TYPE_H_
