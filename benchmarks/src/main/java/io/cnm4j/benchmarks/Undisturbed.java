package io.cnm4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Rounds during which the hypervisor took no processor away. One it disturbed, ours and the floor's alike, is thrown away whole and made
 * again; whether it was is asked of the kernel (steal, proc(5)), never of the times measured. On metal all are kept. Not thread-safe.
 */
public final class Undisturbed {
    private static final Path STAT = Path.of("/proc/stat");
    private static final int STEAL = 8; // cpu user nice system idle iowait irq softirq steal

    private static final int TRIES = 5;

    private final int tries; // for each round, on average, before disturbed ones count as well
    private int again;
    private int kept;
    private int disturbed;

    /** Gives up after {@value #TRIES} times as many rounds as were wanted: then the disturbed count as well. */
    public Undisturbed() {
        this(TRIES);
    }

    private Undisturbed(int tries) {
        this.tries = tries;
    }

    /** Returns one that keeps every round, to warm up. */
    public static Undisturbed orNot() {
        return new Undisturbed(1);
    }

    /**
     * Makes rounds until so many are kept.
     *
     * @param round makes one and returns what it took
     * @param keep is given what a kept round returned
     */
    public <T> void rounds(int rounds, Callable<T> round, Consumer<T> keep) throws Exception {
        int last = kept + rounds;
        int spare = rounds * (tries - 1);
        while (kept < last) {
            long before = steal();
            T took = round.call();
            boolean quiet = steal() == before;
            if (quiet || spare-- <= 0) {
                keep.accept(took);
                kept++;
                disturbed += quiet ? 0 : 1;
            } else {
                again++;
            }
        }
    }

    /** Returns the ticks, of 10 ms, that the hypervisor took from all processors since the machine began. */
    private static long steal() {
        try (var lines = Files.lines(STAT)) {
            return Long.parseLong(lines.findFirst().orElseThrow().split(" +", -1)[STEAL]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how much the hypervisor disturbed. */
    @Override
    public String toString() {
        return "rounds: " + kept + "; made again because the hypervisor took a processor: " + again
                + "; kept all the same: " + disturbed;
    }
}
