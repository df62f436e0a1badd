package dev.pier.server.mount;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends informational responses, but not to clients of HTTP/1.0.
///
/// SPEC: RFC 9110, section 15.2
///
/// *Threads.* For the request's thread, which waits until the response is written.
record Informing(Request request, Response response) implements BiConsumer<Integer, Map<String, List<String>>> {
    private static final Logger log = LoggerFactory.getLogger(Informing.class);

    @Override
    public void accept(Integer status, Map<String, List<String>> headers) {
        if (request.getConnectionMetaData().getHttpVersion().compareTo(HttpVersion.HTTP_1_1) < 0) {
            return;
        }
        HttpFields.Mutable fields = HttpFields.build();
        headers.forEach((name, values) -> values.forEach(value -> fields.add(name, value)));
        try {
            response.writeInterim(status, fields.asImmutable()).join();
        } catch (CompletionException | IllegalStateException e) {
            log.debug("An informational response could not be sent: {}", e.toString());
        }
    }
}
