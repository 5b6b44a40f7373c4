#include "webhook/mask_passwords.h"

#include <gtest/gtest.h>

namespace portico::webhook {
namespace {

TEST(MaskPasswords, HidesTheValuesOfAllAttributesOfThatKind) {
  EXPECT_EQ(mask_passwords(R"(<Gather username="u" password="one" fallbackPassword='t"wo'/>)"),
            R"(<Gather username="u" password="*****" fallbackPassword='*****'/>)");
  EXPECT_EQ(mask_passwords("<A destinationPassword\n =\t\"x\" PASSWORD=''/>"),
            "<A destinationPassword\n =\t\"*****\" PASSWORD='*****'/>");
}

TEST(MaskPasswords, HidesWhatTheDocumentDoesNotClose) {
  EXPECT_EQ(mask_passwords("<A password=\"secret/><B/>"), "<A password=\"*****");
  EXPECT_EQ(mask_passwords("<A password=\""), "<A password=\"*****");
}

TEST(MaskPasswords, LeavesOtherTextAlone) {
  for (const auto* text : {"", "<SpeakSentence>Your password is wrong</SpeakSentence>", "<A password",
                           "<A password =", "password=x"}) {
    EXPECT_EQ(mask_passwords(text), text);
  }
}

}  // namespace
}  // namespace portico::webhook
