package dev.pier.server;

import dev.pier.server.cli.AdminClient;
import dev.pier.server.cli.AdminException;
import dev.pier.server.cli.TimerSample;
import dev.pier.server.config.ConfigurationException;
import java.io.Console;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.node.ArrayNode;

/// `bin/pier top`: what a running server does at the moment.
@Command(description = "Shows requests and calls of a running server by the second, until Ctrl-C.")
final class TopCommand implements Callable<Integer> {
    private static final String CLEAR = "\033[H\033[2J";
    private static final int MAX_INTERVAL = 3600;

    @Mixin
    private OperatorCommands.Options options = new OperatorCommands.Options();

    @Option(names = "--interval", paramLabel = "SECONDS", description = "the time between two tables; default: 2")
    private int interval = 2;

    @Option(names = "--count", paramLabel = "N", description = "ends after so many tables; default: no end")
    private long count = Long.MAX_VALUE;

    @Override
    public Integer call() throws ConfigurationException, AdminException, InterruptedException {
        if (interval < 1 || interval > MAX_INTERVAL || count < 1) {
            throw new ParameterException(
                    options.command(), "--interval is 1 to " + MAX_INTERVAL + " seconds, and --count at least 1");
        }
        AdminClient client = options.client();
        TimerSample before = sample(client);
        for (long i = 0; i < count; i++) {
            Thread.sleep(interval * 1000L);
            TimerSample now = sample(client);
            show(now.since(before));
            before = now;
        }
        return 0;
    }

    private void show(ArrayNode rows) {
        if (!options.json()) {
            boolean terminal = Optional.ofNullable(System.console())
                    .filter(Console::isTerminal)
                    .isPresent();
            String clear = terminal ? CLEAR : "";
            String nothing = rows.isEmpty() ? ": no requests and no calls" : "";
            options.out()
                    .println(clear + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + nothing);
        }
        options.print(rows);
    }

    private static TimerSample sample(AdminClient client) throws AdminException {
        return TimerSample.of(client.text("/metrics"), System.nanoTime());
    }
}
