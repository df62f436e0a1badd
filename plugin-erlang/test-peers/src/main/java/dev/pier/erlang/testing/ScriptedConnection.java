package dev.pier.erlang.testing;

import static dev.pier.erlang.testing.Bytes.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// One connection of a [ScriptedPeer]: each message of the handshake as a step of its own, then frames. What is
/// expected and does not come within [Await#PATIENCE] fails the test with what came instead.
///
/// For the thread of the test.
// SPEC: erl_dist_protocol, Distribution Handshake, version 6
public final class ScriptedConnection implements Closeable {
    private static final int LARGEST_FRAME = 64 << 20;

    private final ScriptedPeer peer;
    private final boolean withinTls = TestTls.ofTheRun().isPresent();
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int ourChallenge = ThreadLocalRandom.current().nextInt();
    private int theirChallenge;

    /// The messages of the handshake in their order, from both sides.
    public enum Step {
        NAME,
        STATUS,
        CHALLENGE,
        REPLY,
        ACK
    }

    /// What a node says of itself.
    public record Introduction(String name, long flags, int creation) {}

    /// @param opened whether this side has opened it
    ScriptedConnection(ScriptedPeer peer, Socket connected, boolean opened) throws IOException {
        this.peer = peer;
        connected.setTcpNoDelay(true);
        socket = withinTls ? TestTls.within(connected, opened) : connected;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        patience(Await.PATIENCE);
    }

    /// Plays the accepting side up to a step and including it.
    public void acceptHandshake(Step last) {
        for (Step step : Step.values()) {
            switch (step) {
                case NAME -> expectName();
                case STATUS -> sendStatus("ok");
                case CHALLENGE -> sendChallenge();
                case REPLY -> expectReply();
                case ACK -> sendAck();
            }
            if (step == last) {
                return;
            }
        }
    }

    /// Plays the initiating side up to a step and including it.
    public void initiateHandshake(Step last) {
        for (Step step : Step.values()) {
            switch (step) {
                case NAME -> sendName();
                case STATUS -> expectStatus("ok");
                case CHALLENGE -> expectChallenge();
                case REPLY -> sendReply();
                case ACK -> expectAck();
            }
            if (step == last) {
                return;
            }
        }
    }

    public void sendName() {
        sendName(peer.nodeName(), peer.flags());
    }

    /// Introduces the peer with any name, one without `@` as well, and any flags.
    public void sendName(String name, long flags) {
        sendName(name, flags, peer.creation());
    }

    /// Asks the other side for a name.
    public void sendNameWanted() {
        sendName(TestHost.NAME, peer.flags() | ScriptedPeer.NAME_ME, 0);
    }

    /// Introduces the peer as nodes before OTP 23 did. [#sendComplement()] follows the challenge then.
    public void sendOldName() {
        sendPacket(
                bytes().u8('n').u16(5).u32(peer.flags()).latin1(peer.nodeName()).array());
    }

    /// Tells what the old way of introducing oneself leaves out.
    public void sendComplement() {
        sendPacket(bytes().u8('c').u32(peer.flags() >>> 32).u32(peer.creation()).array());
    }

    public Introduction expectName() {
        ByteBuffer packet = expectPacket('N', "the name");
        long flags = packet.getLong();
        int creation = packet.getInt();
        return new Introduction(readName(packet), flags, creation);
    }

    public void sendStatus(String status) {
        sendPacket(bytes().latin1("s" + status).array());
    }

    /// Gives the other side the name that it has asked for.
    public void sendNamed(String name, int creation) {
        sendPacket(bytes().latin1("snamed:")
                .u16(name.length())
                .latin1(name)
                .u32(creation)
                .array());
    }

    /// The name and the creation that the other side gives us.
    public Introduction expectNamed() {
        ByteBuffer packet = expectPacket('s', "a name for us");
        byte[] status = new byte[Math.min("named:".length(), packet.remaining())];
        packet.get(status);
        String text = new String(status, ISO_8859_1);
        if (!text.equals("named:")) {
            throw new AssertionError("awaited a name for us; the status begins with '" + text + "'");
        }
        String name = readName(packet);
        return new Introduction(name, peer.flags(), packet.getInt());
    }

    public void expectStatus(String status) {
        ByteBuffer packet = expectPacket('s', "the status");
        String text = ISO_8859_1.decode(packet).toString();
        if (!text.equals(status)) {
            throw new AssertionError("the status is '" + text + "', not '" + status + "'");
        }
    }

    public void sendChallenge() {
        sendChallenge(peer.nodeName(), peer.flags(), ourChallenge);
    }

    public void sendChallenge(String name, long flags, int challenge) {
        ourChallenge = challenge;
        sendPacket(bytes().u8('N')
                .u64(flags)
                .u32(challenge)
                .u32(peer.creation())
                .u16(name.length())
                .latin1(name)
                .array());
    }

    public Introduction expectChallenge() {
        ByteBuffer packet = expectPacket('N', "the challenge");
        long flags = packet.getLong();
        theirChallenge = packet.getInt();
        int creation = packet.getInt();
        return new Introduction(readName(packet), flags, creation);
    }

    public void sendReply() {
        sendReply(digest(theirChallenge));
    }

    public void sendReply(byte[] digest) {
        sendPacket(bytes().u8('r').u32(ourChallenge).raw(digest).array());
    }

    public void expectReply() {
        ByteBuffer packet = expectPacket('r', "the reply to the challenge");
        theirChallenge = packet.getInt();
        checkDigest(packet);
    }

    /// The digest in the reply to the challenge, whatever cookie it is made with.
    public byte[] expectAnyReply() {
        ByteBuffer packet = expectPacket('r', "the reply to the challenge");
        theirChallenge = packet.getInt();
        byte[] digest = new byte[packet.remaining()];
        packet.get(digest);
        return digest;
    }

    /// The other side's challenge, once it has come.
    public int theirChallenge() {
        return theirChallenge;
    }

    public void sendAck() {
        sendAck(digest(theirChallenge));
    }

    public void sendAck(byte[] digest) {
        sendPacket(bytes().u8('a').raw(digest).array());
    }

    public void expectAck() {
        checkDigest(expectPacket('a', "the acknowledgement"));
    }

    /// A digest of the right length that no cookie gives.
    public static byte[] wrongDigest() {
        return new byte[16];
    }

    /// Sends a message of the handshake, whatever it holds.
    public void sendPacket(byte[] payload) {
        Bytes length = withinTls ? bytes().u32(payload.length) : bytes().u16(payload.length);
        sendRaw(length.raw(payload).array());
    }

    /// Sends a frame with its length before it.
    public void sendFrame(byte[] frame) {
        sendRaw(bytes().u32(frame.length).raw(frame).array());
    }

    public void sendTick() {
        sendFrame(new byte[0]);
    }

    /// Claims a frame of so many bytes and sends none of them.
    public void sendLengthOnly(long length) {
        sendRaw(bytes().u32(length).array());
    }

    /// Sends bytes as they are.
    public void sendRaw(byte[] raw) {
        try {
            out.write(raw);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next frame that is no tick.
    public byte[] expectFrame() {
        while (true) {
            byte[] frame = readFrame("a frame");
            if (frame.length > 0) {
                return frame;
            }
        }
    }

    /// The next frame that is no tick; empty if the other side closes.
    public Optional<byte[]> frameOrEnd() {
        try {
            return Optional.of(expectFrame());
        } catch (AssertionError e) {
            if (e.getCause() instanceof EOFException || e.getCause() instanceof SocketException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Waits for a tick. A frame that comes before it fails the test.
    public void expectTick() {
        byte[] frame = readFrame("a tick");
        if (frame.length > 0) {
            throw new AssertionError("awaited a tick; a frame came: " + Bytes.toHex(frame));
        }
    }

    /// Waits until the other side closes. Ticks may come before that, and nothing else.
    public void expectClosed() {
        try {
            int zeros = in.read();
            while (zeros == 0) {
                zeros = in.read();
            }
            if (zeros > 0) {
                throw new AssertionError("awaited the end of the connection; a byte came: " + zeros);
            }
        } catch (SocketTimeoutException late) {
            throw new AssertionError("awaited the end of the connection; it stays open", late);
        } catch (SocketException reset) {
            // A close with bytes unread on the other side arrives as a reset.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How long each of the following expectations waits.
    public void patience(Duration patience) {
        try {
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the connection with a reset, as a machine does that has lost it.
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
        close();
    }

    private void sendName(String name, long flags, int creation) {
        sendPacket(bytes().u8('N')
                .u64(flags)
                .u32(creation)
                .u16(name.length())
                .latin1(name)
                .array());
    }

    private ByteBuffer expectPacket(char tag, String what) {
        byte[] packet = read(what, in -> withinTls ? in.readInt() : in.readUnsignedShort());
        if (packet.length == 0 || packet[0] != tag) {
            throw new AssertionError("awaited " + what + "; this came: " + Bytes.toHex(packet));
        }
        return ByteBuffer.wrap(packet, 1, packet.length - 1);
    }

    private byte[] readFrame(String what) {
        return read(what, in -> in.readInt());
    }

    private interface Length {
        int read(DataInputStream in) throws IOException;
    }

    private byte[] read(String what, Length length) {
        try {
            int size = length.read(in);
            if (size < 0 || size > LARGEST_FRAME) {
                throw new AssertionError("awaited " + what + "; a length came: " + Integer.toUnsignedString(size));
            }
            byte[] payload = new byte[size];
            in.readFully(payload);
            return payload;
        } catch (EOFException | SocketException closed) {
            throw new AssertionError("awaited " + what + "; the other side closed", closed);
        } catch (SocketTimeoutException late) {
            throw new AssertionError("awaited " + what + "; nothing came", late);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readName(ByteBuffer packet) {
        byte[] name = new byte[Short.toUnsignedInt(packet.getShort())];
        packet.get(name);
        return new String(name, ISO_8859_1);
    }

    private void checkDigest(ByteBuffer packet) {
        byte[] digest = new byte[packet.remaining()];
        packet.get(digest);
        if (!Arrays.equals(digest, digest(ourChallenge))) {
            throw new AssertionError("the digest is wrong: " + Bytes.toHex(digest));
        }
    }

    private byte[] digest(int challenge) {
        try {
            String text = peer.cookie() + Integer.toUnsignedString(challenge);
            return MessageDigest.getInstance("MD5").digest(text.getBytes(ISO_8859_1));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
