package dev.pier.spring.boot;

import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.mailbox.MailboxSettings.Overflow;
import dev.pier.erlang.transport.TlsSettings.Names;
import dev.pier.erlang.transport.TlsSettings.Verify;
import dev.pier.erlang.transport.TlsUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The properties `pier.erlang`. An unknown one stops the start.
///
/// @param enabled whether the application is an Erlang node
/// @param node this application's node name, name@host; the host must have an address
/// @param cookie the cookie itself, instead of a file
/// @param cookieFile the file with the cookie, readable by its owner only; ~/.erlang.cookie by default
/// @param listen where other nodes may connect
/// @param epmd how nodes find each other
/// @param tls certificate and key; with them, connections to other nodes are within TLS
/// @param connectTimeout how long an attempt to connect may take
/// @param netTicktime net_ticktime, which must be equal on all nodes
/// @param introspection whether Erlang may look at the processes and the memory of the node
/// @param calls how calls are sent
/// @param bulk streams
/// @param json the limits for JSON from clients
/// @param limits the limits of connections, calls and processes
/// @param mailbox the limits of the mailbox of each process
/// @param errors the answers to HTTP requests whose Erlang work failed
/// @param peers the peers by their names
@ConfigurationProperties(prefix = ErlangProperties.PREFIX, ignoreUnknownFields = false)
record ErlangProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String node,
        @Nullable String cookie,
        @Nullable Path cookieFile,
        @DefaultValue Listen listen,
        @DefaultValue Epmd epmd,
        @DefaultValue Tls tls,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("60s") Duration netTicktime,
        @DefaultValue("true") boolean introspection,
        @DefaultValue Calls calls,
        @DefaultValue Bulk bulk,
        @DefaultValue Json json,
        @DefaultValue Limits limits,
        @DefaultValue Mailbox mailbox,
        @DefaultValue Errors errors,
        @DefaultValue Map<String, PeerProperties> peers) {
    static final String PREFIX = "pier.erlang";

    /// Without the cookie.
    @Override
    public String toString() {
        return "ErlangProperties[node=" + node + "]";
    }

    /// Where other nodes may connect.
    ///
    /// @param enabled whether other nodes may connect; if not, the node is not registered at EPMD either
    /// @param host the address to listen on; by default the loopback address for a node named …@localhost, and
    ///     otherwise all addresses
    /// @param port the port for other nodes; 0 takes any free port
    /// @param allow the nodes that may connect, by name, with * for any characters; by default all
    /// @param tls whether other nodes have to connect within TLS; by default where the node has TLS
    record Listen(
            @DefaultValue("true") boolean enabled,
            @Nullable String host,
            @DefaultValue("0") int port,
            @Nullable List<String> allow,
            @Nullable TlsUse tls) {}

    /// How nodes find each other.
    ///
    /// @param enabled whether the node registers at EPMD
    /// @param port the port of EPMD
    /// @param fixedPort the port at which every peer listens, without EPMD; 0 asks EPMD
    record Epmd(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("4369") int port,
            @DefaultValue("0") int fixedPort) {}

    /// Certificate and key.
    ///
    /// @param certificate this node's certificate in PEM format, followed by those of intermediate CAs
    /// @param key the key of the certificate, in PKCS #8 and PEM format, readable by its owner only
    /// @param keyPasswordFile a file whose first line is the password of an encrypted key
    /// @param keystore a key store in PKCS #12 format, instead of certificate and key
    /// @param passwordFile a file whose first line is the password of the key store
    /// @param ca the CAs that sign the certificates of peers, in PEM format
    /// @param verify whether peers must have a certificate of these CAs
    /// @param names whether the certificate of a peer must name the host of its node name
    /// @param versions the versions of TLS that may be used; by default TLSv1.3 and TLSv1.2
    /// @param reloadInterval how often the files are checked for a renewed certificate
    record Tls(
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable Path keyPasswordFile,
            @Nullable Path keystore,
            @Nullable Path passwordFile,
            @Nullable Path ca,
            @DefaultValue("peer") Verify verify,
            @DefaultValue("host") Names names,
            @Nullable List<String> versions,
            @DefaultValue("10s") Duration reloadInterval) {
        boolean isPresent() {
            return certificate != null || key != null || keystore != null || ca != null;
        }
    }

    /// How calls are sent.
    ///
    /// @param helper whether calls use the module pier_calls on a peer
    record Calls(@DefaultValue("present") BatchingMode helper) {}

    /// Streams.
    ///
    /// @param loadHelper whether the module pier_stream is loaded into peers that lack it
    record Bulk(@DefaultValue("false") boolean loadHelper) {}

    /// The limits for JSON from clients.
    ///
    /// @param bytes the limit for the length of JSON from clients
    /// @param depth the limit for the nesting of JSON from clients
    /// @param digits the limit for the digits of a number in JSON from clients
    record Json(
            @DefaultValue("1MB") DataSize bytes,
            @DefaultValue("100") int depth,
            @DefaultValue("1000") int digits) {}

    /// The limits of connections, calls and processes.
    ///
    /// @param calls the limit for calls that wait for one node
    /// @param connectedNodes the limit for connected nodes
    /// @param served the limit for running calls from one node
    /// @param servedBytes the limit for the memory of all running calls from Erlang; 128 MB, at most an eighth of
    ///     the heap, by default
    /// @param links the limit for the links of one process
    /// @param monitors the limit for monitors of one node on processes of this node
    /// @param queue the limit for bytes that wait to be written to one node; 64 MB, at most a sixteenth of the
    ///     heap, by default
    /// @param frame the limit for one received frame; 256 MB, at most an eighth of the heap, by default
    /// @param message the limit for a message that arrives in fragments; 256 MB, at most an eighth of the heap,
    ///     by default
    /// @param fragmented the limit for all incomplete messages of one node; 512 MB, at most a quarter of the
    ///     heap, by default
    record Limits(
            @DefaultValue("10000") int calls,
            @DefaultValue("1000") int connectedNodes,
            @DefaultValue("10000") int served,
            @Nullable DataSize servedBytes,
            @Nullable Integer links,
            @Nullable Integer monitors,
            @Nullable DataSize queue,
            @Nullable DataSize frame,
            @Nullable DataSize message,
            @Nullable DataSize fragmented) {}

    /// The limits of the mailbox of each process.
    ///
    /// @param messages the limit for the messages that wait in one mailbox
    /// @param bytes the limit for the memory of one mailbox; 64 MB, at most a sixteenth of the heap, by default
    /// @param totalBytes the limit for the memory of all mailboxes; 1 GB, at most an eighth of the heap, by
    ///     default
    /// @param overflow whether a message to a full mailbox is dropped or ends the process
    record Mailbox(
            @DefaultValue("100000") int messages,
            @Nullable DataSize bytes,
            @Nullable DataSize totalBytes,
            @DefaultValue("drop") Overflow overflow) {}

    /// The answers to HTTP requests whose Erlang work failed.
    ///
    /// @param enabled whether requests whose Erlang work failed are answered with problem details
    /// @param statuses the HTTP statuses for the reasons of {error, Reason}
    record Errors(
            @DefaultValue("true") boolean enabled,
            @DefaultValue Map<String, Integer> statuses) {}
}
