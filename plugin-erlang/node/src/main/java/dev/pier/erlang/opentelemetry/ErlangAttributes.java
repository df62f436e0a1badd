package dev.pier.erlang.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/// The attributes of spans. SPEC: OpenTelemetry semantic conventions, RPC spans and messaging spans
final class ErlangAttributes {
    static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system.name");
    static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
    static final AttributeKey<String> MESSAGING_SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> MESSAGING_OPERATION = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");

    /// The peer's name in the settings.
    static final AttributeKey<String> PEER = AttributeKey.stringKey("pier.erlang.peer");

    /// The other node.
    static final AttributeKey<String> NODE = AttributeKey.stringKey("pier.erlang.node");

    /// The process or server that is called.
    static final AttributeKey<String> PROCESS = AttributeKey.stringKey("pier.erlang.process");

    static final String ERLANG = "erlang";

    private ErlangAttributes() {}
}
