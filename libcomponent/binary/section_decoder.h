// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The decoder's inside, shared by the decode_*.cc files: a reader over one section, or over all of
// a component, with a method per phrase of the grammar. Sections are fenced: nothing reads past the
// end of its section. The first error sticks in the sink that all readers of a component share.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_SECTION_DECODER_H_
#define TRENAIL_LIBCOMPONENT_BINARY_SECTION_DECODER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/binary/format.h"
#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libwasm/binary/type_decoder.h"
#include "libwasm/module/module.h"
#include "libwasm/support/reader.h"

namespace component::binary {

// What the readers of a component and of all that is nested in it have in common.
struct DecodeContext {
  std::span<const uint8_t> bytes;  // of the outermost component
  component::FeatureSet features;
  wasm::FeatureSet core_features;
  wasm::ErrorSink sink;
  // Made when the first core module is met.
  std::shared_ptr<const wasm::ModuleBytes> copy;
  uint32_t depth = 0;
  uint32_t definitions = 0;
};

class SectionDecoder : wasm::binary::TypeDecoder {
 public:
  SectionDecoder(std::span<const uint8_t> bytes, uint64_t offset, DecodeContext* context)
      : TypeDecoder(wasm::CheckedReader(bytes, offset, &context->sink), context->core_features),
        context_(*context) {}

  // component_decoder.cc. Reads all of a component.
  void DecodeComponent(Component* component);

 private:
  // One more level of nesting for as long as it lives.
  class Nested {
   public:
    explicit Nested(SectionDecoder& decoder);
    ~Nested() { --decoder_.context_.depth; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    bool ok() const { return ok_; }

   private:
    SectionDecoder& decoder_;
    bool ok_;
  };

  // component_decoder.cc
  bool DecodePreamble();
  void DecodeSection(Component* component);
  void DecodeSectionContents(SectionId id, Component* component);
  template <typename Decode>
  void DecodeDefinitions(Component* component, Decode decode);
  void Define(uint64_t offset, decltype(Definition::def) def, Component* component);
  CustomSection DecodeCustom(Component* component);
  CoreModuleDef DecodeCoreModule();
  // decode_definitions.cc
  CoreInstanceDef DecodeCoreInstance();
  InstanceDef DecodeInstance();
  Alias DecodeAlias();
  Start DecodeStart();
  Import DecodeImport();
  Export DecodeExport();
  ValueDef DecodeValue();
  ExternName DecodeExternName();
  void DecodeAttribute(ExternName* name);
  ExternDesc DecodeExternType();
  SortIdx DecodeSortIdx(std::string_view what);
  SortIdx DecodeCoreSortIdx();
  // Nothing, and no error, if the bytes are those of no sort; `*at` is the byte that tells the
  // sort.
  std::optional<Sort> DecodeSort(const uint8_t** at);
  // decode_types.cc
  TypeDef DecodeType();
  DefValType DecodeDefValType();
  FuncTypeSyntax DecodeFuncType(bool is_async);
  ResourceTypeSyntax DecodeResourceType();
  std::vector<Declarator> DecodeDeclarators(bool imports);
  Declarator DecodeDeclarator(bool imports);
  ValTypeUse DecodeValType();
  std::optional<ValTypeUse> DecodeOptionalValType();
  std::optional<ValTypeUse> DecodeResultList();
  std::vector<LabelValType> DecodeLabelValTypes(std::string_view what);
  // decode_core_types.cc
  CoreType DecodeCoreType();
  bool IsModuleTypeAhead();
  CoreModuleDecl DecodeCoreModuleDecl();
  CoreExternType DecodeCoreExternType();
  // decode_canon.cc
  Canon DecodeCanon();
  std::vector<CanonOpt> DecodeCanonOpts();
  bool DecodeFlag();

  // The error for a code that nothing is allotted to; false. Nothing new if reading it failed.
  bool Refuse(const uint8_t* at, std::string_view what);
  // Counts a definition or declarator towards the limit.
  bool CountDefinition();
  std::string ReadString() { return std::string(ReadName()); }

  DecodeContext& context_;
};

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_SECTION_DECODER_H_
