package dev.pier.erlang.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.testing.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PacketsTest {
    private static final Identity SELF = Identity.of(NodeName.parse("pier@localhost"), 0x01020304, DistFlags.OURS);
    private static final byte[] DIGEST = Cookie.of("secret").digest(1);

    static Stream<Arguments> packets() {
        return Stream.of(
                packet("hello", Packets.hello(SELF), Packets::readHello),
                packet("named", Packets.status(NodeName.parse("x@h"), 5), Packets::readStatus),
                packet("challenge", Packets.challenge(SELF, -1), Packets::readChallenge),
                packet("complement", Bytes.hex("630000000d00000007"), Packets::readComplement),
                packet("reply", Packets.reply(1, DIGEST), Packets::readReply),
                packet("ack", Packets.ack(DIGEST), Packets::readAck));
    }

    private static Arguments packet(String name, byte[] bytes, Function<ByteBuffer, ?> reader) {
        return Arguments.of(name, bytes, reader);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("packets")
    void aPacketIsReadCompletelyAndRefusedIfTruncated(String name, byte[] bytes, Function<ByteBuffer, ?> reader) {
        assertThat(reader.apply(ByteBuffer.wrap(bytes))).isNotNull();
        for (int length = 0; length < bytes.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length).slice();
            // A status that is truncated within its text is another status.
            if (name.equals("named") && length >= 1 && length < 7) {
                assertThat(Packets.readStatus(cut).text()).isNotEqualTo(Packets.NAMED);
            } else {
                assertThatThrownBy(() -> reader.apply(cut)).isInstanceOf(BufferUnderflowException.class);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("packets")
    void aPacketOfAnotherKindIsRefused(String name, byte[] bytes, Function<ByteBuffer, ?> reader) {
        byte[] other = bytes.clone();
        other[0] = 'Z';
        assertThatThrownBy(() -> reader.apply(ByteBuffer.wrap(other)))
                .as(name)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("begins with the byte 90");
    }
}
