package @{new.package};

import dev.pier.erlang.Peer;
import jakarta.annotation.Resource;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class Users {
    /// A user, as `users:find/1` answers with it.
    public record User(String name, List<String> made) {}

    @Resource(name = "erlang/backend")
    private Peer backend;

    @GetMapping("/users")
    public ResponseEntity<User> find(String id) {
        return ResponseEntity.of(backend.call("@{new.module}", "find", id).asOptional(User.class));
    }
}
