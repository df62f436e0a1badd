import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeRuntime;
import java.io.IOException;
import java.util.Map;

public class Main {
    public static void main(String[] arguments) throws IOException {
        try (NodeRuntime erlang = ErlangNodes.builder("main@localhost") // the cookie is that of ~/.erlang.cookie
                .peer("backend", "backend@localhost")
                .start()) {
            System.out.println(erlang.peer("backend").call("users", "find", "joe").as(Map.class));
        }
    }
}
