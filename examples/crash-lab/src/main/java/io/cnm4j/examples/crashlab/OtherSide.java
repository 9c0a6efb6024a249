package io.cnm4j.examples.crashlab;

import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The plug-in, seen from the parent: one process after the other on the same records. Used by one thread. */
final class OtherSide implements AutoCloseable {
    private static final int LATEST_CALL = 30;
    private static final int LATEST_CALL_OF_BIRTH = 8;

    private final Spares spares;
    private final Random random;
    private final Consumer<String> story;
    private Child plugin;
    private int deaths;
    private int compared;

    OtherSide(Spares spares, Random random, Consumer<String> story) throws Exception {
        this.spares = spares;
        this.random = random;
        this.story = story;
        this.plugin = spares.next();
        open(0);
    }

    /** Returns how many died. */
    int deaths() {
        return deaths;
    }

    /** Returns how many things were found on both sides. */
    int compared() {
        return compared;
    }

    /** Tells whether more died than these; one that is just dying is waited for. */
    boolean diedSince(int before) throws Exception {
        if (deaths == before) {
            plugin.awaitDeath();
            revive();
        }
        return deaths > before;
    }

    /** Lets it die at one of its next calls. */
    void doom() {
        plugin.dieAt("arm", 1 + random.nextInt(LATEST_CALL), random.nextBoolean());
    }

    void kill() throws InterruptedException {
        story.accept("plug-in killed");
        plugin.kill();
        plugin.await();
    }

    /** Starts another one if it is dead; every other one of those dies at once, too. */
    void revive() throws Exception {
        if (plugin.isDead()) {
            renew();
            if (!open(random.nextBoolean() ? 1 + random.nextInt(LATEST_CALL_OF_BIRTH) : 0)) {
                renew();
                Loss.unless(open(0), "the plug-in did not come back");
            }
        }
    }

    private void renew() throws Exception {
        deaths++;
        plugin.close();
        plugin = spares.next();
    }

    /** Tells whether it serves. */
    private boolean open(int call) throws Exception {
        plugin.dieAt("open", call, random.nextBoolean());
        Optional<String> line = plugin.next();
        while (line.isPresent() && !line.orElseThrow().startsWith("serves ")) {
            line = plugin.next();
        }
        story.accept("plug-in " + line.orElse("dead at birth"));
        return line.isPresent();
    }

    /**
     * Compares what it has with what the records say that it has; it lives afterwards.
     *
     * @return pools and addresses that were given in a moment in which somebody died, so that nobody knows their names
     */
    Set<String> compare(Set<String> recorded) throws Exception {
        revive();
        Set<String> holds = holds();
        var lost = new TreeSet<>(recorded);
        lost.removeAll(holds);
        Loss.unless(lost.isEmpty(), "the plug-in does not have " + lost + " but " + holds);
        compared += recorded.size();
        var more = new TreeSet<>(holds);
        more.removeAll(recorded);
        Loss.unless(
                more.stream().allMatch(thing -> thing.startsWith("pool ") || thing.startsWith("address ")),
                "only the plug-in has " + more);
        return more;
    }

    private Set<String> holds() throws Exception {
        plugin.dieAt("arm", 0, false); // what was to kill it did not come
        plugin.send("holds");
        var holds = new TreeSet<String>();
        String line = plugin.next().orElse("all");
        while (!line.equals("all")) {
            holds.add(line.substring(line.indexOf(' ') + 1));
            line = plugin.next().orElse("all");
        }
        Loss.unless(!plugin.isDead(), "the plug-in died when it was asked what it has");
        return holds;
    }

    @Override
    public void close() throws Exception {
        plugin.close();
        spares.close();
    }
}
