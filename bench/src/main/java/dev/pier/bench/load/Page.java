package dev.pier.bench.load;

import java.net.URI;
import java.util.Map;

/// A page that a side serves over HTTP. The pages of all sides have the same [#body].
///
/// @param url the address without the query `?id=…`
/// @param processes the ids of the processes that work for the page, by their names in the report
public record Page(String name, URI url, Map<String, Long> processes) {
    URI url(long id) {
        return URI.create(url + "?id=" + id);
    }

    static String body(long id) {
        return "[" + id + ",\"hello, world\"]";
    }
}
