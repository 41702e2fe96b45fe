// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams and futures, in both directions.

#include <stdlib.h>
#include <string.h>

#include "pipes_world.h"

void pipes_world_pipes_shift(pipes_world_stream_u8_t input) {
  pipes_world_stream_u8_writer_t writer;
  pipes_world_pipes_shift_return(pipes_world_stream_u8_new(&writer));
  uint8_t bytes[512];
  for (size_t count; (count = pipes_world_stream_u8_read(input, bytes, sizeof bytes)) != 0;) {
    for (size_t i = 0; i < count; ++i) ++bytes[i];
    for (size_t at = 0; at < count;) {
      const size_t taken = pipes_world_stream_u8_write(writer, bytes + at, count - at);
      if (taken == 0) break;
      at += taken;
    }
  }
  pipes_world_stream_u8_drop(input);
  pipes_world_stream_u8_writer_drop(writer);
}

void pipes_world_pipes_total(pipes_world_stream_u32_t input) {
  uint64_t total = 0;
  uint32_t numbers[8];
  for (size_t count; (count = pipes_world_stream_u32_read(input, numbers, 8)) != 0;)
    for (size_t i = 0; i < count; ++i) total += numbers[i];
  pipes_world_stream_u32_drop(input);
  pipes_world_pipes_total_return(total);
}

void pipes_world_pipes_items(uint32_t count) {
  pipes_world_stream_pipes_item_writer_t writer;
  pipes_world_pipes_items_return(pipes_world_stream_pipes_item_new(&writer));
  for (uint32_t i = 0; i < count; ++i) {
    char name[20] = "item ";
    name[5] = (char)('0' + i % 10);
    pipes_world_pipes_item_t item = {.id = i, .name = pipes_world_string_dup(name)};
    pipes_world_stream_pipes_item_write(writer, &item, 1);
    pipes_world_pipes_item_free(&item);
  }
  pipes_world_stream_pipes_item_writer_drop(writer);
}

void pipes_world_pipes_later(pipes_world_string_t line) {
  static const char kLater[] = ", later";
  pipes_world_future_string_writer_t writer;
  pipes_world_pipes_later_return(pipes_world_future_string_new(&writer));
  pipes_world_string_t value = {realloc(line.ptr, line.len + sizeof kLater), line.len};
  memcpy(value.ptr + value.len, kLater, sizeof kLater - 1);
  value.len += sizeof kLater - 1;
  pipes_world_future_string_write(writer, &value);
  pipes_world_string_free(&value);
  pipes_world_future_string_writer_drop(writer);
}

void pipes_world_pipes_fetch(pipes_world_string_t url) {
  static const char kForGuest[] = " for the guest";
  pipes_world_result_string_string_t result = pipes_world_source_fetch(url);
  pipes_world_string_free(&url);
  if (!result.is_err) {
    pipes_world_string_t* const text = &result.val.ok;
    text->ptr = realloc(text->ptr, text->len + sizeof kForGuest);
    memcpy(text->ptr + text->len, kForGuest, sizeof kForGuest - 1);
    text->len += sizeof kForGuest - 1;
  }
  pipes_world_pipes_fetch_return(result);
  pipes_world_result_string_string_free(&result);
}

void pipes_world_pipes_read(pipes_world_future_u32_t value) {
  pipes_world_option_u32_t result = {.is_some = false};
  result.is_some = pipes_world_future_u32_read(value, &result.val);
  pipes_world_future_u32_drop(value);
  pipes_world_pipes_read_return(result);
}
