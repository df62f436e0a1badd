import dev.pier.embedded.Pier;
import java.nio.file.Path;

public class Run {
    public static void main(String[] arguments) throws Exception {
        try (Pier pier = Pier.builder()
                .port(8080)
                .webapp("/", Path.of("target/classes")) // served as a plain jar with the same contents
                .peer("backend", "backend@localhost") // @Resource(name = "erlang/backend")
                .reload(true) // deploys what the IDE compiles, within a second
                .start()) {
            System.out.println(pier.url());
            pier.join(); // until Ctrl-C
        }
    }
}
