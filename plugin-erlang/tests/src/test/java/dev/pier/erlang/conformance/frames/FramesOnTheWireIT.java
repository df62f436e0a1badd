package dev.pier.erlang.conformance.frames;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.conformance.By;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Scene;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.WireTap.Frame;
import dev.pier.erlang.testing.WireTap.Kind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The frames in which Pier and a real node send their control messages.
class FramesOnTheWireIT {
    private static final int LARGE = 300_000;
    private static final int FRAGMENT = 64 << 10;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static Scene scene;

    @BeforeAll
    static void open() throws IOException {
        scene = new Scene(erlang);
    }

    @AfterAll
    static void close() {
        scene.close();
    }

    @BeforeEach
    void begin() {
        scene.begin();
    }

    private static List<Frame> frames(By side, Kind... kinds) {
        return scene.framesBy(side).stream()
                .filter(frame -> List.of(kinds).contains(frame.kind()))
                .toList();
    }

    private static List<Frame> fragments(By side) {
        return frames(side, Kind.FIRST_FRAGMENT, Kind.NEXT_FRAGMENT);
    }

    @Test
    @Says(in = Section.FRAMES, value = "With a negotiated distribution header, every message has one.")
    void everyFrameHasAHeader() {
        scene.erl("Ours ! {from, erlang}");
        scene.receive();
        scene.ours().send(scene.theirs(), Term.parse("{from,java}"));
        scene.awaitTheirs("[{from, java}]");
        assertThat(scene.tap().frames())
                .isNotEmpty()
                .allSatisfy(frame -> assertThat(frame.kind()).isNotEqualTo(Kind.PASS_THROUGH));
    }

    @Test
    @Says(in = Section.HEADER, value = "Erlang sends an atom's text once, and then its place in the cache.")
    @Says(in = Section.HEADER, value = "A header may name no atoms; they are inside the terms then.")
    void erlangCachesAtomsAndPierDoesNot() {
        for (int i = 0; i < 2; i++) {
            scene.tap().clear();
            scene.erl("Ours ! conformance_of_the_atom_cache");
            assertThat(scene.receive().term()).isEqualTo(Term.parse("conformance_of_the_atom_cache"));
        }
        assertThat(scene.framesBy(By.ERLANG))
                .filteredOn(frame -> frame.operation() == 22)
                .singleElement()
                .satisfies(again -> assertThat(again.atoms()).isPositive())
                .satisfies(again -> assertThat(again.newAtoms()).isZero());
        assertThat(scene.framesBy(By.PIER))
                .allSatisfy(frame -> assertThat(frame.atoms()).isZero());
    }

    @Test
    @Says(in = Section.HEADER, value = "Erlang splits a message above 64 KiB into fragments, and Pier assembles it.")
    void erlangSendsFragments() {
        scene.erl("Ours ! binary:copy(<<\"x\">>, " + LARGE + ")");
        assertThat(((Binary) scene.receive().term()).size()).isEqualTo(LARGE);
        assertThat(fragments(By.ERLANG)).hasSize(Math.ceilDiv(LARGE, FRAGMENT));
    }

    @Test
    @Says(in = Section.HEADER, value = "Pier splits a message above 64 KiB into fragments, and Erlang assembles it.")
    void pierSendsFragments() {
        scene.ours().send(scene.theirs(), Binary.of(new byte[LARGE]));
        scene.awaitTheirs("[<<0:" + 8 * LARGE + ">>]");
        assertThat(fragments(By.PIER)).hasSize(Math.ceilDiv(LARGE, FRAGMENT));
        assertThat(scene.framesBy(By.PIER))
                .allSatisfy(frame -> assertThat(frame.length()).isLessThan(FRAGMENT + 1024));
    }

    @Test
    @Says(
            in = Section.SILENT,
            value = "A large message that was queued before the connection was up is one frame, with or without"
                    + " DFLAG_FRAGMENTS.")
    void messagesQueuedBeforeTheConnectionAreNotSplit() {
        scene.disconnect();
        scene.erl("Ours ! binary:copy(<<\"x\">>, " + LARGE + ")");
        assertThat(((Binary) scene.receive().term()).size()).isEqualTo(LARGE);
        assertThat(fragments(By.ERLANG)).isEmpty();
        assertThat(frames(By.ERLANG, Kind.NORMAL))
                .anySatisfy(frame -> assertThat(frame.length()).isGreaterThan(LARGE));
    }
}
