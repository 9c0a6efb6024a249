package io.cnm4j.examples.crashlab;

import io.cnm4j.examples.crashlab.Step.Verb;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What there must be. Immutable.
 *
 * @param facts such as {@code network n1}, {@code sandbox c2}, {@code endpoint n1/e3 c2}, {@code endpoint n1/e4 -}
 */
record World(Set<String> facts) {
    private static final List<Verb> VERBS = List.of(Verb.values());
    private static final int NETWORKS = 7;
    private static final int CONTAINERS = 6;
    private static final int ENDPOINTS = 6;
    private static final String NOWHERE = "-";

    World {
        facts = Set.copyOf(facts);
    }

    static String network(String name) {
        return "network " + name;
    }

    static String sandbox(String container) {
        return "sandbox " + container;
    }

    static String endpoint(String network, String name, String where) {
        return endpoint(network, name) + where;
    }

    private static String endpoint(String network, String name) {
        return "endpoint " + network + "/" + name + " ";
    }

    static String unjoined(String network, String name) {
        return endpoint(network, name, NOWHERE);
    }

    /** Returns one that holds after the step. */
    World after(Step step) {
        var then = new TreeSet<>(facts);
        switch (step.verb()) {
            case CREATE_NETWORK -> then.add(network(step.network()));
            case DELETE_NETWORK -> then.remove(network(step.network()));
            case CREATE_SANDBOX -> then.add(sandbox(step.container()));
            case DESTROY_SANDBOX -> {
                then.remove(sandbox(step.container()));
                then.removeIf(fact -> fact.startsWith("endpoint ") && fact.endsWith(" " + step.container()));
            }
            default -> {
                then.removeIf(fact -> fact.startsWith(endpoint(step.network(), step.endpoint())));
                switch (step.verb()) {
                    case CONNECT, JOIN -> then.add(endpoint(step.network(), step.endpoint(), step.container()));
                    case CREATE_ENDPOINT, LEAVE -> then.add(unjoined(step.network(), step.endpoint()));
                    default -> {}
                }
            }
        }
        return new World(then);
    }

    /** Returns all that may hold after a moment at which these steps may have happened or not, each by itself. */
    List<World> afterSomeOf(Collection<Step> steps) {
        List<World> worlds = List.of(this);
        for (Step step : steps) {
            worlds = worlds.stream()
                    .flatMap(world -> Stream.concat(Stream.of(world.after(step)), world.midway(step).stream()))
                    .toList();
        }
        return worlds;
    }

    /** Returns this, and what may hold in the midst of a step: an endpoint of a plug-in leaves before it, or its sandbox, goes. */
    private List<World> midway(Step step) {
        List<World> worlds = List.of(this);
        for (Step leave : leaves(step)) {
            worlds = worlds.stream()
                    .flatMap(world -> Stream.of(world, world.after(leave)))
                    .toList();
        }
        return worlds;
    }

    private List<Step> leaves(Step step) {
        if (step.verb() != Verb.DISCONNECT && step.verb() != Verb.DESTROY_SANDBOX) {
            return List.of();
        }
        return facts.stream()
                .map(fact -> fact.split("[ /]"))
                .filter(words -> words[0].equals("endpoint") && words[3].equals(step.container()))
                .map(words -> new Step(Verb.LEAVE, words[1], words[3], words[2]))
                .filter(leave -> Step.isOutside(leave.network()))
                .filter(leave -> step.verb() == Verb.DESTROY_SANDBOX
                        || (leave.network().equals(step.network())
                                && leave.endpoint().equals(step.endpoint())))
                .toList();
    }

    /** Returns steps that are possible now, at once. */
    List<Step> steps(Random random, int count) {
        var steps = new ArrayList<Step>();
        while (steps.size() < count) {
            Step next = step(random);
            if (isPossible(next) && steps.stream().allMatch(next::isBeside)) {
                steps.add(next);
            }
        }
        return steps;
    }

    private Step step(Random random) {
        Verb verb = VERBS.get(random.nextInt(VERBS.size()));
        String network = "n" + (1 + random.nextInt(NETWORKS));
        String container = "c" + (1 + random.nextInt(CONTAINERS));
        String endpoint = "e" + (1 + random.nextInt(ENDPOINTS));
        return new Step(verb, network, container, endpoint);
    }

    private boolean isPossible(Step step) {
        boolean network = facts.contains(network(step.network()));
        boolean sandbox = facts.contains(sandbox(step.container()));
        boolean known = any(endpoint(step.network(), step.endpoint()), "");
        boolean joined = facts.contains(endpoint(step.network(), step.endpoint(), step.container()));
        boolean unjoined = facts.contains(unjoined(step.network(), step.endpoint()));
        boolean place = network && sandbox && !any("endpoint " + step.network() + "/", " " + step.container());
        return switch (step.verb()) {
            case CREATE_NETWORK -> !network;
            case DELETE_NETWORK -> network && !any("endpoint " + step.network() + "/", "");
            case CREATE_SANDBOX -> !sandbox;
            case DESTROY_SANDBOX -> sandbox;
            case CONNECT -> place && !known;
            case CREATE_ENDPOINT -> network && !known;
            case JOIN -> place && unjoined;
            case LEAVE, DISCONNECT -> joined;
            case DELETE_ENDPOINT -> unjoined;
        };
    }

    private boolean any(String start, String end) {
        return facts.stream().anyMatch(fact -> fact.startsWith(start) && fact.endsWith(end));
    }

    long count(String kind) {
        return facts.stream().filter(fact -> fact.startsWith(kind + " ")).count();
    }

    long joined() {
        return count("endpoint")
                - facts.stream().filter(fact -> fact.endsWith(" " + NOWHERE)).count();
    }
}
