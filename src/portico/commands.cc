#include "portico/commands.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/limits.h"
#include "bxml/parse.h"
#include "bxml/report.h"
#include "net/tls_context.h"
#include "portico/serve_options.h"
#include "signaling/own_names.h"
#include "sip/message/uri.h"

namespace portico::app {
namespace {

// Bounded: a document over its limit is refused by the parser, so one byte more than that is all we need.
std::string read_bounded(std::istream& in) {
  std::string text(limits::kBxmlBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

int complain(int status, std::string_view what) {
  std::cerr << "portico: " << what << "\n";
  return status;
}

int print_version() {
  std::cout << "portico " << PORTICO_VERSION << "\n";
  return 0;
}

int check_bxml(const std::vector<std::string>& files) {
  int status = 0;
  for (const auto& file : files) {
    std::string text;
    if (file == "-") {
      text = read_bounded(std::cin);
    } else {
      std::ifstream in(file, std::ios::binary);
      if (!in) return complain(2, file + ": cannot be read");
      text = read_bounded(in);
    }
    const auto faults = bxml::check(text);
    if (faults.empty()) {
      std::cout << file << ": valid\n";
      continue;
    }
    status = 1;
    std::cout << bxml::describe(faults, file);
  }
  return status;
}

int print_config(const Flags& flags, bool check_only) {
  const auto settings = choose(flags, process_environment);
  if (!settings) return complain(2, settings.error().what);
  const auto options = typed(*settings);
  if (!options) return complain(2, options.error().what);
  if (check_only) {
    if (!options->tls_cert.empty()) {
      const auto tls = net::TlsServer::load({.certificate = options->tls_cert, .key = options->tls_key});
      if (!tls) return complain(2, tls.error().what);
    }
    std::cout << "the configuration is valid\n";
    return 0;
  }
  std::cout << to_yaml(*settings);
  return 0;
}

namespace {

void print_record(const std::string& name, const std::string& record) {
  std::cout << name << std::string(name.size() < 15 ? 16 - name.size() : 1, ' ') << record << "\n";
}

// How to reach `name`, the domain itself ("@") or a label of it, at this node.
void print_services(const std::string& name, const ServeOptions& options, const std::string& node,
                    const std::string& address) {
  const auto suffix = name == "@" ? std::string() : "." + name;
  const auto served = [&](const char* service, std::uint16_t port) {
    print_record(service + suffix, "IN SRV   10 50 " + std::to_string(port) + " " + node);
  };
  print_record(name, "IN NAPTR 10 50 \"s\" \"SIPS+D2T\" \"\" _sips._tcp" + suffix);
  print_record(name, "IN NAPTR 20 50 \"s\" \"SIP+D2U\"  \"\" _sip._udp" + suffix);
  print_record(name, "IN NAPTR 30 50 \"s\" \"SIP+D2T\"  \"\" _sip._tcp" + suffix);
  served("_sip._udp", options.sip_port);
  served("_sip._tcp", options.sip_port);
  served("_sips._tcp", options.sips_port);
  print_record(name, address);
}

}  // namespace

int print_zone(const Flags& flags) {
  const auto settings = choose(flags, process_environment);
  if (!settings) return complain(2, settings.error().what);
  const auto options = typed(*settings);
  if (!options) return complain(2, options.error().what);
  if (sip::host_address(options->domain)) {
    return complain(2, "--domain must be the DNS name that callers dial, for example sip.example.org");
  }
  const auto address = "IN A     " + options->public_ip.to_string();
  const auto node = signaling::node_label(options->node);
  std::cout << "; Records that callers find this deployment by (RFC 3263). Include them in the zone of the "
               "domain.\n"
            << "$ORIGIN " << options->domain << ".\n$TTL 60\n";
  print_services("@", *options, node, address);
  print_record(node, address);
  // The region's name leads to nodes of that region, and this is one; the door knows it as the domain's own.
  if (!options->region.empty() && signaling::node_label(options->region) == options->region) {
    print_services(options->region, *options, node, address);
  }
  return 0;
}

}  // namespace portico::app
