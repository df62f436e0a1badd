package dev.pier.fuzz.targets;

import dev.pier.fuzz.Target;
import dev.pier.server.webapp.AppStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// An archive that an operator drops into `webapps`. The server deploys it, or reports why it cannot, and goes on
/// deploying.
final class ArchiveTarget implements Target {
    static final String NAME = "archives";

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofMillis(5);

    private final RunningServer running = new RunningServer();
    private int count;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 50;
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                zip(Map.of("index.html", "hello", "WEB-INF/web.xml", webXml(""))),
                zip(Map.of("WEB-INF/web.xml", webXml("<display-name>x</display-name>"), "a/ä/b.txt", "text")),
                zip(Map.of("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n", "WEB-INF/classes/A.class", "x")));
    }

    private static String webXml(String content) {
        return "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.1\">" + content + "</web-app>";
    }

    private static byte[] zip(Map<String, String> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SequencedMap<String, String> sorted = new TreeMap<>(entries);
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.DEFLATED);
            for (Map.Entry<String, String> entry : sorted.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public List<byte[]> dictionary() {
        return List.of(
                new byte[] {'P', 'K', 3, 4}, new byte[] {'P', 'K', 1, 2}, new byte[] {'P', 'K', 5, 6}, new byte[] {
                    '.', '.', '/'
                });
    }

    @Override
    public boolean accepts(byte[] input) throws IOException, InterruptedException {
        String name = "fuzz" + count++ + ".war";
        Path war = running.webapps().resolve(name);
        Path part = running.webapps().resolve(name + ".part");
        Files.write(part, input);
        Files.move(part, war, StandardCopyOption.ATOMIC_MOVE);
        AppStatus status = awaitStatus(name);
        Files.delete(war);
        return status.state() == AppStatus.State.DEPLOYED;
    }

    private AppStatus awaitStatus(String file) throws InterruptedException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (System.nanoTime() - end < 0) {
            Optional<AppStatus> status = running.server().applications().stream()
                    .filter(app -> app.file().equals(file))
                    .findFirst();
            if (status.isPresent()) {
                return status.get();
            }
            Thread.sleep(INTERVAL);
        }
        throw new AssertionError("the server neither deployed the archive nor reported a failure");
    }

    @Override
    public void close() {
        running.close();
    }
}
