package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.AsKeyword;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.ElixirStruct;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Replays `docs/elixir.md` with a real Elixir.
class ElixirPageIT {
    private static final Pattern CODE = Pattern.compile("```elixir\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(backend[^`]*)` \\| `([^`]*)` \\|$");
    private static final String USERS = "Elixir.MyApp.Users";

    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    @ElixirStruct("MyApp.User")
    record User(String name, int age) {}

    @AsKeyword
    record Options(@Nullable Integer than) {}

    @AsTuple("add")
    record Add(int n) {}

    /// The value that the first cell of each row stands for.
    private static Map<String, Supplier<Object>> shown(Peer backend) {
        return Map.of(
                "backend.call(\"Elixir.MyApp.Users\", \"find\", \"ann\").ok().as(User.class)",
                () -> backend.call(USERS, "find", "ann").ok().as(User.class),
                "backend.call(\"Elixir.MyApp.Users\", \"older?\", new User(\"Bob\", 20), new Options(21)).as(boolean.class)",
                () -> backend.call(USERS, "older?", new User("Bob", 20), new Options(21))
                        .as(boolean.class),
                "backend.call(\"Elixir.MyApp.Users\", \"older?\", new User(\"Bob\", 20), new Options(null)).as(boolean.class)",
                () -> backend.call(USERS, "older?", new User("Bob", 20), new Options(null))
                        .as(boolean.class),
                "backend.call(\"Elixir.MyApp.Users\", \"nickname\", \"ann\").asOptional(String.class)",
                () -> backend.call(USERS, "nickname", "ann").asOptional(String.class),
                "backend.call(\"Elixir.MyApp.Users\", \"greeting\", \"Ann\").as(String.class)",
                () -> backend.call(USERS, "greeting", "Ann").as(String.class),
                "backend.server(\"Elixir.MyApp.Users\").call(new Add(5)).as(int.class)",
                () -> backend.server(USERS).call(new Add(5)).as(int.class),
                "backend.call(\"Elixir.Enum\", \"sum\", List.of(1, 2, 3)).as(int.class)",
                () -> backend.call("Elixir.Enum", "sum", List.of(1, 2, 3)).as(int.class),
                "backend.call(\"Elixir.String\", \"upcase\", \"grüße\").as(String.class)",
                () -> backend.call("Elixir.String", "upcase", "grüße").as(String.class));
    }

    @Test
    void eachCallGivesWhatThePageShows() throws Exception {
        String page = Files.readString(Path.of("..", "..", "docs", "elixir.md"));
        erlang.eval("{ok, _} = application:ensure_all_started(elixir)");
        try (TestNode node = TestNode.start(erlang.cookie())) {
            Peer backend = node.peer(erlang);
            for (MatchResult code : CODE.matcher(page).results().toList()) {
                // OTP 25 comes with an Elixir that knows the older form of charlists only.
                String compiled = code.group(1).replaceAll("~c\"([^\"]*)\"", "'$1'");
                Reply _ = backend.call("Elixir.Code", "compile_string", compiled);
            }
            // Started by a process that stays.
            erlang.eval("spawn(fun() -> {ok, _} = 'Elixir.MyApp.Users':start(), register(starter, self()),"
                    + " receive stop -> ok end end)");
            List<MatchResult> rows = ROW.matcher(page).results().toList();
            Map<String, Supplier<Object>> shown = shown(backend);
            assertThat(rows).hasSameSizeAs(shown.entrySet());
            for (MatchResult row : rows) {
                Supplier<Object> call = Objects.requireNonNull(shown.get(row.group(1)), row.group(1));
                assertThat(String.valueOf(call.get())).as(row.group(1)).isEqualTo(row.group(2));
            }
        }
    }
}
