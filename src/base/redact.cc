#include "base/redact.h"

#include <algorithm>
#include <array>

namespace tally {

namespace {

constexpr std::size_t kSecretWordMin = 16;
constexpr std::size_t kSecretBlobMin = 20;
constexpr std::size_t kNameMax = 64;

// A name that holds one of these announces a secret; letters only, lower case.
constexpr std::array<std::string_view, 14> kSecretNames{
    "password",  "passwd",          "passphrase", "secret",     "token",      "apikey",
    "accesskey", "pepper",          "pwd",        "credential", "privatekey", "signingkey",
    "sessionid", "connectionstring"};
// What follows one of these is secret to the end of the line.
constexpr std::array<std::string_view, 3> kSecretHeaders{"authorization", "cookie", "setcookie"};
constexpr std::array<std::string_view, 4> kSchemes{"bearer", "basic", "digest", "negotiate"};

// Words that stand for content or for a thing of ours, and say nothing secret.
constexpr std::array<std::string_view, 9> kOwnPrefixes{"run_", "dec_", "lease_",  "key_", "apr_",
                                                       "ldg_", "err_", "sha256:", "job_"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
// Characters of names; values and tokens have more.
bool is_name(char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '.'; }
bool is_token(char c) {
  return is_name(c) || c == '+' || c == '/' || c == '=' || c == '~' || c == ':' || c == '%';
}

std::string letters_of(std::string_view name) {
  std::string plain;
  for (char c : name) {
    if (is_letter(c)) plain += static_cast<char>(is_upper(c) ? c - 'A' + 'a' : c);
  }
  return plain;
}

template <std::size_t n>
bool is_one_of(std::array<std::string_view, n> const& words, std::string_view name) {
  return name.size() <= kNameMax && std::ranges::find(words, letters_of(name)) != words.end();
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

// One piece of letters and digits, too long and too mixed for a word.
bool is_mixed(std::string_view piece) {
  return piece.size() >= kSecretWordMin && !is_number_or_time(piece) && !is_hash(piece) &&
         std::ranges::any_of(piece, is_digit) && std::ranges::any_of(piece, is_letter);
}

// Base64 may hold slashes, as paths do; paths have no mix of both cases and digits in one row.
bool is_blob(std::string_view word) {
  auto const has = [&](auto is) { return std::ranges::any_of(word, is); };
  bool const dotted = word.find('.') != std::string_view::npos;
  return word.size() >= kSecretBlobMin && !dotted && has(is_upper) && has(is_lower) &&
         (has(is_digit) || word.find('+') != std::string_view::npos);
}

// Tokens announce themselves: what their issuers put in front, so that scanners find them. A word
// that only begins alike, such as "sk-learn", has no tail of a token.
constexpr std::size_t kTokenTailMin = 16;
constexpr std::array<std::string_view, 38> kTokenPrefixes{
    "AIza",        "AKIA",     "ASIA",  "EAA",   "GOCSPX-",  "SG.",    "atlasv1.", "cfpat-",
    "dckr_",       "dop_v1_",  "figd_", "gho_",  "ghp_",     "ghr_",   "ghs_",     "ghu_",
    "github_pat_", "glpat-",   "glsa_", "gsk_",  "hf_",      "hvs.",   "lin_api_", "npm_",
    "nvapi-",      "pk_live_", "pypi-", "r8_",   "rk_live_", "shpat_", "sk-",      "sk_live_",
    "sk_test_",    "sq0",      "xai-",  "xapp-", "xox",      "ya29."};

bool is_token_of_somebody(std::string_view piece) {
  return std::ranges::any_of(kTokenPrefixes, [&](std::string_view prefix) {
    return piece.starts_with(prefix) && piece.size() >= prefix.size() + kTokenTailMin;
  });
}

// In any of the pieces that stand between the signs of a path, an option or a pair.
bool holds_a_token(std::string_view word) {
  while (!word.empty()) {
    auto const* const end = std::ranges::find_if_not(word, is_name);
    auto const length = static_cast<std::size_t>(end - word.begin());
    if (is_token_of_somebody(word.substr(0, length))) return true;
    word.remove_prefix(std::min(length + 1, word.size()));
  }
  return false;
}

bool looks_secret(std::string_view word) {
  if (word.starts_with("tk_") || word.starts_with("eyJ")) return true;
  if (holds_a_token(word)) return true;
  if (is_own(word) || is_number_or_time(word)) return false;
  if (is_blob(word)) return true;
  while (!word.empty()) {  // the pieces of a path
    auto const slash = word.find('/');
    if (is_mixed(word.substr(0, slash)) && !is_own(word.substr(0, slash))) return true;
    word = slash == std::string_view::npos ? std::string_view() : word.substr(slash + 1);
  }
  return false;
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

// Reads words and what stands between them, once, from left to right.
class Redactor {
 public:
  explicit Redactor(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (is_name(text_[at_])) {
        take_word();
      } else {
        take_other();
      }
    }
    return std::move(out_);
  }

 private:
  std::string_view run_of(bool (*is)(char)) const {
    std::size_t end = at_;
    while (end < text_.size() && is(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  void take_word() {
    auto const name = run_of(is_name);
    if (is_one_of(kSecretHeaders, name)) return take_header(name);
    if (is_one_of(kSchemes, name)) return take_after(name);
    if (is_secret_name(name) && value_follows(name)) return take_value(name);
    auto const word = run_of(is_token);
    if (auto const at = text_.find('@', at_); is_url_with_user(word, at)) return take_url(at);
    bool const secret = looks_secret(word) || looks_secret(name);
    out_ += secret ? kRedacted : word;
    at_ += word.size();
  }

  // "Authorization: ...", "Cookie=...": nothing of the line's rest stays.
  void take_header(std::string_view name) {
    copy(name);
    if (at_ >= text_.size()) return;
    auto const sign = text_.find_first_of(":=", at_);
    if (sign == std::string_view::npos || sign > at_ + 3) return;
    copy(text_.substr(at_, sign + 1 - at_));
    out_ += kRedacted;
    auto const end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
  }

  // "Bearer abc".
  void take_after(std::string_view scheme) {
    copy(scheme);
    if (at_ >= text_.size() || text_[at_] != ' ') return;
    copy(" ");
    if (run_of(is_token).empty()) return;
    at_ += run_of(is_token).size();
    out_ += kRedacted;
  }

  bool value_follows(std::string_view name) const {
    auto const sign = text_.find_first_not_of(" \t\"'`", at_ + name.size());
    return sign != std::string_view::npos && (text_[sign] == ':' || text_[sign] == '=');
  }

  // To the closing quote where one opens, else to the end of the piece.
  void take_value(std::string_view name) {
    copy(name);
    auto const sign = text_.find_first_of(":=", at_);
    copy(text_.substr(at_, sign + 1 - at_));
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) copy(" ");
    if (at_ >= text_.size()) return;
    out_ += kRedacted;
    if (is_quote(text_[at_])) {
      auto const end = text_.find(text_[at_], at_ + 1);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
      return;
    }
    while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != ',' && text_[at_] != '}' &&
           text_[at_] != '"')
      ++at_;
  }

  // scheme://user:secret@host
  bool is_url_with_user(std::string_view word, std::size_t at_sign) const {
    auto const scheme = word.find("://");
    if (scheme == std::string_view::npos || at_sign == std::string_view::npos) return false;
    auto const between = text_.substr(at_, at_sign - at_);
    return std::ranges::none_of(between, is_space) &&
           between.substr(scheme + 3).find('/') == std::string_view::npos;
  }
  void take_url(std::size_t at_sign) {
    auto const scheme = text_.find("://", at_);
    copy(text_.substr(at_, scheme + 3 - at_));
    out_ += kRedacted;
    at_ = at_sign;
  }

  void copy(std::string_view piece) {
    for (char const c : piece) out_ += is_space(c) ? ' ' : c;
    at_ += piece.size();
  }

  void take_other() {
    std::size_t const length = character_at(text_, at_);
    if (length == 0) {
      if (out_.empty() || out_.back() != ' ') out_ += ' ';
      ++at_;
      return;
    }
    out_ += text_.substr(at_, length);
    at_ += length;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

bool is_secret_name(std::string_view name) {
  if (name.size() > kNameMax) return false;
  std::string const plain = letters_of(name);
  if (plain == "pass" || is_one_of(kSecretHeaders, name)) return true;
  return std::ranges::any_of(kSecretNames, [&](std::string_view secret) {
    return plain.find(secret) != std::string::npos;
  });
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

std::string redacted_tail(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    auto end = text.find('\n');
    if (end == std::string_view::npos) end = text.find(' ');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  std::string out;
  while (!text.empty()) {
    auto const line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    out += redacted(line, line.size() + kRedacted.size() * line.size());
    if (!text.empty()) out += '\n';
  }
  if (out.size() <= bytes_max) return out;
  std::size_t from = out.size() - bytes_max;
  while (from < out.size() && (static_cast<unsigned char>(out[from]) & 0xc0) == 0x80) ++from;
  return out.substr(from);
}

}  // namespace tally
