// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes between the host's streams, which never block, and streams of the component model, which
// meet their other end: what read-via-stream and write-via-stream of WASI 0.3 do.

#ifndef TRENAIL_LIBWASI_P3_PUMP_H_
#define TRENAIL_LIBWASI_P3_PUMP_H_

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "libcomponent/streams.h"
#include "libcomponent/typed.h"
#include "libwasi/component/context.h"

namespace trenail::wasi::p3 {

// How a pump ended: by an error of the host's stream, or (null) because one side closed.
using PumpDone = std::function<void(std::shared_ptr<IoError> error)>;

// A future for how a pump ends, as Outcome (a result without a value), and what to call then.
// `to_code` makes an error of its interface.
template <typename Outcome, typename ToCode>
std::pair<ComponentFuture<Outcome>, PumpDone> OutcomeFuture(ToCode to_code) {
  static_assert(std::is_void_v<typename Outcome::value_type>);
  auto [value, writer] = ComponentFutureWriter::New();
  auto shared = std::make_shared<ComponentFutureWriter>(std::move(writer));
  return {{std::move(value)}, [shared, to_code](std::shared_ptr<IoError> error) {
            Outcome outcome;
            if (error != nullptr) outcome = std::unexpected(to_code(*error));
            // Its reader may have gone.
            (void)shared->Write(trenail::internal::ComponentTypeOf<Outcome>::To(outcome));
          }};
}

// Everything from `from` into a stream for the guest, which is the result. Ends when `from` does,
// or when the guest drops its end. The pump goes on as long as the context lives; `done` is called
// once, unless that ends before.
ComponentValue PumpToGuest(Context& context, std::shared_ptr<InputStream> from, PumpDone done);

// Everything from the guest's stream into `to`, and flushes it at the end.
Result<void> PumpFromGuest(Context& context, const ComponentValue& stream,
                           std::shared_ptr<OutputStream> to, PumpDone done);

}  // namespace trenail::wasi::p3

#endif  // TRENAIL_LIBWASI_P3_PUMP_H_
