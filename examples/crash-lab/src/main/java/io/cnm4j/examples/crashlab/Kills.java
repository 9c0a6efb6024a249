package io.cnm4j.examples.crashlab;

import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.examples.quickstart.Stage;
import java.io.File;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One life after the other: each finds what the last one left, does something, and is killed. */
final class Kills {
    private static final int ROUNDS = 8; // of steps in a life
    private static final int MOST_AT_ONCE = 3;
    private static final int LATEST_CALL = 50;
    private static final int LONGEST_NANOS = 6_000_000;
    private static final int REMEMBERED = 60;
    private static final Set<String> DETAILS = Set.of("is", "outside", "addresses", "namespace");

    /** What becomes of the plug-in in a life. */
    private enum Doom {
        NONE,
        AT_A_CALL,
        AT_A_TIME
    }

    private final Stage stage;
    private final ControllerConfig config;
    private final Random random;
    private final File errors;
    private final Deque<String> story = new ArrayDeque<>(); // the newest last
    private World world = new World(Set.of()); // acknowledged
    private List<Step> unsure = List.of(); // told, and not acknowledged before death
    private Map<String, String> addresses = Map.of(); // of endpoints, as the last report said
    private int repairs;
    private int pluginDeaths;
    private int compared;
    private Set<String> unnamed = Set.of(); // what only the plug-in has

    Kills(Stage stage, long seed, File errors) {
        this.stage = stage;
        this.config = ControllerConfig.builder()
                .from(stage.config())
                .addPluginDirectories(LabPlugin.directory(stage.config()))
                .build();
        this.random = new Random(seed);
        this.errors = errors;
    }

    /** Returns how many lives began with something that only a repair set right. */
    int repairs() {
        return repairs;
    }

    /** Returns how many plug-ins died. */
    int pluginDeaths() {
        return pluginDeaths;
    }

    /** Returns how many things were found on both sides, over all lives. */
    int compared() {
        return compared;
    }

    /** Returns how many pools and addresses the plug-in gave that nobody knows: somebody died in the moment they were given. */
    int unnamed() {
        return unnamed.size();
    }

    /** Returns what happened lately. */
    List<String> story() {
        return List.copyOf(story);
    }

    private void note(String event) {
        story.add(event);
        if (story.size() > REMEMBERED) {
            story.remove();
        }
    }

    /** Lets this many victims live and die, then removes everything. */
    void run(int kills) throws Exception {
        try (Spares spares = new Spares(() -> Child.victim(config, errors));
                OtherSide plugin = new OtherSide(
                        new Spares(() -> Child.plugin(config, errors)), new Random(random.nextLong()), this::note)) {
            for (int i = 0; i < kills; i++) {
                try (Child child = spares.next()) {
                    note("-- a life");
                    live(child, plugin);
                }
            }
            try (Child last = spares.next()) {
                last.open(0, true);
                settle(last, plugin);
                last.send("clear");
                Loss.unless(last.next().equals(Optional.of("cleared")), "the last one could not remove everything");
                last.send("close");
                Loss.unless(last.await() == 0, "the last one did not end well");
                world = new World(Set.of());
                addresses = Map.of();
            }
            unnamed = plugin.compare(Set.of());
            pluginDeaths = plugin.deaths();
            compared = plugin.compared();
            Loss.unless(unnamed.size() <= kills + pluginDeaths, "only the plug-in has " + unnamed);
        }
        List<String> leaks = stage.leaks();
        Loss.unless(leaks.isEmpty(), "leaks: " + leaks);
    }

    private void live(Child child, OtherSide plugin) throws Exception {
        boolean byParent = random.nextInt(4) == 0;
        int call = 1 + random.nextInt(LATEST_CALL);
        Doom doom = random.nextBoolean() ? Doom.NONE : random.nextBoolean() ? Doom.AT_A_CALL : Doom.AT_A_TIME;
        pluginDeaths = plugin.deaths();
        child.open(byParent ? 0 : call, random.nextBoolean());
        int rounds = 1 + random.nextInt(ROUNDS);
        boolean alive = settle(child, plugin);
        if (doom == Doom.AT_A_CALL) {
            plugin.doom();
        }
        for (int i = 0; i < rounds && alive; i++) {
            List<Step> steps = world.steps(random, 1 + random.nextInt(MOST_AT_ONCE));
            steps.forEach(step -> child.send(step.toString()));
            if (i == rounds - 1 && (byParent || doom == Doom.AT_A_TIME)) {
                LockSupport.parkNanos(random.nextInt(LONGEST_NANOS));
                if (doom == Doom.AT_A_TIME) {
                    plugin.kill();
                }
                if (byParent) {
                    note("killed");
                    child.kill();
                }
            }
            alive = await(child, steps, plugin);
            if (alive && !unsure.isEmpty()) {
                child.send("look");
                alive = settle(child, plugin);
            }
        }
        child.kill();
        int code = child.await();
        Loss.unless(code == DeathTap.KILLED, "a victim ended by itself with code " + code);
        if (doom != Doom.NONE && plugin.deaths() == pluginDeaths) { // it lived too long: now both are dead
            plugin.kill();
        }
        plugin.revive();
    }

    /** Waits until all ended; tells whether the child still lives. */
    private boolean await(Child child, List<Step> steps, OtherSide plugin) throws Exception {
        var open = new ArrayList<>(steps);
        var failed = new ArrayList<Step>();
        steps.forEach(step -> note("told " + step));
        while (!open.isEmpty()) {
            Optional<String> line = child.next(plugin::revive);
            note(line.orElse("dead"));
            if (line.isEmpty()) {
                break;
            }
            String said = line.orElseThrow();
            Loss.unless(!said.startsWith("wrong"), said);
            if (said.startsWith("done ")) {
                Step step = Step.parse(said.substring("done ".length()));
                open.remove(step);
                world = world.after(step);
                addresses.remove(step.network() + "/" + step.endpoint()); // the next report says them
            } else if (said.startsWith("failed ")) {
                Loss.unless(plugin.diedSince(pluginDeaths) && said.contains("plug-in '" + LabPlugin.NAME), said);
                Step step = Step.parse(said.substring("failed ".length(), said.indexOf(Victim.BECAUSE)));
                open.remove(step);
                failed.add(step);
            }
        }
        unsure = Stream.concat(open.stream(), failed.stream()).toList();
        return open.isEmpty();
    }

    /** Reads what a child finds, at its birth for one, and compares it with what must be; tells whether it lives to the end of it. */
    private boolean settle(Child child, OtherSide plugin) throws Exception {
        Set<String> facts = new HashSet<>();
        Set<String> outside = new HashSet<>();
        Map<String, String> found = new TreeMap<>();
        Optional<String> line = child.next(plugin::revive);
        boolean sound = true;
        while (line.isPresent() && !line.orElseThrow().equals("ready")) {
            String[] words = line.orElseThrow().split(" ", 3);
            switch (words[0]) {
                case "is" -> facts.add(line.orElseThrow().substring("is ".length()));
                case "outside" -> outside.add(line.orElseThrow().substring("outside ".length()));
                case "addresses" -> found.put(words[1], words[2]);
                case "finding" -> sound = false;
                default -> {}
            }
            if (!DETAILS.contains(words[0])) {
                note(line.orElseThrow());
            }
            Loss.unless(!words[0].equals("wrong"), line.orElseThrow());
            line = child.next(plugin::revive);
        }
        if (line.isEmpty()) {
            note("dead at birth");
            return false;
        }
        repairs += sound ? 0 : 1;
        compare(new World(facts), found);
        Census.take(stage.config(), world);
        unnamed = plugin.compare(outside);
        return true;
    }

    private void compare(World found, Map<String, String> foundAddresses) {
        List<World> possible = world.afterSomeOf(unsure);
        if (!possible.contains(found)) {
            var lost = new HashSet<>(world.facts());
            lost.removeAll(found.facts());
            var extra = new HashSet<>(found.facts());
            extra.removeAll(world.facts());
            throw new Loss("not there: " + lost + ", there without reason: " + extra + ", unsure: " + unsure);
        }
        for (Map.Entry<String, String> before : addresses.entrySet()) {
            String now = foundAddresses.getOrDefault(before.getKey(), before.getValue());
            boolean mayBeAnother =
                    unsure.stream().anyMatch(step -> before.getKey().equals(step.network() + "/" + step.endpoint()));
            Loss.unless(
                    mayBeAnother || now.equals(before.getValue()),
                    "endpoint " + before.getKey() + " has " + now + " and had " + before.getValue());
        }
        world = found;
        addresses = new TreeMap<>(foundAddresses);
        unsure = List.of();
    }
}
