#include <algorithm>
#include <filesystem>
#include <iostream>

#include "portico/commands.h"
#include "portico/serve_options.h"
#include "store/open.h"

namespace portico::app {
namespace {

Result<std::string> account_of(account::Store& store, const std::string& asked) {
  auto accounts = store.accounts();
  if (!accounts) return fail(accounts.error());
  if (asked.empty() && accounts->size() == 1) return accounts->front().id;
  for (const auto& account : *accounts) {
    if (account.id == asked) return account.id;
  }
  if (!asked.empty()) return fail(Code::not_found, "no account " + asked);
  if (accounts->empty()) return fail(Code::not_found, "the store has no account: `portico serve` makes it");
  return fail(Code::not_found,
              "the store has " + std::to_string(accounts->size()) + " accounts: name one with --account");
}

int list(account::Store& store, const std::string& account_id) {
  const auto clients = store.clients(account_id);
  if (!clients) return complain(1, clients.error().what);
  for (const auto& client : *clients) {
    std::cout << client.id << "  " << to_iso8601(client.created) << "  " << client.name << "\n";
  }
  return 0;
}

int create(account::Store& store, const std::string& account_id, const std::string& name) {
  auto made = account::make_client(
      account_id, name, {account::Role::voice_applications, account::Role::voice, account::Role::operations},
      read_clocks().wall);
  const auto put = store.put_client(made.client);
  if (!put) return complain(1, put.error().what);
  std::cout << "clientId: " << made.client.id << "\nclientSecret: " << made.secret << "\n";
  std::cerr << "The secret is shown only now; the store keeps its hash.\n";
  return 0;
}

}  // namespace

int change_clients(const Flags& flags, const ClientCommand& command) {
  const auto settings = choose(flags, process_environment);
  if (!settings) return complain(2, settings.error().what);
  const auto options = typed(*settings);
  if (!options) return complain(2, options.error().what);
  // Opening makes one where there is none, which nobody means here.
  const auto file = store::file_of_store(options->store);
  if (!file) return complain(2, file.error().what);
  if (std::error_code ignored; !std::filesystem::exists(*file, ignored)) {
    return complain(1, "no store at " + *file +
                           ": name the server's with --data, --store or --config; `portico serve` makes it");
  }
  const auto store = store::open_store(options->store);
  if (!store) return complain(1, store.error().what);
  if (command.what == ClientCommand::What::revoke) {
    const auto gone = (*store)->delete_client(command.id);
    if (!gone) return complain(1, gone.error().what);
    std::cout << "revoked " << command.id << "; its tokens are refused from now on\n";
    return 0;
  }
  const auto account_id = account_of(**store, command.account_id);
  if (!account_id) return complain(1, account_id.error().what);
  return command.what == ClientCommand::What::list ? list(**store, *account_id)
                                                   : create(**store, *account_id, command.name);
}

}  // namespace portico::app
