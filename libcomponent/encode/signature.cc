// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pointers are those of 32-bit memories.

#include "libcomponent/encode/signature.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace component::encode {
namespace {

using wasm::ValType;
using wit::Resolve;
using wit::Type;
using wit::TypeDef;
using wit::TypeDefKind;
using wit::TypeKind;

constexpr size_t kMaxFlatParams = 16;      // [cabi:MAX_FLAT_PARAMS]
constexpr size_t kMaxFlatAsyncParams = 4;  // [cabi:MAX_FLAT_ASYNC_PARAMS]
constexpr size_t kMaxFlatResults = 1;      // [cabi:MAX_FLAT_RESULTS]
constexpr uint32_t kFlagsPerWord = 32;

ValType Join(ValType a, ValType b) {  // [cabi:flatten_variant]
  if (a == b) return a;
  const auto narrow = [](ValType type) { return type == ValType::kI32 || type == ValType::kF32; };
  return narrow(a) && narrow(b) ? ValType::kI32 : ValType::kI64;
}

// Flattens until there are more core values than any function takes, and each type once: types may
// stand for a great many values, and share their parts.
class Flattener {
 public:
  explicit Flattener(const Resolve& resolve) : resolve_(resolve) {}

  // False: there are too many.
  bool Add(const Type& named, std::vector<ValType>* out) {  // [cabi:flatten_type]
    const Type type = resolve_.Dealias(named);
    if (out->size() > kMaxFlatParams) return false;
    switch (type.kind) {
      case TypeKind::kU64:
      case TypeKind::kS64:
        return Push(ValType::kI64, out);
      case TypeKind::kF32:
        return Push(ValType::kF32, out);
      case TypeKind::kF64:
        return Push(ValType::kF64, out);
      case TypeKind::kString:
        return Push(ValType::kI32, out) && Push(ValType::kI32, out);
      case TypeKind::kDefined: {
        const std::optional<std::vector<ValType>>& flat = FlatOf(type.id);
        if (!flat || out->size() + flat->size() > kMaxFlatParams) return Overflow(out);
        out->insert(out->end(), flat->begin(), flat->end());
        return true;
      }
      default:
        return Push(ValType::kI32, out);
    }
  }

 private:
  static bool Push(ValType type, std::vector<ValType>* out) {
    out->push_back(type);
    return out->size() <= kMaxFlatParams;
  }

  bool AddDefined(const TypeDef& type, std::vector<ValType>* out) {
    switch (type.kind) {
      case TypeDefKind::kRecord:
        return std::ranges::all_of(type.cases,
                                   [&](const wit::Case& item) { return Add(*item.type, out); });
      case TypeDefKind::kTuple:
        return std::ranges::all_of(type.args,
                                   [&](const auto& element) { return Add(*element, out); });
      case TypeDefKind::kFlags: {
        const size_t words = (type.cases.size() + kFlagsPerWord - 1) / kFlagsPerWord;
        for (size_t i = 0; i < words; ++i)
          if (!Push(ValType::kI32, out)) return false;
        return true;
      }
      case TypeDefKind::kVariant: {
        std::vector<std::optional<Type>> cases;
        for (const wit::Case& item : type.cases) cases.push_back(item.type);
        return AddVariant(cases, out);
      }
      case TypeDefKind::kOption:
        return AddVariant({std::nullopt, type.args[0]}, out);
      case TypeDefKind::kResult:
        return AddVariant(type.args, out);
      case TypeDefKind::kList:
      case TypeDefKind::kMap:
        return Push(ValType::kI32, out) && Push(ValType::kI32, out);
      case TypeDefKind::kFixedLengthList:
        for (uint32_t i = 0; i < type.length; ++i)
          if (!Add(*type.args[0], out)) return false;
        return true;
      case TypeDefKind::kAlias:
        return Add(*type.args[0], out);
      case TypeDefKind::kEnum:
      case TypeDefKind::kOwn:
      case TypeDefKind::kBorrow:
      case TypeDefKind::kFuture:
      case TypeDefKind::kStream:
      case TypeDefKind::kResource:
        return Push(ValType::kI32, out);
    }
    return true;
  }

  bool AddVariant(const std::vector<std::optional<Type>>& cases, std::vector<ValType>* out) {
    if (!Push(ValType::kI32, out)) return false;
    const size_t start = out->size();
    for (const std::optional<Type>& item : cases) {
      if (!item) continue;
      std::vector<ValType> flat;
      if (!Add(*item, &flat)) return false;
      for (size_t i = 0; i < flat.size(); ++i) {
        if (start + i == out->size()) {
          if (!Push(flat[i], out)) return false;
        } else {
          ValType& joined = (*out)[start + i];
          joined = Join(joined, flat[i]);
        }
      }
    }
    return true;
  }

  static bool Overflow(std::vector<ValType>* out) {
    out->resize(kMaxFlatParams + 1, ValType::kI32);
    return false;
  }

  const std::optional<std::vector<ValType>>& FlatOf(wit::TypeId id) {
    if (const auto known = known_.find(id.value); known != known_.end()) return known->second;
    std::optional<std::vector<ValType>> flat(std::in_place);
    if (!AddDefined(resolve_[id], &*flat)) flat.reset();
    return known_.emplace(id.value, std::move(flat)).first->second;
  }

  const Resolve& resolve_;
  std::unordered_map<uint32_t, std::optional<std::vector<ValType>>> known_;
};

// Whether values of a type hold lists or strings.
class Contents {
 public:
  explicit Contents(const Resolve& resolve) : resolve_(resolve) {}

  void Add(const std::optional<Type>& named) {
    if (!named) return;
    const std::optional<Type> type = resolve_.Dealias(*named);
    if (type->kind == TypeKind::kString) has_strings = true;
    if (type->kind != TypeKind::kDefined || !seen_.insert(type->id.value).second) return;
    const TypeDef& def = resolve_[type->id];
    switch (def.kind) {
      case TypeDefKind::kOwn:
      case TypeDefKind::kBorrow:
      case TypeDefKind::kFuture:
      case TypeDefKind::kStream:
        return;
      case TypeDefKind::kList:
      case TypeDefKind::kMap:
        has_lists = true;
        break;
      default:
        break;
    }
    for (const wit::Case& item : def.cases) Add(item.type);
    for (const auto& arg : def.args) Add(arg);
  }

  bool has_strings = false;
  bool has_lists = false;

 private:
  const Resolve& resolve_;
  std::unordered_set<uint32_t> seen_;
};

// What a value needs that comes out of the module's memory, or that goes there.
Needs NeedsOfValues(const Contents& contents, bool goes_in) {
  Needs out;
  out.memory = contents.has_strings || contents.has_lists;
  out.realloc = goes_in && out.memory;
  out.encoding = contents.has_strings;
  return out;
}

// Each type once, and as many streams and futures as anything could name by their number.
class Collector {
 public:
  explicit Collector(const Resolve& resolve) : resolve_(resolve) {}

  void Add(const std::optional<Type>& named, std::vector<wit::TypeId>* out) {
    if (!named) return;
    const std::optional<Type> type = resolve_.Dealias(*named);
    if (type->kind != TypeKind::kDefined) return;
    const std::vector<wit::TypeId>& of_type = Of(type->id);
    const size_t room = kMax - std::min(kMax, out->size());
    out->insert(out->end(), of_type.begin(),
                of_type.begin() + static_cast<ptrdiff_t>(std::min(room, of_type.size())));
  }

 private:
  static constexpr size_t kMax = 1000;

  const std::vector<wit::TypeId>& Of(wit::TypeId id) {
    if (const auto known = known_.find(id.value); known != known_.end()) return known->second;
    std::vector<wit::TypeId> out;
    const TypeDef& def = resolve_[id];
    if (def.kind != TypeDefKind::kOwn && def.kind != TypeDefKind::kBorrow) {
      for (const wit::Case& item : def.cases) Add(item.type, &out);
      for (const auto& arg : def.args) Add(arg, &out);
    }
    if (def.kind == TypeDefKind::kFuture || def.kind == TypeDefKind::kStream) out.push_back(id);
    return known_.emplace(id.value, std::move(out)).first->second;
  }

  const Resolve& resolve_;
  std::unordered_map<uint32_t, std::vector<wit::TypeId>> known_;
};

wit::Function Returning(const std::optional<Type>& type) {
  wit::Function out;
  if (type) out.params.push_back({"result", *type});
  return out;
}

}  // namespace

FlatFunction Flatten(const Resolve& resolve, const wit::Function& function, Abi abi) {
  Flattener flattener(resolve);
  FlatFunction out;
  bool fits = true;
  for (const wit::Param& param : function.params)
    fits = fits && flattener.Add(param.type, &out.type.params);
  const size_t max = abi == Abi::kImportAsync ? kMaxFlatAsyncParams : kMaxFlatParams;
  if (!fits || out.type.params.size() > max) {
    out.type.params = {ValType::kI32};
    out.params_in_memory = true;
  }
  switch (abi) {
    case Abi::kImport:
    case Abi::kExport:
      if (!function.result) break;
      if (!flattener.Add(*function.result, &out.type.results) ||
          out.type.results.size() > kMaxFlatResults) {
        out.result_in_memory = true;
        out.type.results.clear();
        (abi == Abi::kImport ? out.type.params : out.type.results).push_back(ValType::kI32);
      }
      break;
    case Abi::kImportAsync:
      if (function.result) {
        out.result_in_memory = true;
        out.type.params.push_back(ValType::kI32);
      }
      out.type.results = {ValType::kI32};
      break;
    case Abi::kExportAsync:
      out.type.results = {ValType::kI32};
      break;
    case Abi::kExportStackful:
      break;
  }
  return out;
}

std::optional<std::vector<ValType>> FlatTypes(const Resolve& resolve, const Type& type) {
  std::vector<ValType> out;
  if (!Flattener(resolve).Add(type, &out)) return std::nullopt;
  return out;
}

wasm::FuncType CoreTypeOf(const Resolve& resolve, const wit::Function& function, Abi abi) {
  return Flatten(resolve, function, abi).type;
}

wasm::FuncType CoreTypeOfTaskReturn(const Resolve& resolve, const wit::Function& function) {
  return Flatten(resolve, Returning(function.result), Abi::kImport).type;
}

Needs NeedsOf(const Resolve& resolve, const wit::Function& function, Abi abi) {
  const bool is_import = abi == Abi::kImport || abi == Abi::kImportAsync;
  Contents params(resolve), result(resolve);
  for (const wit::Param& param : function.params) params.Add(param.type);
  result.Add(function.result);
  Needs out = NeedsOfValues(params, !is_import);
  out.Add(NeedsOfValues(result, is_import));
  const FlatFunction flat = Flatten(resolve, function, abi);
  if (flat.params_in_memory || flat.result_in_memory) out.memory = true;
  // The caller's arguments must be put somewhere.
  if (flat.params_in_memory && !is_import) out.realloc = true;
  if (abi != Abi::kImport && abi != Abi::kExport) out.is_async = true;
  if (abi == Abi::kExportAsync || abi == Abi::kExportStackful)
    if (Flatten(resolve, Returning(function.result), Abi::kImport).params_in_memory)
      out.memory = true;
  return out;
}

Needs NeedsOfTaskReturn(const Resolve& resolve, const wit::Function& function) {
  Needs out = NeedsOf(resolve, function, Abi::kExportAsync);
  out.realloc = false;
  out.is_async = false;
  return out;
}

Needs NeedsOfCopy(const Resolve& resolve, const std::optional<Type>& element, bool is_read,
                  bool is_async) {
  Contents contents(resolve);
  contents.Add(element);
  Needs out = NeedsOfValues(contents, is_read);
  out.memory = true;
  out.is_async = is_async;
  return out;
}

std::vector<wit::TypeId> StreamsAndFutures(const Resolve& resolve, const wit::Function& function) {
  std::vector<wit::TypeId> out;
  Collector collector(resolve);
  for (const wit::Param& param : function.params) collector.Add(param.type, &out);
  collector.Add(function.result, &out);
  return out;
}

std::string Print(const wasm::FuncType& type) {
  const auto list = [](const char* what, const std::vector<ValType>& types) {
    std::string out = std::string("(") + what;
    for (const ValType item : types) {
      switch (item.code()) {
        case ValType::kI32:
          out += " i32";
          break;
        case ValType::kI64:
          out += " i64";
          break;
        case ValType::kF32:
          out += " f32";
          break;
        case ValType::kF64:
          out += " f64";
          break;
        case ValType::kV128:
          out += " v128";
          break;
        default:
          out += " ref";
          break;
      }
    }
    return out + ")";
  };
  std::string out = "(func";
  if (!type.params.empty()) out += " " + list("param", type.params);
  if (!type.results.empty()) out += " " + list("result", type.results);
  return out + ")";
}

}  // namespace component::encode
