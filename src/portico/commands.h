#pragma once
// The subcommands of `portico` (design interface.md section 2), one function each. Exit status: 0 done, 1 the
// thing asked for failed, 2 wrong usage or configuration. What was asked for goes to stdout, everything else
// to stderr.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace portico::app {

using Flags = std::map<std::string, std::string, std::less<>>;  // settings given on the command line

int serve(const Flags& flags);
int check_bxml(const std::vector<std::string>& files);  // "-" is standard input
int print_zone(const Flags& flags);
int print_config(const Flags& flags, bool check_only);
int print_version();

struct ClientCommand {
  enum class What : unsigned char { list, create, revoke };
  What what = What::list;
  std::string name;        // create
  std::string id;          // revoke
  std::string account_id;  // empty: the only account of the store
};
int change_clients(const Flags& flags, const ClientCommand& command);

int complain(int status, std::string_view what);  // "portico: WHAT" on stderr; returns `status`

}  // namespace portico::app
