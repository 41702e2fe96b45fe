// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gives everything to the host and back.

#include <roundtrip.h>

namespace trenail_tests::bindings::roundtrip {

uint32_t Run(std::vector<std::string> lines) {
  for (const std::string& line : lines) Log(line);
  return static_cast<uint32_t>(lines.size());
}

namespace exports::shapes {

namespace host = roundtrip::shapes;

std::tuple<bool, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, float,
           double, char32_t>
Scalars(bool a, int8_t b, uint8_t c, int16_t d, uint16_t e, int32_t f, uint32_t g, int64_t h,
        uint64_t i, float j, double k, char32_t l) {
  return host::Scalars(a, b, c, d, e, f, g, h, i, j, k, l);
}
std::string Text(std::string x) { return host::Text(x); }
std::vector<uint8_t> Bytes(std::vector<uint8_t> x) { return host::Bytes(x); }
std::vector<double> Numbers(std::vector<double> x) { return host::Numbers(x); }
std::vector<std::string> Texts(std::vector<std::string> x) { return host::Texts(x); }
std::vector<bool> Answers(std::vector<bool> x) { return host::Answers(x); }
Samples ManySamples(Samples x) { return host::ManySamples(x); }
Shape OneShape(Shape x) { return host::OneShape(x); }
std::vector<Shape> ManyShapes(std::vector<Shape> x) { return host::ManyShapes(x); }
std::optional<std::optional<uint32_t>> Maybe(std::optional<std::optional<uint32_t>> x) {
  return host::Maybe(x);
}
std::expected<Point, std::string> Outcome(std::expected<Point, std::string> x) {
  return host::Outcome(x);
}
std::expected<void, std::monostate> Check(bool fail) { return host::Check(fail); }
Access Rights(Access x) { return host::Rights(x); }
Color Paint(Color x) { return host::Paint(x); }
std::tuple<uint8_t, std::string, std::vector<Point>> Mixed(
    std::tuple<uint8_t, std::string, std::vector<Point>> x) {
  return host::Mixed(x);
}
std::string Spread(Sample a, std::string b, std::vector<Point> c, Shape d, uint64_t e) {
  return host::Spread(a, b, c, d, e);
}
void Nothing() { host::Nothing(); }

namespace {

// One of the host's, as one of this guest's.
class Wrapper : public Counter {
 public:
  explicit Wrapper(host::Counter counter) : counter_(std::move(counter)) {}
  uint32_t Next(uint32_t by) override { return counter_.Next(by); }
  host::Counter& counter() { return counter_; }

 private:
  host::Counter counter_;
};
host::Counter& Inside(Counter& counter) { return static_cast<Wrapper&>(counter).counter(); }
trenail::Own<Counter> Wrap(host::Counter counter) {
  return std::make_unique<Wrapper>(std::move(counter));
}

}  // namespace

trenail::Own<Counter> NewCounter(uint32_t start) { return Wrap(host::NewCounter(start)); }
trenail::Own<Counter> CounterMerge(trenail::Own<Counter> a, Counter& b) {
  return Wrap(host::CounterMerge(std::move(Inside(*a)), Inside(b)));
}
uint32_t Sum(std::vector<trenail::Borrow<Counter>> counters) {
  std::vector<trenail::Borrow<host::Counter>> inside;
  for (const auto& counter : counters) inside.emplace_back(Inside(*counter));
  return host::Sum(std::move(inside));
}
NamedCounter Pass(NamedCounter x) {
  host::NamedCounter passed =
      host::Pass({.name = x.name, .counter = std::move(Inside(*x.counter))});
  return {.name = passed.name, .counter = Wrap(std::move(passed.counter))};
}
std::optional<trenail::Own<Counter>> Find(std::string name) {
  auto found = host::Find(name);
  if (!found) return std::nullopt;
  return Wrap(*std::move(found));
}

}  // namespace exports::shapes
}  // namespace trenail_tests::bindings::roundtrip
