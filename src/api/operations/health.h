#pragma once
// For orchestrators and dashboards: /healthz, /readyz, /metrics. No authentication; nothing private in them.

#include <string>
#include <vector>

#include "api/services.h"
#include "base/counters.h"
#include "http/message.h"

namespace portico::api {

http::Response healthz(const Services& services, const http::Request& request);
http::Response readyz(const Services& services, const http::Request& request);
http::Response metrics(const Services& services, const http::Request& request);

// The Prometheus text format 0.0.4.
std::string write_metrics(std::vector<MetricView> metrics);

}  // namespace portico::api
