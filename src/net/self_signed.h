#pragma once
// A certificate for a deployment that was given none: ECDSA P-256, ten years, written with mode 0600.

#include <string>
#include <vector>

#include "base/address.h"
#include "net/tls_context.h"

namespace portico::net {

struct CertificateNames {
  std::vector<std::string> dns;  // the first is the common name
  std::vector<IpAddress> ips;
};

// DIR/tls-cert.pem and DIR/tls-key.pem: used as they are when both exist, else made. DIR must exist.
// Errors: unavailable (files), internal (OpenSSL).
Result<TlsFiles> ensure_self_signed(const std::string& directory, const CertificateNames& names);

}  // namespace portico::net
