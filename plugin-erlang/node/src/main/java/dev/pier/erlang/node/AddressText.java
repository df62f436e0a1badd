package dev.pier.erlang.node;

import java.net.Inet6Address;
import java.net.InetAddress;

/// An address as the host part of a node's name. The name is compared as text, so an IPv6 address needs the one
/// form that operating systems, Kubernetes and Erlang write: `fd00::1`. Java writes `fd00:0:0:0:0:0:0:1`.
///
/// SPEC: RFC 5952, section 4
final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    /// Without the zone of a link-local address.
    static String of(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int from = 0;
        int length = 0;
        for (int start = 0; start < GROUPS; start++) {
            int zeros = zeros(groups, start);
            // Of two equally long runs, the first is shortened.
            if (zeros > length) {
                from = start;
                length = zeros;
            }
        }
        // A single group of zeros stays.
        return length < 2
                ? text(groups, 0, GROUPS)
                : text(groups, 0, from) + "::" + text(groups, from + length, GROUPS);
    }

    private static int zeros(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - start;
    }

    private static String text(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
