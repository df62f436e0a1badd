package dev.pier.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The settings that the server gives to a browser as a process, and the report of its close, with a real node.
@PierTest(
        webapp = "target/test-classes",
        settings = {
            "websocket.credit = 2",
            "erlang.json.bytes = 1 KiB",
            "erlang.json.depth = 3",
            "erlang.json.digits = 20",
            "erlang.json.structs = keep"
        })
class SocketSettingsIT {
    private RealErlang backend;

    @BeforeEach
    void start(@ErlangPeer("backend") RealErlang erlang, @ErlangPeer("reports") FakeErlang reports) {
        backend = erlang;
        // A server per name, which keeps what it gets; `asleep` handles nothing until it is woken.
        backend.compile("""
                -module(room).
                -export([join/2]).
                join(Pid, Name) ->
                    Room = spawn(fun() -> process_flag(trap_exit, true), start(Name) end),
                    persistent_term:put(Name, {Room, Pid}),
                    {ok, Room}.
                start(<<"asleep">>) -> receive wake -> loop([]) end;
                start(_) -> loop([]).
                loop(Seen) ->
                    receive
                        {pier_socket, _, Term} -> loop([Term | Seen]);
                        {'EXIT', _, Reason} -> loop([Reason | Seen]);
                        {seen, From} -> From ! {seen, lists:reverse(Seen)}, loop(Seen)
                    end.
                """);
    }

    @Test
    void framesKeepTheLimitsForJson(PierClient client) {
        Map<String, Integer> beyond =
                Map.of("[[[[1]]]]", 1007, "1".repeat(21), 1007, "\"" + "x".repeat(1024) + "\"", 1009);
        int number = 0;
        for (Map.Entry<String, Integer> frame : beyond.entrySet()) {
            String name = "limit" + number++;
            try (PierSocket socket = client.socket("/room/" + name)) {
                socket.send("[[" + "1".repeat(20) + "]]").send(frame.getKey());
                assertThat(socket.awaitClose().code()).as(frame.getKey()).isEqualTo(frame.getValue());
                awaitSeen(name, "[[[" + "1".repeat(20) + "]],{shutdown,{closed," + frame.getValue() + "}}]");
            }
        }
    }

    @Test
    void messagesAreWrittenByTheOptionsForJson(PierClient client) {
        try (PierSocket socket = client.socket("/room/structs")) {
            Await.until(
                    "the join",
                    () -> backend.eval("persistent_term:get(<<\"structs\">>, none) =/= none")
                            .equals(Term.parse("true")));
            backend.eval("{_, Pid} = persistent_term:get(<<\"structs\">>),"
                    + " Pid ! #{'__struct__' => 'Elixir.MyApp.User', name => <<\"joe\">>}, ok");
            assertThat(socket.next()).contains("\"__struct__\":\"Elixir.MyApp.User\"");
        }
    }

    @Test
    void theServerGetsNoMoreFramesAheadThanTheCredit(PierClient client) {
        try (PierSocket socket = client.socket("/room/asleep")) {
            for (int i = 1; i <= 20; i++) {
                socket.send(Integer.toString(i));
            }
            String queued = "case persistent_term:get(<<\"asleep\">>, none) of none -> none;"
                    + " {Room, _} -> process_info(Room, message_queue_len) end";
            Await.until(
                    "as many messages as the credit allows",
                    () -> backend.eval(queued).toString().equals("{message_queue_len,2}"));
            for (int i = 0; i < 20; i++) {
                assertThat(backend.eval(queued)).hasToString("{message_queue_len,2}");
            }
            backend.eval("{Room, _} = persistent_term:get(<<\"asleep\">>), Room ! wake, ok");
            awaitSeen("asleep", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]");
        }
    }

    @Test
    void theServerReportsTheCloseOfASocket(PierClient client) {
        try (PierSocket socket = client.socket("/room/closed")) {
            socket.send("1");
            awaitSeen("closed", "[1]");
        }
        // Without the report, the process would end with 1006.
        awaitSeen("closed", "[1,{shutdown,{closed,1000}}]");
    }

    private void awaitSeen(String name, String expected) {
        Await.asserted(
                "what the server has seen",
                () -> assertThat(backend.eval("{Room, _} = persistent_term:get(<<\"" + name + "\">>),"
                                + " Room ! {seen, self()}, receive {seen, Seen} -> Seen after 10000 -> mute end"))
                        .hasToString(expected));
    }
}
