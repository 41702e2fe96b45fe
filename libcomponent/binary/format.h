// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The codes of the binary format [Binary.md] that the decoder, the encoder and the dump share.
// Those of primitive types, canonical definitions and their options are enumerators of the syntax
// itself.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_FORMAT_H_
#define TRENAIL_LIBCOMPONENT_BINARY_FORMAT_H_

#include <cstdint>

#include "libcomponent/syntax/component.h"

namespace component::binary {

// [Binary: preamble]: magic, version, layer.
inline constexpr uint8_t kPreamble[8] = {0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00};

enum class SectionId : uint8_t {  // [Binary: section]
  kCustom = 0,
  kCoreModule = 1,
  kCoreInstance = 2,
  kCoreType = 3,
  kComponent = 4,
  kInstance = 5,
  kAlias = 6,
  kType = 7,
  kCanon = 8,
  kStart = 9,
  kImport = 10,
  kExport = 11,
  kValue = 12,
};
inline constexpr uint8_t kNumSections = 13;
// The other sections hold a list.
constexpr bool HoldsOneDefinition(SectionId id) {
  return id == SectionId::kCustom || id == SectionId::kCoreModule || id == SectionId::kComponent ||
         id == SectionId::kStart;
}

// [Binary: sort, core:sort]. A core sort stands behind kCoreSort.
inline constexpr uint8_t kCoreSort = 0x00;
constexpr uint8_t SortCode(Sort sort) {
  switch (sort) {
    case Sort::kCoreFunc:
      return 0x00;
    case Sort::kCoreTable:
      return 0x01;
    case Sort::kCoreMemory:
      return 0x02;
    case Sort::kCoreGlobal:
      return 0x03;
    case Sort::kCoreTag:
      return 0x04;
    case Sort::kCoreType:
      return 0x10;
    case Sort::kCoreModule:
      return 0x11;
    case Sort::kCoreInstance:
      return 0x12;
    case Sort::kFunc:
      return 0x01;
    case Sort::kValue:
      return 0x02;
    case Sort::kType:
      return 0x03;
    case Sort::kComponent:
      return 0x04;
    case Sort::kInstance:
      return 0x05;
  }
  return 0xff;
}

namespace code {

// [Binary: defvaltype]
inline constexpr uint8_t kRecord = 0x72;
inline constexpr uint8_t kVariant = 0x71;
inline constexpr uint8_t kList = 0x70;
inline constexpr uint8_t kTuple = 0x6f;
inline constexpr uint8_t kFlags = 0x6e;
inline constexpr uint8_t kEnum = 0x6d;
inline constexpr uint8_t kOption = 0x6b;
inline constexpr uint8_t kResult = 0x6a;
inline constexpr uint8_t kOwn = 0x69;
inline constexpr uint8_t kBorrow = 0x68;
inline constexpr uint8_t kFixedLengthList = 0x67;
inline constexpr uint8_t kStream = 0x66;
inline constexpr uint8_t kFuture = 0x65;
inline constexpr uint8_t kMap = 0x63;
// [Binary: deftype]
inline constexpr uint8_t kResource = 0x3f;
inline constexpr uint8_t kFunc = 0x40;
inline constexpr uint8_t kComponentType = 0x41;
inline constexpr uint8_t kInstanceType = 0x42;
inline constexpr uint8_t kAsyncFunc = 0x43;
// [Binary: core:deftype]. A non-final subtype begins with the byte of a module type: as a whole
// core type it has a zero before it, until module types get a byte of their own.
inline constexpr uint8_t kModuleType = 0x50;
inline constexpr uint8_t kSub = 0x50;
inline constexpr uint8_t kSubPrefix = 0x00;
inline constexpr uint8_t kRec = 0x4e;
inline constexpr uint8_t kCoreArray = 0x5e;
inline constexpr uint8_t kCoreStruct = 0x5f;
inline constexpr uint8_t kCoreFunc = 0x60;
// [Binary: core:alias]
inline constexpr uint8_t kCoreAliasType = 0x10;
inline constexpr uint8_t kCoreAliasOuter = 0x01;
// [Binary: componentdecl, instancedecl]
inline constexpr uint8_t kDeclCoreType = 0x00;
inline constexpr uint8_t kDeclType = 0x01;
inline constexpr uint8_t kDeclAlias = 0x02;
inline constexpr uint8_t kDeclImport = 0x03;
inline constexpr uint8_t kDeclExport = 0x04;
// [Binary: nameattributes, attribute]
inline constexpr uint8_t kName = 0x00;
inline constexpr uint8_t kNameOfOld = 0x01;
inline constexpr uint8_t kNameWithAttributes = 0x02;
inline constexpr uint8_t kImplements = 0x00;
inline constexpr uint8_t kVersionSuffix = 0x01;
inline constexpr uint8_t kExternalId = 0x02;

}  // namespace code

// The code of a primitive type [Binary: primvaltype]?
constexpr bool IsPrimTypeCode(uint8_t byte) {
  return (byte >= static_cast<uint8_t>(PrimType::kString) &&
          byte <= static_cast<uint8_t>(PrimType::kBool)) ||
         byte == static_cast<uint8_t>(PrimType::kErrorContext);
}

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_FORMAT_H_
