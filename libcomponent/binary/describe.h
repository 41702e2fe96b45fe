// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Definitions in one line each, for the dump: near the text format, with indices in brackets.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_DESCRIBE_H_
#define TRENAIL_LIBCOMPONENT_BINARY_DESCRIBE_H_

#include <string>
#include <string_view>

#include "libcomponent/syntax/component.h"

namespace component::binary {

// "func[3]"
void AppendItem(std::string& out, Sort sort, uint32_t index);

// "type[3]"
void AppendIndexed(std::string& out, std::string_view keyword, uint32_t index);
// ", 2 results", ", 1 result"
void AppendCount(std::string& out, size_t count, std::string_view what);

// Each begins with a space. What has declarators is named only.
void Describe(std::string& out, const CustomSection& custom);
void Describe(std::string& out, const CoreModuleDef& module);
void Describe(std::string& out, const CoreInstanceDef& instance);
void Describe(std::string& out, const CoreType& type);
void Describe(std::string& out, const std::shared_ptr<const Component>& component);
void Describe(std::string& out, const InstanceDef& instance);
void Describe(std::string& out, const Alias& alias);
void Describe(std::string& out, const TypeDef& type);
void Describe(std::string& out, const Canon& canon);
void Describe(std::string& out, const Start& start);
void Describe(std::string& out, const Import& import);
void Describe(std::string& out, const Export& exported);
void Describe(std::string& out, const ValueDef& value);
void Describe(std::string& out, const ExternName& name);
void Describe(std::string& out, const ExternDesc& type);
void Describe(std::string& out, const CoreModuleDecl& decl);
void Describe(std::string& out, const ValTypeUse& type);
void Describe(std::string& out, wasm::ValType type);
// " (result u8)", or nothing
void DescribeResult(std::string& out, const std::optional<ValTypeUse>& type);

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_DESCRIBE_H_
