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

#include "libcomponent/streams.h"
#include "libwasi/component/context.h"

namespace trenail::wasi::p3 {

// How a pump ended: by an error of the host's stream, or (null) because one side closed.
using PumpDone = std::function<void(std::shared_ptr<IoError> error)>;

// Everything from `from` into a stream for the guest, which is the result. Ends when `from` does,
// or when the guest drops its end. The pump goes on as long as the context lives; `done` is called
// once, unless that ends before.
ComponentValue PumpToGuest(Context& context, std::shared_ptr<InputStream> from, PumpDone done);

// Everything from the guest's stream into `to`, and flushes it at the end.
Result<void> PumpFromGuest(Context& context, const ComponentValue& stream,
                           std::shared_ptr<OutputStream> to, PumpDone done);

}  // namespace trenail::wasi::p3

#endif  // TRENAIL_LIBWASI_P3_PUMP_H_
