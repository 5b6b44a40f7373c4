#pragma once
// Everything that `portico serve` runs, built in the order of the rooms and taken down in reverse.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "portico/seed.h"
#include "portico/serve_options.h"

namespace portico::app {

class Server {
 public:
  // Errors: invalid (configuration), unavailable (a port is taken, a file cannot be written).
  static Result<std::unique_ptr<Server>> start(const ServeOptions& options);
  ~Server();

  // What the ready line says.
  struct Facts {
    Endpoint http;       // what is listened to
    Endpoint http_here;  // the same, a wildcard as loopback
    std::uint16_t sip_port = 0;
    std::uint16_t sips_port = 0;
    Seeded seeded;
    std::optional<Demo> demo;
  };
  const Facts& facts() const;

  std::size_t calls() const;
  std::size_t sip_sessions() const;  // those whose BYE was not answered yet included
  void drain();                      // no new calls; readiness turns false
  void hang_up_all();                // what is left after the drain's time
  void stop_at_once();               // destruction waits for nobody any more, a second for the store
  // Takes over certificates and reloadable settings; on error everything stays as it was.
  Result<void> reload(const ServeOptions& options);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace portico::app
