// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Definitions that are not types.

#include "libcomponent/binary/describe.h"

#include "libcomponent/binary/canon_shape.h"
#include "libcomponent/syntax/words.h"
#include "libwasm/text/printer_values.h"

namespace component::binary {
namespace {

using wasm::text::AppendName;
using wasm::text::AppendUnsigned;

std::string_view OptionName(CanonOpt::Kind kind) {
  constexpr std::string_view kNames[] = {"string-encoding=utf8",
                                         "string-encoding=utf16",
                                         "string-encoding=latin1+utf16",
                                         "memory",
                                         "realloc",
                                         "post-return",
                                         "async",
                                         "callback"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace

void AppendIndexed(std::string& out, std::string_view keyword, uint32_t index) {
  out += keyword;
  out += '[';
  AppendUnsigned(out, index);
  out += ']';
}

void AppendCount(std::string& out, size_t count, std::string_view what) {
  out += ", ";
  AppendUnsigned(out, count);
  out += ' ';
  out += count == 1 ? what.substr(0, what.size() - 1) : what;
}

void AppendItem(std::string& out, Sort sort, uint32_t index) {
  AppendIndexed(out, FullWord(sort), index);
}

void Describe(std::string& out, const CustomSection& custom) {
  out += ' ';
  AppendName(out, custom.name);
  AppendCount(out, custom.payload.size(), "bytes");
}

void Describe(std::string& out, const CoreModuleDef& module) {
  out += ' ';
  AppendUnsigned(out, module.bytes.size());
  out += " bytes";
}

void Describe(std::string& out, const CoreInstanceDef& instance) {
  if (instance.instantiate) {
    out += " instantiate ";
    AppendItem(out, Sort::kCoreModule, instance.module);
  }
  for (const CoreInstantiateArg& arg : instance.args) {
    out += " (with ";
    AppendName(out, arg.name);
    out += ' ';
    AppendItem(out, Sort::kCoreInstance, arg.instance);
    out += ')';
  }
  for (const CoreInlineExport& exported : instance.exports) {
    out += " (export ";
    AppendName(out, exported.name);
    out += ' ';
    AppendItem(out, exported.item.sort, exported.item.index);
    out += ')';
  }
}

void Describe(std::string& out, const std::shared_ptr<const Component>& component) {
  AppendCount(out, component->definitions.size(), "definitions");
}

void Describe(std::string& out, const InstanceDef& instance) {
  if (instance.instantiate) {
    out += " instantiate ";
    AppendItem(out, Sort::kComponent, instance.component);
  }
  for (const InstantiateArg& arg : instance.args) {
    out += " (with ";
    AppendName(out, arg.name);
    out += ' ';
    AppendItem(out, arg.item.sort, arg.item.index);
    out += ')';
  }
  for (const InlineExport& exported : instance.exports) {
    out += " (export";
    Describe(out, exported.name);
    out += ' ';
    AppendItem(out, exported.item.sort, exported.item.index);
    out += ')';
  }
}

void Describe(std::string& out, const Alias& alias) {
  if (alias.kind == Alias::Kind::kOuter) {
    out += " outer ";
    AppendUnsigned(out, alias.outer_count);
    out += ' ';
    AppendItem(out, alias.sort, alias.outer_index);
    return;
  }
  out += " export ";
  AppendItem(out, alias.kind == Alias::Kind::kExport ? Sort::kInstance : Sort::kCoreInstance,
             alias.instance);
  out += ' ';
  AppendName(out, alias.name);
}

void Describe(std::string& out, const Canon& canon) {
  const uint16_t shape = CanonShape(canon.kind);
  const auto item = [&out](Sort sort, uint32_t index) {
    out += ' ';
    AppendItem(out, sort, index);
  };
  out += " canon ";
  out += CanonName(static_cast<uint8_t>(canon.kind));
  if ((shape & kCanonShared) && canon.shared) out += " shared";
  if (shape & kCanonFunc)
    item(canon.kind == CanonKind::kLift ? Sort::kCoreFunc : Sort::kFunc, canon.func);
  if (shape & kCanonResult) DescribeResult(out, canon.result);
  if (shape & kCanonContext) {
    Describe(out, canon.core_type);
    out += ' ';
    AppendUnsigned(out, canon.slot);
  }
  if (shape & kCanonType)
    item(canon.kind >= CanonKind::kThreadIndex ? Sort::kCoreType : Sort::kType, canon.type);
  if ((shape & kCanonAsync) && canon.is_async) out += " async";
  if ((shape & kCanonCancel) && canon.cancellable) out += " cancellable";
  if (shape & kCanonMemory) item(Sort::kCoreMemory, canon.memory);
  if (shape & kCanonTable) item(Sort::kCoreTable, canon.table);
  if (shape & kCanonOptions)
    for (const CanonOpt& option : canon.options) {
      out += ' ';
      out += OptionName(option.kind);
      if (HasIndex(option.kind))
        item(option.kind == CanonOpt::Kind::kMemory ? Sort::kCoreMemory : Sort::kCoreFunc,
             option.index);
    }
  if (shape & kCanonLiftType) item(Sort::kType, canon.type);
}

void Describe(std::string& out, const Start& start) {
  out += ' ';
  AppendItem(out, Sort::kFunc, start.func);
  for (const uint32_t arg : start.args) {
    out += ' ';
    AppendItem(out, Sort::kValue, arg);
  }
  AppendCount(out, start.results, "results");
}

void Describe(std::string& out, const Import& import) {
  Describe(out, import.name);
  Describe(out, import.type);
}

void Describe(std::string& out, const Export& exported) {
  Describe(out, exported.name);
  out += ' ';
  AppendItem(out, exported.item.sort, exported.item.index);
  if (exported.type) {
    out += " as";
    Describe(out, *exported.type);
  }
}

void Describe(std::string& out, const ValueDef& value) {
  Describe(out, value.type);
  AppendCount(out, value.bytes.size(), "bytes");
}

void Describe(std::string& out, const ExternName& name) {
  out += ' ';
  AppendName(out, name.name);
  const auto attribute = [&out](std::string_view keyword, const std::optional<std::string>& value) {
    if (!value) return;
    out += " (";
    out += keyword;
    out += ' ';
    AppendName(out, *value);
    out += ')';
  };
  attribute("implements", name.implements);
  attribute("versionsuffix", name.version_suffix);
  attribute("external-id", name.external_id);
}

void Describe(std::string& out, const ExternDesc& type) {
  out += " (";
  out += FullWord(type.sort);
  if (type.sort == Sort::kType && type.bound == ExternDesc::Bound::kSubResource) {
    out += " sub resource)";
    return;
  }
  if (type.value_type) {
    Describe(out, *type.value_type);
    out += ')';
    return;
  }
  const bool is_equal = type.sort == Sort::kType || type.sort == Sort::kValue;
  out += is_equal ? " eq " : " ";
  AppendItem(out,
             type.sort == Sort::kCoreModule ? Sort::kCoreType
             : is_equal                     ? type.sort
                                            : Sort::kType,
             type.index);
  out += ')';
}

}  // namespace component::binary
