package dev.pier.erlang.conformance.frames;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.EncodedSignal;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.FrameEncoder;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.Initiator;
import dev.pier.erlang.handshake.StreamTransport;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Frames to and from a real node, in every format that can be agreed on.
class FramesIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Duration STEP = Duration.ofSeconds(20);
    private static final int CREATION = 4711;

    private final NodeName us = NodeName.parse(TestHost.nodeName(TestHost.uniqueName("pier")));
    private final Pid self = new Pid(us.atom(), 1, 0, CREATION);

    /// A connection that is driven by hand.
    private static final class Wire implements AutoCloseable {
        private final SocketChannel channel;
        private final DataInputStream in;
        private final FrameDecoder decoder;
        final FrameEncoder encoder;

        Wire(SocketChannel channel, Capabilities capabilities) {
            this.channel = channel;
            in = new DataInputStream(Channels.newInputStream(channel));
            decoder = new FrameDecoder(capabilities, DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
            encoder = new FrameEncoder(capabilities);
        }

        void send(EncodedSignal signal) throws IOException {
            boolean more = true;
            while (more) {
                List<ByteBuffer> frame = new ArrayList<>();
                more = signal.addNextFrame(frame);
                for (ByteBuffer buffer : frame) {
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                }
            }
        }

        Frame.Message receive() throws IOException {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                if (decoder.decode(frame, 0, frame.length) instanceof Frame.Message message) {
                    return message;
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private Wire connect(long flags) throws IOException {
        NodeName peer = NodeName.parse(erlang.nodeName());
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(TestHost.address(), TestEpmd.portOf(peer.alive())));
        HandshakeResult outcome = new Initiator(Identity.of(us, CREATION, flags), Cookie.of(erlang.cookie()), STEP)
                .connect(StreamTransport.tcp(channel), peer, () -> true);
        return new Wire(channel, outcome.capabilities());
    }

    /// A process that sends back what it gets from `{Pid, Message}`.
    private static Atom startEcho() {
        String name = TestHost.uniqueName("echo");
        erlang.eval("Self = self(), spawn(fun() -> register(" + name + ", self()), Self ! ready,"
                + " (fun Echo() -> receive {From, M} -> From ! M, Echo() end end)() end), receive ready -> ok end");
        return Atom.of(name);
    }

    private Term echo(Wire wire, Atom name, Term term) throws IOException {
        wire.send(wire.encoder.encode(self, new ControlMessage.RegSend(self, name), Tuple.of(self, term)));
        Frame.Message answer = wire.receive();
        assertThat(answer.control())
                .isInstanceOfSatisfying(
                        ControlMessage.Send.class, send -> assertThat(send.to()).isEqualTo(self));
        return answer.payload().decode(DecodeLimits.DEFAULT);
    }

    @ParameterizedTest
    @Says(in = Section.FLAGS, value = "Two nodes use the flags that they have in common.")
    @ValueSource(longs = {0xd07df7fbcL, 0xd07df5fbcL, 0xd075f7fbcL, 0xd075f5fbcL, 0x403070f94L})
    void messagesOfAllSizesComeBackInEveryFormat(long flags) throws IOException {
        Atom echo = startEcho();
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        try (Wire wire = connect(flags)) {
            for (int length : new int[] {0, 1, 65_000, 65_536, 131_072, 3_000_000}) {
                Term term = Binary.of(bytes, 0, length);
                assertThat(echo(wire, echo, term)).as("%d bytes", length).isEqualTo(term);
            }
            for (int round = 0; round < 20; round++) {
                int first = round * 250;
                Term atoms = new ListTerm(IntStream.range(first, first + 300)
                        .mapToObj(i -> (Term) Atom.of("pier_test_atom_" + i))
                        .toList());
                assertThat(echo(wire, echo, atoms)).isEqualTo(atoms);
            }
            Term longAtoms = ListTerm.of(Atom.of("\ud83d\ude00".repeat(255)), Atom.of("\u00e4".repeat(200)));
            assertThat(echo(wire, echo, longAtoms)).isEqualTo(longAtoms);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0xd07df7fbcL, 0xd07df5fbcL, 0xd075f5fbcL})
    void aCallByASpawnRequestIsAnswered(long flags) throws IOException {
        try (Wire wire = connect(flags)) {
            Reference request = new Reference(us.atom(), CREATION, 1, 2, 3);
            Reference result = new Reference(us.atom(), CREATION, 4, 5, 6);
            ControlMessage spawn = new ControlMessage.SpawnRequest(
                    request, self, self, Atom.of("erpc"), Atom.of("execute_call"), 4, List.of(Atom.of("monitor")));
            Term arguments = ListTerm.of(result, Atom.of("lists"), Atom.of("seq"), Term.parse("[1,3]"));
            wire.send(wire.encoder.encode(self, spawn, arguments));

            assertThat(wire.receive().control()).isInstanceOfSatisfying(ControlMessage.SpawnReply.class, reply -> {
                assertThat(reply.requestId()).isEqualTo(request);
                assertThat(reply.flags()).isEqualTo(ControlMessage.SpawnReply.MONITORED);
                assertThat(reply.result()).isInstanceOf(Pid.class);
            });
            Frame.Message down = wire.receive();
            assertThat(down.control())
                    .isInstanceOfSatisfying(
                            ControlMessage.PayloadMonitorPExit.class,
                            exit -> assertThat(exit.reference()).isEqualTo(request));
            assertThat(down.payload().decode(DecodeLimits.DEFAULT))
                    .isEqualTo(Tuple.of(result, Atom.of("return"), Term.parse("[1,2,3]")));
        }
    }
}
