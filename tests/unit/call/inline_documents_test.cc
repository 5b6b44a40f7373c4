#include "call/inline_documents.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace portico::call {
namespace {

std::shared_ptr<const bxml::Document> document(std::string base_url) {
  bxml::Document made;
  made.base_url = std::move(base_url);
  return std::make_shared<const bxml::Document>(std::move(made));
}

TEST(InlineDocuments, KnowTheLastTextOfAnApplication) {
  InlineDocuments documents;
  const auto first = document("https://a/");
  documents.keep("1", "<Response/>", first);
  EXPECT_EQ(documents.find("1", "<Response/>", "https://a/"), first);
  EXPECT_EQ(documents.find("1", "<Response><Hangup/></Response>", "https://a/"), nullptr);
  EXPECT_EQ(documents.find("1", "<Response/>", "https://b/"), nullptr);
  EXPECT_EQ(documents.find("2", "<Response/>", "https://a/"), nullptr);
  documents.keep("1", "<Bxml/>", document("https://a/"));
  EXPECT_EQ(documents.find("1", "<Response/>", "https://a/"), nullptr);
}

TEST(InlineDocuments, AreBounded) {
  InlineDocuments documents;
  for (std::size_t i = 0; i < 2 * InlineDocuments::kMax + 1; ++i) {
    documents.keep(std::to_string(i), "x", document(""));
    ASSERT_LE(documents.size(), InlineDocuments::kMax);
  }
}

TEST(InlineDocuments, AreBoundedByTheirSizeTogether) {
  bxml::Document large;
  large.verbs.resize(limits::kInlineDocumentsBytesMax / sizeof(bxml::Verb) / 4);
  const auto quarter = std::make_shared<const bxml::Document>(large);
  InlineDocuments documents;
  for (int i = 0; i < 98; ++i) {
    documents.keep(std::to_string(i), "x", quarter);
    ASSERT_LE(documents.bytes(), limits::kInlineDocumentsBytesMax);
    ASSERT_NE(documents.find(std::to_string(i), "x", ""), nullptr);
  }
  for (int i = 0; i < 100; ++i) documents.keep("the same", "x", quarter);
  EXPECT_NE(documents.find("97", "x", ""), nullptr) << "one that takes its own place takes nobody else's";
  large.verbs.resize(limits::kInlineDocumentsBytesMax / sizeof(bxml::Verb) + 1);
  documents.keep("too large", "x", std::make_shared<const bxml::Document>(large));
  EXPECT_EQ(documents.find("too large", "x", ""), nullptr);
  EXPECT_NE(documents.find("97", "x", ""), nullptr);
}

}  // namespace
}  // namespace portico::call
