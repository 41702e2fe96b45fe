// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:keyvalue@0.2.0-draft] and its second draft, which has other cursors and numbers, and
// compare-and-swap.

#include <expected>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "libwasi/component/context.h"
#include "libwasi/component/key_value_store.h"
#include "libwasi/p2/config.h"

namespace trenail::wasi::p2 {
namespace {

using Bytes = KeyValueStore::Bytes;
using Strings = KeyValueStore::Strings;
using Version = KeyValueStore::Version;
// [wasi:keyvalue/store.error]: no-such-store, access-denied, other
using KvError = std::variant<std::monostate, std::monostate, std::string>;
template <typename T>
using KvResult = std::expected<T, KvError>;

std::unexpected<KvError> Other(std::string text) {
  return std::unexpected(KvError(std::in_place_index<2>, std::move(text)));
}

struct Bucket {
  std::shared_ptr<KeyValueStore> store;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("bucket"));
    return type;
  }
};
using Self = ComponentBorrow<Bucket>;

struct Cas {
  std::shared_ptr<KeyValueStore> store;
  std::string key;
  std::shared_ptr<Charge> charge;
  Version seen;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type = *new ComponentResource(ComponentResource::Host("cas"));
    return type;
  }
};

// Begins something with a store, by `begin(done)`, and goes on by `then(outcome)` with what comes
// out of it, unless the call is cancelled meanwhile.
template <typename T, typename R, typename Begin, typename Then>
Result<void> Await(Context& context, const ComponentCompletion<R>& completion, Begin begin,
                   Then then) {
  using Outcome = KeyValueStore::Outcome<T>;
  auto outcome = std::make_shared<std::optional<Outcome>>();
  const uint64_t id = context.Keep(
      [&](EventLoop::Callback wake) {
        return begin([outcome, wake = std::move(wake)](Outcome result) {
          outcome->emplace(std::move(result));
          wake();
        });
      },
      [outcome, then = std::move(then)] { then(**std::move(outcome)); });
  if (completion.pending()) completion.OnCancel([&context, id] { context.CancelWait(id); });
  return {};
}

// The same where what comes out is what is returned.
template <typename T, typename Begin>
Result<void> Complete(Context& context, const ComponentCompletion<KvResult<T>>& completion,
                      Begin begin) {
  return Await<T>(context, completion, std::move(begin),
                  [completion](KeyValueStore::Outcome<T> outcome) {
                    if (!outcome)
                      completion.Finish(KvResult<T>(Other(std::move(outcome.error()))));
                    else if constexpr (std::is_void_v<T>)
                      completion.Finish(KvResult<T>());
                    else
                      completion.Finish(KvResult<T>(*std::move(outcome)));
                  });
}

Result<KvResult<ComponentOwn<Bucket>>> Open(Context& context, const std::string& name) {
  using Opened = KvResult<ComponentOwn<Bucket>>;
  std::shared_ptr<KeyValueStore> store = TRY(context.Bucket(name));
  if (store == nullptr) {
    context.Denied("wasi:keyvalue open", "\"" + name + "\"",
                   name.empty() ? "--kv memory" : "--kv " + name + "=memory");
    return Opened(std::unexpected(KvError(std::in_place_index<1>)));
  }
  return Opened(TRY(context.NewOwn<Bucket>(std::move(store))));
}

template <typename Cursor>
struct KeyResponse {
  Strings keys;
  std::optional<Cursor> cursor;
  static constexpr auto ComponentFields() {
    return std::tuple(&KeyResponse::keys, &KeyResponse::cursor);
  }
};

template <typename Cursor>
void LinkStore(ComponentLinker& linker, const std::string& version) {
  auto store = linker.Instance("wasi:keyvalue/store" + version);
  store.Func("open",
             TypedHost([](Context& context, std::string name) { return Open(context, name); }));
  store.Resource("bucket", Bucket::ComponentType());
  using Value = ComponentCompletion<KvResult<std::optional<Bytes>>>;
  using Nothing = ComponentCompletion<KvResult<void>>;
  store.AsyncFunc("[method]bucket.get",
                  TypedAsyncHost([](Context& context, Value done, Self self, std::string key) {
                    return Complete(context, done, [&](auto then) {
                      return self->store->Get(std::move(key), std::move(then));
                    });
                  }));
  store.AsyncFunc("[method]bucket.set", TypedAsyncHost([](Context& context, Nothing done, Self self,
                                                          std::string key, Bytes value) {
                    return Complete(context, done, [&](auto then) {
                      return self->store->Set(std::move(key), std::move(value), std::move(then));
                    });
                  }));
  store.AsyncFunc("[method]bucket.delete",
                  TypedAsyncHost([](Context& context, Nothing done, Self self, std::string key) {
                    return Complete(context, done, [&](auto then) {
                      return self->store->DeleteMany({std::move(key)}, std::move(then));
                    });
                  }));
  store.AsyncFunc("[method]bucket.exists",
                  TypedAsyncHost([](Context& context, ComponentCompletion<KvResult<bool>> done,
                                    Self self, std::string key) {
                    return Complete(context, done, [&](auto then) {
                      return self->store->Exists(std::move(key), std::move(then));
                    });
                  }));
  using Response = KvResult<KeyResponse<Cursor>>;
  store.AsyncFunc(
      "[method]bucket.list-keys",
      TypedAsyncHost([](Context& context, ComponentCompletion<Response> done, Self self,
                        std::optional<Cursor> cursor) {
        using Page = KeyValueStore::Page<Cursor>;
        return Await<Page>(
            context, done,
            [&](auto then) { return self->store->List(std::move(cursor), std::move(then)); },
            [done](KeyValueStore::Outcome<Page> page) {
              if (!page) return done.Finish(Response(Other(std::move(page.error()))));
              done.Finish(Response({std::move(page->keys), std::move(page->cursor)}));
            });
      }));
}

template <typename Number>
void LinkAtomics(ComponentLinkerInstance& atomics) {
  atomics.Resource("bucket", Bucket::ComponentType());
  atomics.AsyncFunc("increment",
                    TypedAsyncHost([](Context& context, ComponentCompletion<KvResult<Number>> done,
                                      Self bucket, std::string key, Number delta) {
                      return Complete(context, done, [&](auto then) {
                        return bucket->store->Increment(std::move(key), delta, std::move(then));
                      });
                    }));
}

// A handle that remembers the value of a key. Errors of the second kind end the execution.
Result<KvResult<ComponentOwn<Cas>>> ToCas(Context& context, std::shared_ptr<KeyValueStore> store,
                                          std::string key, KeyValueStore::Outcome<Version> seen) {
  if (!seen) return KvResult<ComponentOwn<Cas>>(Other(std::move(seen.error())));
  auto charge = std::make_shared<Charge>(context.budget());
  if (!charge->Resize(key.size() + (seen->value ? seen->value->size() : 0)))
    return KvResult<ComponentOwn<Cas>>(Other("too many values are held"));
  return KvResult<ComponentOwn<Cas>>(TRY(
      context.NewOwn<Cas>(std::move(store), std::move(key), std::move(charge), *std::move(seen))));
}

using NewCas = ComponentCompletion<KvResult<ComponentOwn<Cas>>>;
Result<void> New(Context& context, NewCas done, const Bucket& bucket, std::string key) {
  return Await<Version>(
      context, done, [&](auto then) { return bucket.store->Look(key, std::move(then)); },
      [&context, done, store = bucket.store, key](KeyValueStore::Outcome<Version> seen) {
        auto cas = ToCas(context, store, key, std::move(seen));
        if (!cas) return done.Fail(std::move(cas.error()));
        done.Finish(*std::move(cas));
      });
}

// [wasi:keyvalue/atomics.cas-error]: store-error, cas-failed
using CasError = std::variant<KvError, ComponentOwn<Cas>>;
using Swapped = std::expected<void, CasError>;
using SwapDone = ComponentCompletion<Swapped>;

void FailSwap(const SwapDone& done, KvError error) {
  done.Finish(Swapped(std::unexpected(CasError(std::in_place_index<0>, std::move(error)))));
}

// Somebody else was faster: the guest gets what there is now.
Result<void> Lost(Context& context, SwapDone done, std::shared_ptr<Cas> cas) {
  return Await<Version>(
      context, done, [&](auto then) { return cas->store->Look(cas->key, std::move(then)); },
      [&context, done, cas](KeyValueStore::Outcome<Version> seen) {
        auto next = ToCas(context, cas->store, cas->key, std::move(seen));
        if (!next) return done.Fail(std::move(next.error()));
        if (!*next) return FailSwap(done, std::move(next->error()));
        done.Finish(Swapped(std::unexpected(CasError(std::in_place_index<1>, **std::move(next)))));
      });
}

Result<void> Swap(Context& context, SwapDone done, std::shared_ptr<Cas> cas, Bytes value) {
  return Await<bool>(
      context, done,
      [&](auto then) {
        return cas->store->Swap(cas->key, cas->seen, std::move(value), std::move(then));
      },
      [&context, done, cas](KeyValueStore::Outcome<bool> swapped) {
        if (!swapped)
          return FailSwap(done, KvError(std::in_place_index<2>, std::move(swapped.error())));
        if (*swapped) return done.Finish(Swapped());
        if (auto lost = Lost(context, done, cas); !lost) done.Fail(std::move(lost.error()));
      });
}

void LinkCas(ComponentLinkerInstance& atomics) {
  atomics.Resource("cas", Cas::ComponentType());
  atomics.AsyncFunc("[static]cas.new",
                    TypedAsyncHost([](Context& context, NewCas done, Self bucket, std::string key) {
                      return New(context, std::move(done), *bucket, std::move(key));
                    }));
  // What swap compares, so that nobody has come between the two.
  atomics.Func("[method]cas.current", TypedHost([](ComponentBorrow<Cas> self) {
                 return KvResult<std::optional<Bytes>>(self->seen.value);
               }));
  atomics.AsyncFunc(
      "swap",
      TypedAsyncHost([](Context& context, SwapDone done, ComponentOwn<Cas> cas, Bytes value) {
        return Swap(context, std::move(done), std::move(cas.object), std::move(value));
      }));
}

using Pair = std::tuple<std::string, Bytes>;

void LinkBatch(ComponentLinker& linker, const std::string& version) {
  auto batch = linker.Instance("wasi:keyvalue/batch" + version);
  batch.Resource("bucket", Bucket::ComponentType());
  using Pairs = KvResult<std::vector<std::optional<Pair>>>;
  batch.AsyncFunc(
      "get-many", TypedAsyncHost([](Context& context, ComponentCompletion<Pairs> done, Self bucket,
                                    Strings keys) {
        using Values = std::vector<std::optional<Bytes>>;
        auto asked = std::make_shared<Strings>(keys);
        return Await<Values>(
            context, done,
            [&](auto then) { return bucket->store->GetMany(std::move(keys), std::move(then)); },
            [done, asked](KeyValueStore::Outcome<Values> values) {
              if (!values) return done.Finish(Pairs(Other(std::move(values.error()))));
              std::vector<std::optional<Pair>> pairs(values->size());
              for (size_t i = 0; i < values->size(); ++i)
                if ((*values)[i]) pairs[i].emplace((*asked)[i], *std::move((*values)[i]));
              done.Finish(Pairs(std::move(pairs)));
            });
      }));
  using Nothing = ComponentCompletion<KvResult<void>>;
  batch.AsyncFunc("set-many", TypedAsyncHost([](Context& context, Nothing done, Self bucket,
                                                std::vector<Pair> pairs) {
                    std::vector<std::pair<std::string, Bytes>> entries;
                    for (auto& [key, value] : pairs)
                      entries.emplace_back(std::move(key), std::move(value));
                    return Complete(context, done, [&](auto then) {
                      return bucket->store->SetMany(std::move(entries), std::move(then));
                    });
                  }));
  batch.AsyncFunc("delete-many",
                  TypedAsyncHost([](Context& context, Nothing done, Self bucket, Strings keys) {
                    return Complete(context, done, [&](auto then) {
                      return bucket->store->DeleteMany(std::move(keys), std::move(then));
                    });
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
