package dev.pier.bench.sides;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A CA and a certificate for the host of all nodes, made by `openssl`.
///
/// @param folder of the files
record Certificates(Path folder) {
    static Certificates make(Path folder, String host) throws IOException, InterruptedException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(folder.resolve("names"), "subjectAltName=DNS:" + host + "\n");
        String key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
        openssl(
                folder,
                "req -x509 " + key + "-keyout ca.key -out ca.pem -days 2 -subj /CN=bench"
                        + " -addext keyUsage=critical,keyCertSign");
        openssl(folder, "req " + key + "-keyout node.key -out node.csr -subj /CN=" + host);
        openssl(
                folder,
                "x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names"
                        + " -out node.pem");
        Files.setPosixFilePermissions(folder.resolve("node.key"), PosixFilePermissions.fromString("rw-------"));
        Certificates certificates = new Certificates(folder);
        Files.writeString(certificates.options(), certificates.erlangOptions());
        return certificates;
    }

    private static void openssl(Path folder, String arguments) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(("openssl " + arguments).split(" ", -1));
        Path log = folder.resolve("openssl.log");
        command.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
        if (command.start().waitFor() != 0) {
            throw new IOException("openssl " + arguments + " failed: " + Files.readString(log));
        }
    }

    private Path options() {
        return folder.resolve("dist.conf");
    }

    private String erlangOptions() {
        String files =
                "{certfile,\"%s\"},{keyfile,\"%s\"},{cacertfile,\"%s\"},{verify,verify_peer},{versions,['tlsv1.3']}"
                        .formatted(folder.resolve("node.pem"), folder.resolve("node.key"), folder.resolve("ca.pem"));
        return "[{server,[" + files + ",{fail_if_no_peer_cert,true}]},{client,[" + files + "]}].\n";
    }

    /// The arguments of `erl` for distribution within TLS 1.3.
    List<String> erlangFlags() {
        return List.of("-proto_dist", "inet_tls", "-ssl_dist_optfile", options().toString());
    }

    /// The same for Pier, within the section `erlang`.
    String pierSettings() {
        return "tls { certificate = \"%s\", key = \"%s\", ca = \"%s\", versions = [TLSv1.3] }"
                .formatted(folder.resolve("node.pem"), folder.resolve("node.key"), folder.resolve("ca.pem"));
    }
}
