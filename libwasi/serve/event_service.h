// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component of which an export is called for each event: a message, a time.

#ifndef TRENAIL_LIBWASI_SERVE_EVENT_SERVICE_H_
#define TRENAIL_LIBWASI_SERVE_EVENT_SERVICE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libwasi/serve/session_host.h"

namespace trenail {

// On one thread, with the loop of its NetSource.
class EventService {
 public:
  // Finds the export in an instance.
  using FindFunc = std::function<std::optional<ComponentFunc>(const ComponentInstance&)>;
  // How a call went; the result may be an error of the guest's, which is no error of the session.
  using OnEnd = std::function<void(const SessionReport& report, const ComponentValue& result)>;

  EventService(const Component& component, const SessionOptions& options, wasi::NetSource& net,
               SessionCounters& counters)
      : host_(component, options, /*may_reuse=*/true, net, counters) {}

  // Makes an instance to see that it can be. Errors: that it cannot, or has no such export.
  Result<void> Try(const FindFunc& find);
  // Calls it in an instance of its own. False: there are too many sessions.
  bool Call(const FindFunc& find, std::vector<ComponentValue> args, OnEnd on_end);
  SessionHost& host() { return host_; }

 private:
  SessionHost host_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBWASI_SERVE_EVENT_SERVICE_H_
