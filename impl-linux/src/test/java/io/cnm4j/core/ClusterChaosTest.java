package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.registry.Named;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.core.sim.TunnelTables;
import io.cnm4j.core.sim.UnevenStore;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.driver.overlay.OverlayDriver;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import io.cnm4j.tck.Waiting;
import java.time.Clock;
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

/** Hosts that move endpoints while the store is uneven, hosts crash and are taken for gone; at rest, tables equal the model. */
class ClusterChaosTest {
    private static final int HOSTS = 5;
    private static final int MOVES = Integer.getInteger("cnm4j.chaos.moves", 2_000);

    private final MemoryStore shared = new MemoryStore();
    private final Random random = new Random(Long.getLong("cnm4j.chaos.seed", 1));
    private final List<Host> hosts = new ArrayList<>();
    private int moved;

    /** A host: what outlives its controller, and the controller. */
    private final class Host {
        final int number;
        final FakeHost kernel;
        final Map<String, KernelOp> tables = TunnelTables.empty();
        final MemoryStore lasting = new MemoryStore();
        final MemoryStore living = new MemoryStore();
        UnevenStore store;
        boolean down;
        NetworkController controller;
        NameDirectory names = new NameDirectory();

        Host(int number) {
            this.number = number;
            this.kernel = new FakeHost().withForeignLink("eth0", "veth", address() + "/24");
            open();
        }

        String address() {
            return "10.0.0." + (number + 1);
        }

        /** Goes down, as in a crash: its session ends later, or not; or comes back now and then. */
        void turn() {
            if (!down) {
                controller.close();
                down = true;
            } else if (random.nextInt(8) == 0) {
                open();
                down = false;
            }
        }

        void open() {
            ControllerId id = Ledger.identity(lasting.reopen(), () -> new ControllerId(("" + number).repeat(64)));
            Named<Ipam> ipams = Named.of(
                    "IPAM driver",
                    Map.of(
                            "default",
                            new PoolIpamDriver()
                                    .open(new AddressSpace(AddressSpace.Scope.GLOBAL, List.of(), "h" + number))));
            Named<Ipam> clusterIpams = Named.of(
                    "IPAM driver",
                    Map.of(
                            "default",
                            new PoolIpamDriver()
                                    .open(new AddressSpace(AddressSpace.Scope.GLOBAL, List.of(), "h" + number))));
            for (int attempt = 0; ; attempt++) {
                names = new NameDirectory();
                store = new UnevenStore(shared.reopen(), random.nextLong());
                try {
                    controller = new ControllerParts(
                                    new Ledger(lasting.reopen(), living.reopen(), id),
                                    Named.of("driver", List.of(new OverlayDriver()), NetworkDriver::name),
                                    ipams,
                                    kernel,
                                    new TunnelTables(new FakeExecutor(kernel), tables),
                                    kernel,
                                    new RunDirectory("/run/" + number),
                                    true,
                                    Optional.empty(),
                                    List.of(),
                                    ControllerConfig.defaults().gatewayNetwork(),
                                    false,
                                    Optional.empty(),
                                    names,
                                    Clock.systemUTC(),
                                    new Random(random.nextLong()),
                                    Optional.of(new ClusterParts(
                                            store,
                                            IpAddress.parse(address()),
                                            4789,
                                            4500,
                                            Duration.ofHours(1),
                                            new KeyBoard(),
                                            Duration.ofSeconds(1),
                                            Duration.ofMillis(20),
                                            clusterIpams)))
                            .open(Duration.ofSeconds(20));
                    return;
                } catch (CnmException bad) {
                    assertThat(attempt).as("attempts to open, last: " + bad).isLessThan(20);
                }
            }
        }
    }

    @Test
    void tablesEqualTheModelAtRestAndNoAddressIsTwice() {
        for (int i = 0; i < HOSTS; i++) {
            hosts.add(new Host(i));
        }
        Network first = hosts.get(0)
                .controller
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("overlay")
                        .internal(true)
                        .build());
        try (var watching = shared.follow("endpoint/", changes -> checkNoAddressTwice())) {
            for (int move = 0; move < MOVES; move++) {
                move(move);
            }
            while (hosts.stream().anyMatch(host -> host.down)) {
                hosts.stream().filter(host -> host.down).forEach(Host::turn);
            }
            hosts.forEach(this::missSomeDeletions);
            hosts.forEach(host -> host.store.settle());
            Waiting.until(() -> hosts.stream().allMatch(host -> wrong(host).isEmpty()), Duration.ofSeconds(30));
            for (Host host : hosts) {
                assertThat(wrong(host)).as("host " + host.number).isEmpty();
            }
            assertThat(moved).as("moves that succeeded").isGreaterThan(MOVES / 2);
            assertThat(model()).as("endpoints at rest").isNotEmpty();
            assertThat(watching).isNotNull();
        } finally {
            hosts.forEach(host -> host.controller.close());
        }
        assertThat(first).isNotNull();
    }

    /** What goes while a host is down must not stay in its tables. */
    private void missSomeDeletions(Host host) {
        host.controller.close();
        for (Host other : hosts) {
            if (other.number != host.number) {
                other.controller.sandboxes().stream().limit(1).forEach(Sandbox::delete);
            }
        }
        host.open();
    }

    private void move(int number) {
        Host host = hosts.get(random.nextInt(HOSTS));
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

    private void place(Host host, String name, int number) {
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

    /** Returns what a host has too much or too little: entries, and endpoints the cluster does not know. */
    private Set<String> wrong(Host host) {
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
                .map(op -> op instanceof KernelOp.AddTunnelPeer peer
                        ? peer.mac() + " at " + peer.host()
                        : ((KernelOp.AddNeighbour) op).address() + " is " + ((KernelOp.AddNeighbour) op).mac())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> wrong = difference(wanted, found);
        wrong.addAll(difference(records, claimed));
        wrong.addAll(wrongNames(host));
        return wrong;
    }

    /** Returns what is wrong if a host's name servers know more names than endpoints in sandboxes have, or fewer. DS-12 */
    private Set<String> wrongNames(Host host) {
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
