// calls FILE...: runs call flows; says what was not as a file expects.

#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/log.h"
#include "calls/runner.h"

namespace {

bool run_file(const char* path) {
  using namespace portico;
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  const auto flow = calls::parse_flow(text.str());
  if (!file || !flow || flow->steps.empty()) {
    std::printf("%s: %s\n", path, flow ? "nothing to run" : flow.error().what.c_str());
    return false;
  }
  const auto failures = calls::Runner(*flow).run();
  for (const auto& what : failures) std::printf("%s:%s\n", path, what.c_str());
  std::printf("%s %s\n", failures.empty() ? "ok    " : "FAILED", path);
  return failures.empty();
}

}  // namespace

int main(int argc, char** argv) {
  portico::log::start(portico::log::Level::off, portico::log::Format::text);
  bool good = argc > 1;
  for (int i = 1; i < argc; ++i) good = run_file(argv[i]) && good;
  portico::log::stop();
  return good ? 0 : 1;
}
