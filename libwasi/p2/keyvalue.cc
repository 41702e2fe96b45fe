// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:keyvalue@0.2.0-draft] and its second draft, which has other cursors and numbers, and
// compare-and-swap. One bucket, whose name is empty or "default".

#include <expected>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "libwasi/component/context.h"
#include "libwasi/core/key_values.h"
#include "libwasi/p2/config.h"

namespace trenail::wasi::p2 {
namespace {

using Bytes = std::vector<uint8_t>;
using Strings = std::vector<std::string>;
// [wasi:keyvalue/store.error]: no-such-store, access-denied, other
using KvError = std::variant<std::monostate, std::monostate, std::string>;
template <typename T>
using KvResult = std::expected<T, KvError>;

std::unexpected<KvError> Other(std::string text) {
  return std::unexpected(KvError(std::in_place_index<2>, std::move(text)));
}

template <typename T>
KvResult<T> ToResult(KeyValues::Outcome<T> outcome) {
  if (!outcome) return Other(std::move(outcome.error()));
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return *std::move(outcome);
}

struct Bucket {
  std::shared_ptr<KeyValues> values;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("bucket"));
    return type;
  }
};
using Self = ComponentBorrow<Bucket>;

struct Cas {
  std::shared_ptr<KeyValues> values;
  std::string key;
  uint64_t version = 0;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type = *new ComponentResource(ComponentResource::Host("cas"));
    return type;
  }
};

Result<KvResult<ComponentOwn<Bucket>>> Open(Context& context, const std::string& name) {
  using Opened = KvResult<ComponentOwn<Bucket>>;
  // Not in memory instead: what was meant to last would be lost without a word.
  if (!context.grants.kv_redis.empty())
    return Opened(Other("there is no client for " + context.grants.kv_redis));
  if (context.key_values() == nullptr) {
    context.Denied("wasi:keyvalue", "", "--kv memory");
    return Opened(std::unexpected(KvError(std::in_place_index<1>)));
  }
  if (!name.empty() && name != "default")
    return Opened(std::unexpected(KvError(std::in_place_index<0>)));
  return Opened(TRY(context.NewOwn<Bucket>(context.key_values())));
}

template <typename Cursor>
struct KeyResponse {
  Strings keys;
  std::optional<Cursor> cursor;
  static constexpr auto ComponentFields() {
    return std::tuple(&KeyResponse::keys, &KeyResponse::cursor);
  }
};

KvResult<KeyResponse<uint64_t>> ListKeys(const KeyValues& values, std::optional<uint64_t> cursor) {
  const uint64_t from = cursor.value_or(0);
  KeyValues::Keys listed = values.ListFrom(from);
  KeyResponse<uint64_t> response;
  if (listed.more) response.cursor = from + listed.keys.size();
  response.keys = std::move(listed.keys);
  return response;
}
KvResult<KeyResponse<std::string>> ListKeys(const KeyValues& values,
                                            const std::optional<std::string>& cursor) {
  KeyValues::Keys listed = values.ListAfter(cursor);
  KeyResponse<std::string> response;
  if (listed.more) response.cursor = listed.keys.back();
  response.keys = std::move(listed.keys);
  return response;
}

template <typename Cursor>
void LinkStore(ComponentLinker& linker, const std::string& version) {
  auto store = linker.Instance("wasi:keyvalue/store" + version);
  store.Func("open",
             TypedHost([](Context& context, std::string name) { return Open(context, name); }));
  store.Resource("bucket", Bucket::ComponentType());
  store.Func("[method]bucket.get", TypedHost([](Self self, std::string key) {
               return KvResult<std::optional<Bytes>>(self->values->Get(key));
             }));
  store.Func("[method]bucket.set", TypedHost([](Self self, std::string key, Bytes value) {
               return ToResult(self->values->Set(key, std::move(value)));
             }));
  store.Func("[method]bucket.delete", TypedHost([](Self self, std::string key) {
               self->values->Delete(key);
               return KvResult<void>();
             }));
  store.Func("[method]bucket.exists", TypedHost([](Self self, std::string key) {
               return KvResult<bool>(self->values->Exists(key));
             }));
  store.Func("[method]bucket.list-keys", TypedHost([](Self self, std::optional<Cursor> cursor) {
               return ListKeys(*self->values, cursor);
             }));
}

template <typename Number>
void LinkAtomics(ComponentLinkerInstance& atomics) {
  atomics.Resource("bucket", Bucket::ComponentType());
  atomics.Func("increment", TypedHost([](Self bucket, std::string key, Number delta) {
                 return ToResult(bucket->values->Increment(key, delta));
               }));
}

Result<ComponentOwn<Cas>> NewCas(Context& context, std::shared_ptr<KeyValues> values,
                                 std::string key) {
  const uint64_t version = values->VersionOf(key).number;
  return context.NewOwn<Cas>(std::move(values), std::move(key), version);
}

// [wasi:keyvalue/atomics.cas-error]: store-error, cas-failed
using CasError = std::variant<KvError, ComponentOwn<Cas>>;
using Swapped = std::expected<void, CasError>;

Result<Swapped> Swap(Context& context, const Cas& cas, Bytes value) {
  const auto swapped = cas.values->Swap(cas.key, cas.version, std::move(value));
  if (!swapped) {
    return Swapped(std::unexpected(
        CasError(std::in_place_index<0>, KvError(std::in_place_index<2>, swapped.error()))));
  }
  if (*swapped) return Swapped();
  return Swapped(
      std::unexpected(CasError(std::in_place_index<1>, TRY(NewCas(context, cas.values, cas.key)))));
}

void LinkCas(ComponentLinkerInstance& atomics) {
  atomics.Resource("cas", Cas::ComponentType());
  atomics.Func(
      "[static]cas.new", TypedHost([](Context& context, Self bucket,
                                      std::string key) -> Result<KvResult<ComponentOwn<Cas>>> {
        return KvResult<ComponentOwn<Cas>>(TRY(NewCas(context, bucket->values, std::move(key))));
      }));
  atomics.Func("[method]cas.current", TypedHost([](ComponentBorrow<Cas> self) {
                 return KvResult<std::optional<Bytes>>(self->values->Get(self->key));
               }));
  atomics.Func("swap", TypedHost([](Context& context, ComponentOwn<Cas> cas, Bytes value) {
                 return Swap(context, *cas.object, std::move(value));
               }));
}

using Pair = std::tuple<std::string, Bytes>;
constexpr size_t kMaxAnswer = size_t{64} << 20;  // the same value may be asked for many times

void LinkBatch(ComponentLinker& linker, const std::string& version) {
  auto batch = linker.Instance("wasi:keyvalue/batch" + version);
  batch.Resource("bucket", Bucket::ComponentType());
  batch.Func("get-many",
             TypedHost([](Self bucket, Strings keys) -> KvResult<std::vector<std::optional<Pair>>> {
               std::vector<std::optional<Pair>> pairs;
               size_t bytes = 0;
               for (std::string& key : keys) {
                 auto value = bucket->values->Get(key);
                 bytes += value ? value->size() : 0;
                 if (bytes > kMaxAnswer) return Other("more than 64 MiB of values at once");
                 pairs.push_back(value
                                     ? std::optional<Pair>(Pair(std::move(key), *std::move(value)))
                                     : std::nullopt);
               }
               return pairs;
             }));
  batch.Func("set-many", TypedHost([](Self bucket, std::vector<Pair> pairs) {
               for (auto& [key, value] : pairs) {
                 if (auto set = bucket->values->Set(key, std::move(value)); !set)
                   return ToResult(std::move(set));
               }
               return KvResult<void>();
             }));
  batch.Func("delete-many", TypedHost([](Self bucket, Strings keys) {
               for (const std::string& key : keys) bucket->values->Delete(key);
               return KvResult<void>();
             }));
}

}  // namespace

void LinkKeyValue(ComponentLinker& linker) {
  constexpr char kDraft[] = "@0.2.0-draft";
  constexpr char kDraft2[] = "@0.2.0-draft2";
  LinkStore<uint64_t>(linker, kDraft);
  LinkStore<std::string>(linker, kDraft2);
  auto atomics = linker.Instance(std::string("wasi:keyvalue/atomics") + kDraft);
  LinkAtomics<uint64_t>(atomics);
  auto atomics2 = linker.Instance(std::string("wasi:keyvalue/atomics") + kDraft2);
  LinkAtomics<int64_t>(atomics2);
  LinkCas(atomics2);
  LinkBatch(linker, kDraft);
  LinkBatch(linker, kDraft2);
}

}  // namespace trenail::wasi::p2
