#include "webhook/flatten.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "http/url.h"

namespace portico::webhook {
namespace {

struct Row {
  const char* event;
  const char* query;
};

TEST(Flatten, FollowsTheContractsTable) {
  const Row rows[] = {
      {R"({})", ""},
      {R"({"eventType":"initiate","from":"+15551230001"})", "eventType=initiate&from=%2B15551230001"},
      {R"({"to":"sip:a@b.example;x=1","tag":"a b&c=d"})", "to=sip%3Aa%40b.example%3Bx%3D1&tag=a%20b%26c%3Dd"},
      {R"({"tag":"grüß 你"})", "tag=gr%C3%BC%C3%9F%20%E4%BD%A0"},
      {R"({"digits":"","terminatingDigit":""})", "digits=&terminatingDigit="},
      {R"({"tag":null,"callId":"c-1"})", "callId=c-1"},
      {R"({"sipHeaders":{"x-id":"1","x-other":"2"}})", "sipHeaders.x-id=1&sipHeaders.x-other=2"},
      {R"({"mediaStream":{"name":"n","tracks":["inbound","outbound"]}})",
       "mediaStream.name=n&mediaStream.tracks=inbound&mediaStream.tracks=outbound"},
      {R"({"channels":1,"stabilized":true,"privacy":false,"ratio":1.5,"big":18446744073709551615})",
       "channels=1&stabilized=true&privacy=false&ratio=1.5&big=18446744073709551615"},
      {R"({"a":{"b":{"c":[{"d":1},{"d":2}]}},"empty":[],"none":{}})", "a.b.c.d=1&a.b.c.d=2"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(http::write_query(flatten(boost::json::parse(row.event).as_object())), row.query) << row.event;
  }
}

}  // namespace
}  // namespace portico::webhook
