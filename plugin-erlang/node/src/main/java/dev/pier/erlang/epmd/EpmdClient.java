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

/// The client of EPMD, the daemon that knows on which port of its machine each node listens.
///
/// Threads: any thread may call, and is blocked. Each request has a connection of its own.
///
/// Hazard: unlike Erlang, the client never starts an EPMD.
///
/// SPEC: erl_dist_protocol EPMD Protocol
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

    /// @param local the EPMD of this machine, on a loopback address because EPMD registers local nodes only.
    ///     Those of other hosts are expected on the same port
    /// @param readTimeout how long a whole reply may take
    public EpmdClient(InetSocketAddress local, Duration connectTimeout, Duration readTimeout) {
        this.local = local;
        this.connectTimeout = connectTimeout;
        this.readTimeout = readTimeout;
    }

    /// How long a connection to EPMD may take to open.
    Duration connectTimeout() {
        return connectTimeout;
    }

    /// Where a node of the host listens; empty if EPMD does not know it.
    public Optional<EpmdEntry> lookup(InetAddress host, String alive) throws EpmdException {
        return lookup(host, alive, connectTimeout);
    }

    /// The same with another time to connect.
    Optional<EpmdEntry> lookup(InetAddress host, String alive, Duration connectWithin) throws EpmdException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(PORT_PLEASE2_REQ);
        request.writeBytes(alive.getBytes(UTF_8));
        return ask(new InetSocketAddress(host, local.getPort()), request, connectWithin, EpmdClient::readEntry);
    }

    /// All nodes that are registered on the host.
    public List<EpmdName> names(InetAddress host) throws EpmdException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(NAMES_REQ);
        return ask(new InetSocketAddress(host, local.getPort()), request, connectTimeout, EpmdClient::readNames);
    }

    /// Registers a node at the EPMD of this machine, now or as soon as EPMD is there.
    ///
    /// @param port where the node listens
    /// @throws EpmdException with the reason [EpmdException.Reason#NAME_TAKEN]
    public EpmdRegistration register(String alive, int port, NodeType type) throws EpmdException {
        EpmdRegistration registration =
                new EpmdRegistration(alive, EpmdRegistration.RETRY_PAUSE, () -> registerOnce(alive, port, type));
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
        EpmdExchange exchange = EpmdExchange.open(local, connectTimeout, readTimeout);
        try {
            exchange.request(request);
            int creation = readCreation(exchange.reply(), alive);
            Socket socket = exchange.keep();
            return new EpmdRegistration.Registered(socket, creation);
        } catch (EpmdException e) {
            exchange.close();
            throw e;
        } catch (IOException e) {
            exchange.close();
            throw exchange.failure(e);
        }
    }

    private int readCreation(DataInputStream in, String alive) throws IOException {
        int kind = in.readUnsignedByte();
        if (kind != ALIVE2_X_RESP && kind != ALIVE2_RESP) {
            throw malformed("the byte " + kind + " to a registration");
        }
        int result = in.readUnsignedByte();
        // An EPMD of OTP 22 and earlier sends a creation of two bytes.
        int creation = kind == ALIVE2_X_RESP ? in.readInt() : in.readUnsignedShort();
        if (result != 0) {
            throw new EpmdException(
                    EpmdException.Reason.NAME_TAKEN,
                    "the name '" + alive + "' is taken: a node of that name is registered at the EPMD at "
                            + EpmdExchange.text(local));
        }
        return creation;
    }

    private static Optional<EpmdEntry> readEntry(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        if (kind != PORT2_RESP) {
            throw malformed("the byte " + kind + " to a port request");
        }
        if (in.readUnsignedByte() != 0) {
            return Optional.empty();
        }
        int port = in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.readUnsignedByte(); // protocol: always TCP
        int highest = in.readUnsignedShort();
        int lowest = in.readUnsignedShort();
        byte[] alive = new byte[in.readUnsignedShort()];
        in.readFully(alive);
        return Optional.of(new EpmdEntry(new String(alive, UTF_8), port, NodeType.of(type), highest, lowest));
    }

    private static List<EpmdName> readNames(DataInputStream in) throws IOException {
        in.readInt(); // EPMD's own port
        byte[] lines = in.readNBytes(MAX_NAMES_BYTES);
        if (lines.length == MAX_NAMES_BYTES) {
            throw malformed("more than " + MAX_NAMES_BYTES + " bytes to a names request");
        }
        List<EpmdName> names = new ArrayList<>();
        for (String line : new String(lines, UTF_8).lines().toList()) {
            Matcher matcher = NAME_LINE.matcher(line);
            if (!matcher.matches()) {
                throw malformed("a malformed line to a names request");
            }
            names.add(new EpmdName(matcher.group(1), Integer.parseInt(matcher.group(2))));
        }
        return names;
    }

    private <T> T ask(
            InetSocketAddress epmd, ByteArrayOutputStream request, Duration connectWithin, ReplyReader<T> reader)
            throws EpmdException {
        try (EpmdExchange exchange = EpmdExchange.open(epmd, connectWithin, readTimeout)) {
            try {
                exchange.request(request);
                return reader.read(exchange.reply());
            } catch (EpmdException e) {
                throw e;
            } catch (IOException e) {
                throw exchange.failure(e);
            }
        }
    }

    private static EpmdException malformed(String what) {
        return new EpmdException(
                EpmdException.Reason.MALFORMED_REPLY, "the service on EPMD's port is not EPMD: it answered " + what);
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
