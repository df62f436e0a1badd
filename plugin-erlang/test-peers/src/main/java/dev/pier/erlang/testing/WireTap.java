package dev.pier.erlang.testing;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Stands between nodes and notes what they say to each other, without a change: what a node does is one thing, and
/// by which signal its peer learns of it another.
///
/// It passes on each frame when it has come whole, and notes it before: what has had an effect has been noted. It reads
/// frames by itself, so that a fault of ours in writing or in reading them does not hide here as well.
///
/// Any thread may ask.
public final class WireTap implements Closeable {
    private final Map<Integer, ServerSocket> insertions = new ConcurrentHashMap<>();
    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /// How a frame begins.
    public enum Kind {
        TICK,
        PASS_THROUGH,
        NORMAL,
        FIRST_FRAGMENT,
        NEXT_FRAGMENT
    }

    /// A frame that went by.
    ///
    /// @param toPort the port of the node that was connected to, before which the tap stands
    /// @param fromListener whether it came from that node
    /// @param operation the number of the control message; 0 where there is none
    /// @param atoms how many atoms its header names
    /// @param newAtoms how many of those it names for the first time
    /// @param length in bytes
    public record Frame(
            int toPort, boolean fromListener, Kind kind, int operation, int atoms, int newAtoms, int length) {
        /// Whether it came from the node that listens on this port, where it is one of two that the tap stands
        /// between.
        public boolean sentBy(int port) {
            return (toPort == port) == fromListener;
        }
    }

    /// The port to connect to in place of that one.
    public int before(int port) {
        return insertions.computeIfAbsent(port, this::insert).getLocalPort();
    }

    /// All that went by since the last [#clear()], in the order of its coming.
    public List<Frame> frames() {
        return List.copyOf(frames);
    }

    public void clear() {
        frames.clear();
    }

    private ServerSocket insert(int port) {
        try {
            ServerSocket server = new ServerSocket(0, 50, TestHost.address());
            Thread.ofVirtual().name("tap-" + port).start(() -> acceptAll(server, port));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void acceptAll(ServerSocket server, int port) {
        while (!server.isClosed()) {
            try {
                Socket connecting = server.accept();
                Socket listening = new Socket(TestHost.address(), port);
                sockets.add(connecting);
                sockets.add(listening);
                pass(connecting, listening, port, false);
                pass(listening, connecting, port, true);
            } catch (IOException gone) {
                // The tap is closed, or the node no longer listens; the next connection may succeed.
            }
        }
    }

    private void pass(Socket from, Socket to, int port, boolean fromListener) {
        Thread.ofVirtual().name("tap-" + port).start(() -> {
            try (from;
                    to;
                    DataInputStream in = new DataInputStream(from.getInputStream());
                    DataOutputStream out = new DataOutputStream(to.getOutputStream())) {
                from.setTcpNoDelay(true);
                to.setTcpNoDelay(true);
                passHandshake(in, out);
                while (true) {
                    byte[] frame = new byte[in.readInt()];
                    in.readFully(frame);
                    frames.add(read(frame, port, fromListener));
                    ByteBuffer whole = ByteBuffer.allocate(Integer.BYTES + frame.length);
                    out.write(whole.putInt(frame.length).put(frame).array());
                }
            } catch (EOFException | SocketException ended) {
                // One side has closed, and now the other sees it, too.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    // SPEC: erl_dist_protocol, Distribution Handshake: the last packet of either side is 'r' and 'a'.
    private static void passHandshake(DataInputStream in, DataOutputStream out) throws IOException {
        int tag;
        do {
            byte[] packet = new byte[in.readUnsignedShort()];
            in.readFully(packet);
            out.writeShort(packet.length);
            out.write(packet);
            tag = packet[0];
        } while (tag != 'r' && tag != 'a');
    }

    private static Frame read(byte[] bytes, int port, boolean fromListener) {
        if (bytes.length == 0) {
            return new Frame(port, fromListener, Kind.TICK, 0, 0, 0, 0);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Kind kind = kind(in);
        if (kind == Kind.NEXT_FRAGMENT) {
            return new Frame(port, fromListener, kind, 0, 0, 0, bytes.length);
        }
        int atoms = 0;
        int newAtoms = 0;
        if (kind == Kind.PASS_THROUGH) {
            skip(in, 1);
        } else {
            atoms = in.get() & 0xff;
            newAtoms = atoms == 0 ? 0 : skipAtoms(in, atoms);
        }
        return new Frame(port, fromListener, kind, operation(in), atoms, newAtoms, bytes.length);
    }

    private static Kind kind(ByteBuffer in) {
        if (in.get() == 'p') {
            return Kind.PASS_THROUGH;
        }
        return switch (in.get()) {
            case 68 -> Kind.NORMAL;
            case 69 -> {
                skip(in, 2 * Long.BYTES);
                yield Kind.FIRST_FRAGMENT;
            }
            case 70 -> Kind.NEXT_FRAGMENT;
            default -> throw new IllegalStateException("a frame that is none");
        };
    }

    // SPEC: erl_ext_dist, Distribution Header.
    private static int skipAtoms(ByteBuffer in, int atoms) {
        byte[] flags = new byte[atoms / 2 + 1];
        in.get(flags);
        boolean longAtoms = (half(flags, atoms) & 1) != 0;
        int fresh = 0;
        for (int i = 0; i < atoms; i++) {
            skip(in, 1);
            if ((half(flags, i) & 8) != 0) {
                fresh++;
                skip(in, longAtoms ? Short.toUnsignedInt(in.getShort()) : Byte.toUnsignedInt(in.get()));
            }
        }
        return fresh;
    }

    private static int half(byte[] flags, int index) {
        return flags[index / 2] >> (4 * (index % 2));
    }

    /// Of `{Operation, …}`: a small tuple, a small integer.
    private static int operation(ByteBuffer in) {
        skip(in, 3);
        return in.get();
    }

    private static void skip(ByteBuffer in, int count) {
        in.position(in.position() + count);
    }

    /// Ends all connections that go through here.
    private void cut() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        sockets.clear();
    }

    @Override
    public void close() {
        for (ServerSocket server : insertions.values()) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        cut();
    }
}
