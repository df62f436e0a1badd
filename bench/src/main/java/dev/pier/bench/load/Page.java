package dev.pier.bench.load;

import java.net.URI;
import java.util.Map;

/// A page that is asked for over HTTP, and who answers it. All of them have the same text: [#body].
///
/// @param url of the page; the query `?id=…` is put behind it
/// @param processes that work for it, by what they are called in the report
public record Page(String name, URI url, Map<String, Long> processes) {
    URI url(long id) {
        return URI.create(url + "?id=" + id);
    }

    static String body(long id) {
        return "[" + id + ",\"hello, world\"]";
    }
}
