package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Native records, with a node that has them (OTP 29 and later), and with one that would close the connection.
class NativeRecordsIT {
    private static final int FIRST_RELEASE = 29;
    private static final int COUNT = 5_000;
    private static final RecordTerm POINT = (RecordTerm) Term.parse("#points:point{x = 1,y = <<\"two\">>}");

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static Peer peer;

    record Point(int x, String y) {}

    /// Answers with a record.
    private static final class Records implements GenServer {
        @Override
        public void handleCall(Message request, From from) {
            from.reply(POINT);
        }

        @Override
        public void handleCast(Message request) {}
    }

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        peer = node.peer(erlang);
        node.runtime().expose("java", "echo", 1, arguments -> arguments.term(0));
        node.runtime().expose("java", "record", 0, _ -> POINT);
        node.runtime().register("records", new Records());
        if (erlang.otpRelease() >= FIRST_RELEASE) {
            erlang.compile("""
                    -module(points).
                    -export([new/2, hidden/0, is_new/1]).
                    -export_record([point]).
                    -record #point{x = 0, y = 0}.
                    -record #hidden{a}.
                    new(X, Y) -> #point{x = X, y = Y}.
                    hidden() -> #hidden{a = new(1, [])}.
                    is_new(Point) -> Point =:= new(1, ~"two").
                    """);
        }
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void needsNativeRecords() {
        assumeTrue(erlang.otpRelease() >= FIRST_RELEASE, "native records are new in OTP 29");
    }

    private static String eval(String expressions) {
        return erlang.eval(expressions.replaceAll("\\bN\\b", "'" + node.name() + "'"));
    }

    @Test
    void theFlagSaysWhoReadsThem() {
        peer.call("erlang", "node");
        boolean offered = node.link(erlang)
                .current()
                .map(session -> session.connection().capabilities().nativeRecords())
                .orElseThrow();
        assertThat(offered).isEqualTo(erlang.otpRelease() >= FIRST_RELEASE);
    }

    @Test
    void resultsAreRecordsInAllForms() throws IOException {
        needsNativeRecords();
        var reply = peer.call("points", "new", 1, "two");
        assertThat((Object) reply.term()).isEqualTo(POINT);
        assertThat(reply.as(Point.class)).isEqualTo(new Point(1, "two"));
        assertThat(reply.value()).isEqualTo(Map.of("x", 1, "y", "two"));
        var json = new ByteArrayOutputStream();
        reply.writeJson(json);
        assertThat(json.toString(StandardCharsets.UTF_8)).isEqualTo("{\"x\":1,\"y\":\"two\"}");
        RecordTerm hidden = peer.call("points", "hidden").as(RecordTerm.class);
        assertThat(hidden.exported()).isFalse();
        assertThat(hidden).hasToString("#points:hidden{a = #points:point{x = 1,y = []}}");
        assertThat(peer.call("erlang", "term_to_binary", hidden).as(byte[].class))
                .isEqualTo(TermEncoder.encodeExternal(hidden));
        assertThat(peer.call("io_lib", "format", "~0tp", List.of(hidden)).as(String.class))
                .isEqualTo(hidden.toString());
    }

    @Test
    void recordsGoBackUnchanged() {
        needsNativeRecords();
        assertThat(peer.call("points", "is_new", POINT).as(boolean.class)).isTrue();
        Term notExported = new RecordTerm(POINT.module(), POINT.name(), false, POINT.fields(), POINT.values());
        assertThat(peer.call("points", "is_new", notExported).as(boolean.class)).isFalse();
        assertThat(eval("points:is_new(erpc:call(N, java, record, []))")).isEqualTo("true");
        assertThat(eval("points:hidden() =:= rpc:call(N, java, echo, [points:hidden()])"))
                .isEqualTo("true");
        assertThat(eval("points:is_new(gen_server:call({records, N}, any))")).isEqualTo("true");
    }

    @Test
    void randomRecordsComeBackWithTheirBytes() {
        needsNativeRecords();
        List<Term> ours = RandomTerms.withRecords(4711).list(COUNT);
        assertThat(ours.stream().filter(RecordTerm.class::isInstance).count()).isGreaterThan(COUNT / 20);
        List<Term> back =
                peer.call("lists", "map", funs(), ours).as(ListTerm.class).elements();
        for (int i = 0; i < COUNT; i++) {
            Tuple pair = (Tuple) back.get(i);
            assertThat(pair.get(0).equals(ours.get(i))).as("%s", ours.get(i)).isTrue();
            Term theirs = TermDecoder.decodeExternal(((Binary) pair.get(1)).toByteArray(), DecodeLimits.DEFAULT);
            assertThat(theirs.equals(ours.get(i))).as("%s", ours.get(i)).isTrue();
        }
    }

    private static Term funs() {
        erlang.compile("-module(with_bytes). -export([pair/1]). pair(T) -> {T, term_to_binary(T)}.");
        return Term.parse("fun with_bytes:pair/1");
    }

    @Test
    void messagesAndExitReasonsAreRecords() {
        needsNativeRecords();
        try (Mailbox mailbox = node.processes().mailbox()) {
            var pid = peer.call("erlang", "spawn", Atom.of("timer"), Atom.of("sleep"), List.of(60_000))
                    .as(Pid.class);
            mailbox.monitor(pid);
            peer.call("erlang", "send", mailbox.self(), POINT);
            assertThat((Object) next(mailbox).term()).isEqualTo(POINT);
            peer.call("erlang", "exit", pid, POINT);
            assertThat((Object) next(mailbox).down().orElseThrow().reason()).isEqualTo(POINT);
        }
    }

    private static Message next(Mailbox mailbox) {
        return mailbox.receive(Await.PATIENCE).orElseThrow();
    }

    @Test
    void olderPeersAreNotSentAny() {
        assumeFalse(erlang.otpRelease() >= FIRST_RELEASE, "OTP 29 reads native records");
        peer.call("erlang", "node");
        Optional<Session> before = node.link(erlang).current();
        assertThatThrownBy(() -> peer.call("erlang", "length", List.of(POINT)))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining("DFLAG_NATIVE_RECORDS");
        assertThatThrownBy(
                        () -> peer.callAsync("erlang", "length", List.of(POINT)).get())
                .hasCauseInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> peer.send("nobody", POINT)).isInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> peer.server("rex").call(POINT)).isInstanceOf(BadArgument.class);
        assertThat(peer.call("erlang", "length", List.of(1)).as(int.class)).isOne();
        assertThat(node.link(erlang).current()).isPresent().isEqualTo(before);
    }

    @Test
    void olderCallersGetAnError() {
        assumeFalse(erlang.otpRelease() >= FIRST_RELEASE, "OTP 29 reads native records");
        assertThat(eval("try erpc:call(N, java, record, []) catch C:R -> {C,R} end"))
                .isEqualTo("{error,{exception,notsup,[]}}");
        assertThat(eval("rpc:block_call(N, java, record, [])")).isEqualTo("{badrpc,{'EXIT',{notsup,[]}}}");
        assertThat(eval("try gen_server:call({records, N}, any) catch exit:{{R,_,_},_} -> R end"))
                .isEqualTo("java_exception");
    }

    @Test
    void olderPeersSeeTheEndsOfProcesses() {
        assumeFalse(erlang.otpRelease() >= FIRST_RELEASE, "OTP 29 reads native records");
        PeerLink link = node.link(erlang);
        peer.call("erlang", "node");
        Optional<Session> before = link.current();
        Mailbox ends = node.processes().mailbox("ends");
        eval("register(watcher, spawn(fun() -> R = monitor(process, {ends, N}), receive go -> ok end,"
                + " receive {'DOWN', R, _, _, Reason} -> persistent_term:put(reason, Reason) end end))");
        peer.send("watcher", Atom.of("go"));
        ends.end(POINT);
        Await.until("the end", () -> eval("persistent_term:get(reason, none)").equals("unreadable_reason"));
        assertThat(link.current()).isEqualTo(before);
    }
}
