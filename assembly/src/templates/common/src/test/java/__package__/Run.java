package @{new.package};

import dev.pier.embedded.Pier;
import java.nio.file.Path;

/// Runs the application from an IDE, with its debugger: each build of it is deployed within a second.
public class Run {
    public static void main(String[] arguments) throws Exception {
        try (Pier pier = Pier.builder()
                .configuration(Path.of("server.conf"))
                .set("webapps.folder", Path.of("target/webapps")) // nothing else is deployed
                .webapp("/", Path.of("@{new.webapp}"))
                .reload(true)
                .start()) {
            System.out.println("Open " + pier.url());
            pier.join(); // until Ctrl-C
        }
    }
}
