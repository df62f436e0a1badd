package dev.pier.erlang.epmd;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.EpmdProcess;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestHost;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A registration while a real EPMD ends and starts again.
class EpmdRegistrationIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @Test
    @Says(in = Section.EPMD, value = "A node keeps its connection to EPMD for as long as it is distributed.")
    void aRegistrationSurvivesTheEndOfEpmd() throws Exception {
        try (EpmdProcess process = EpmdProcess.start()) {
            AtomicInteger attempts = new AtomicInteger();
            EpmdClient epmd =
                    new EpmdClient(new InetSocketAddress(TestHost.address(), process.port()), TIMEOUT, TIMEOUT);
            try (LogCapture log = LogCapture.begin();
                    EpmdRegistration registration = new EpmdRegistration("pier", Duration.ofMillis(50), () -> {
                        attempts.incrementAndGet();
                        return epmd.registerOnce("pier", 4711, NodeType.HIDDEN);
                    })) {
                registration.start();
                int creation = registration.creation();
                process.kill();
                Await.until("failed attempts", () -> attempts.get() > 2 && !registration.isRegistered());
                process.restart();
                Await.until("the name to be back", () -> process.names().containsKey("pier"));
                Await.until("the registration to know it", registration::isRegistered);

                assertThat(registration.creation()).isEqualTo(creation);
                assertThat(log.warnings("Connection to EPMD lost")).hasSize(1);
                assertThat(log.lines(Level.INFO, "Registered at EPMD as 'pier'"))
                        .hasSize(1);
            }
        }
    }
}
