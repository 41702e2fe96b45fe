// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What imports of core modules become: lowered functions and built-ins, with their options.

#include <algorithm>

#include "libcomponent/encode/encoder_impl.h"

namespace component::encode {

using wasm::Result;
using wasm::ValType;
using wit::WorldItem;

const wit::Function* Encoder::FunctionOf(const CoreImport& import) const {
  const auto& items = import.of_export ? world_.exports : world_.imports;
  if (import.function.empty()) return nullptr;
  if (!import.item) {
    const auto found = std::ranges::find_if(items, [&](const WorldItem& item) {
      return item.kind == WorldItem::Kind::kFunction && item.name == import.function;
    });
    return found == items.end() ? nullptr : &found->function;
  }
  const auto& functions = resolve_[items[*import.item].interface].functions;
  const auto found = std::ranges::find(functions, import.function, &wit::Function::name);
  return found == functions.end() ? nullptr : &*found;
}

Needs Encoder::NeedsOfImport(const CoreImport& import) const {
  const wit::Function* function = FunctionOf(import);
  if (import.kind == CoreImport::Kind::kFunction) return NeedsOf(resolve_, *function, import.abi);
  const auto copy = [&](bool is_read) {
    std::optional<wit::Type> element;
    if (import.payload) element = resolve_[*import.payload].args[0];
    return NeedsOfCopy(resolve_, element, is_read, import.is_async);
  };
  switch (import.canon) {
    case CanonKind::kTaskReturn:
      return NeedsOfTaskReturn(resolve_, *function);
    case CanonKind::kStreamRead:
    case CanonKind::kFutureRead:
      return copy(true);
    case CanonKind::kStreamWrite:
    case CanonKind::kFutureWrite:
      return copy(false);
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll:
      return {.memory = true};
    case CanonKind::kErrorContextNew:
      return {.memory = true, .realloc = false, .encoding = true};
    case CanonKind::kErrorContextDebugMessage:
      return {.memory = true, .realloc = true, .encoding = true};
    default:
      return {};
  }
}

Result<wit::StringEncoding> Encoder::EncodingOf(size_t part, const CoreImport& import) const {
  if (import.encoding) return *import.encoding;
  if (import.function.empty()) return wit::StringEncoding::kUtf8;
  const Encodings& encodings =
      import.of_export ? target_.export_encodings[part] : target_.import_encodings[part];
  std::string key = import.function + "/" + import.function;
  if (import.item)
    key = target_.KeyOf((import.of_export ? world_.exports : world_.imports)[*import.item],
                        import.function);
  const auto found = encodings.find(key);
  if (found == encodings.end())
    return NotEncodable(Where(part, import) +
                        ", which only the world of another module mentions, not its own");
  return found->second;
}

Result<uint32_t> Encoder::MemoryOf(wasm::AddrType addr_type) const {
  if (!memory_) return NotEncodable(parts_[0].called + " exports no memory `memory`");
  const wasm::MemType& type = *parts_[0].info.memory_type();
  if (type.shared) return NotEncodable(parts_[0].called + " has a shared memory");
  if (type.addr_type != addr_type)
    return NotEncodable(parts_[0].called + " has a memory of " +
                        (type.addr_type == wasm::AddrType::kI64 ? "64" : "32") +
                        "-bit addresses, and functions for the other kind");
  return *memory_;
}

Result<std::vector<CanonOpt>> Encoder::Options(size_t part, const Needs& needs,
                                               const std::string& realloc,
                                               wit::StringEncoding encoding) {
  std::vector<CanonOpt> out;
  if (needs.memory) {
    out.push_back({CanonOpt::Kind::kMemory, TRY(MemoryOf(wasm::AddrType::kI32))});
  }
  if (needs.realloc) {
    if (realloc.empty())
      return NotEncodable(parts_[part].called + " exports no function `cabi_realloc`");
    uint32_t index = 0;
    if (fixup_is_there_) {
      index = WrappedExportOf(part, realloc);
    } else if (const auto shim = FindShim([&](const Shim& item) {
                 return item.kind == Shim::Kind::kRealloc && item.part == part &&
                        item.export_name == realloc;
               })) {
      index = FromShim(*shim);
    } else {
      index = ExportOf(part, realloc);
    }
    out.push_back({CanonOpt::Kind::kRealloc, index});
  }
  if (needs.encoding) out.push_back({static_cast<CanonOpt::Kind>(encoding), 0});
  if (needs.is_async) out.push_back({CanonOpt::Kind::kAsync, 0});
  return out;
}

Result<uint32_t> Encoder::EncodeImport(size_t part, const CoreImport& import) {
  if (import.kind == CoreImport::Kind::kBuiltin) return EncodeBuiltin(part, import);
  Canon canon;
  canon.kind = CanonKind::kLower;
  canon.options =
      TRY(Options(part, NeedsOfImport(import), parts_[part].info.exports.ReallocForImports(),
                  TRY(EncodingOf(part, import))));
  canon.func = import.item
                   ? writer_.FuncAlias(writer_.InstanceOf(world_.imports[*import.item].interface),
                                       import.function)
                   : imported_functions_.at(import.function);
  return writer_.CoreCanon(std::move(canon));
}

Result<uint32_t> Encoder::EncodeBuiltin(size_t part, const CoreImport& import) {
  Canon canon;
  canon.kind = import.canon;
  canon.is_async = import.is_async;
  canon.cancellable = import.cancellable;
  canon.slot = import.slot;
  if (import.resource) canon.type = writer_.Index(*import.resource);
  const Needs needs = NeedsOfImport(import);
  switch (import.canon) {
    case CanonKind::kContextGet:
      canon.core_type = import.type.results[0];
      break;
    case CanonKind::kContextSet:
      canon.core_type = import.type.params[0];
      break;
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll:
      canon.memory = TRY(MemoryOf(import.type.params[1] == ValType::kI64 ? wasm::AddrType::kI64
                                                                         : wasm::AddrType::kI32));
      break;
    case CanonKind::kTaskReturn: {
      const wit::Function* function = FunctionOf(import);
      if (function->result) canon.result = writer_.Use(*function->result);
      canon.options = TRY(Options(part, needs, "", TRY(EncodingOf(part, import))));
      break;
    }
    case CanonKind::kErrorContextNew:
    case CanonKind::kErrorContextDebugMessage:
      canon.options = TRY(
          Options(part, needs, parts_[part].info.exports.ReallocForImports(), *import.encoding));
      break;
    case CanonKind::kThreadNewIndirect: {
      const std::string& table = parts_[0].info.exports.indirect_table;
      if (table.empty())
        return NotEncodable(Where(part, import) + ", but " + parts_[0].called +
                            " exports no table `__indirect_function_table`");
      canon.type = writer_.CoreFuncType({.params = {ValType::kI32}, .results = {}});
      canon.table = writer_.CoreAlias(core_instances_[0], Sort::kCoreTable, table);
      break;
    }
    default:
      break;
  }
  const bool is_copy =
      import.canon >= CanonKind::kStreamNew && import.canon <= CanonKind::kFutureDropWritable;
  if (is_copy) {
    if (import.payload) {
      canon.type = writer_.Index(*import.payload);
    } else {
      DefValType unit;
      unit.kind = import.canon >= CanonKind::kFutureNew ? DefValType::Kind::kFuture
                                                        : DefValType::Kind::kStream;
      canon.type = writer_.Define({std::move(unit)});
    }
    if (needs.memory) {
      const CoreExports& exports = parts_[part].info.exports;
      canon.options = TRY(Options(
          part, needs, import.of_export ? exports.ReallocForExports() : exports.ReallocForImports(),
          TRY(EncodingOf(part, import))));
      // They say by an option, not by a flag, that they do not block.
      canon.is_async = false;
    }
  }
  return writer_.CoreCanon(std::move(canon));
}

}  // namespace component::encode
