package dev.pier.assembly;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/// An application that is slow to do what Erlang asks of it: the target of floods. Its mailboxes are never read.
@WebListener
public final class LazyApplication implements ServletContextListener {
    static final int MAILBOXES = 8;

    private static final long SLEEP_MILLIS = 20_000;

    @Resource(name = "erlang/node")
    ErlangNode node;

    /// Packs the class as an application.
    static void jar(Path file) {
        String name = LazyApplication.class.getName().replace('.', '/') + ".class";
        try (InputStream bytes = Objects.requireNonNull(
                        LazyApplication.class.getClassLoader().getResourceAsStream(name));
                JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new JarEntry(name));
            bytes.transferTo(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        Mailbox trapping = node.mailbox("lazy0");
        trapping.trapExit(true);
        for (int i = 1; i < MAILBOXES; i++) {
            node.mailbox("lazy" + i);
        }
        node.expose("lazy", "pid", 0, _ -> trapping.self());
        node.expose("lazy", "size", 1, arguments -> arguments.term(0).toString().length());
        node.expose("lazy", "echo", 1, arguments -> arguments.term(0));
        node.expose("lazy", "sleep", 1, _ -> {
            Thread.sleep(SLEEP_MILLIS);
            return true;
        });
    }
}
