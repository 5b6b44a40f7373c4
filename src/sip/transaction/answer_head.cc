#include "sip/transaction/answer_head.h"

#include "sip/message/headers.h"

namespace portico::sip {

std::string take_answer_head(const Message& request, std::string_view to_tag) {
  auto writer = respond(request, {.status = 200, .to_tag = to_tag, .record_route = true});
  writer.copy(request, Header::timestamp);
  std::string text = writer.finish();
  const auto begin = text.find("\r\n") + 2;
  const auto end = text.rfind("Content-Length");
  text.erase(end);
  text.erase(0, begin);
  text.shrink_to_fit();
  return text;
}

std::string write_answer(std::string_view head, MessageWriter response, std::string_view content_type,
                         std::string_view body) {
  std::string text = response.finish(content_type, body);
  text.insert(text.find("\r\n") + 2, head);
  return text;
}

Flow answer_flow(const Message& request, const Flow& arrival) {
  Flow flow = arrival;
  if (is_reliable(flow.transport)) return flow;
  const auto via = read_top_via(request);
  if (via && !via->wants_rport())
    flow.remote.port = via->port != 0 ? via->port : default_port(flow.transport);
  return flow;
}

}  // namespace portico::sip
