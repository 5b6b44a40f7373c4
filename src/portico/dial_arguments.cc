#include "portico/dial_arguments.h"

#include <CLI/CLI.hpp>
#include <sstream>

#include "media/digit_script.h"
#include "portico/commands.h"
#include "sip/message/write.h"

namespace portico::app {

void DialArguments::add_to(CLI::App& app) {
  app.add_option("uri", options_.uri, "SIP URI to call")->required()->type_name("SIP_URI");
  app.add_option("--username", options_.username, "for the digest challenge [user part of the URI]")
      ->type_name("U");
  app.add_option("--password", options_.password, "for the digest challenge [none]")->type_name("P");
  app.add_option("--transport", transport_, "udp, tcp or tls [as DNS and the URI say]")
      ->check(CLI::IsMember({"udp", "tcp", "tls"}))
      ->type_name("NAME");
  app.add_option("--from", options_.from, "SIP URI of the caller [sip:dial@local address]")->type_name("URI");
  app.add_option("--header", headers_, "added to the INVITE; may be repeated [none]")
      ->type_name("'Name: value'")
      ->allow_extra_args(false);  // else it takes the URI as well
  app.add_option("--codec", codecs_, "codecs to offer, in order [PCMU,PCMA,G722,opus]")->type_name("LIST");
  app.add_flag("--srtp", options_.srtp, "offer SRTP with SDES keys [off]");
  auto* say = app.add_option("--say", options_.say, "speak once answered [nothing]")->type_name("TEXT");
  app.add_option("--play", options_.play_file, "play once answered [nothing]")
      ->type_name("FILE.wav")
      ->excludes(say);
  app.add_option("--sound-after", sound_after_ms_,
                 "milliseconds from the answer until --say or --play begins [0]")
      ->type_name("MS");
  app.add_option("--digits", options_.digits,
                 "DTMF to send, while what plays waits; , and w pause 0.5 s, W 1 s [none]")
      ->type_name("1234#");
  app.add_option("--digits-after", digits_after_ms_,
                 "milliseconds from the answer until --digits begins [1000]")
      ->type_name("MS");
  app.add_option("--record", options_.record_file, "what is heard [not kept]")->type_name("FILE.wav");
  app.add_option("--duration", duration_seconds_, "hang up after this long [when the far end does]")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
  app.add_flag("--trace", options_.trace, "print each SIP message with its time to stderr [off]");
  app.add_flag("--json", options_.json, "report as one JSON object [off: as text]");
}

Result<void> DialArguments::judge() {
  if (transport_ == "udp") options_.transport = sip::Transport::udp;
  if (transport_ == "tcp") options_.transport = sip::Transport::tcp;
  if (transport_ == "tls") options_.transport = sip::Transport::tls;
  for (const auto& header : headers_) {
    const auto colon = header.find(':');
    auto value = colon == std::string::npos ? std::string() : header.substr(colon + 1);
    value.erase(0, value.find_first_not_of(' '));
    if (colon == std::string::npos || !sip::fit_name(header.substr(0, colon)) || !sip::fit_value(value)) {
      return fail(Code::invalid, "--header must be 'Name: value', but is \"" + header + "\"");
    }
    options_.headers.emplace_back(header.substr(0, colon), value);
  }
  if (!codecs_.empty()) options_.codecs.clear();
  std::stringstream list(codecs_);
  for (std::string name; std::getline(list, name, ',');) {
    const auto before = options_.codecs.size();
    for (const auto codec : {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus}) {
      if (codec_name(codec) == name) options_.codecs.push_back(codec);
    }
    if (options_.codecs.size() == before) {
      return fail(Code::invalid, "--codec must list PCMU, PCMA, G722 or opus, but has \"" + name + "\"");
    }
  }
  // The durations are the dialer's own and right.
  if (const auto steps = media::read_digits(options_.digits, Millis(100), Millis(100));
      !options_.digits.empty() && !steps) {
    return fail(Code::invalid, "--digits: " + steps.error().what);
  }
  if (sound_after_ms_ >= 0) options_.sound_after = Millis(static_cast<std::int64_t>(sound_after_ms_));
  if (digits_after_ms_ >= 0) options_.digits_after = Millis(static_cast<std::int64_t>(digits_after_ms_));
  if (duration_seconds_ >= 0) options_.duration = Millis(static_cast<std::int64_t>(duration_seconds_ * 1000));
  return {};
}

int DialArguments::run() {
  const auto judged = judge();
  if (!judged) return complain(2, judged.error().what);
  return dial(options_);
}

}  // namespace portico::app
