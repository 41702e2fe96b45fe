// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Errors as objects.

#include "libwasm/c_api/handles.h"

namespace trenail::c_api {

static_assert(TRENAIL_ERROR_HOST == static_cast<int>(ErrorKind::kHost));
static_assert(TRENAIL_ERROR_EXIT == static_cast<int>(ErrorKind::kExit));

Error CopyError(const Error& error, bool same_store) {
  Error copy = error.kind() == ErrorKind::kExit ? Error::Exit(error.exit_code())
                                                : Error(error.kind(), error.message());
  if (error.offset()) copy = std::move(copy).WithOffset(*error.offset());
  if (error.position()) copy = std::move(copy).WithPosition(*error.position());
  if (error.function_index())
    copy = std::move(copy).WithFunction(*error.function_index(), error.function_name());
  copy.mutable_trace() = error.trace();
  copy.SetCoredump(error.coredump());
  if (!same_store)
    for (TraceFrame& frame : copy.mutable_trace()) frame.instance = nullptr;
  return copy;
}

trenail_error_t* NewError(Error error) {
  ForgetThrownTrap();
  return new trenail_error_t{std::make_shared<const Error>(std::move(error))};
}
Error TakeError(trenail_error_t* error) {
  Error copy = CopyError(*error->error);
  delete error;
  return copy;
}

namespace {
std::unique_ptr<trenail_error_t>& LastError() {
  thread_local std::unique_ptr<trenail_error_t> last;
  return last;
}
}  // namespace

void SetLastError(Error error) { LastError().reset(NewError(std::move(error))); }

}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::Error;
using trenail::ErrorKind;

trenail_error_t* trenail_error_new(trenail_error_kind_t kind, const char* message) {
  const auto value = static_cast<unsigned>(kind);
  return NewError(Error(
      value <= TRENAIL_ERROR_HOST ? static_cast<ErrorKind>(value) : ErrorKind::kHost, message));
}
trenail_error_t* trenail_error_new_exit(int32_t code) { return NewError(Error::Exit(code)); }
trenail_error_t* trenail_error_copy(const trenail_error_t* error) {
  return error != nullptr ? new trenail_error_t(*error) : nullptr;
}
void trenail_error_delete(trenail_error_t* error) { delete error; }

trenail_error_kind_t trenail_error_kind(const trenail_error_t* error) {
  return static_cast<trenail_error_kind_t>(error->error->kind());
}
const char* trenail_error_message(const trenail_error_t* error) {
  return error->error->message().c_str();
}
bool trenail_error_offset(const trenail_error_t* error, uint64_t* offset) {
  *offset = error->error->offset().value_or(0);
  return error->error->offset().has_value();
}
bool trenail_error_position(const trenail_error_t* error, uint32_t* line, uint32_t* column) {
  const auto position = error->error->position();
  *line = position ? position->line : 0;
  *column = position ? position->column : 0;
  return position.has_value();
}
bool trenail_error_function(const trenail_error_t* error, uint32_t* index, const char** name) {
  *index = error->error->function_index().value_or(0);
  *name = error->error->function_name().c_str();
  return error->error->function_index().has_value();
}
int32_t trenail_error_exit_code(const trenail_error_t* error) { return error->error->exit_code(); }
size_t trenail_error_num_frames(const trenail_error_t* error) {
  return error->error->trace().size();
}
bool trenail_error_frame(const trenail_error_t* error, size_t index, trenail_frame_info_t* out) {
  *out = {};
  if (index >= error->error->trace().size()) return false;
  const trenail::TraceFrame& frame = error->error->trace()[index];
  *out = {.module_name = frame.module_name.c_str(),
          .function_name = frame.function_name.c_str(),
          .function_index = frame.function_index,
          .code_offset = frame.code_offset,
          .source_file = frame.source_file.c_str(),
          .source_line = frame.source_line};
  return true;
}

trenail_error_t* trenail_last_error(void) { return LastError().release(); }
