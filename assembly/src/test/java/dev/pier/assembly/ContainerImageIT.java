package dev.pier.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A Pier as in a pod of deploy/kubernetes: on a runtime with the modules of deploy/Dockerfile, with the settings, the
/// environment and the ports of the manifests, at a loopback address of its own.
class ContainerImageIT {
    private static final Path DEPLOY = Distribution.home().resolve("deploy");
    private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");

    @TempDir
    private static Path folder;

    private static String address;
    private static List<Path> unused;
    private static JsonNode pod;
    private static JsonNode container;
    private static PierProcess pier;
    private static final Map<String, String> environment = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        unused = distribution();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        address = "127.%d.%d.%d".formatted(random.nextInt(1, 255), random.nextInt(256), random.nextInt(1, 255));
        pod = manifests("deployment.yaml").getFirst().at("/spec/template/spec");
        container = pod.at("/containers/0");

        // The folder of the state, and that of the applications.
        String settings = Files.readString(KUBERNETES.resolve("server.conf"));
        assertThat(settings).contains("/var/lib/pier/", "/opt/pier/webapps");
        Path webapps = Files.createDirectories(folder.resolve("webapps"));
        Files.writeString(Files.createDirectory(webapps.resolve("ROOT")).resolve("index.html"), "in the pod");
        Path state = Files.createDirectory(folder.resolve("state"));
        Path conf = Files.writeString(
                folder.resolve("server.conf"),
                settings.replace("/var/lib/pier", state.toString()).replace("/opt/pier/webapps", webapps.toString()));

        Path runtime = runtime();
        assumeTrue(
                starts(runtime), "the jmods of this JDK are for a newer C library than that of the system (bin/jdk)");
        environment.put("JAVA_HOME", runtime.toString());
        environment.put("PIER_LOGS", state.resolve("logs").toString());
        for (JsonNode variable : container.at("/env")) {
            environment.put(
                    variable.at("/name").asString(),
                    variable.at("/value").asString("a secret").replace("$(POD_IP)", address));
        }
        environment.put("POD_IP", address);
        environment.put("ADMIN_HOST", address);
        environment.put("PIER_SET_http_host", address);
        environment.put("PIER_CONF", conf.toString());
        pier = PierProcess.serving(folder, conf, environment);
    }

    /// The files and folders of the distribution.
    private static List<Path> distribution() throws IOException {
        try (Stream<Path> files = Files.walk(Distribution.home())) {
            return files.sorted().toList();
        }
    }

    /// A runtime with the modules of the image.
    private static Path runtime() throws IOException, InterruptedException {
        Path runtime = folder.resolve("java");
        run(
                Path.of(System.getProperty("java.home"), "bin/jlink").toString(),
                "--add-modules",
                inDockerfile("jlink --add-modules (\\S+)").getFirst().group(1),
                "--output",
                runtime.toString());
        return runtime;
    }

    private static boolean starts(Path runtime) throws IOException, InterruptedException {
        String java = runtime.resolve("bin/java").toString();
        return new ProcessBuilder(java, "-version").inheritIO().start().waitFor() == 0;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static List<MatchResult> inDockerfile(String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(DEPLOY.resolve("Dockerfile")))
                .results()
                .toList();
    }

    private static List<JsonNode> manifests(String file) throws IOException {
        List<JsonNode> manifests = new ArrayList<>();
        new Yaml()
                .loadAll(new StringReader(Files.readString(KUBERNETES.resolve(file))))
                .forEach(it -> manifests.add(new ObjectMapper().valueToTree(it)));
        return manifests;
    }

    private static int containerPort(String name) {
        return StreamSupport.stream(container.at("/ports").spliterator(), false)
                .filter(port -> port.at("/name").asString().equals(name))
                .findFirst()
                .orElseThrow()
                .at("/containerPort")
                .asInt();
    }

    @AfterAll
    static void stop() {
        if (pier != null) {
            pier.close();
        }
    }

    @Test
    void theProbesAnswer() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                JsonNode get = container.at("/" + probe + "/httpGet");
                URI uri = URI.create("http://" + address + ":"
                        + containerPort(get.at("/port").asString())
                        + get.at("/path").asString());
                assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .statusCode())
                        .as(uri.toString())
                        .isEqualTo(200);
            }
            URI page = URI.create("http://" + address + ":" + containerPort("http") + "/");
            assertThat(client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("in the pod");
        }
    }

    @Test
    void pierListensAtThePortsOfTheManifestsAndTheImage() throws Exception {
        List<Integer> ports = new ArrayList<>();
        container
                .at("/ports")
                .forEach(port -> ports.add(port.at("/containerPort").asInt()));
        for (int port : ports) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), 5000);
                assertThat(socket.isConnected()).isTrue();
            }
        }
        assertThat(inDockerfile("EXPOSE (.*)").getFirst().group(1).split(" ", -1))
                .containsExactlyInAnyOrderElementsOf(
                        ports.stream().map(String::valueOf).toList());
    }

    @Test
    void theServicesAndThePolicyNameThePortsOfThePod() throws Exception {
        List<JsonNode> services = manifests("services.yaml");
        assertThat(services).hasSize(2).allSatisfy(service -> {
            JsonNode port = service.at("/spec/ports/0");
            assertThat(containerPort(port.at("/targetPort").asString())).isPositive();
        });
        JsonNode headless = services.get(1);
        assertThat(headless.at("/spec/clusterIP").asString()).isEqualTo("None");
        assertThat(headless.at("/spec/ports/0/port").asInt()).isEqualTo(containerPort("distribution"));
        for (JsonNode rule : manifests("networkpolicy.yaml").getFirst().at("/spec/ingress")) {
            assertThat(containerPort(rule.at("/ports/0/port").asString())).isPositive();
            assertThat(rule.has("from"))
                    .isEqualTo(!rule.at("/ports/0/port").asString().equals("http"));
        }
    }

    @Test
    void theCommandOfTheHealthCheckSucceeds() throws Exception {
        String command = inDockerfile("HEALTHCHECK .*CMD \\[(.*)]").getFirst().group(1);
        assertThat(command).isEqualTo("\"/opt/pier/bin/pier\", \"health\", \"live\"");
        run(Distribution.launcher().toString(), "health", "live");
    }

    @Test
    void allThatPierWritesIsInAVolume() throws Exception {
        List<String> volumes = new ArrayList<>();
        container
                .at("/volumeMounts")
                .forEach(mount -> volumes.add(mount.at("/mountPath").asString()));
        assertThat(volumes).contains("/var/lib/pier", "/tmp");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(folder.resolve("state/work")).isDirectory();
        assertThat(folder.resolve("state/admin.token")).isRegularFile();
        assertThat(distribution()).isEqualTo(unused);
        assertThat(pod.at("/securityContext/runAsUser").asInt())
                .isEqualTo(
                        Integer.parseInt(inDockerfile("USER (\\d+)").getFirst().group(1)));
    }

    @Test
    void theFilesThatTheImageAndTheKustomizationNameAreInTheDistribution() throws Exception {
        assertThat(inDockerfile("(?m)^COPY (?!--from)(\\S+) ")).hasSize(4).allSatisfy(copy -> {
            assertThat(Distribution.home().resolve(copy.group(1))).exists();
            assertThat(Files.readAllLines(DEPLOY.resolve("Dockerfile.dockerignore")))
                    .contains("!" + copy.group(1));
        });
        JsonNode kustomization = manifests("kustomization.yaml").getFirst();
        for (JsonNode resource : kustomization.at("/resources")) {
            assertThat(KUBERNETES.resolve(resource.asString())).exists();
        }
        assertThat(KUBERNETES.resolve(
                        kustomization.at("/configMapGenerator/0/files/0").asString()))
                .exists();
        assertThat(container.at("/env").valueStream())
                .anySatisfy(variable -> assertThat(
                                variable.at("/valueFrom/secretKeyRef/name").asString(""))
                        .isEqualTo(kustomization.at("/secretGenerator/0/name").asString()));
    }

    @Test
    void aStopFitsIntoTheTimeThatKubernetesGrants() {
        String delay = environment.get("SHUTDOWN_DELAY");
        assertThat(delay).matches("\\d+ s");
        Duration requests = Duration.ofSeconds(30); // http.shutdown-timeout
        assertThat(Duration.ofSeconds(pod.at("/terminationGracePeriodSeconds").asInt()))
                .isGreaterThan(requests.plusSeconds(Long.parseLong(delay.split(" ", -1)[0])));
    }
}
