#include "bxml/parse.h"

#include "base/limits.h"
#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Parse, TakesBothRoots) {
  EXPECT_EQ(document_of("<Response><Pause/></Response>").verbs.size(), 1U);
  EXPECT_EQ(document_of("<Bxml><Pause/></Bxml>").verbs.size(), 1U);
  EXPECT_EQ(document_of("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- hi -->\n<Bxml/>\n").verbs.size(),
            0U);
  EXPECT_TRUE(document_of("<Response/>").verbs.empty());
}

TEST(Parse, RefusesEveryOtherRoot) {
  EXPECT_EQ(fault_of("<response/>"),
            "line 1, column 1: <response> cannot be the root, that is <Response> or <Bxml>");
  EXPECT_EQ(fault_of("<Pause/>"),
            "line 1, column 1: <Pause> cannot be the root, that is <Response> or <Bxml>");
  EXPECT_EQ(fault_of("{\"a\": 1}"),
            "line 1, column 1: the document is not well-formed XML: a character is not allowed here");
  EXPECT_EQ(fault_of("<html><body/></html>"),
            "line 1, column 1: <html> cannot be the root, that is <Response> or <Bxml>");
}

TEST(Parse, IsCaseSensitive) {
  EXPECT_EQ(fault_of("<Response><pause/></Response>"), "line 1, column 11: <pause> is not a BXML element");
  const Document document = document_of("<Response><Pause Duration='9'/></Response>");
  EXPECT_EQ(std::get<Pause>(document.verbs.at(0)).duration, 1s);
  EXPECT_EQ(document.warnings.size(), 1U);
}

TEST(Parse, KeepsTheOrderOfTheText) {
  const Document document = document_of("<Response><Ring/><!-- a --><Pause/><?pi b?><Hangup/></Response>");
  ASSERT_EQ(document.verbs.size(), 3U);
  EXPECT_EQ(verb_name(document.verbs[0]), "Ring");
  EXPECT_EQ(verb_name(document.verbs[1]), "Pause");
  EXPECT_EQ(verb_name(document.verbs[2]), "Hangup");
}

TEST(Parse, TakesExactlyTheLargestBody) {
  const std::string start = "<Response><Tag>";
  const std::string end = "</Tag></Response>";
  const auto padded = [&](std::size_t bytes) {
    return start + std::string(bytes - start.size() - end.size(), ' ') + end;
  };
  EXPECT_EQ(fault_of(padded(limits::kBxmlBytesMax)), "valid");
  EXPECT_EQ(fault_of(padded(limits::kBxmlBytesMax + 1)),
            "line 1, column 65537: the document is longer than 65536 bytes");
  EXPECT_EQ(fault_of(std::string(10'000'000, ' '), {DocumentKind::call, "", true}),
            "line 1, column 65537: the document is longer than 65536 bytes");
}

TEST(Parse, TakesExactlyTheLargestNumberOfVerbs) {
  const auto times = [](std::size_t count, const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
  };
  EXPECT_EQ(document_of(response(times(limits::kBxmlVerbsMax, "<Ring/>"))).verbs.size(),
            limits::kBxmlVerbsMax);
  EXPECT_EQ(fault_of(response(times(limits::kBxmlVerbsMax, "<Ring/>") + "\n <Pause/>")),
            "line 2, column 2: <Pause> is one too many, a document takes at most 1000");
  const auto gathers =
      times(limits::kBxmlVerbsMax / 4, "<Gather>" + times(3, "<PlayAudio>a</PlayAudio>") + "</Gather>");
  EXPECT_EQ(fault_of(response(gathers)), "valid");
  EXPECT_EQ(fault_of(response(gathers + "\n<Gather>" + times(3, "<PlayAudio>a</PlayAudio>") + "</Gather>")),
            "line 2, column 1: <Gather> is one too many, a document takes at most 1000");
  EXPECT_EQ(reason_of("<Gather>" + times(limits::kBxmlVerbsMax, "<PlayAudio>a</PlayAudio>") + "</Gather>"),
            "<PlayAudio> is one too many, a document takes at most 1000");
  EXPECT_EQ(fault_of(response("<SpeakSentence>" + times(3 * limits::kBxmlVerbsMax, "a<break/>") +
                              "</SpeakSentence>")),
            "valid")
      << "speech is a text";
}

TEST(Parse, RefusesWhatIsNotUtf8WhereItStands) {
  EXPECT_EQ(fault_of("<Response>\n <Tag>\xC3\xA9 \xE9</Tag></Response>"),
            "line 2, column 9: the document is not valid UTF-8");
  EXPECT_EQ(fault_of("\xFF\xFE<\0R\0"), "line 1, column 1: the document is not valid UTF-8");
}

std::string as_utf16(std::string_view ascii, bool big_endian) {
  std::string text;
  for (const char c : ascii) text += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return text;
}

// Without a byte order mark that is valid UTF-8, and for Expat a document.
TEST(Parse, RefusesUtf16AndEveryOtherNul) {
  const std::string refused = "the document is not well-formed XML: a character is not allowed here";
  EXPECT_EQ(fault_of(as_utf16("<Response/>", false)), "line 1, column 2: " + refused);
  EXPECT_EQ(fault_of(as_utf16("<Response/>", true)), "line 1, column 1: " + refused);
  EXPECT_EQ(fault_of(std::string("<Response>\n\xC3\xA9\0\xE9</Response>", 25)),
            "line 2, column 2: " + refused);
  EXPECT_EQ(fault_of(std::string("<Response/>\0", 12)), "line 1, column 12: " + refused);
  EXPECT_EQ(fault_of(std::string("\xE9\0", 2)), "line 1, column 1: the document is not valid UTF-8");
}

// A fault is a sentence, and goes into events as it is.
TEST(Parse, BoundsNamesInFaultsAndWarnings) {
  std::string longer, shown;  // é, characters and not bytes
  for (int i = 0; i < 10'000; ++i) (i < 64 ? shown : longer) += "\xC3\xA9";
  longer = shown + longer;
  EXPECT_EQ(reason_of("<" + longer + "/>"), "<" + shown + "> is not a BXML element");
  EXPECT_EQ(reason_of("<SpeakSentence><" + longer + "><Pause/></" + longer + ">a</SpeakSentence>"),
            "<Pause> is not allowed in <" + shown + ">");
  const Document spoken = document_of(response("<SpeakSentence><" + longer + "/>a</SpeakSentence>"));
  ASSERT_EQ(spoken.warnings.size(), 1U);
  EXPECT_EQ(spoken.warnings[0].element, shown);
}

TEST(Parse, SkipsAByteOrderMark) {
  EXPECT_EQ(fault_of("\xEF\xBB\xBF<Response/>"), "valid");
  EXPECT_EQ(fault_of("\xEF\xBB\xBF<Response><x/></Response>"),
            "line 1, column 11: <x> is not a BXML element");
}

TEST(Parse, TakesAnEmptyBodyOnlyWhereOneIsAllowed) {
  const ParseContext reply{DocumentKind::call, "", true};
  EXPECT_TRUE(document_of("", reply).verbs.empty());
  EXPECT_TRUE(document_of(" \r\n", reply).verbs.empty());
  EXPECT_EQ(fault_of(""), "line 1, column 1: the document holds no element");
}

TEST(Parse, RefusesADoctype) {
  EXPECT_EQ(fault_of("<!DOCTYPE Response>\n<Response/>"), "line 1, column 1: a DOCTYPE is not allowed");
  EXPECT_EQ(
      fault_of("<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Response><Tag>&x;</Tag></Response>"),
      "line 1, column 1: a DOCTYPE is not allowed");
}

TEST(Parse, GivesTheFirstFaultInTheOrderOfTheText) {
  const std::string text =
      "<Response>\n"
      "  <Gather repeatCount='30' maxDigits='99'>\n"
      "    <SpeakSentence voice='hal'>a</SpeakSentence>\n"
      "  </Gather>\n"
      "  <Pause duration='x'/>\n"
      "</Response>";
  EXPECT_EQ(fault_of(text),
            "line 2, column 11: <Gather> repeatCount times the number of prompts must be at most 20, but is "
            "30 x 1");
  const auto faults = check(text);
  ASSERT_EQ(faults.size(), 4U);
  EXPECT_EQ(faults[1].at, (Position{2, 28}));
  EXPECT_EQ(faults[2].at, (Position{3, 20}));
  EXPECT_EQ(faults[3].at, (Position{5, 10}));
}

struct Place {
  std::string_view text;
  std::string_view fault;
};

TEST(Parse, PointsExactly) {
  for (const auto& [text, fault] : std::initializer_list<Place>{
           {"<Response>\n\n\t<Gather\n\t\tgatherUrl='/a'\n\t\tmaxDigits = '99' /></Response>",
            "line 5, column 3: <Gather> maxDigits must be 1..50, but was 99"},
           {"<Response><Tag>\xE2\x82\xAC\xF0\x9F\x98\x80</Tag><Pause tag='\xC3\xA9' "
            "duration='0'/></Response>",
            "line 1, column 39: <Pause> duration must be 0.1..86400 seconds, but was 0"},
           {"<Response>\r\n  <Pause duration='0'/>\r\n</Response>",
            "line 2, column 10: <Pause> duration must be 0.1..86400 seconds, but was 0"},
           {"<Response>\r  <Pause a=\"duration='5'\" duration='0'/></Response>",
            "line 2, column 27: <Pause> duration must be 0.1..86400 seconds, but was 0"},
           {"<Response>\n<Transfer>\n<PhoneNumber>\n\n  12 </PhoneNumber></Transfer></Response>",
            "line 5, column 3: <PhoneNumber> text must be an E.164 number such as +15555551212, but was 12"},
           {"<Response>\n<SendDtmf><!-- E -->\n <![CDATA[E]]></SendDtmf></Response>",
            "line 3, column 11: <SendDtmf> text must consist of 0-9, *, #, A-D and the pauses , w W, but was "
            "E"},
           {"<Response>\n<SendDtmf> &#69;</SendDtmf></Response>",
            "line 2, column 12: <SendDtmf> text must consist of 0-9, *, #, A-D and the pauses , w W, but was "
            "E"},
           {"<Response>\n  oops <Pause/></Response>", "line 2, column 3: <Response> takes no text"},
           {"<Response>\n <Redirect/></Response>",
            "line 2, column 2: <Redirect> needs the attribute redirectUrl"},
           {"<Response>\n <Pause>\n</Response>",
            "line 3, column 1: <Pause> is not well-formed XML: </Response> where </Pause> was expected"},
       }) {
    EXPECT_EQ(fault_of(text), fault) << text;
  }
}

TEST(Parse, RefusesChildElementsAtTheRoot) {
  for (const std::string name :
       {"PhoneNumber", "SipUri", "Endpoint", "StreamParam", "CustomParam", "Response", "Bxml"}) {
    EXPECT_EQ(reason_of("<" + name + "/>"), "<" + name + "> is not allowed in <Response>");
  }
  EXPECT_EQ(reason_of("<break/>"), "<break> is not a BXML element");
  EXPECT_EQ(reason_of("<x:Pause xmlns:x='urn:x'/>"), "<x:Pause> is not a BXML element");
}

TEST(Parse, WarnsOfUnknownAttributesOfTheRoot) {
  const Document document = document_of("<Response xmlns='urn:x'><Pause/></Response>");
  ASSERT_EQ(document.warnings.size(), 1U);
  EXPECT_EQ(document.warnings[0].at, (Position{1, 11}));
}

TEST(Parse, BoundsTheNumberOfFaultsAndWarnings) {
  std::string unknown;
  for (int i = 0; i < 2'000; ++i) unknown += "<a/>";
  EXPECT_EQ(check(response(unknown)).size(), limits::kBxmlFaultsMax);
  std::string warned;
  for (int i = 0; i < 500; ++i) warned += "<Hangup a='' b='' c='' d=''/>";
  EXPECT_EQ(document_of(response(warned)).warnings.size(), limits::kBxmlFaultsMax);
}

// Contract section 1.4: C in a conference too, B for the called party too, A on a call only.
struct Placed {
  char place;
  std::string_view text;
};
constexpr Placed kPlaced[] = {
    {'A', "<Bridge>c-1</Bridge>"},
    {'A', "<Conference>r</Conference>"},
    {'A', "<Connect><Endpoint>e-1</Endpoint></Connect>"},
    {'A', "<Forward to='sip:a@b'/>"},
    {'B', "<Gather/>"},
    {'B', "<Hangup/>"},
    {'B', "<Pause/>"},
    {'C', "<PauseRecording/>"},
    {'C', "<PlayAudio>a.wav</PlayAudio>"},
    {'B', "<Record/>"},
    {'B', "<Redirect redirectUrl='/r'/>"},
    {'A', "<Refer><SipUri>sip:a@b</SipUri></Refer>"},
    {'C', "<ResumeRecording/>"},
    {'B', "<Ring/>"},
    {'B', "<SendDtmf>1</SendDtmf>"},
    {'C', "<SpeakSentence>a</SpeakSentence>"},
    {'B', "<StartGather dtmfUrl='/d'/>"},
    {'C', "<StartRecording/>"},
    {'B', "<StartStream destination='ws://x'/>"},
    {'B', "<StartTranscription/>"},
    {'B', "<StopGather/>"},
    {'C', "<StopRecording/>"},
    {'B', "<StopStream name='a'/>"},
    {'B', "<StopTranscription/>"},
    {'B', "<Tag/>"},
    {'A', "<Transfer><SipUri>sip:a@b</SipUri></Transfer>"},
};

TEST(Parse, AllowsEachVerbWhereTheContractDoes) {
  EXPECT_EQ(std::size(kPlaced), std::variant_size_v<Verb>);
  for (const auto& [place, text] : kPlaced) {
    EXPECT_EQ(fault_of(response(text), fetched(DocumentKind::call)), "valid") << text;
    EXPECT_EQ(fault_of(response(text), fetched(DocumentKind::transfer_answer)) == "valid", place != 'A')
        << text;
    EXPECT_EQ(fault_of(response(text), fetched(DocumentKind::conference)) == "valid", place == 'C') << text;
  }
}

TEST(Parse, RefusesTheWholeDocumentForOneVerbOutOfPlace) {
  EXPECT_EQ(
      fault_of("<Bxml><PlayAudio>a.wav</PlayAudio>\n<Gather/></Bxml>", fetched(DocumentKind::conference)),
      "line 2, column 1: <Gather> is not allowed in a document for a conference");
  EXPECT_EQ(
      fault_of("<Bxml><Pause/><Conference>r</Conference></Bxml>", fetched(DocumentKind::transfer_answer)),
      "line 1, column 15: <Conference> is not allowed in a document for the called party of a transfer");
}

// Every parent and every element: only the pairs of section 1.3 are allowed.
TEST(Parse, FollowsTheNestingTable) {
  const std::vector<std::string> parents{"Bridge",
                                         "Conference",
                                         "Connect",
                                         "Forward",
                                         "Gather",
                                         "Hangup",
                                         "Pause",
                                         "PauseRecording",
                                         "PlayAudio",
                                         "Record",
                                         "Redirect",
                                         "Refer",
                                         "ResumeRecording",
                                         "Ring",
                                         "SendDtmf",
                                         "SpeakSentence",
                                         "StartGather",
                                         "StartRecording",
                                         "StartStream",
                                         "StartTranscription",
                                         "StopGather",
                                         "StopRecording",
                                         "StopStream",
                                         "StopTranscription",
                                         "Tag",
                                         "Transfer"};
  std::vector<std::string> children = parents;
  children.insert(children.end(), {"PhoneNumber", "SipUri", "Endpoint", "StreamParam", "CustomParam"});
  const std::vector<std::string> allowed{"Gather/SpeakSentence",
                                         "Gather/PlayAudio",
                                         "Transfer/PhoneNumber",
                                         "Transfer/SipUri",
                                         "Refer/SipUri",
                                         "Connect/Endpoint",
                                         "StartStream/StreamParam",
                                         "StartTranscription/CustomParam"};
  for (const std::string& parent : parents) {
    for (const std::string& child : children) {
      const auto faults = check(response("<" + parent + "><" + child + "/></" + parent + ">"));
      const bool misplaced = std::ranges::any_of(faults, [&](const Fault& fault) {
        return fault.element == child && fault.reason == "is not allowed in <" + parent + ">";
      });
      const bool expected = std::ranges::find(allowed, parent + "/" + child) == allowed.end();
      EXPECT_EQ(misplaced, expected) << parent << "/" << child;
    }
  }
}

TEST(Parse, ResolvesAgainstTheUrlOfTheDocument) {
  const Document document = document_of("<Response><Redirect redirectUrl='next?a=1'/></Response>");
  EXPECT_EQ(document.base_url, "https://app.example/hooks/answer?call=1");
  EXPECT_EQ(std::get<Redirect>(document.verbs.at(0)).redirect.url, "https://app.example/hooks/next?a=1");
}

TEST(Parse, RefusesARelativeUrlWhenNoUrlIsKnown) {
  const ParseContext pushed{DocumentKind::call, "", false};
  EXPECT_EQ(
      fault_of("<Response><PlayAudio>/a.wav</PlayAudio></Response>", pushed),
      "line 1, column 22: <PlayAudio> text must be absolute, for there is no URL to resolve it against");
  EXPECT_EQ(fault_of("<Response><Redirect redirectUrl='/r'/></Response>", pushed),
            "line 1, column 21: <Redirect> redirectUrl must be absolute, for there is no URL to resolve it "
            "against");
  EXPECT_EQ(fault_of("<Response><PlayAudio>https://x.example/a.wav</PlayAudio></Response>", pushed), "valid");
}

TEST(Parse, SurvivesDeepAndWideDocuments) {
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "<a>";
  EXPECT_EQ(fault_of(deep), "line 1, column 49: <a> is nested deeper than 16 elements");
  EXPECT_EQ(fault_of(response("<Tag" + std::string(65'000, ' ') + "/>")), "valid");
  std::string lines;
  for (int i = 0; i < 60'000; ++i) lines += '\n';
  EXPECT_EQ(fault_of(response("<Tag>" + lines + "</Tag>")), "valid");
  std::string attributes;
  for (int i = 0; i < 5'000; ++i) attributes += " a" + std::to_string(i) + "=''";
  EXPECT_EQ(document_of(response("<Pause" + attributes + "/>")).warnings.size(), limits::kBxmlFaultsMax);
}

}  // namespace
}  // namespace portico::bxml
