// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams and futures.

#include "libcomponent/streams.h"

#include "libcomponent/c_api/handles.h"

struct trenail_stream_writer_t {
  trenail::ComponentStreamWriter writer;
};
struct trenail_stream_reader_t {
  trenail::ComponentStreamReader reader;
};
struct trenail_future_writer_t {
  trenail::ComponentFutureWriter writer;
};
struct trenail_future_reader_t {
  trenail::ComponentFutureReader reader;
};

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::ComponentFutureReader;
using trenail::ComponentFutureWriter;
using trenail::ComponentStreamReader;
using trenail::ComponentStreamWriter;
using trenail::ComponentValue;

// ---- streams

trenail_stream_writer_t* trenail_stream_new(trenail_value_t** reader) {
  auto [value, writer] = ComponentStreamWriter::New();
  *reader = NewValue(std::move(value));
  return new trenail_stream_writer_t{std::move(writer)};
}
trenail_error_t* trenail_stream_write(trenail_stream_writer_t* writer,
                                      trenail_value_t* const values[], size_t count,
                                      trenail_taken_callback_t taken, void* env) {
  return ToError(
      writer->writer.Write(TakeValues(values, count),
                           [taken, env](uint64_t number, bool open) { taken(env, number, open); }));
}
trenail_error_t* trenail_stream_write_bytes(trenail_stream_writer_t* writer, const void* bytes,
                                            size_t size, trenail_taken_callback_t taken,
                                            void* env) {
  const auto* const begin = static_cast<const uint8_t*>(bytes);
  return ToError(writer->writer.WriteBytes(
      {begin, begin + size},
      [taken, env](uint64_t number, bool open) { taken(env, number, open); }));
}
void trenail_stream_writer_delete(trenail_stream_writer_t* writer) { delete writer; }

trenail_error_t* trenail_stream_take(const trenail_value_t* value, trenail_stream_reader_t** out) {
  *out = nullptr;
  return Deliver(ComponentStreamReader::Take(FromC(value)), [out](ComponentStreamReader reader) {
    *out = new trenail_stream_reader_t{std::move(reader)};
  });
}
trenail_error_t* trenail_stream_read(trenail_stream_reader_t* reader, uint64_t count,
                                     trenail_values_callback_t done, void* env) {
  return ToError(
      reader->reader.Read(count, [done, env](const std::vector<ComponentValue>& values, bool open) {
        std::vector<const trenail_value_t*> pointers;
        pointers.reserve(values.size());
        for (const ComponentValue& value : values) pointers.push_back(ToC(&value));
        done(env, pointers.data(), pointers.size(), open);
      }));
}
trenail_error_t* trenail_stream_read_bytes(trenail_stream_reader_t* reader, uint64_t count,
                                           trenail_bytes_callback_t done, void* env) {
  return ToError(
      reader->reader.ReadBytes(count, [done, env](const std::vector<uint8_t>& bytes, bool open) {
        done(env, bytes.data(), bytes.size(), open);
      }));
}
void trenail_stream_reader_delete(trenail_stream_reader_t* reader) { delete reader; }

// ---- futures

trenail_future_writer_t* trenail_future_new(trenail_value_t** reader) {
  auto [value, writer] = ComponentFutureWriter::New();
  *reader = NewValue(std::move(value));
  return new trenail_future_writer_t{std::move(writer)};
}
trenail_error_t* trenail_future_write(trenail_future_writer_t* writer, trenail_value_t* value,
                                      void (*taken)(void* env, bool), void* env) {
  ComponentFutureWriter::OnTaken done;
  if (taken != nullptr) done = [taken, env](bool was_taken) { taken(env, was_taken); };
  return ToError(writer->writer.Write(TakeValue(value), std::move(done)));
}
void trenail_future_writer_delete(trenail_future_writer_t* writer) { delete writer; }

trenail_error_t* trenail_future_take(const trenail_value_t* value, trenail_future_reader_t** out) {
  *out = nullptr;
  return Deliver(ComponentFutureReader::Take(FromC(value)), [out](ComponentFutureReader reader) {
    *out = new trenail_future_reader_t{std::move(reader)};
  });
}
trenail_error_t* trenail_future_read(trenail_future_reader_t* reader,
                                     void (*done)(void* env, const trenail_value_t*), void* env) {
  return ToError(
      reader->reader.Read([done, env](const ComponentValue& value) { done(env, ToC(&value)); },
                          [done, env] { done(env, nullptr); }));
}
void trenail_future_reader_delete(trenail_future_reader_t* reader) { delete reader; }
