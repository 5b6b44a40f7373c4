#include "bxml/xml/read_xml.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "bxml/report.h"

namespace portico::bxml {
namespace {

std::string fault_of(std::string_view text) {
  const auto root = read_xml(text);
  return root ? "" : describe(root.error());
}

TEST(ReadXml, GivesElementsAttributesAndTextWithPositions) {
  const auto root =
      read_xml("<?xml version=\"1.0\"?>\n<A>\n  <B x='1'\n     yy = \"2\"/>  hi <!-- no -->there</A>");
  ASSERT_TRUE(root);
  EXPECT_EQ((*root)->at, (Position{2, 1}));
  ASSERT_EQ((*root)->content.size(), 3U);
  EXPECT_TRUE((*root)->content[0].blank);
  const Element& b = *(*root)->content[1].element;
  EXPECT_EQ(b.at, (Position{3, 3}));
  EXPECT_EQ(b.find("x")->at, (Position{3, 6}));
  EXPECT_EQ(b.find("yy")->at, (Position{4, 6}));
  EXPECT_EQ(b.find("yy")->value, "2");
  EXPECT_EQ(b.find("z"), nullptr);
  EXPECT_EQ((*root)->content[2].text, "  hi there");
  EXPECT_EQ((*root)->content[2].at, (Position{4, 18}));
}

TEST(ReadXml, CountsCharactersNotBytes) {
  const auto root = read_xml("<A>\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80<B name='\xC3\xBC' at='1'/></A>");
  ASSERT_TRUE(root);
  const Element& b = *(*root)->content[1].element;
  EXPECT_EQ(b.at, (Position{1, 7}));
  EXPECT_EQ(b.find("at")->at, (Position{1, 19}));
}

TEST(ReadXml, KnowsAllThreeLineEnds) {
  const auto root = read_xml("<A>\r\n<B/>\r<C/>\n<D/></A>");
  ASSERT_TRUE(root);
  EXPECT_EQ((*root)->content[1].element->at, (Position{2, 1}));
  EXPECT_EQ((*root)->content[3].element->at, (Position{3, 1}));
  EXPECT_EQ((*root)->content[5].element->at, (Position{4, 1}));
}

TEST(ReadXml, ExpandsTheFiveEntitiesReferencesAndCdata) {
  const auto root = read_xml("<A x='&quot;&#x41;'>&lt;&amp;&gt;&apos;&#66;<![CDATA[<c>&]]></A>");
  ASSERT_TRUE(root);
  EXPECT_EQ((*root)->find("x")->value, "\"A");
  EXPECT_EQ((*root)->content[0].text, "<&>'B<c>&");
  EXPECT_EQ((*root)->content[0].at, (Position{1, 21}));
}

struct Case {
  std::string_view text;
  std::string_view fault;
};

TEST(ReadXml, PointsAtWhatIsNotWellFormed) {
  for (const auto& [text, fault] : std::initializer_list<Case>{
           {"", "line 1, column 1: the document holds no element"},
           {"  \n ", "line 2, column 2: the document holds no element"},
           {"hello", "line 1, column 1: the document is not well-formed XML: syntax error"},
           {"<A>\n <B>\n</A>", "line 3, column 1: <B> is not well-formed XML: </A> where </B> was expected"},
           {"<A>\n<B/>", "line 2, column 5: <A> is not well-formed XML: the text ends before </A>"},
           {"<A>\n <B x='1' y='2' x='3'/></A>",
            "line 2, column 17: <A> is not well-formed XML: duplicate attribute"},
           {"<A>fish & chips</A>",
            "line 1, column 9: <A> is not well-formed XML: '&' must be written as &amp;"},
           {"<A x='/a?b=1&c=2'/>",
            "line 1, column 13: the document is not well-formed XML: '&' must be written as &amp;"},
           {"<A>&nbsp;</A>",
            "line 1, column 4: <A> is not well-formed XML: unknown entity, only amp, lt, gt, quot and apos "
            "exist"},
           {"<A>\n<B x='&amp;' y='&#65;&copy;'/></A>",
            "line 2, column 22: <A> is not well-formed XML: unknown entity, only amp, lt, gt, quot and apos "
            "exist"},
           {"<A><B x='a<b'/></A>",
            "line 1, column 11: <A> is not well-formed XML: a character is not allowed here"},
           {"<A><B x=1/></A>",
            "line 1, column 9: <A> is not well-formed XML: a character is not allowed here"},
           {"<A>\x01</A>", "line 1, column 4: <A> is not well-formed XML: a character is not allowed here"},
           {"<A/>\n<B/>", "line 2, column 1: nothing may follow the root element"},
           {"<A/> text", "line 1, column 6: nothing may follow the root element"},
           {"text <A/>", "line 1, column 1: the document is not well-formed XML: syntax error"},
           {"<A><B", "line 1, column 4: <A> is not well-formed XML: unclosed token"},
           {"<A>&#0;</A>",
            "line 1, column 4: <A> is not well-formed XML: reference to invalid character number"},
           {"\n<?xml version='1.0'?><A/>",
            "line 2, column 1: the document is not well-formed XML: XML or text declaration not at start of "
            "entity"},
       }) {
    EXPECT_EQ(fault_of(text), fault) << text;
  }
}

TEST(ReadXml, BoundsNamesInFaults) {
  std::string longer, shown;
  for (int i = 0; i < 500; ++i) (i < 64 ? shown : longer) += "\xC3\xA9";
  longer = shown + longer;
  EXPECT_EQ(
      fault_of("<" + longer + ">"),
      "line 1, column 503: <" + shown + "> is not well-formed XML: the text ends before </" + shown + ">");
  std::string deep;
  for (std::size_t i = 0; i < limits::kBxmlDepthMax; ++i) deep += "<a>";
  EXPECT_EQ(fault_of(deep + "<" + longer + ">"),
            "line 1, column 49: <" + shown + "> is nested deeper than 16 elements");
}

// 64 bytes from "</" on, less the half of a character.
TEST(ReadXml, CutsNoCharacterInTwo) {
  const std::string ascii(61, 'a');
  EXPECT_EQ(fault_of("<A></" + ascii + "\xC3\xA9></A>"),
            "line 1, column 4: <A> is not well-formed XML: </" + ascii + "> where </A> was expected");
}

TEST(ReadXml, RefusesNulBytes) {
  EXPECT_EQ(fault_of(std::string_view("<A>\0</A>", 8)),
            "line 1, column 4: <A> is not well-formed XML: a character is not allowed here");
}

TEST(ReadXml, RefusesADoctypeWhereItStarts) {
  const std::string_view refused = "line 2, column 2: a DOCTYPE is not allowed";
  EXPECT_EQ(fault_of("<?xml version='1.0'?>\n <!DOCTYPE A><A/>"), refused);
  EXPECT_EQ(fault_of("<!-- DOCTYPE <!DOCTYPE -->\n <!DOCTYPE A SYSTEM 'file:///etc/passwd'><A/>"), refused);
  EXPECT_EQ(fault_of("\n <!DOCTYPE A [<!ENTITY x SYSTEM 'http://127.0.0.1/x'>]><A>&x;</A>"), refused);
  EXPECT_EQ(fault_of("\n <!DOCTYPE A PUBLIC '-//W3C//DTD X//EN' 'x.dtd'><A/>"), refused);
}

TEST(ReadXml, NeverExpandsAnEntityBomb) {
  std::string bomb = "<!DOCTYPE A [<!ENTITY a0 \"ha\">";
  for (int i = 1; i < 30; ++i) {
    const std::string below = "&a" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY a" + std::to_string(i) + " \"" + below + below + below + "\">";
  }
  EXPECT_EQ(fault_of(bomb + "]><A>&a29;</A>"), "line 1, column 1: a DOCTYPE is not allowed");
}

TEST(ReadXml, TakesAsManyLevelsAsTheLimitSays) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_EQ(fault_of(nested(limits::kBxmlDepthMax)), "");
  EXPECT_EQ(fault_of(nested(limits::kBxmlDepthMax + 1)),
            "line 1, column 49: <a> is nested deeper than 16 elements");
  EXPECT_EQ(fault_of(nested(9'000)), "line 1, column 49: <a> is nested deeper than 16 elements");
}

TEST(ReadXml, ReadsTheBytesAsUtf8WhateverTheDeclarationSays) {
  const auto root = read_xml("<?xml version='1.0' encoding='ISO-8859-1'?><A>\xC3\xA9</A>");
  ASSERT_TRUE(root);
  EXPECT_EQ((*root)->content[0].text, "\xC3\xA9");
}

}  // namespace
}  // namespace portico::bxml
