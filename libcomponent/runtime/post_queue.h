// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the host wants done in a store when no guest code runs: the results of its calls, above all,
// which come while a guest runs, when the host could call nothing. Who posts may outlive the store.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_POST_QUEUE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_POST_QUEUE_H_

#include <deque>
#include <functional>

namespace component::runtime {

class Store;

class PostQueue {
 public:
  explicit PostQueue(Store& store) : store_(&store) {}
  PostQueue(const PostQueue&) = delete;
  PostQueue& operator=(const PostQueue&) = delete;

  // Null once it has gone.
  Store* store() const { return store_; }
  // To be called by a tick of the store; dropped if that has gone.
  void Post(std::function<void()> callback);
  // Calls the first one; false if there is none.
  bool RunOne();
  // The store goes: what was posted is not called any more.
  void Close();

 private:
  Store* store_;
  std::deque<std::function<void()>> posted_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_POST_QUEUE_H_
