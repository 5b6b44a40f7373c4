#include "api/operations/health.h"

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "api/json_answer.h"

namespace portico::api {
namespace {

namespace json = boost::json;

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out += c;
  }
  return out;
}

std::string label_text(const Labels& labels, std::string_view extra = {}) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += (out.empty() ? "" : ",") + name + "=\"" + escaped(value, true) + "\"";
  }
  if (!extra.empty()) out += (out.empty() ? "" : ",") + std::string(extra);
  return out.empty() ? out : "{" + out + "}";
}

std::string number(double value) {
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%.9g", value);
  return {text, static_cast<std::size_t>(size)};
}

void write_histogram(std::string& out, const MetricView& metric) {
  std::uint64_t upto = 0;
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
    upto += metric.histogram->bucket(i);
    const std::string bound = i < std::size(Histogram::kBounds) ? number(Histogram::kBounds[i]) : "+Inf";
    out += metric.name + "_bucket" + label_text(metric.labels, "le=\"" + bound + "\"") + " " +
           std::to_string(upto) + "\n";
  }
  out +=
      metric.name + "_sum" + label_text(metric.labels) + " " + number(metric.histogram->sum_seconds()) + "\n";
  out += metric.name + "_count" + label_text(metric.labels) + " " + std::to_string(upto) + "\n";
}

void write_value(std::string& out, const MetricView& metric) {
  if (metric.histogram != nullptr) return write_histogram(out, metric);
  const std::string value = metric.counter != nullptr ? std::to_string(metric.counter->value())
                                                      : std::to_string(metric.gauge->value());
  out += metric.name + label_text(metric.labels) + " " + value + "\n";
}

std::string_view type_of(const MetricView& metric) {
  if (metric.histogram != nullptr) return "histogram";
  return metric.counter != nullptr ? "counter" : "gauge";
}

}  // namespace

std::string write_metrics(std::vector<MetricView> metrics) {
  // The lines of one name must stand together.
  std::sort(metrics.begin(), metrics.end(), [](const MetricView& a, const MetricView& b) {
    return std::tie(a.name, a.labels) < std::tie(b.name, b.labels);
  });
  std::string out;
  std::string_view name;
  for (const auto& metric : metrics) {
    if (metric.name != name) {
      out += "# HELP " + metric.name + " " + escaped(metric.help, false) + "\n";
      out += "# TYPE " + metric.name + " " + std::string(type_of(metric)) + "\n";
      name = metric.name;
    }
    write_value(out, metric);
  }
  return out;
}

http::Response healthz(const Services&, const http::Request&) {
  return json_answer(200, json::object{{"status", "alive"}}, "application/json");
}

http::Response readyz(const Services& services, const http::Request&) {
  json::array reasons;
  if (services.not_ready) {
    for (const auto& reason : services.not_ready()) reasons.emplace_back(reason);
  }
  const bool ready = reasons.empty();
  return json_answer(ready ? 200 : 503, json::object{{"ready", ready}, {"reasons", std::move(reasons)}},
                     "application/json");
}

http::Response metrics(const Services&, const http::Request&) {
  return {.status = 200,
          .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
          .body = write_metrics(all_metrics())};
}

}  // namespace portico::api
