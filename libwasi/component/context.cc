// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waiting on behalf of a component.

#include "libwasi/component/context.h"

#include <algorithm>

#include "libwasi/component/sockets.h"

namespace trenail::wasi {
namespace {

// What one component may hold at once, of resources and of memory in buffers.
constexpr uint64_t kMaxResources = 100'000;
constexpr uint64_t kMaxBytes = uint64_t{256} << 20;

}  // namespace

Context::Context(NetSource& net, Grants granted)
    : grants(std::move(granted)),
      sockets(MakeSocketOwner(*this)),
      net_(net),
      budget_(std::make_shared<Budget>(kMaxResources, kMaxBytes)) {}

Context::~Context() {
  // What ends with a wait may still ask for others, or cancel them.
  while (!waits_.empty()) CancelWait(waits_.begin()->first);
}

Result<std::shared_ptr<KeyValueStore>> Context::Bucket(const std::string& name) {
  const std::string bucket = name.empty() ? KeyValueGrant::kDefaultBucket : name;
  if (const auto made = buckets_.find(bucket); made != buckets_.end()) return made->second;
  const auto grant = std::ranges::find(grants.key_values, bucket, &KeyValueGrant::bucket);
  if (grant == grants.key_values.end()) return nullptr;
  std::shared_ptr<KeyValueStore> store;
  if (!grant->redis.empty()) {
    TRY_VOID(net_.Loop());
    store = MakeRedisStore(*TRY(net_.Redis(grant->redis)), budget_);
  } else {
    store =
        MakeMemoryStore(grant->memory != nullptr ? grant->memory : std::make_shared<KeyValues>());
  }
  return buckets_[bucket] = std::move(store);
}

void Context::Denied(const std::string& what, const std::string& object,
                     const std::string& option) {
  if (grants.on_denied && denied_.insert(what).second)
    grants.on_denied(DeniedSentence(what, object, option));
}

Result<std::tuple<uint64_t, uint64_t>> Context::InsecureSeed() {
  if (!insecure_seed_) {
    uint64_t numbers[2];
    if (!insecure_random.Fill({reinterpret_cast<uint8_t*>(numbers), sizeof numbers}, &interrupt))
      return std::unexpected(Error(ErrorKind::kHost, "the host has no random numbers"));
    insecure_seed_.emplace(numbers[0], numbers[1]);
  }
  return *insecure_seed_;
}

const std::shared_ptr<OutputStream>& Context::StandardOutput(StandardStream& stream) {
  if (stream.output == nullptr) {
    stream.output = MakeOutputStream(stream.descriptor, loop_source());
  }
  return stream.output;
}

Result<void> Context::Drain() {
  for (const StandardStream* stream : {&stdout_stream, &stderr_stream}) {
    while (stream->output != nullptr && !stream->output->flushed()) {
      EventLoop* const loop = TRY(net_.Loop());
      const IoResult<bool> happened = loop->RunOnce(&interrupt);
      if (!happened) return std::unexpected(Error(ErrorKind::kInterrupted, "interrupted"));
      if (!*happened) break;
    }
  }
  return {};
}

std::unexpected<Error> Context::TooManyResources() {
  return std::unexpected(
      Error(ErrorKind::kExhausted, "the component holds more than 100000 resources of the host"));
}

uint64_t Context::Keep(std::function<WaitHandle(EventLoop::Callback)> begin,
                       std::function<void()> then) {
  const uint64_t id = next_wait_++;
  // The entry is there before the wait begins.
  waits_.emplace(id, nullptr);
  WaitHandle handle = begin([this, id, then = std::move(then)] {
    const auto found = waits_.find(id);
    if (found == waits_.end()) return;
    // What the callback holds, itself included, is kept until it is over.
    const WaitHandle done = std::move(found->second);
    waits_.erase(found);
    const auto run = then;
    run();
  });
  if (const auto found = waits_.find(id); found != waits_.end()) found->second = std::move(handle);
  return id;
}

void Context::CancelWait(uint64_t id) {
  // What goes with it may cancel others.
  const auto found = waits_.find(id);
  if (found == waits_.end()) return;
  const WaitHandle gone = std::move(found->second);
  waits_.erase(found);
}

uint64_t Context::Hold(std::shared_ptr<void> object) {
  struct Held final : Wait {
    explicit Held(std::shared_ptr<void> kept) : object(std::move(kept)) {}
    const std::shared_ptr<void> object;
  };
  const uint64_t id = next_wait_++;
  waits_.emplace(id, std::make_unique<Held>(std::move(object)));
  return id;
}

Result<uint64_t> Context::WhenReady(std::shared_ptr<Waitable> waitable,
                                    std::function<void()> then) {
  if (waitable->ready()) {
    then();
    return 0;
  }
  TRY_VOID(net_.Loop());
  // Calls under way are not charged otherwise: those of 0.3 may be as many as there are handles.
  if (waits_.size() >= kMaxResources) {
    return std::unexpected(Error(ErrorKind::kExhausted,
                                 "the component waits for more than 100000 things of the host"));
  }
  const uint64_t id = next_wait_++;
  TRY_VOID(Look(id, waitable, std::move(then)));
  return id;
}

Result<void> Context::Look(uint64_t id, const std::shared_ptr<Waitable>& waitable,
                           std::function<void()> then) {
  EventLoop* const loop = TRY(net_.Loop());
  waits_[id] = waitable->WhenReady(*loop, [this, id, waitable, then = std::move(then)] {
    const auto found = waits_.find(id);
    if (found == waits_.end()) return;
    const WaitHandle done = std::move(found->second);
    const auto kept_waitable = waitable;
    const auto kept_then = then;
    if (!kept_waitable->ready()) {
      (void)Look(id, kept_waitable, kept_then);
      return;
    }
    waits_.erase(id);
    kept_then();
  });
  return {};
}

}  // namespace trenail::wasi
