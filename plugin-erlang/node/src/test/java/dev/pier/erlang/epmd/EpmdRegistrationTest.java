package dev.pier.erlang.epmd;

import static dev.pier.erlang.testing.Bytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The registration of a name, against a scripted EPMD.
class EpmdRegistrationTest {
    private static final byte[] NAME_TAKEN = Bytes.hex("760100000063");

    private final AtomicInteger attempts = new AtomicInteger();
    private LogCapture log;
    private ScriptedEpmd epmd;
    private EpmdClient client;

    @BeforeEach
    void start() throws IOException {
        log = LogCapture.begin();
        epmd = new ScriptedEpmd(0);
        client = new EpmdClient(
                new InetSocketAddress(TestHost.address(), epmd.port()), Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() throws IOException {
        epmd.close();
        log.close();
    }

    private static byte[] accepted(long creation) {
        return bytes().u8(118).u8(0).u32(creation).array();
    }

    private EpmdRegistration register(Duration retryPause) throws EpmdException {
        EpmdClient current = client;
        EpmdRegistration registration = new EpmdRegistration("pier", retryPause, () -> {
            attempts.incrementAndGet();
            return current.registerOnce("pier", 4711, NodeType.HIDDEN);
        });
        registration.start();
        return registration;
    }

    @Test
    @Says(in = Section.EPMD, value = "A current EPMD answers ALIVE2_X_RESP, with a 32-bit creation.")
    void registeringGivesTheCreation() throws IOException {
        epmd.hold(accepted(0x6b013f8bL));

        try (EpmdRegistration registration = client.register("pier", 4711, NodeType.HIDDEN)) {
            assertThat(registration.creation()).isEqualTo(0x6b013f8b);
            assertThat(registration.isRegistered()).isTrue();
            assertThat(epmd.request())
                    .isEqualTo(bytes().u8(120)
                            .u16(4711)
                            .u8(72)
                            .u8(0)
                            .u16(6)
                            .u16(6)
                            .u16(4)
                            .latin1("pier")
                            .u16(0)
                            .array());
        }
        assertThat(epmd.seesEndOfHeld()).isTrue();
    }

    @Test
    @Says(in = Section.EPMD, value = "An older EPMD answers ALIVE2_RESP, with a 16-bit creation.")
    void anOldEpmdGivesAShortCreation() throws IOException {
        epmd.hold(bytes().u8(121).u8(0).u16(3).array());

        try (EpmdRegistration registration = client.register("pier", 4711, NodeType.NORMAL)) {
            assertThat(registration.creation()).isEqualTo(3);
        }
    }

    @Test
    @Says(in = Section.EPMD, value = "EPMD refuses a registration with a result above 0.")
    void aTakenNameFailsTheRegistration() {
        epmd.answer(NAME_TAKEN);

        assertThatThrownBy(() -> client.register("pier", 1, NodeType.HIDDEN))
                .isInstanceOfSatisfying(
                        EpmdException.class, e -> assertThat(e.reason()).isEqualTo(EpmdException.Reason.NAME_TAKEN))
                .hasMessageStartingWith("the name 'pier' is taken");
    }

    @Test
    @Says(in = Section.SILENT, value = "A node that registers again keeps its first creation.")
    void afterTheEndOfEpmdItRegistersAgainAndKeepsTheFirstCreation() throws IOException {
        epmd.hold(accepted(11));
        try (EpmdRegistration registration = register(Duration.ofMillis(20))) {
            int port = epmd.port();
            epmd.close();
            Await.until("failed attempts", () -> attempts.get() > 2);
            assertThat(registration.isRegistered()).isFalse();

            epmd = new ScriptedEpmd(port);
            epmd.answer(NAME_TAKEN);
            epmd.hold(accepted(12));
            Await.until("the new registration", registration::isRegistered);
            assertThat(registration.creation()).isEqualTo(11);
            assertThat(log.warnings("Connection to EPMD lost")).hasSize(1);
            assertThat(log.warnings("is taken")).hasSize(1);
            assertThat(log.warnings("")).as("no warning for each attempt").hasSize(2);
            assertThat(log.lines(Level.INFO, "Registered at EPMD")).hasSize(1);
        }
        assertThat(epmd.seesEndOfHeld()).isTrue();
    }

    @Test
    void withoutEpmdItRegistersWhenEpmdHasStarted() throws IOException {
        int port = epmd.port();
        epmd.close();
        try (EpmdRegistration registration = register(Duration.ofMillis(20))) {
            assertThat(registration.isRegistered()).isFalse();
            int creation = registration.creation();
            assertThat(Integer.toUnsignedLong(creation)).isGreaterThanOrEqualTo(4);
            Await.until("failed attempts", () -> attempts.get() > 2);
            assertThat(log.warnings("")).singleElement().asString().contains("'pier'", "no EPMD answers at");

            epmd = new ScriptedEpmd(port);
            epmd.hold(accepted(12));
            Await.until("the registration", registration::isRegistered);
            assertThat(registration.creation()).isEqualTo(creation);
        }
        assertThat(epmd.seesEndOfHeld()).isTrue();
    }

    @Test
    void closingWhileEpmdIsAwayEndsTheAttempts() throws Exception {
        epmd.hold(accepted(11));
        EpmdRegistration registration = register(Duration.ofMillis(5));
        epmd.close();
        Await.until("attempts", () -> attempts.get() > 3);
        registration.close();
        registration.close();

        assertThat(registration.awaitEnd(Await.PATIENCE)).isTrue();
        assertThat(registration.isRegistered()).isFalse();
    }

    @Test
    void anErrorDoesNotEndTheKeeper() throws IOException {
        epmd.hold(accepted(11));
        EpmdClient current = client;
        EpmdRegistration registration = new EpmdRegistration("pier", Duration.ofMillis(20), () -> {
            if (attempts.incrementAndGet() == 2) {
                throw new OutOfMemoryError("of a test");
            }
            return current.registerOnce("pier", 4711, NodeType.HIDDEN);
        });
        try (registration) {
            registration.start();
            int port = epmd.port();
            epmd.close();
            Await.until("attempts after the error", () -> attempts.get() > 3);
            assertThat(registration.isKept()).isTrue();

            epmd = new ScriptedEpmd(port);
            epmd.hold(accepted(12));
            Await.until("registration", registration::isRegistered);
        }
    }
}
