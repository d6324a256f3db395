#pragma once

// Certificates for tests, made where they are needed and kept nowhere.

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace tally::platform {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* it) const {
    Free(it);
  }
};
using KeyPair = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<&X509_free>>;

struct Identity {
  KeyPair key;
  Certificate certificate;
};

struct Wanted {
  std::string name;       // common name
  std::string alt_names;  // "DNS:a,IP:127.0.0.1"; empty: an authority
  long valid_from_s = -3600;
  long valid_until_s = 3600;  // from now, both
};

inline void extend(X509* certificate, int what, std::string const& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself.
inline Identity made(Wanted const& wanted, Identity const* issuer = nullptr) {
  static long serial = 1;
  Identity made{.key = KeyPair(EVP_EC_gen("P-256")), .certificate = Certificate(X509_new())};
  X509* const it = made.certificate.get();
  X509_set_version(it, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(it), serial++);
  X509_gmtime_adj(X509_getm_notBefore(it), wanted.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(it), wanted.valid_until_s);
  X509_set_pubkey(it, made.key.get());
  auto const* const text = reinterpret_cast<unsigned char const*>(wanted.name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(it), "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509 const* const above = issuer == nullptr ? it : issuer->certificate.get();
  X509_set_issuer_name(it, X509_get_subject_name(above));
  bool const authority = wanted.alt_names.empty();
  extend(it, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!authority) extend(it, NID_subject_alt_name, wanted.alt_names);
  EXPECT_GT(X509_sign(it, (issuer == nullptr ? made : *issuer).key.get(), EVP_sha256()), 0);
  return made;
}

inline std::string pem_of(Identity const& identity) {
  std::unique_ptr<BIO, FreeWith<&BIO_free>> const out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), identity.certificate.get());
  char* bytes = nullptr;
  auto const length = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

}  // namespace tally::platform
