package dev.pier.server.mount;

import dev.pier.server.plugin.Mount;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Sends the content type that the servlet of a mount has set as [Mount#CONTENT_TYPE], instead of Jetty's
/// spelling of it.
///
/// *Threads.* Runs on the thread that sends the response.
final class ExactContentType extends HttpStream.Wrapper {
    private final Request request;

    private ExactContentType(HttpStream stream, Request request) {
        super(stream);
        this.request = request;
    }

    static void install(Request request) {
        request.addHttpStreamWrapper(stream -> new ExactContentType(stream, request));
    }

    @Override
    public void send(
            MetaData.Request sent,
            MetaData.@Nullable Response response,
            boolean last,
            @Nullable ByteBuffer content,
            Callback callback) {
        super.send(sent, response == null ? null : exact(response), last, content, callback);
    }

    private MetaData.Response exact(MetaData.Response response) {
        if (!(request.getAttribute(Mount.CONTENT_TYPE) instanceof String type)
                || !response.getHttpFields().contains(HttpHeader.CONTENT_TYPE)) {
            return response;
        }
        return new MetaData.Response(
                response.getStatus(),
                response.getReason(),
                response.getHttpVersion(),
                HttpFields.build(response.getHttpFields()).put(HttpHeader.CONTENT_TYPE, type),
                response.getContentLength(),
                response.getTrailersSupplier());
    }
}
