// portico: the command line.

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "portico/commands.h"
#include "portico/dial_arguments.h"
#include "portico/setting.h"

namespace {

using portico::app::ClientCommand;
using portico::app::Flags;

// Every setting becomes an option; what was given lands in `flags`, judged later together with file and
// environment.
void add_settings(CLI::App& app, Flags& flags) {
  for (const auto& setting : portico::app::all_settings()) {
    const std::string name(setting.name);
    const auto help = std::string(setting.meaning) + " [" +
                      (setting.fallback.empty() ? "none" : std::string(setting.fallback)) + "]";
    if (setting.value.empty()) {
      // --demo, --demo=false: the text is judged with the other settings. CLI's own flags would do nothing at
      // "false".
      app.add_option("--" + name, CLI::callback_t([&flags, name](const CLI::results_t& given) {
                       flags[name] = given.back();
                       return true;
                     }),
                     help)
          ->expected(0)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
      app.add_flag_callback(
             "--no-" + name, [&flags, name] { flags[name] = "false"; }, "switch it off")
          ->disable_flag_override();
    } else {
      app.add_option_function<std::string>(
             "--" + name, [&flags, name](const std::string& value) { flags[name] = value; }, help)
          ->type_name(std::string(setting.value))
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

void add_client(CLI::App& app, ClientCommand& command) {
  app.require_subcommand(1);
  app.add_option("--account", command.account_id, "the account, where the store has several [the only one]")
      ->type_name("ID");
  auto* list = app.add_subcommand("list", "list the account's API clients");
  list->fallthrough();
  list->callback([&command] { command.what = ClientCommand::What::list; });
  auto* create = app.add_subcommand("create", "make a client; prints its id and, once, its secret");
  create->add_option("name", command.name, "what it is for")->required();
  create->fallthrough();
  create->callback([&command] { command.what = ClientCommand::What::create; });
  auto* revoke = app.add_subcommand("revoke", "end a client and its tokens");
  revoke->add_option("id", command.id, "its client id")->required();
  revoke->fallthrough();
  revoke->callback([&command] { command.what = ClientCommand::What::revoke; });
}

// What stands where a subcommand belongs, of which CLI11 says that one is required; empty: nothing does.
std::string unknown_subcommand(const CLI::App& app) {
  const auto* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  const auto words = at->remaining();
  return at->get_require_subcommand_min() > 0 && !words.empty() ? words.front() : "";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Open, self-hosted programmable voice behind a SIP front door.", "portico");
  app.require_subcommand(1);
  app.set_version_flag("--version", "portico " PORTICO_VERSION);
  Flags flags;
  ClientCommand client;
  std::vector<std::string> files;
  bool check_only = false;

  auto* serve = app.add_subcommand("serve", "run the server");
  add_settings(*serve, flags);
  auto* dial = app.add_subcommand("dial", "place a SIP call from the terminal and report it");
  portico::app::DialArguments dial_arguments;
  dial_arguments.add_to(*dial);
  auto* bxml = app.add_subcommand("bxml", "check BXML documents: line, column and reason for each fault");
  bxml->add_option("file", files, "documents to check, - for standard input")->required();
  auto* zone = app.add_subcommand("zone", "print the DNS zone that this deployment should publish");
  add_settings(*zone, flags);
  auto* config = app.add_subcommand("config", "print the effective configuration, or check it");
  config->add_flag("--check", check_only, "only say whether it is valid [off]");
  add_settings(*config, flags);
  auto* clients =
      app.add_subcommand("client", "list, create, revoke API clients (works on the store directly)");
  add_settings(*clients, flags);
  add_client(*clients, client);
  auto* version = app.add_subcommand("version", "print the version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& e) {
    const auto unknown = unknown_subcommand(app);
    if (unknown.empty()) return app.exit(e) == 0 ? 0 : 2;
    std::cerr << unknown << " is not a subcommand\nRun with --help for more information.\n";
    return 2;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (serve->parsed()) return portico::app::serve(flags);
  if (dial->parsed()) return dial_arguments.run();
  if (bxml->parsed()) return portico::app::check_bxml(files);
  if (zone->parsed()) return portico::app::print_zone(flags);
  if (config->parsed()) return portico::app::print_config(flags, check_only);
  if (clients->parsed()) return portico::app::change_clients(flags, client);
  if (version->parsed()) return portico::app::print_version();
  return 2;
}
