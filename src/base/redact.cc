#include "base/redact.h"

#include <algorithm>
#include <array>

namespace tally {

namespace {

constexpr std::size_t kSecretWordMin = 16;
constexpr std::size_t kNameMax = 32;

constexpr std::array<std::string_view, 14> kSecretNames{
    "password", "passwd",        "passphrase", "secret",     "token",  "apikey", "accesskey",
    "pepper",   "authorization", "credential", "privatekey", "cookie", "bearer", "signingkey"};

// Words that stand for content or for a thing of ours, and say nothing secret.
constexpr std::array<std::string_view, 9> kOwnPrefixes{"run_", "dec_", "lease_",  "key_", "apr_",
                                                       "ldg_", "err_", "sha256:", "job_"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool starts_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }
bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '+' || c == '=' || c == '.' ||
         c == ':';
}

// Content hashes and trace ids: lower-case hex of exactly those lengths.
bool is_hash(std::string_view word) {
  bool const length = word.size() == 16 || word.size() == 32 || word.size() == 64;
  return length && std::ranges::all_of(word, is_hex);
}

bool is_own(std::string_view word) {
  return std::ranges::any_of(kOwnPrefixes, [&](std::string_view prefix) {
    return word.starts_with(prefix) && is_hash(word.substr(prefix.size()));
  });
}

bool is_number_or_time(std::string_view word) {
  return std::ranges::all_of(word, [](char c) {
    return is_digit(c) || c == '.' || c == ':' || c == '-' || c == '+' || c == 'T' || c == 'Z';
  });
}

bool looks_secret(std::string_view word) {
  if (word.starts_with("tk_") || word.starts_with("eyJ")) return true;
  if (word.size() < kSecretWordMin || is_own(word) || is_hash(word) || is_number_or_time(word))
    return false;
  return std::ranges::any_of(word, is_digit) && std::ranges::any_of(word, is_letter);
}

// Valid UTF-8 stays, of the rest nothing: how many bytes of `text` from `at` make one character.
std::size_t character_at(std::string_view text, std::size_t at) {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char const first = byte(at);
  if (first < 0x80) return first < 0x20 || first == 0x7f ? 0 : 1;
  std::size_t const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length == 0 || first > 0xf4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  bool const overlong =
      (first == 0xe0 && byte(at + 1) < 0xa0) || (first == 0xf0 && byte(at + 1) < 0x90);
  bool const outside =
      (first == 0xed && byte(at + 1) >= 0xa0) || (first == 0xf4 && byte(at + 1) >= 0x90);
  return overlong || outside ? 0 : length;
}

// Reads words and what separates them; a name followed by ':' or '=' makes the next word a value.
class Redactor {
 public:
  explicit Redactor(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts_word(text_[at_])) {
        take_word();
      } else {
        take_other();
      }
    }
    return std::move(out_);
  }

 private:
  void take_word() {
    std::size_t const begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    auto const word = text_.substr(begin, at_ - begin);
    auto const sign = word.find_first_of("=:");
    bool const pair = sign != std::string_view::npos && is_secret_name(word.substr(0, sign));
    if (pair) {
      out_ += word.substr(0, sign + 1);
      if (sign + 1 < word.size()) out_ += kRedacted;
      expecting_ = sign + 1 == word.size();
    } else if (is_secret_name(word)) {
      out_ += word;
      expecting_ = true;
    } else if (expecting_ || looks_secret(word)) {
      out_ += kRedacted;
      expecting_ = false;
    } else {
      out_ += word;
    }
  }

  void take_other() {
    std::size_t const length = character_at(text_, at_);
    if (length == 0) {
      if (out_.empty() || out_.back() != ' ') out_ += ' ';
      ++at_;
      return;
    }
    // A value may hold more than word characters: it goes as far as it is one piece.
    bool const joins = length > 1 || text_[at_] == '/' || text_[at_] == '@' || text_[at_] == '!' ||
                       text_[at_] == '$' || text_[at_] == '%' || text_[at_] == '&';
    if (joins && out_.ends_with(kRedacted)) {
      while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '"' && text_[at_] != '\n')
        ++at_;
      return;
    }
    out_ += text_.substr(at_, length);
    at_ += length;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool expecting_ = false;  // the last word announced a secret
  std::string out_;
};

}  // namespace

bool is_secret_name(std::string_view name) {
  if (name.size() > kNameMax) return false;
  std::string plain;
  for (char c : name) {
    if (is_letter(c)) plain += static_cast<char>(is_upper(c) ? c - 'A' + 'a' : c);
  }
  return std::ranges::any_of(kSecretNames,
                             [&](std::string_view secret) { return plain.ends_with(secret); });
}

std::string redacted(std::string_view text, std::size_t bytes_max) {
  std::string line = Redactor(text).run();
  if (line.size() > bytes_max) {
    line.resize(bytes_max);
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0) == 0x80)
      line.pop_back();
    if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xc0) line.pop_back();
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace tally
