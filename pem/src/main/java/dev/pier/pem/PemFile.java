package dev.pier.pem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/// A file in PEM format: blocks of base64 between lines that name their kind.
///
/// SPEC: RFC 7468
///
/// @param text its content
public record PemFile(Path file, String text) {
    private static final long MAX_BYTES = 4 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([A-Za-z0-9+/=\\s]*?)-----END \\1-----");

    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    /// @throws KeyFileException if it does not exist, cannot be read or is far too large
    public static PemFile read(Path file) throws KeyFileException {
        return new PemFile(file, new String(SecretFile.bytes(file, MAX_BYTES), StandardCharsets.ISO_8859_1));
    }

    /// All certificates in their order.
    ///
    /// @throws KeyFileException if the file has no certificate, or one is malformed
    public List<X509Certificate> certificates() throws KeyFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (blocks.find()) {
                if (blocks.group(1).equals("CERTIFICATE")) {
                    certificates.add((X509Certificate) factory.generateCertificate(
                            new ByteArrayInputStream(Base64.getMimeDecoder().decode(blocks.group(2)))));
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw problem("has a malformed certificate: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw problem("has no certificate in PEM format (-----BEGIN CERTIFICATE-----)", null);
        }
        return certificates;
    }

    /// The private key.
    ///
    /// @param password decrypts the key; `null` for a key that is not encrypted
    /// @throws KeyFileException if the file has no key in PKCS #8, or the password does not fit
    public PrivateKey privateKey(char @Nullable [] password) throws KeyFileException {
        Matcher blocks = BLOCK.matcher(text);
        String traditional = null;
        while (blocks.find()) {
            String kind = blocks.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return key(decoded(blocks.group(2)));
            }
            if (kind.equals("ENCRYPTED PRIVATE KEY")) {
                return key(decrypted(decoded(blocks.group(2)), password));
            }
            if (kind.endsWith(" PRIVATE KEY")) {
                traditional = kind;
            }
        }
        if (traditional != null) {
            throw problem(
                    "has a key in the traditional format (" + traditional + "); convert it to PKCS #8: openssl pkcs8"
                            + " -topk8 -nocrypt -in " + file + " -out NEW",
                    null);
        }
        throw problem("has no private key in PKCS #8 and PEM format (-----BEGIN PRIVATE KEY-----)", null);
    }

    private byte[] decoded(String base64) throws KeyFileException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw problem("has a malformed private key", null);
        }
    }

    private PrivateKey key(byte[] pkcs8) throws KeyFileException {
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // It may be a key of the next algorithm.
            }
        }
        throw problem("has a malformed private key, or one of an algorithm other than " + KEY_ALGORITHMS, null);
    }

    private byte[] decrypted(byte[] encrypted, char @Nullable [] password) throws KeyFileException {
        if (password == null) {
            throw problem("has an encrypted key, and there is no password for it (setting key-password-file)", null);
        }
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encrypted);
            // The parameters of PBES2 have the names of its two algorithms as their text, and nothing else has.
            String scheme =
                    info.getAlgName().startsWith("PBES2") || info.getAlgName().startsWith("1.2.840.113549.1.5.13")
                            ? info.getAlgParameters().toString()
                            : info.getAlgName();
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password)),
                    info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw problem("has a key that cannot be decrypted with the password of key-password-file", null);
        }
    }

    private KeyFileException problem(String problem, @Nullable Throwable cause) {
        return new KeyFileException(file, problem, cause);
    }

    /// The size of a file, the time of its last change and its identity, which change when it is renewed; empty for a
    /// file that is missing.
    public static List<Object> fingerprint(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
        } catch (IOException missing) {
            return List.of();
        }
    }
}
