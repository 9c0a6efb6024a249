package io.cnm4j.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Many worlds. Repeat one with {@code -Dcnm4j.sim.seed=N}, live more with {@code -Dcnm4j.sim.seeds=M} or {@code -Pfaults}. */
class SimulationTest {
    private static final long USUAL = Boolean.getBoolean("cnm4j.faults") ? 20_000 : 2_000;

    @Test
    void everyLawHoldsInEveryWorld() {
        long first = Long.getLong("cnm4j.sim.seed", 1);
        long count = Long.getLong("cnm4j.sim.seeds", System.getProperty("cnm4j.sim.seed") == null ? USUAL : 1);
        long start = System.nanoTime();
        LongStream.range(first, first + count).parallel().forEach(seed -> live(seed, Sabotage.NONE));
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("simulation: %d seeds in %.1f s, %.0f a minute%n", count, seconds, 60 * count / seconds);
    }

    @Test
    void aSeedSaysEverything() {
        for (long seed = 1; seed <= 50; seed++) {
            assertThat(live(seed, Sabotage.NONE)).isEqualTo(live(seed, Sabotage.NONE));
        }
    }

    /** Lives one world and returns its steps; what is wrong names the seed and every step. */
    static List<String> live(long seed, Sabotage sabotage) {
        var simulation = new Simulation(seed, sabotage);
        try {
            simulation.run();
            return simulation.log();
        } catch (RuntimeException | Error wrong) {
            throw new AssertionError(
                    "seed " + seed + ": " + wrong.getMessage() + "\n  " + String.join("\n  ", simulation.log())
                            + "\nrepeat with -Dcnm4j.sim.seed=" + seed,
                    wrong);
        }
    }

    // what is tolerated is a warning with a stack trace, and here there are thousands
    private static final Logger CORE = (Logger) LoggerFactory.getLogger("io.cnm4j.core");

    @BeforeAll
    static void beQuiet() {
        CORE.setLevel(Level.ERROR);
    }

    @AfterAll
    static void beAsBefore() {
        CORE.setLevel(null);
    }
}
