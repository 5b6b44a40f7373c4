#include "base/counters.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

namespace portico {
namespace {

struct Entry {
  std::string name;
  std::string help;
  Labels labels;
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
};

struct Registry {
  std::mutex mutex;
  std::map<std::pair<std::string, Labels>, Entry> entries;
};

Registry& registry() {
  static auto* const instance = new Registry;  // outlives every static that refers to a metric
  return *instance;
}

template <typename Metric>
Metric& find_or_make(std::string_view name, std::string_view help, const Labels& labels,
                     std::unique_ptr<Metric> Entry::* member) {
  auto& r = registry();
  const std::scoped_lock lock(r.mutex);
  auto& entry = r.entries[{std::string(name), labels}];
  if (!(entry.*member)) {
    entry.name = name;
    entry.help = help;
    entry.labels = labels;
    entry.*member = std::make_unique<Metric>();
  }
  return *(entry.*member);
}

}  // namespace

void Histogram::observe(double seconds) {
  const auto at = std::lower_bound(std::begin(kBounds), std::end(kBounds), seconds) - std::begin(kBounds);
  buckets_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
  sum_micros_.fetch_add(static_cast<std::uint64_t>(std::max(0.0, seconds) * 1e6), std::memory_order_relaxed);
}

Counter& counter(std::string_view name, std::string_view help, const Labels& labels) {
  return find_or_make(name, help, labels, &Entry::counter);
}
Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return find_or_make(name, help, labels, &Entry::gauge);
}
Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels) {
  return find_or_make(name, help, labels, &Entry::histogram);
}

std::vector<MetricView> all_metrics() {
  auto& r = registry();
  const std::scoped_lock lock(r.mutex);
  std::vector<MetricView> out;
  out.reserve(r.entries.size());
  for (const auto& [key, e] : r.entries) {
    out.push_back({.name = e.name,
                   .help = e.help,
                   .labels = e.labels,
                   .counter = e.counter.get(),
                   .gauge = e.gauge.get(),
                   .histogram = e.histogram.get()});
  }
  return out;
}

}  // namespace portico
