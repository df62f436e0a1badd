package dev.pier.erlang.transport;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The hosts that a certificate names, by its subject alternative names. The common name of the subject counts for
/// nothing.
///
/// SPEC: RFC 9525, 6.3 and 6.5: names are compared without regard to case; `*` may stand for the whole first label
/// of a name with more, and for nothing else; an address is compared as bytes.
///
/// @param dns names
/// @param addresses as text
record CertificateNames(List<String> dns, List<String> addresses) {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final int SHOWN = 10;

    static CertificateNames of(X509Certificate certificate) {
        List<String> dns = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (List<?> name : alternativeNames(certificate)) {
            if (name.get(1) instanceof String text) {
                if (name.getFirst().equals(DNS)) {
                    dns.add(text);
                } else if (name.getFirst().equals(ADDRESS)) {
                    addresses.add(text);
                }
            }
        }
        return new CertificateNames(dns, addresses);
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /// @param host a host name or an address
    boolean cover(String host) {
        InetAddress address = literal(host);
        return address == null
                ? dns.stream().anyMatch(name -> matches(name, host))
                : addresses.stream().map(CertificateNames::literal).anyMatch(address::equals);
    }

    private static boolean matches(String pattern, String host) {
        String name = host.toLowerCase(Locale.ROOT);
        String wanted = pattern.toLowerCase(Locale.ROOT);
        if (!wanted.startsWith("*.")) {
            return wanted.equals(name);
        }
        int dot = name.indexOf('.');
        // At least two labels behind the `*`: no certificate is for all hosts of a top-level domain.
        return dot > 0 && wanted.indexOf('.', 2) > 0 && wanted.substring(1).equals(name.substring(dot));
    }

    static @Nullable InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException name) {
            return null;
        }
    }

    /// The names for a sentence: `a.example.com, 10.0.0.3`.
    String listed() {
        List<String> all = new ArrayList<>(dns);
        all.addAll(addresses);
        if (all.isEmpty()) {
            return "no host (subject alternative names are required)";
        }
        String first = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
        return Subjects.printable(all.size() > SHOWN ? first + " and " + (all.size() - SHOWN) + " more" : first);
    }
}
