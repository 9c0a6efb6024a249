package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.tck.FakePlugin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** The process of a plug-in is killed at each of its calls in every verb. PL-07, pain 43. */
class PluginDeathTest {
    private static final int FEWEST_CALLS = 19;
    /** After the first call, done and not answered, nobody knows the name by which the pool is given back. */
    private static final String POOL_WITHOUT_NAME = "death 1";

    private static final String SUBNET = "10.20.0.0/24";
    private static final String RIVAL = "rival";
    private static final EndpointRequest LEADING = EndpointRequest.builder()
            .name("one")
            .putOptions(FakePlugin.GATEWAY, "10.20.0.1")
            .build();

    @TempDir
    Path directory;

    private interface Verb {
        void run(Lab lab);
    }

    /** Takes the part of the gateway from the plug-in's endpoint. */
    private static void connectRival(Lab lab) {
        lab.network(RIVAL)
                .connect(
                        lab.controller().sandboxByContainer("one"),
                        EndpointRequest.builder().name("one").gatewayPriority(1).build());
    }

    private static Network network(Lab lab) {
        return lab.controller().networkByName("net");
    }

    private static final List<Verb> VERBS = List.of(
            lab -> lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("net")
                            .driver("weave")
                            .ipam("weave")
                            .addSubnets(SubnetRequest.of(SUBNET))
                            .build()),
            lab -> network(lab).createEndpoint(LEADING),
            lab -> network(lab).endpointByName("one").join(lab.sandbox("one")),
            PluginDeathTest::connectRival,
            lab -> lab.controller().networkByName(RIVAL).endpointByName("one").disconnect(),
            lab -> network(lab).endpointByName("one").leave(),
            lab -> network(lab).endpointByName("one").delete(),
            lab -> network(lab).connect(lab.controller().sandboxByContainer("one"), EndpointRequest.named("two")),
            lab -> lab.controller().sandboxByContainer("one").delete(),
            lab -> network(lab).delete());

    private Path socket() {
        return directory.resolve("plugins/weave.sock");
    }

    private Path memory() {
        return directory.resolve("memory");
    }

    @KernelTest
    void nothingIsOnOneSideOnlyWhereverThePluginIsKilled() throws Exception {
        try (var lab = new Lab(
                directory,
                KernelTap.NONE,
                config -> config.callTimeout(Duration.ofSeconds(10))
                        .addPluginDirectories(directory.resolve("plugins")))) {
            int death = 0;
            var plugin = new PluginProcess(socket(), memory());
            try {
                while (dies(lab, plugin, death)) {
                    plugin.close();
                    plugin = new PluginProcess(socket(), memory());
                    nothingIsOnOneSideOnly(lab, "death " + death);
                    death++;
                }
            } finally {
                plugin.close();
            }
            assertThat(death).as("deaths").isGreaterThan(2 * FEWEST_CALLS);
        }
    }

    /** Runs the verbs up to the one in which the plug-in dies; false if there is no such call. */
    private static boolean dies(Lab lab, PluginProcess plugin, int death) throws Exception {
        plugin.diesAt(death);
        for (Verb verb : VERBS) {
            if (plugin.isDead()) {
                return true;
            }
            try {
                verb.run(lab);
            } catch (CnmException failure) {
                await().untilAsserted(() -> assertThat(plugin.isDead())
                        .as("death %s, verb %s failed for another reason: %s", death, VERBS.indexOf(verb), failure)
                        .isTrue());
            }
        }
        return plugin.isDead();
    }

    /** Looks at both sides, then removes all there is. */
    private void nothingIsOnOneSideOnly(Lab lab, String when) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            List<Finding> findings = lab.controller().check();
            assertThat(findings).as(when).allMatch(finding -> finding.kind() == Finding.Kind.OUTSIDE);
            return findings.isEmpty() || lab.controller().repair(findings).isEmpty();
        });
        await().untilAsserted(() -> assertThat(
                        PluginProcess.holds(memory()).stream().filter(thing -> !thing.matches("(pool|address) .*")))
                .as(when)
                .containsExactlyInAnyOrderElementsOf(recorded(lab)));
        lab.controller().sandboxes().forEach(Sandbox::delete);
        lab.controller().networks().forEach(one -> {
            one.endpoints().forEach(Endpoint::delete);
            one.delete();
        });
        await().untilAsserted(() -> assertThat(PluginProcess.holds(memory()))
                .as(when)
                .isSubsetOf(when.equals(POOL_WITHOUT_NAME) ? Set.of("pool p-" + SUBNET) : Set.of()));
    }

    /** Returns what the plug-in should have. */
    private static Set<String> recorded(Lab lab) {
        var things = new TreeSet<String>();
        List<Network> networks = lab.controller().networks().stream()
                .filter(one -> one.name().equals("net"))
                .toList();
        for (Network network : networks) {
            things.add("network " + network.id());
            network.endpoints().forEach(endpoint -> things.addAll(recorded(lab, endpoint)));
        }
        return things;
    }

    private static Set<String> recorded(Lab lab, Endpoint endpoint) {
        var things = new TreeSet<String>();
        things.add("endpoint " + endpoint.id());
        endpoint.inspect().sandbox().ifPresent(sandbox -> {
            things.add("joined " + endpoint.id());
            if (!endpoint.inspect().gateways().isEmpty() && rivals(lab).noneMatch(sandbox::equals)) {
                things.add("serving " + endpoint.id());
            }
        });
        return things;
    }

    /** Returns the sandboxes that have a gateway which is not the plug-in's. */
    private static Stream<SandboxId> rivals(Lab lab) {
        return lab.controller().networks().stream()
                .filter(one -> one.name().equals(RIVAL))
                .flatMap(one -> one.endpoints().stream())
                .flatMap(one -> one.inspect().sandbox().stream());
    }
}
