package dev.pier.erlang.epmd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Talks to EPMD, the daemon that knows which node listens on which port of its machine
/// (`erl_dist_protocol`, EPMD Protocol).
///
/// Blocking; for any number of threads, preferably virtual ones. Each request has a connection of its own. An EPMD
/// that is not there is reported, never started.
public final class EpmdClient {
    public static final int DEFAULT_PORT = 4369;

    private static final int ALIVE2_REQ = 120;
    private static final int ALIVE2_RESP = 121;
    private static final int ALIVE2_X_RESP = 118;
    private static final int PORT_PLEASE2_REQ = 122;
    private static final int PORT2_RESP = 119;
    private static final int NAMES_REQ = 110;

    private static final int PROTOCOL_TCP = 0;
    private static final int MAX_NAMES_BYTES = 1 << 20;
    private static final Pattern NAME_LINE = Pattern.compile("name (\\S+) at port (\\d{1,5})");

    private final InetSocketAddress local;
    private final Duration connectTimeout;
    private final Duration readTimeout;

    /// @param local the EPMD of this machine, on a loopback address because EPMD registers nobody else; those of
    ///     other hosts are looked for on the same port
    /// @param readTimeout how long a whole reply may take
    public EpmdClient(InetSocketAddress local, Duration connectTimeout, Duration readTimeout) {
        this.local = local;
        this.connectTimeout = connectTimeout;
        this.readTimeout = readTimeout;
    }

    /// Where a node of that host listens; empty if that host's EPMD does not know it.
    public Optional<EpmdEntry> lookup(InetAddress host, String alive) throws EpmdException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(PORT_PLEASE2_REQ);
        request.writeBytes(alive.getBytes(UTF_8));
        return ask(new InetSocketAddress(host, local.getPort()), request, EpmdClient::readEntry);
    }

    /// All nodes that are registered on a host.
    public List<EpmdName> names(InetAddress host) throws EpmdException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(NAMES_REQ);
        return ask(new InetSocketAddress(host, local.getPort()), request, EpmdClient::readNames);
    }

    /// Registers a node at this machine's EPMD for as long as the registration stays open.
    ///
    /// @param port where the node listens
    /// @throws EpmdException with the reason `UNREACHABLE` or `NAME_TAKEN`, above all
    public EpmdRegistration register(String alive, int port, NodeType type, EpmdRegistration.Listener listener)
            throws EpmdException {
        EpmdRegistration registration = new EpmdRegistration(
                alive, EpmdRegistration.RETRY_PAUSE, listener, () -> registerOnce(alive, port, type));
        registration.start();
        return registration;
    }

    EpmdRegistration.Registered registerOnce(String alive, int port, NodeType type) throws EpmdException {
        byte[] name = alive.getBytes(UTF_8);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(ALIVE2_REQ);
        write2(request, port);
        request.write(type.code());
        request.write(PROTOCOL_TCP);
        write2(request, EpmdEntry.OUR_VERSION);
        write2(request, EpmdEntry.OUR_VERSION);
        write2(request, name.length);
        request.writeBytes(name);
        write2(request, 0);
        EpmdExchange conversation = EpmdExchange.open(local, connectTimeout, readTimeout);
        try {
            conversation.request(request);
            int creation = readCreation(conversation.reply(), alive);
            Socket socket = conversation.keep();
            return new EpmdRegistration.Registered(socket, creation);
        } catch (EpmdException e) {
            conversation.close();
            throw e;
        } catch (IOException e) {
            conversation.close();
            throw conversation.failure(e);
        }
    }

    private int readCreation(DataInputStream in, String alive) throws IOException {
        int kind = in.readUnsignedByte();
        if (kind != ALIVE2_X_RESP && kind != ALIVE2_RESP) {
            throw malformed("a registration with the byte " + kind);
        }
        int result = in.readUnsignedByte();
        // An EPMD that knows versions below 6 only answers with a short creation.
        int creation = kind == ALIVE2_X_RESP ? in.readInt() : in.readUnsignedShort();
        if (result != 0) {
            throw new EpmdException(
                    EpmdException.Reason.NAME_TAKEN,
                    "the EPMD at " + EpmdExchange.text(local) + " refuses the name '" + alive
                            + "': a node of that name is registered already");
        }
        return creation;
    }

    private static Optional<EpmdEntry> readEntry(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        if (kind != PORT2_RESP) {
            throw malformed("a question for a port with the byte " + kind);
        }
        if (in.readUnsignedByte() != 0) {
            return Optional.empty();
        }
        int port = in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.readUnsignedByte(); // the transport protocol, of which there is only TCP
        int highest = in.readUnsignedShort();
        int lowest = in.readUnsignedShort();
        byte[] alive = new byte[in.readUnsignedShort()];
        in.readFully(alive);
        return Optional.of(new EpmdEntry(new String(alive, UTF_8), port, NodeType.of(type), highest, lowest));
    }

    private static List<EpmdName> readNames(DataInputStream in) throws IOException {
        in.readInt(); // EPMD's own port, which we have just used
        byte[] lines = in.readNBytes(MAX_NAMES_BYTES);
        if (lines.length == MAX_NAMES_BYTES) {
            throw malformed("a question for its names with more than " + MAX_NAMES_BYTES + " bytes");
        }
        List<EpmdName> names = new ArrayList<>();
        for (String line : new String(lines, UTF_8).lines().toList()) {
            Matcher matcher = NAME_LINE.matcher(line);
            if (!matcher.matches()) {
                throw malformed("a question for its names with a line that is none");
            }
            names.add(new EpmdName(matcher.group(1), Integer.parseInt(matcher.group(2))));
        }
        return names;
    }

    private <T> T ask(InetSocketAddress epmd, ByteArrayOutputStream request, ReplyReader<T> reader)
            throws EpmdException {
        try (EpmdExchange conversation = EpmdExchange.open(epmd, connectTimeout, readTimeout)) {
            try {
                conversation.request(request);
                return reader.read(conversation.reply());
            } catch (EpmdException e) {
                throw e;
            } catch (IOException e) {
                throw conversation.failure(e);
            }
        }
    }

    private static EpmdException malformed(String what) {
        return new EpmdException(
                EpmdException.Reason.MALFORMED_REPLY, "what listens on EPMD's port is no EPMD: it answered " + what);
    }

    private static void write2(ByteArrayOutputStream out, int value) {
        out.write(value >>> 8);
        out.write(value);
    }

    @FunctionalInterface
    private interface ReplyReader<T> {
        T read(DataInputStream in) throws IOException;
    }
}
