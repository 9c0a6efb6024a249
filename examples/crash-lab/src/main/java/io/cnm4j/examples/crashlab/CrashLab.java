package io.cnm4j.examples.crashlab;

import io.cnm4j.examples.quickstart.Stage;
import java.io.File;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Kills programs that use cnm4j and looks at what they leave. Run it as root:
 *
 * <pre>
 * examples/run crash-lab --kills 200 [--seed 7]
 * examples/run crash-lab --streams 100 --restarts 20
 * </pre>
 */
public final class CrashLab {
    private static final int KILLS_IN_AN_ACT = 20;

    private CrashLab() {}

    /** Throws, and names the seed and the last steps, if anything was lost or left over. */
    public static void main(String[] args) throws Exception {
        Map<String, Long> options = options(args);
        if (options.containsKey("--streams")) {
            new Streams(Math.toIntExact(options.get("--streams")))
                    .run(Math.toIntExact(options.getOrDefault("--restarts", 20L)));
        } else {
            kill(
                    Math.toIntExact(options.getOrDefault("--kills", 200L)),
                    options.getOrDefault("--seed", new Random().nextLong(1_000_000)));
        }
        System.out.println("\ncrash-lab: ok\nleaks: 0");
    }

    private static Map<String, Long> options(String[] args) {
        var options = new TreeMap<String, Long>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], Long.valueOf(args[i + 1]));
        }
        return options;
    }

    /** Acts of some kills each; after each act nothing must be left. An act's seed repeats it alone. */
    private static void kill(int kills, long seed) throws Exception {
        long start = System.nanoTime();
        int repairs = 0;
        int plugins = 0;
        int compared = 0;
        int unnamed = 0;
        for (int done = 0; done < kills; done += KILLS_IN_AN_ACT) {
            int now = Math.min(KILLS_IN_AN_ACT, kills - done);
            Kills act = act(now, seed + done / KILLS_IN_AN_ACT);
            repairs += act.repairs();
            plugins += act.pluginDeaths();
            compared += act.compared();
            unnamed += act.unnamed();
            System.out.printf("%d kills, %d s%n", done + now, (System.nanoTime() - start) / 1_000_000_000);
        }
        System.out.printf(
                "kills=%d leaks=0 lost=0 repairs=%d plugin-kills=%d compared=%d unnamed=%d seed=%d%n",
                kills, repairs, plugins, compared, unnamed, seed);
    }

    private static Kills act(int kills, long seed) throws Exception {
        File errors = File.createTempFile("crash-lab", ".log");
        try (Stage stage = Stage.build()) {
            var act = new Kills(stage, seed, errors);
            try {
                act.run(kills);
            } catch (Exception | Error failure) {
                act.story().forEach(System.out::println);
                System.out.println("repeat with: examples/run crash-lab --kills " + kills + " --seed " + seed);
                System.out.println("what the victims logged: " + errors);
                throw failure;
            }
            errors.delete();
            return act;
        }
    }
}
