package dev.pier.bench.jvm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;

/// A hundred rows as JSON, as a list of orders has them: 20 KiB.
final class JsonRows {
    private static final int ROWS = 100;

    private JsonRows() {}

    static byte[] utf8() {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < ROWS; i++) {
            json.append(i == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"id\":%d,\"customer\":\"customer %d\",\"e-mail\":\"customer.%d@example.org\","
                                    + "\"city\":\"M\u00fcnchen\",\"price\":%.2f,\"count\":%d,\"paid\":%b,\"note\":null,"
                                    + "\"tags\":[\"new\",\"a \\\"quoted\\\" tag\"],\"at\":\"2026-01-02T03:04:05Z\"}",
                            100_000 + i,
                            i,
                            i,
                            19.99 + i,
                            i % 7,
                            i % 2 == 0));
        }
        return json.append(']').toString().getBytes(UTF_8);
    }
}
