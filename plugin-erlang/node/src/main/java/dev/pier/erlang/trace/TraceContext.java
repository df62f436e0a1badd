package dev.pier.erlang.trace;

import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;

/// The place in a trace that a call belongs to, as the values of two headers in ASCII. SPEC: W3C Trace
/// Context, section 3.
///
/// @param traceparent the ids of the trace and of the caller's span, with flags
/// @param tracestate what tracing systems have added; empty for nothing
public record TraceContext(String traceparent, String tracestate) {
    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    /// Writes the headers as a list of pairs of binaries, which OpenTelemetry for Erlang reads.
    ///
    /// OTP: opentelemetry_api, otel_propagator_text_map.erl:default_carrier_get/2
    public void write(EtfOutput out) {
        TermEncoder.encodeListHeader(tracestate.isEmpty() ? 1 : 2, out);
        writeHeader(TRACEPARENT, traceparent, out);
        if (!tracestate.isEmpty()) {
            writeHeader(TRACESTATE, tracestate, out);
        }
        TermEncoder.encodeNil(out);
    }

    private static void writeHeader(String name, String value, EtfOutput out) {
        TermEncoder.encodeTupleHeader(2, out);
        TermEncoder.encodeBinary(name, out);
        TermEncoder.encodeBinary(value, out);
    }
}
