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

/// Sends informational responses, such as 103, before the response of a request.
///
/// *Threads.* For the thread of the request, which waits for the write.
///
/// SPEC: RFC 9110, section 15.2
record Informing(Request request, Response response) implements BiConsumer<Integer, Map<String, List<String>>> {
    private static final Logger log = LoggerFactory.getLogger(Informing.class);

    @Override
    public void accept(Integer status, Map<String, List<String>> headers) {
        if (request.getConnectionMetaData().getHttpVersion().getVersion() < HttpVersion.HTTP_1_1.getVersion()
                || response.isCommitted()) {
            return;
        }
        HttpFields.Mutable fields = HttpFields.build();
        headers.forEach(fields::put);
        try {
            response.writeInterim(status, fields.asImmutable()).join();
        } catch (CompletionException e) {
            log.debug("Cannot send {}: the next write shows that the client has left: {}", status, e.toString());
        }
    }
}
