package dev.pier.erlang.handshake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pier.erlang.dist.NodeName;
import java.nio.ByteBuffer;

/// The packets of the handshake, as bytes and as values.
///
/// The readers throw [java.nio.BufferUnderflowException] for a truncated packet and [IllegalArgumentException] with
/// a noun phrase for one of another kind.
///
/// SPEC: erl_dist_protocol Distribution Handshake
final class Packets {
    private static final int OLD_VERSION = 5;

    /// The status that carries a name.
    static final String NAMED = "named:";

    private Packets() {}

    /// @param old whether it is the message of OTP 22 and earlier, which is followed by a complement with
    ///     the upper half of the flags
    record Hello(String name, long flags, int creation, boolean old) {}

    record Challenge(String name, long flags, int challenge, int creation) {}

    record Complement(long flagsHigh, int creation) {}

    @SuppressWarnings("ArrayRecordComponent") // replies are never compared
    record Reply(int challenge, byte[] digest) {}

    /// @param name the name after [#NAMED], otherwise empty
    record Status(String text, String name, int creation) {}

    static byte[] hello(Identity self) {
        byte[] name = self.name().getBytes(ISO_8859_1);
        return ByteBuffer.allocate(15 + name.length)
                .put((byte) 'N')
                .putLong(self.flags())
                .putInt(self.creation())
                .putShort((short) name.length)
                .put(name)
                .array();
    }

    static Hello readHello(ByteBuffer packet) {
        return switch (packet.get()) {
            case 'N' -> {
                long flags = packet.getLong();
                int creation = packet.getInt();
                yield new Hello(name(packet), flags, creation, false);
            }
            case 'n' -> {
                int version = packet.getShort();
                if (version < OLD_VERSION) {
                    throw new IllegalArgumentException("a handshake of version " + version);
                }
                long flags = Integer.toUnsignedLong(packet.getInt());
                yield new Hello(text(packet, packet.remaining()), flags, 0, true);
            }
            default -> throw unexpected(packet);
        };
    }

    static byte[] status(String text) {
        return ('s' + text).getBytes(ISO_8859_1);
    }

    static byte[] status(NodeName given, int creation) {
        byte[] name = given.toString().getBytes(UTF_8);
        byte[] status = status(NAMED);
        return ByteBuffer.allocate(status.length + 6 + name.length)
                .put(status)
                .putShort((short) name.length)
                .put(name)
                .putInt(creation)
                .array();
    }

    static Status readStatus(ByteBuffer packet) {
        expect('s', packet);
        String text = text(packet, packet.remaining());
        if (!text.startsWith(NAMED)) {
            return new Status(text, "", 0);
        }
        packet.position(1 + NAMED.length());
        return new Status(NAMED, name(packet), packet.getInt());
    }

    static byte[] challenge(Identity self, int challenge) {
        byte[] name = self.name().getBytes(ISO_8859_1);
        return ByteBuffer.allocate(19 + name.length)
                .put((byte) 'N')
                .putLong(self.flags())
                .putInt(challenge)
                .putInt(self.creation())
                .putShort((short) name.length)
                .put(name)
                .array();
    }

    static Challenge readChallenge(ByteBuffer packet) {
        expect('N', packet);
        long flags = packet.getLong();
        int challenge = packet.getInt();
        int creation = packet.getInt();
        return new Challenge(name(packet), flags, challenge, creation);
    }

    static Complement readComplement(ByteBuffer packet) {
        expect('c', packet);
        return new Complement(Integer.toUnsignedLong(packet.getInt()) << Integer.SIZE, packet.getInt());
    }

    static byte[] reply(int challenge, byte[] digest) {
        return ByteBuffer.allocate(5 + digest.length)
                .put((byte) 'r')
                .putInt(challenge)
                .put(digest)
                .array();
    }

    static Reply readReply(ByteBuffer packet) {
        expect('r', packet);
        return new Reply(packet.getInt(), digest(packet));
    }

    static byte[] ack(byte[] digest) {
        return ByteBuffer.allocate(1 + digest.length)
                .put((byte) 'a')
                .put(digest)
                .array();
    }

    static byte[] readAck(ByteBuffer packet) {
        expect('a', packet);
        return digest(packet);
    }

    private static void expect(char tag, ByteBuffer packet) {
        if (packet.get() != tag) {
            throw unexpected(packet);
        }
    }

    private static IllegalArgumentException unexpected(ByteBuffer packet) {
        return new IllegalArgumentException(
                "a packet of " + packet.limit() + " bytes that begins with the byte " + (packet.get(0) & 0xff));
    }

    private static String name(ByteBuffer packet) {
        return text(packet, packet.getShort() & 0xffff);
    }

    /// Characters outside ASCII are refused by the users of the text.
    private static String text(ByteBuffer packet, int length) {
        byte[] bytes = new byte[length];
        packet.get(bytes);
        return new String(bytes, ISO_8859_1);
    }

    private static byte[] digest(ByteBuffer packet) {
        byte[] digest = new byte[Cookie.DIGEST_LENGTH];
        packet.get(digest);
        return digest;
    }
}
