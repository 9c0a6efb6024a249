package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.TunnelOp;
import io.cnm4j.tck.MemoryStore;
import io.cnm4j.tck.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that move endpoints while the store is uneven, hosts crash and are taken for gone; at rest, tables equal the model. */
class ClusterChaosTest {
    private static final int HOSTS = 5;
    private static final int MOVES = Integer.getInteger("cnm4j.chaos.moves", 2_000);

    private final MemoryStore shared = new MemoryStore();
    private final Random random = new Random(Long.getLong("cnm4j.chaos.seed", 1));
    private final List<ClusterHost> hosts = new ArrayList<>();
    private int moved;

    @ParameterizedTest(name = "encrypted: {0}")
    @ValueSource(booleans = {false, true})
    void tablesEqualTheModelAtRestAndNoAddressIsTwice(boolean encrypted) {
        for (int i = 0; i < HOSTS; i++) {
            hosts.add(new ClusterHost(i, shared, random));
        }
        Network first = hosts.get(0)
                .controller
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("overlay")
                        .internal(true)
                        .options(encrypted ? Map.of("encrypted", "") : Map.of())
                        .build());
        try (var watching = shared.follow("endpoint/", changes -> checkNoAddressTwice())) {
            for (int move = 0; move < MOVES; move++) {
                move(move);
            }
            while (hosts.stream().anyMatch(host -> host.down)) {
                hosts.stream().filter(host -> host.down).forEach(ClusterHost::turn);
            }
            hosts.forEach(this::missSomeDeletions);
            hosts.forEach(host -> host.store.settle());
            Waiting.until(() -> hosts.stream().allMatch(host -> wrong(host).isEmpty()), Duration.ofSeconds(30));
            for (ClusterHost host : hosts) {
                assertThat(wrong(host)).as("host " + host.number).isEmpty();
            }
            assertThat(moved).as("moves that succeeded").isGreaterThan(MOVES / 2);
            assertThat(model()).as("endpoints at rest").isNotEmpty();
            assertThat(watching).isNotNull();
            if (encrypted) {
                Waiting.until(() -> unreadable().isEmpty(), Duration.ofSeconds(10));
                assertThat(unreadable()).isEmpty();
            }
        } finally {
            hosts.forEach(host -> host.controller.close());
        }
        assertThat(first).isNotNull();
    }

    @Test // OV-12, OV-25
    void aHostThatCannotEncryptDoesNotJoin() {
        var host = new ClusterHost(0, shared, random);
        try {
            host.kernel.without(KernelFeature.TAP).without(KernelFeature.ESP);
            Network network = host.controller.createNetwork(NetworkRequest.builder()
                    .name("net")
                    .driver("overlay")
                    .internal(true)
                    .putOptions("encrypted", "")
                    .build());
            host.store.settle();
            Sandbox sandbox = host.controller.createSandbox(SandboxRequest.forContainer("c"));
            String before = host.kernel.dump();
            assertThatThrownBy(() -> network.connect(sandbox, EndpointRequest.named("e")))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining(KernelFeature.TAP.label());
            assertThat(host.kernel.dump()).isEqualTo(before);
            assertThat(network.endpoints()).isEmpty();
            assertThat(shared.list("ring")).isEmpty();
        } finally {
            host.controller.close();
        }
    }

    /** What goes while a host is down must not stay in its tables. */
    private void missSomeDeletions(ClusterHost host) {
        host.controller.close();
        for (ClusterHost other : hosts) {
            if (other.number != host.number) {
                other.controller.sandboxes().stream().limit(1).forEach(Sandbox::delete);
            }
        }
        host.open();
    }

    private void move(int number) {
        ClusterHost host = hosts.get(random.nextInt(HOSTS));
        int what = random.nextInt(200);
        if (host.down || what == 0) {
            host.turn();
        } else if (what == 1) {
            shared.expireSessions();
        } else {
            try {
                place(host, "c" + random.nextInt(60), number);
                moved++;
            } catch (CnmException refused) {
                return; // a fault of the store, or a name that another host has: as it should be
            }
        }
    }

    private void place(ClusterHost host, String name, int number) {
        Optional<Sandbox> there = host.controller.sandboxes().stream()
                .filter(sandbox -> sandbox.containerId().equals(name))
                .findFirst();
        if (there.isPresent()) {
            there.orElseThrow().delete();
            return;
        }
        hosts.stream()
                .filter(other -> !other.down) // it moves: away there, new here
                .forEach(other -> other.controller.destroySandbox(name));
        Network network = host.controller.networkByName("net");
        Sandbox sandbox = host.controller.createSandbox(SandboxRequest.forContainer(name));
        try {
            network.connect(sandbox, EndpointRequest.named(name));
        } catch (CnmException refused) {
            sandbox.delete();
            throw refused;
        }
        assertThat(number).isNotNegative();
    }

    private List<ClusterEndpoint> model() {
        return shared.list("endpoint/").stream()
                .map(entry -> RecordCodec.decode(entry, ClusterEndpoint.class))
                .toList();
    }

    private void checkNoAddressTwice() {
        var seen = new HashMap<IpAddress, String>();
        for (ClusterEndpoint endpoint : model()) {
            endpoint.addresses().forEach(address -> {
                String other = seen.put(address.address(), endpoint.host());
                if (other != null) {
                    throw new AssertionError(address + " is on hosts " + other + " and " + endpoint.host());
                }
            });
        }
    }

    /** Returns which host sends to which with a key that this one does not receive with, of all that reach each other. */
    private Set<String> unreadable() {
        var unreadable = new TreeSet<String>();
        for (ClusterHost from : hosts) {
            for (ClusterHost to : hosts) {
                if (from.number != to.number && !from.tables.isEmpty() && !to.tables.isEmpty()) {
                    boolean opens = from.keys.sending().stream()
                            .filter(key -> key.peer().toString().equals(to.address()))
                            .anyMatch(sent -> to.keys.receiving().stream()
                                    .anyMatch(key -> key.spi() == sent.spi()
                                            && key.material().equals(sent.material())
                                            && key.peer().toString().equals(from.address())));
                    if (!opens) {
                        unreadable.add(from.number + " to " + to.number);
                    }
                }
            }
        }
        return unreadable;
    }

    /** Returns what a host has too much or too little: entries, and endpoints the cluster does not know. */
    private Set<String> wrong(ClusterHost host) {
        String self = host.controller.id().value();
        var records = new TreeSet<String>();
        boolean present = false;
        for (Endpoint endpoint : host.controller.networkByName("net").endpoints()) {
            records.add(endpoint.id().value());
            present |= endpoint.inspect().sandbox().isPresent();
        }
        var wanted = new TreeSet<String>();
        var claimed = new TreeSet<String>();
        for (ClusterEndpoint endpoint : model()) {
            if (endpoint.host().equals(self)) {
                claimed.add(endpoint.id().value());
            } else if (present) {
                wanted.add(endpoint.mac() + " at " + endpoint.underlay());
                endpoint.addresses().forEach(a -> wanted.add(a.address() + " is " + endpoint.mac()));
            }
        }
        var found = host.tables.values().stream()
                .map(ClusterChaosTest::entry)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> wrong = difference(wanted, found);
        wrong.addAll(difference(records, claimed));
        wrong.addAll(wrongNames(host));
        return wrong;
    }

    private static String entry(KernelOp op) {
        if (op instanceof NeighbourOp.AddTunnelPeer peer) {
            return peer.mac() + " at " + peer.host();
        } else if (op instanceof TunnelOp.AddPeer peer) {
            return peer.mac() + " at " + peer.host();
        } else if (op instanceof TunnelOp.AddNeighbour neighbour) {
            return neighbour.address() + " is " + neighbour.mac();
        }
        var neighbour = (NeighbourOp.AddNeighbour) op;
        return neighbour.address() + " is " + neighbour.mac();
    }

    /** Returns what is wrong if a host's name servers know more names than endpoints in sandboxes have, or fewer. DS-12 */
    private Set<String> wrongNames(ClusterHost host) {
        var wanted = new TreeSet<String>();
        model().forEach(endpoint -> wanted.addAll(endpoint.names()));
        Network network = host.controller.networkByName("net");
        int found = host.names.zone(network.id(), network.name()).size();
        return found == wanted.size() ? Set.of() : Set.of(found + " names, not " + wanted);
    }

    private static Set<String> difference(Set<String> wanted, Set<String> found) {
        Set<String> difference = new TreeSet<>();
        wanted.stream().filter(one -> !found.contains(one)).forEach(one -> difference.add("missing " + one));
        found.stream().filter(one -> !wanted.contains(one)).forEach(one -> difference.add("extra " + one));
        return difference;
    }
}
