package dev.pier.server.trace;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in a trace: the trace and a span in it. Immutable.
///
/// SPEC: W3C Trace Context, section 3
///
/// @param traceId 32 hexadecimal digits in lower case, not all zero
/// @param spanId 16 hexadecimal digits in lower case, not all zero
/// @param sampled whether the caller may have recorded the trace
/// @param tracestate what tracing systems have added, at most 512 characters; empty for nothing
public record TraceContext(String traceId, String spanId, boolean sampled, String tracestate) {
    /// Digits of the version, the ids and the flags. A later version may have more after them.
    private static final Pattern TRACEPARENT =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final String FIRST_VERSION = "00";
    private static final String INVALID_VERSION = "ff";
    private static final String NO_TRACE = "0".repeat(32);
    private static final String NO_SPAN = "0".repeat(16);

    /// Optional white space around members is of spaces and tabs. SPEC: RFC 9110, section 5.6.3
    private static final Pattern COMMA = Pattern.compile("[ \t]*,[ \t]*");

    private static final Pattern MEMBER =
            Pattern.compile("([a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})"
                    + "=[ -+\\--<>-~]{0,255}[!-+\\--<>-~]");

    private static final int MAX_MEMBERS = 32;
    private static final int MAX_LENGTH = 512;

    /// Longer members are the first to be left out.
    private static final int LONG_MEMBER = 128;

    /// Reads the headers of a request. A request without a valid `traceparent` belongs to no trace; its
    /// `tracestate` is not read then. One that is not valid is left out.
    ///
    /// @param traceparents the values of the header `traceparent`, one per field
    /// @param tracestates the values of the header `tracestate`, one per field
    public static Optional<TraceContext> of(List<String> traceparents, List<String> tracestates) {
        if (traceparents.size() != 1) {
            return Optional.empty();
        }
        Matcher parts = TRACEPARENT.matcher(traceparents.getFirst().strip());
        if (!parts.matches()
                || parts.group(1).equals(INVALID_VERSION)
                || (parts.group(1).equals(FIRST_VERSION) && parts.group(5) != null)
                || parts.group(2).equals(NO_TRACE)
                || parts.group(3).equals(NO_SPAN)) {
            return Optional.empty();
        }
        boolean sampled = (Integer.parseInt(parts.group(4), 16) & 1) != 0;
        return Optional.of(
                new TraceContext(parts.group(2), parts.group(3), sampled, tracestate(String.join(",", tracestates))));
    }

    /// @return the members in their order; empty if one of them is not valid
    private static String tracestate(String header) {
        List<String> members = COMMA.splitAsStream(header.strip())
                .filter(member -> !member.isEmpty())
                .toList();
        List<String> keys = members.stream()
                .map(MEMBER::matcher)
                .filter(Matcher::matches)
                .map(member -> member.group(1))
                .distinct()
                .toList();
        // A member that is not valid has no key, and one that is there twice has the same.
        if (keys.size() != members.size() || members.size() > MAX_MEMBERS) {
            return "";
        }
        return shortened(members);
    }

    /// SPEC: W3C Trace Context, section 3.3.1.5: long members go first, then those at the end.
    private static String shortened(List<String> members) {
        String all = String.join(",", members);
        if (all.length() <= MAX_LENGTH) {
            return all;
        }
        List<String> kept = members.stream()
                .filter(member -> member.length() <= LONG_MEMBER)
                .toList();
        while (String.join(",", kept).length() > MAX_LENGTH) {
            kept = kept.subList(0, kept.size() - 1);
        }
        return String.join(",", kept);
    }

    /// The first place in a new trace that no tracing system records.
    public static TraceContext random() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        // The first half of each id is above zero.
        return new TraceContext(
                digits(random.nextLong(1, Long.MAX_VALUE)) + digits(random.nextLong()),
                digits(random.nextLong(1, Long.MAX_VALUE)),
                false,
                "");
    }

    private static String digits(long bits) {
        return HexFormat.of().toHexDigits(bits);
    }

    /// As a header.
    public String traceparent() {
        return FIRST_VERSION + "-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }
}
