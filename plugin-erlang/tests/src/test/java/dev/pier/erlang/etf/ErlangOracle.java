package dev.pier.erlang.etf;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs `oracle.escript` on a real Erlang and returns its output.
final class ErlangOracle {
    private static final long DEADLINE_SECONDS = 600;

    private final Path folder;
    private final Path script;

    ErlangOracle(Path folder) throws IOException {
        this.folder = folder;
        this.script = folder.resolve("oracle.escript");
        try (InputStream source = ErlangOracle.class.getResourceAsStream("oracle.escript")) {
            Files.write(script, source.readAllBytes());
        }
    }

    /// The text of each term, in UTF-8.
    List<byte[]> text(List<byte[]> terms) throws IOException, InterruptedException {
        return ask("text", terms);
    }

    /// The term that each text in UTF-8 means to Erlang.
    List<byte[]> parse(List<byte[]> texts) throws IOException, InterruptedException {
        return ask("parse", texts);
    }

    private List<byte[]> ask(String question, List<byte[]> packets) throws IOException, InterruptedException {
        Path in = folder.resolve(question + ".in");
        Path out = folder.resolve(question + ".out");
        write(in, packets);
        run(question, in.toString(), out.toString());
        return read(out);
    }

    private void run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("escript", script.toString()));
        command.addAll(Arrays.asList(arguments));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("no answer from escript in " + DEADLINE_SECONDS + " s");
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + Files.readString(log));
        }
    }

    private static void write(Path file, List<byte[]> packets) throws IOException {
        var buffer = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(buffer)) {
            for (byte[] packet : packets) {
                out.writeInt(packet.length);
                out.write(packet);
            }
        }
        Files.write(file, buffer.toByteArray());
    }

    private static List<byte[]> read(Path file) throws IOException {
        var packets = new ArrayList<byte[]>();
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            byte[] all = in.readAllBytes();
            int position = 0;
            while (position < all.length) {
                int length = ByteBuffer.wrap(all, position, 4).getInt();
                packets.add(Arrays.copyOfRange(all, position + 4, position + 4 + length));
                position += 4 + length;
            }
        }
        return packets;
    }
}
