package dev.pier.server.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A datagram socket like that of systemd, in a Perl process. Ends with the test.
public final class NotifyReceiver implements AutoCloseable {
    /// Prints each datagram as one line, with ` | ` for its line breaks.
    private static final String PROGRAM = """
            use Socket;
            $| = 1;
            my $name = shift;
            $name =~ s/^@/\\0/;
            socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
            bind($socket, pack_sockaddr_un($name)) or die "bind: $!";
            print "bound\\n";
            while (defined recv($socket, my $message, 65536, 0)) {
                $message =~ s/\\n/ | /g;
                print "$message\\n";
            }
            """;

    private final Process process;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    /// @param name a path, or an abstract name behind an `@`
    public NotifyReceiver(String name) throws IOException {
        process = new ProcessBuilder("perl", "-e", PROGRAM, name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(UTF_8);
        if (!"bound".equals(output.readLine())) {
            close();
            throw new IOException("no socket " + name);
        }
        Thread.ofVirtual().start(() -> receive(output));
    }

    private void receive(BufferedReader output) {
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                messages.add(line);
            }
        } catch (IOException _) {
            // The test has ended.
        }
    }

    /// Waits for the next message.
    ///
    /// @return the message, with ` | ` for its line breaks
    public String next() throws InterruptedException {
        String message = messages.poll(30, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message within 30 s");
        }
        return message;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
