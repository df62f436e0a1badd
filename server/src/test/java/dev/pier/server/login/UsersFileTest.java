package dev.pier.server.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.pem.KeyFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileTest {
    private static final String HASH =
            PasswordHash.of("s3cret é", PasswordHash.MIN_ITERATIONS).toString();

    @TempDir
    Path folder = Path.of("");

    private UsersFile users(String text) throws Exception {
        Path file = folder.resolve("users");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
        return new UsersFile(file);
    }

    @Test
    void aUserHasAPasswordAndRoles() throws Exception {
        UsersFile users = users("# staff\n\njoe: " + HASH + ", staff , admin\n ann : " + HASH + "\n");
        assertThat(users.login("joe", "s3cret é")).contains(Set.of("staff", "admin"));
        assertThat(users.login("joe", "s3cret é")).contains(Set.of("staff", "admin"));
        assertThat(users.login("ann", "s3cret é")).contains(Set.of());
        assertThat(users.login("joe", "s3cret e")).isEmpty();
        assertThat(users.login("joe", "")).isEmpty();
        assertThat(users.login("eve", "s3cret é")).isEmpty();
        assertThat(users.stamp("joe")).isNotEmpty().isNotEqualTo(users.stamp("ann"));
        assertThat(users.stamp("eve")).isEmpty();
    }

    @Test
    void aUserWithoutAPasswordHasACertificateOnly() throws Exception {
        UsersFile users = users("CN=joe:x,O=Example: -, staff");
        assertThat(users.login("CN=joe:x,O=Example", "-")).isEmpty();
        assertThat(users.login("CN=joe:x,O=Example", "")).isEmpty();
    }

    @Test
    void aMistakeIsNamedByItsLineAndNotShown() {
        assertThatThrownBy(() -> users("joe: " + HASH + "\njoe2: s3cret, staff"))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("line 2 is not a user")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> users("s3cret")).hasMessageContaining("line 1 is not a user: expected 'name: hash");
        assertThatThrownBy(() -> users("joe: " + HASH + "\njoe: -")).hasMessageContaining("line 2 has a user that");
        assertThatThrownBy(() -> users("joe: " + HASH.replace("$10000$", "$9999$")))
                .hasMessageContaining("line 1 has what is not the hash");
    }

    @Test
    void aFileOfOthersIsRefused() throws Exception {
        users("joe: " + HASH);
        Files.setPosixFilePermissions(folder.resolve("users"), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> new UsersFile(folder.resolve("users"))).hasMessageContaining("chmod 600");
    }

    @Test
    void eachHashHasASaltOfItsOwn() {
        String one = PasswordHash.of("same", PasswordHash.MIN_ITERATIONS).toString();
        assertThat(one).startsWith("pbkdf2-sha256$10000$");
        assertThat(PasswordHash.parse(one).toString()).isEqualTo(one);
        assertThat(PasswordHash.of("same", PasswordHash.MIN_ITERATIONS).toString())
                .isNotEqualTo(one);
    }
}
