// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Answers each path by another use of wasi:http@0.2, right or wrong.

#include "http.h"
#include "keyvalue.h"

static Handle Empty(int status) {
  const Handle response = NewResponse(NewFields());
  CHECK(SetStatus(response, status) == 0);
  return response;
}
static void Answer(Handle out, Handle response) { SetResponse(out, 0, response, 0, 0, 0, 0, 0, 0); }
static void AnswerError(Handle out, int kind) { SetResponse(out, 1, kind, 0, 0, 0, 0, 0, 0); }

static Handle BodyOf(Handle response) {
  HandleResult body, again;
  ResponseBody(response, &body);
  CHECK(!body.is_error);
  ResponseBody(response, &again);
  CHECK(again.is_error);
  return body.handle;
}
static Handle StreamOf(Handle body) {
  HandleResult stream, again;
  BodyWrite(body, &stream);
  CHECK(!stream.is_error);
  BodyWrite(body, &again);
  CHECK(again.is_error);
  return stream.handle;
}
static void Append(Handle fields, String name, String value) {
  HeaderResult result;
  FieldsAppend(fields, FLAT(name), FLAT(value), &result);
  CHECK(!result.is_error);
}
// All of a stream, in pieces, into another (or nowhere: 0).
static size_t Copy(Handle in, Handle out) {
  size_t size = 0;
  for (;;) {
    BytesResult read;
    BlockingRead(in, 4096, &read);
    if (read.is_error) {
      CHECK(read.why == kClosed);
      return size;
    }
    size += read.bytes.size;
    StreamResult written;
    if (out != 0) {
      BlockingWrite(out, FLAT(read.bytes), &written);
      CHECK(!written.is_error);
    }
    heap_end = 0;  // nothing that was allocated is needed any more
  }
}
static void TrailersOf(Handle body, FutureResult* result) {
  const Handle future = BodyFinish(body);
  const Handle pollable = TrailersSubscribe(future);
  Block(pollable);
  DropPollable(pollable);
  TrailersGet(future, result);
  CHECK(result->is_some && !result->taken);
  FutureResult again;
  TrailersGet(future, &again);
  CHECK(again.is_some && again.taken);
}

static void Hello(Handle out) {
  const Handle headers = NewFields();
  Append(headers, STRING("Content-Type"), STRING("text/plain"));
  Append(headers, STRING("Content-Length"), STRING("5"));
  const Handle response = NewResponse(headers);
  const Handle body = BodyOf(response);
  Answer(out, response);
  const Handle stream = StreamOf(body);
  StreamResult written;
  BlockingWrite(stream, FLAT(STRING("hello")), &written);
  CHECK(!written.is_error);
  DropOutput(stream);
  UnitOrError finished;
  FinishOutgoing(body, 0, 0, &finished);
  CHECK(!finished.is_error);
}

// What a store has for "key".
static void Stored(Handle out) {
  KvResult result;
  KvOpen(FLAT(STRING("")), &result);
  CHECK(!result.is_error);
  KvGet(result.handle, FLAT(STRING("key")), &result);
  const Handle response = Empty(result.is_error ? 502 : result.is_some ? 200 : 404);
  const Handle body = BodyOf(response);
  Answer(out, response);
  const Handle stream = StreamOf(body);
  StreamResult written;
  const String text = result.is_error ? result.error.text : result.value;
  if (result.is_error || result.is_some) BlockingWrite(stream, FLAT(text), &written);
  DropOutput(stream);
  UnitOrError finished;
  FinishOutgoing(body, 0, 0, &finished);
  CHECK(!finished.is_error);
}

// The rules of fields that can be seen from inside.
static void Rules(Handle request, Handle out) {
  const Handle fields = NewFields();
  HeaderResult result;
  FieldsAppend(fields, FLAT(STRING("a b")), FLAT(STRING("v")), &result);
  CHECK(result.is_error && result.error == kInvalidSyntax);
  FieldsAppend(fields, FLAT(STRING("a")), FLAT(STRING("v\r\nw: x")), &result);
  CHECK(result.is_error && result.error == kInvalidSyntax);
  FieldsAppend(fields, FLAT(STRING("Transfer-Encoding")), FLAT(STRING("chunked")), &result);
  CHECK(result.is_error && result.error == kForbidden);
  const String pair[] = {STRING("hOst"), STRING("x")};
  HandleResult from_list;
  FieldsFromList(pair, 1, &from_list);
  CHECK(from_list.is_error && (uint8_t)from_list.handle == kForbidden);
  Append(fields, STRING("A"), STRING("1"));
  Append(fields, STRING("a"), STRING("2"));
  Strings values;
  FieldsGet(fields, FLAT(STRING("a")), &values);
  CHECK(values.size == 2 && Equal(values.items[0], STRING("1")));
  Pairs entries;
  FieldsEntries(fields, &entries);
  CHECK(entries.size == 2 && Equal(entries.items[1].name, STRING("A")));

  const Handle theirs = RequestHeaders(request);
  CHECK(!FieldsHas(theirs, FLAT(STRING("host"))));
  FieldsAppend(theirs, FLAT(STRING("a")), FLAT(STRING("v")), &result);
  CHECK(result.is_error && result.error == kImmutable);
  const Handle clone = FieldsClone(theirs);
  Append(clone, STRING("a"), STRING("v"));
  DropFields(clone);
  DropFields(theirs);

  const Handle response = NewResponse(fields);
  const Handle ours = OutgoingHeaders(response);
  FieldsDelete(ours, FLAT(STRING("a")), &result);
  CHECK(result.is_error && result.error == kImmutable);
  DropFields(ours);
  CHECK(SetStatus(response, 600) == 1 && SetStatus(response, 99) == 1);
  CHECK(SetStatus(response, 204) == 0);
  DropRequest(request);
  Answer(out, response);
}

static void Echo(Handle request, Handle out) {
  HandleResult body, again, stream;
  RequestConsume(request, &body);
  CHECK(!body.is_error);
  RequestConsume(request, &again);
  CHECK(again.is_error);
  BodyStream(body.handle, &stream);
  CHECK(!stream.is_error);
  BodyStream(body.handle, &again);
  CHECK(again.is_error);
  const Handle response = Empty(200);
  const Handle outgoing = BodyOf(response);
  Answer(out, response);
  const Handle to = StreamOf(outgoing);
  Copy(stream.handle, to);
  DropInput(stream.handle);
  DropOutput(to);
  FutureResult trailers;
  TrailersOf(body.handle, &trailers);
  CHECK(!trailers.is_error);
  Handle echoed = 0;
  if (trailers.has_trailers) {
    echoed = FieldsClone(trailers.trailers);
    Append(echoed, STRING("x-echoed"), STRING("yes"));
    DropFields(trailers.trailers);
  }
  UnitOrError finished;
  FinishOutgoing(outgoing, trailers.has_trailers, echoed, &finished);
  CHECK(!finished.is_error);
}

// Trailers of a body that nobody reads.
static void Skip(Handle request, Handle out) {
  HandleResult body;
  RequestConsume(request, &body);
  FutureResult trailers;
  TrailersOf(body.handle, &trailers);
  const Handle headers = NewFields();
  Append(headers, STRING("x-trailers"),
         trailers.is_error       ? STRING("error")
         : trailers.has_trailers ? STRING("some")
                                 : STRING("none"));
  Answer(out, NewResponse(headers));
}

static void Partial(Handle out) {
  const Handle response = Empty(200);
  const Handle body = BodyOf(response);
  Answer(out, response);
  const Handle stream = StreamOf(body);
  StreamResult written;
  BlockingWrite(stream, FLAT(STRING("part")), &written);
  __builtin_trap();
}

static void Unfinished(Handle out) {
  const Handle response = Empty(200);
  const Handle body = BodyOf(response);
  Answer(out, response);
  const Handle stream = StreamOf(body);
  StreamResult written;
  BlockingWrite(stream, FLAT(STRING("part")), &written);
  DropOutput(stream);
  DropOutgoingBody(body);
}

static void WrongLength(Handle out, int too_long) {
  const Handle headers = NewFields();
  Append(headers, STRING("Content-Length"), STRING("5"));
  const Handle response = NewResponse(headers);
  const Handle body = BodyOf(response);
  Answer(out, response);
  const Handle stream = StreamOf(body);
  StreamResult written;
  BlockingWrite(stream, FLAT(STRING("123")), &written);
  CHECK(!written.is_error);
  if (too_long) {
    BlockingWrite(stream, FLAT(STRING("456")), &written);
    CHECK(written.is_error && written.why == kLastOperationFailed);
    MaybeError error;
    HttpErrorCode(written.error, &error);
    CHECK(error.is_some && error.error.kind == kHttpResponseBodySize);
    CHECK(error.error.is_some && error.error.number == 6);
  }
  DropOutput(stream);
  UnitOrError finished;
  FinishOutgoing(body, 0, 0, &finished);
  CHECK(finished.is_error && finished.error.kind == kHttpResponseBodySize);
}

// Says something before it answers.
static void Early(Handle out) {
  UnitOrError sent;
  for (int i = 0; i < 2; ++i) {
    const Handle headers = NewFields();
    Append(headers, STRING("Link"), i == 0 ? STRING("</a>") : STRING("</b>"));
    SendInformational(out, 103, headers, &sent);
    CHECK(!sent.is_error);
  }
  SendInformational(out, 200, NewFields(), &sent);
  CHECK(sent.is_error && sent.error.kind == kHttpProtocolError);
  Hello(out);
}

static void TooManyFields(Handle out) {
  const Handle headers = NewFields();
  for (int i = 0; i < 100000; ++i) Append(headers, STRING("name"), STRING("value"));
  Answer(out, NewResponse(headers));
}

// Leaves marks in every kind of memory, if there are none from before.
static void Marks(Handle out) {
  enum { kSize = 1 << 20, kPages = 16, kPage = 65536 };
  static char zeroes[kSize];
  static char data[] = "as it was";
  static void (*volatile function)(Handle out) = Hello;
  int found = function != Hello || !Equal((String){data, 9}, STRING("as it was"));
  const size_t grown = __builtin_wasm_memory_grow(0, kPages);
  CHECK(grown != (size_t)-1);
  char* const fresh = (char*)(grown * kPage);
  for (size_t i = 0; i < kSize; i += 512) found |= zeroes[i] | fresh[i];
  for (size_t i = 0; i < kSize; i += 512) zeroes[i] = fresh[i] = 1;
  function = Stored;
  data[0] = 'A';
  Answer(out, Empty(found ? 409 : 204));
}

// Values that lie over each other: far more than the memory has, if all of them are taken for what
// they say.
static void Overlapping(void) {
  enum { kSize = 1 << 20, kCount = 1000 };
  static char block[kSize];
  static String values[kCount];
  for (size_t i = 0; i < kCount; ++i) values[i] = (String){block, kSize};
  HeaderResult result;
  FieldsSet(NewFields(), FLAT(STRING("name")), values, kCount, &result);
}

// A request whose content is not as long as it says.
static void AskTooShort(Handle request, Handle out) {
  const Handle theirs = RequestHeaders(request);
  Strings to;
  FieldsGet(theirs, FLAT(STRING("x-to")), &to);
  const Handle headers = NewFields();
  Append(headers, STRING("Content-Length"), STRING("10"));
  const Handle outgoing = NewRequest(headers);
  CHECK(SetMethod(outgoing, 2, 0, 0) == 0);
  CHECK(SetScheme(outgoing, 1, 0, 0, 0) == 0);
  CHECK(SetAuthority(outgoing, 1, FLAT(to.items[0])) == 0);
  HandleResult body;
  RequestBody(outgoing, &body);
  HandleOrError future;
  SendRequest(outgoing, 0, 0, &future);
  CHECK(!future.is_error);
  const Handle stream = StreamOf(body.handle);
  StreamResult written;
  BlockingWrite(stream, FLAT(STRING("12345")), &written);
  CHECK(!written.is_error);
  DropOutput(stream);
  UnitOrError finished;
  FinishOutgoing(body.handle, 0, 0, &finished);
  CHECK(finished.is_error && finished.error.kind == kHttpRequestBodySize);
  const Handle pollable = FutureSubscribe(future.handle);
  Block(pollable);
  DropPollable(pollable);
  FutureResult result;
  FutureGet(future.handle, &result);
  CHECK(result.is_some && !result.taken && result.is_error);
  AnswerError(out, result.error.kind);
}

// Asks the authority in the header x-to for the path in x-path, and passes the answer on.
static void Forward(Handle request, Handle out) {
  const Handle theirs = RequestHeaders(request);
  Strings to, path;
  FieldsGet(theirs, FLAT(STRING("x-to")), &to);
  FieldsGet(theirs, FLAT(STRING("x-path")), &path);
  const Handle headers = NewFields();
  Append(headers, STRING("x-forwarded"), STRING("1"));
  const Handle outgoing = NewRequest(headers);
  CHECK(SetMethod(outgoing, 2, 0, 0) == 0);
  const int is_secure = FieldsHas(theirs, FLAT(STRING("x-secure")));
  CHECK(SetScheme(outgoing, 1, is_secure, 0, 0) == 0);
  CHECK(SetAuthority(outgoing, 1, FLAT(to.items[0])) == 0);
  if (path.size > 0) CHECK(SetPath(outgoing, 1, FLAT(path.items[0])) == 0);
  CHECK(SetPath(outgoing, 1, FLAT(STRING("a b"))) == 1);
  HandleResult body;
  RequestBody(outgoing, &body);
  CHECK(!body.is_error);
  HandleOrError future;
  SendRequest(outgoing, 0, 0, &future);
  if (future.is_error) return AnswerError(out, future.error.kind);
  const Handle stream = StreamOf(body.handle);
  StreamResult written;
  BlockingWrite(stream, FLAT(STRING("question")), &written);
  DropOutput(stream);
  const Handle trailers = NewFields();
  Append(trailers, STRING("x-sum"), STRING("8"));
  UnitOrError finished;
  FinishOutgoing(body.handle, 1, trailers, &finished);
  FutureResult result;
  FutureGet(future.handle, &result);
  if (!result.is_some) {
    const Handle pollable = FutureSubscribe(future.handle);
    Block(pollable);
    DropPollable(pollable);
    FutureGet(future.handle, &result);
  }
  CHECK(result.is_some && !result.taken);
  FutureResult again;
  FutureGet(future.handle, &again);
  CHECK(again.is_some && again.taken);
  if (result.is_error) return AnswerError(out, result.error.kind);
  HandleResult answer, from;
  ResponseConsume(result.response, &answer);
  BodyStream(answer.handle, &from);
  const Handle response = Empty(ResponseStatus(result.response));
  const Handle to_body = BodyOf(response);
  Answer(out, response);
  const Handle to_stream = StreamOf(to_body);
  Copy(from.handle, to_stream);
  DropOutput(to_stream);
  FinishOutgoing(to_body, 0, 0, &finished);
  CHECK(!finished.is_error);
}

EXPORT("wasi:http/incoming-handler@0.2.12#handle")
void HandleRequest(Handle request, Handle out) {
  MaybeString path;
  RequestPath(request, &path);
  CHECK(path.is_some);
#define IS(literal) Equal(path.text, STRING(literal))
  if (IS("/hello"))
    Hello(out);
  else if (IS("/stored"))
    Stored(out);
  else if (IS("/many"))
    for (;;) NewFields();
  else if (IS("/early"))
    Early(out);
  else if (IS("/rules"))
    Rules(request, out);
  else if (IS("/echo"))
    Echo(request, out);
  else if (IS("/skip"))
    Skip(request, out);
  else if (IS("/partial"))
    Partial(out);
  else if (IS("/unfinished"))
    Unfinished(out);
  else if (IS("/short"))
    WrongLength(out, 0);
  else if (IS("/long"))
    WrongLength(out, 1);
  else if (IS("/fields"))
    TooManyFields(out);
  else if (IS("/marks"))
    Marks(out);
  else if (IS("/overlapping"))
    Overlapping();
  else if (IS("/ask-too-short"))
    AskTooShort(request, out);
  else if (IS("/spin"))
    for (volatile int i = 0;; ++i) continue;
  else if (IS("/forward"))
    Forward(request, out);
  else if (IS("/too-long"))
    AnswerError(out, kHttpRequestUriTooLong);
  else if (IS("/empty"))
    Answer(out, Empty(200));
  else if (IS("/informational"))
    Answer(out, Empty(103));
  else if (IS("/trap"))
    __builtin_trap();
  else if (IS("/children")) {
    RequestHeaders(request);
    DropRequest(request);
  } else if (IS("/open-body")) {
    const Handle response = Empty(200);
    const Handle body = BodyOf(response);
    Answer(out, response);
    StreamOf(body);
    DropOutgoingBody(body);  // traps: its stream is open
  } else if (IS("/forever")) {
    const Handle response = Empty(200);
    const Handle body = BodyOf(response);
    Answer(out, response);
    const Handle stream = StreamOf(body);
    StreamResult written;
    // As much as one call may give: who reads nothing is soon full.
    static char again[4096];
    do BlockingWrite(stream, again, sizeof(again), &written);
    while (!written.is_error);
    CHECK(written.why == kClosed);
  }
  // "/silent", and what is none of these: no answer.
}
