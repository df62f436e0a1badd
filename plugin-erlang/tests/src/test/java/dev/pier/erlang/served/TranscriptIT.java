package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.Exposed;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Evaluates the shell session of `docs/called-from-erlang.md` on a real node.
class TranscriptIT {
    private static final Path DOCUMENT = Path.of("..", "..", "docs", "called-from-erlang.md");
    private static final Pattern STEP = Pattern.compile("(?m)^\\d+> (.*)\\.\\R(.*)$");

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @ErlangModule("accounts")
    static final class Accounts {
        private final AtomicInteger balance = new AtomicInteger();

        @Exposed
        int deposit(String account, int amount) {
            if (amount < 0) {
                throw new IllegalArgumentException("negative: " + amount);
            }
            return balance.addAndGet(amount);
        }
    }

    private static final class Counter implements GenServer {
        private long count;

        @Override
        public void handleCall(Message request, From from) {
            from.reply(++count);
        }

        @Override
        public void handleCast(Message request) {}
    }

    @Test
    void theShellAnswersAsDocumented() throws IOException {
        List<MatchResult> steps =
                STEP.matcher(Files.readString(DOCUMENT)).results().toList();
        assertThat(steps).hasSizeGreaterThan(11);
        try (TestNode node = TestNode.start(erlang.cookie())) {
            node.runtime()
                    .expose(
                            "useless",
                            "myfunction",
                            arguments -> Tuple.of(Atom.of("hello"), new ListTerm(arguments.terms())));
            node.runtime().expose(new Accounts());
            node.processes().register("counter", new Counter());
            for (MatchResult step : steps) {
                String expression = step.group(1).replace("'web@localhost'", "'" + node.name() + "'");
                assertThat(erlang.eval(expression)).as(step.group(1)).isEqualTo(step.group(2));
            }
        }
    }
}
