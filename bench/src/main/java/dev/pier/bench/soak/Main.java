package dev.pier.bench.soak;

import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The command line of `bin/soak`: `Main ROOT MINUTES`. Ends with status 1 if a request hung or was answered
/// wrongly, or if the server holds more at the end than after a tenth of the time.
public final class Main {
    private static final String HEAP = "256m";
    private static final int REPORTS = 10;
    private static final Duration REST = Duration.ofSeconds(10);

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Duration time = Duration.ofMinutes(Long.parseLong(arguments[1]));
        boolean clean;
        try (Scene scene = new Scene(root)) {
            clean = soak(scene, root, time);
        }
        System.exit(clean ? 0 : 1);
    }

    private static boolean soak(Scene scene, Path root, Duration time) throws Exception {
        scene.backend();
        int nodePort = Scene.freePort();
        try (Server server = scene.startRedeploying("soaked", nodePort, HEAP)) {
            Tally tally = new Tally();
            Duration part = time.dividedBy(REPORTS);
            Path classes = root.resolve("bench/target/classes");
            press(new Pressure(scene, server, nodePort, classes, tally), server, tally, part, 1);
            Resources before = rested(server);
            System.out.println("after the warm-up: " + before);
            press(new Pressure(scene, server, nodePort, classes, tally), server, tally, part, REPORTS - 1);
            Resources after = rested(server);
            System.out.println("at the end: " + after);
            List<String> leaks = after.leaksSince(before);
            tally.problems().forEach(System.out::println);
            System.out.println(tally + ", leaked: " + (leaks.isEmpty() ? "nothing" : String.join(", ", leaks)));
            return tally.isClean() && leaks.isEmpty();
        }
    }

    private static void press(Pressure pressure, Server server, Tally tally, Duration part, int parts)
            throws Exception {
        try (pressure) {
            pressure.begin();
            for (int i = 0; i < parts; i++) {
                Thread.sleep(part);
                System.out.println(tally + "; " + Resources.of(server));
            }
        }
    }

    /// What the server holds when all connections and replaced applications have ended.
    private static Resources rested(Server server) throws Exception {
        Thread.sleep(REST);
        return Resources.of(server);
    }
}
