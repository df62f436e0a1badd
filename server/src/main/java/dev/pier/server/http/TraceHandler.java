package dev.pier.server.http;

import dev.pier.server.trace.RequestFacts;
import dev.pier.server.trace.RequestSpan;
import dev.pier.server.trace.RequestSpans;
import dev.pier.server.trace.TraceContext;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.MDC;

/// Makes each request part of a trace: that of its client, or a new one. The request has the id of the trace
/// as an attribute, and log lines of its thread have the ids of trace and span.
///
/// *Threads.* Safe for all threads.
final class TraceHandler extends Handler.Wrapper {
    private static final String TRACE_KEY = "trace_id";
    private static final String SPAN_KEY = "span_id";

    private final RequestSpans spans;

    TraceHandler(RequestSpans spans, Handler handler) {
        super(handler);
        this.spans = spans;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpFields headers = request.getHeaders();
        RequestSpan span = spans.begin(
                facts(request),
                TraceContext.of(headers.getValuesList("traceparent"), headers.getValuesList("tracestate")));
        TraceContext context = span.context();
        request.setAttribute(RequestSpan.TRACE_ID, context.traceId());
        Request.addCompletionListener(
                request,
                failure -> span.ended(
                        response.getStatus(),
                        request.getAttribute(Router.APPLICATION) instanceof String application ? application : null,
                        failure));
        MDC.put(TRACE_KEY, context.traceId());
        MDC.put(SPAN_KEY, context.spanId());
        try (RequestSpan.Scope _ = span.enter()) {
            return super.handle(request, response, callback);
        } finally {
            MDC.remove(TRACE_KEY);
            MDC.remove(SPAN_KEY);
        }
    }

    private static RequestFacts facts(Request request) {
        return new RequestFacts(
                request.getMethod(),
                String.valueOf(request.getHttpURI().getScheme()),
                String.valueOf(request.getHttpURI().getPath()),
                Request.getServerName(request),
                Request.getServerPort(request),
                Request.getRemoteAddr(request),
                request.getConnectionMetaData().getHttpVersion().asString().substring("HTTP/".length()),
                request.getHeaders().get(HttpHeader.USER_AGENT));
    }
}
