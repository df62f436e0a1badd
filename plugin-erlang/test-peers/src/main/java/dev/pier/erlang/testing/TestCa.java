package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A certificate authority of a test. Keys are of the curve P-256.
///
/// Threads: any thread may issue certificates.
public final class TestCa {
    private static final int[] ECDSA_WITH_SHA256 = {1, 2, 840, 10045, 4, 3, 2};
    private static final int[] COMMON_NAME = {2, 5, 4, 3};
    private static final int[] KEY_USAGE = {2, 5, 29, 15};
    private static final int[] ALTERNATIVE_NAMES = {2, 5, 29, 17};
    private static final int[] BASIC_CONSTRAINTS = {2, 5, 29, 19};
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate;

    private TestCa(String name) {
        this.name = name;
        this.certificate = sign(
                name,
                keys.getPublic(),
                Instant.now().minus(Duration.ofDays(1)),
                Instant.now().plus(Duration.ofDays(30)),
                List.of(
                        extension(BASIC_CONSTRAINTS, Der.sequence(Der.yes())),
                        extension(KEY_USAGE, new byte[] {3, 2, 1, 6})));
    }

    public static TestCa create(String name) {
        return new TestCa(name);
    }

    /// A certificate with its key and those of its issuers.
    public record Issued(PrivateKey key, List<X509Certificate> chain) {
        public X509Certificate certificate() {
            return chain.getFirst();
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /// A certificate for some hosts, valid from yesterday for 20 days.
    ///
    /// @param hosts names and addresses
    public Issued issue(String subject, String... hosts) {
        return issue(
                subject, Instant.now().minus(Duration.ofDays(1)), Instant.now().plus(Duration.ofDays(20)), hosts);
    }

    public Issued issue(String subject, Instant from, Instant to, String... hosts) {
        KeyPair own = newKeys();
        List<byte[]> names = new ArrayList<>();
        for (String host : hosts) {
            names.add(alternativeName(host));
        }
        List<byte[]> extensions = names.isEmpty()
                ? List.of()
                : List.of(extension(ALTERNATIVE_NAMES, Der.sequence(names.toArray(byte[][]::new))));
        return new Issued(own.getPrivate(), List.of(sign(subject, own.getPublic(), from, to, extensions)));
    }

    private static byte[] alternativeName(String host) {
        try {
            return Der.value(0x87, InetAddress.ofLiteral(host).getAddress());
        } catch (IllegalArgumentException name) {
            return Der.value(0x82, host.getBytes(US_ASCII));
        }
    }

    private static byte[] extension(int[] oid, byte[] value) {
        return Der.sequence(Der.oid(oid), Der.octets(value));
    }

    private static byte[] distinguishedName(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8(commonName))));
    }

    /// SPEC: RFC 5280, 4.1
    private X509Certificate sign(String subject, PublicKey key, Instant from, Instant to, List<byte[]> extensions) {
        byte[] algorithm = Der.sequence(Der.oid(ECDSA_WITH_SHA256));
        byte[] content = Der.sequence(
                Der.value(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(64, RANDOM).setBit(0)),
                algorithm,
                distinguishedName(name),
                Der.sequence(Der.time(from), Der.time(to)),
                distinguishedName(subject),
                key.getEncoded(),
                extensions.isEmpty() ? new byte[0] : Der.value(0xa3, Der.sequence(extensions.toArray(byte[][]::new))));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(content);
            byte[] encoded = Der.sequence(content, algorithm, Der.bits(signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("no certificate for " + subject, e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("this JVM has no keys of the curve P-256", e);
        }
    }
}
