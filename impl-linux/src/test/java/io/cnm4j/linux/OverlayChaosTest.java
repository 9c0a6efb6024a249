package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.EndpointSnapshot;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.kvstore.etcd.EtcdStoreProvider;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hosts with tables in the kernel that move endpoints, while they hear of each other late, in another order and not of everything, hosts go
 * and come back, and the store is killed; at rest the tables equal the model. Pain 17
 */
@Tag("kernel")
class OverlayChaosTest extends FreshCluster {
    private static final int HOSTS = 5;
    private static final int NAMES = 60;
    private static final int MOVES = Integer.getInteger("cnm4j.chaos.kernel.moves", 100);

    private final Random random = new Random(Long.getLong("cnm4j.chaos.seed", 1));
    private final boolean[] down = new boolean[HOSTS + 1];
    private final Map<String, ClusterEndpoint> told = new HashMap<>();
    private final List<String> doubles = new CopyOnWriteArrayList<>();
    private int moved;

    @Test
    void tablesOfTheKernelEqualTheModelAtRestAndNoAddressIsTwice() {
        var uneven = StoreAddress.builder().from(store).store("uneven").build();
        try (var plain = new EtcdStoreProvider().connect(store);
                var watching = plain.follow("endpoint/", this::changed);
                var underlay = new Underlay(
                        directory, uneven, HOSTS, false, config -> config.timeToLive(Underlay.SHORT_LIFE))) {
            underlay.host(1)
                    .controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("net")
                            .driver("overlay")
                            .internal(true)
                            .build());
            UnevenEtcd.upset();
            for (int move = 1; move <= MOVES; move++) {
                move(underlay, move);
            }
            for (int i = 1; i <= HOSTS; i++) {
                if (down[i]) {
                    insist(underlay.host(i)::comeBack);
                }
            }
            UnevenEtcd.settle();
            Waiting.until(() -> wrong(underlay).isEmpty(), Duration.ofSeconds(60));
            assertThat(wrong(underlay)).isEmpty();
            assertThat(doubles).isEmpty();
            assertThat(moved).as("moves that succeeded").isGreaterThan(MOVES / 2);
            assertThat(watching).isNotNull();
            everyHostReachesEveryOther(underlay);
            for (int i = 1; i <= HOSTS; i++) {
                assertThat(underlay.host(i).controller().check()).isEmpty();
            }
        } finally {
            UnevenEtcd.settle();
        }
    }

    /** Repeats what fails by a fault of the store. */
    private static void insist(Runnable verb) {
        for (int attempt = 0; ; attempt++) {
            try {
                verb.run();
                return;
            } catch (CnmException fault) {
                assertThat(attempt).as("attempts, last: %s", fault).isLessThan(20);
            }
        }
    }

    private void move(Underlay underlay, int number) {
        int which = 1 + random.nextInt(HOSTS);
        if (number % (MOVES / 3) == MOVES / 6) {
            etcd.members().get(0).kill();
            etcd.members().get(0).start();
        } else if (down[which] ? random.nextInt(8) == 0 : random.nextInt(200) == 0) {
            turn(underlay.host(which), which);
        } else if (!down[which]) {
            try {
                place(underlay, underlay.host(which).controller(), "c" + random.nextInt(NAMES));
                moved++;
            } catch (CnmException refused) {
                return; // a fault of the store, or a name that another host still has: as it should be
            }
        }
    }

    private void turn(Underlay.Host host, int number) {
        if (down[number]) {
            insist(host::comeBack);
        } else {
            host.goAway();
        }
        down[number] = !down[number];
    }

    private void place(Underlay underlay, NetworkController here, String name) {
        boolean there = here.sandboxes().stream()
                .anyMatch(sandbox -> sandbox.containerId().equals(name));
        for (int i = 1; i <= HOSTS; i++) {
            if (!down[i]) {
                underlay.host(i).controller().destroySandbox(name);
            }
        }
        if (!there) { // it moves: away there, new here
            Sandbox sandbox = here.createSandbox(SandboxRequest.forContainer(name));
            try {
                here.networkByName("net").connect(sandbox, EndpointRequest.named(name));
            } catch (CnmException refused) {
                sandbox.delete();
                throw refused;
            }
        }
    }

    private void changed(List<Change> changes) {
        synchronized (told) {
            for (Change change : changes) {
                if (change.value().isEmpty()) {
                    told.remove(change.key());
                } else {
                    var entry = new Entry(change.key(), change.value().orElseThrow(), change.revision());
                    told.put(change.key(), RecordCodec.decode(entry, ClusterEndpoint.class));
                }
            }
            var holders = new HashMap<IpPrefix, String>();
            for (ClusterEndpoint endpoint : told.values()) {
                for (IpPrefix address : endpoint.addresses()) {
                    String other = holders.put(address, endpoint.name() + " on " + endpoint.host());
                    if (other != null) {
                        doubles.add(address + " is " + other + " and " + holders.get(address));
                    }
                }
            }
        }
    }

    /** Returns what the hosts' kernels have too much or too little. */
    private Set<String> wrong(Underlay underlay) {
        var wrong = new TreeSet<String>();
        for (int i = 1; i <= HOSTS; i++) {
            Underlay.Host host = underlay.host(i);
            var wanted = new TreeSet<String>();
            if (!host.present().isEmpty()) {
                for (int j = 1; j <= HOSTS; j++) {
                    if (j != i) {
                        wanted.addAll(entries(underlay.host(j)));
                    }
                }
            }
            Set<String> found = tables(host);
            String name = "host " + i;
            wanted.stream().filter(not(found)).forEach(entry -> wrong.add(name + " lacks " + entry));
            found.stream().filter(not(wanted)).forEach(entry -> wrong.add(name + " still has " + entry));
        }
        return wrong;
    }

    private static Predicate<String> not(Set<String> set) {
        return entry -> !set.contains(entry);
    }

    /** Returns what the other hosts should have of this one. */
    private static Set<String> entries(Underlay.Host host) {
        var entries = new TreeSet<String>();
        for (Endpoint endpoint : host.controller().networkByName("net").endpoints()) {
            EndpointSnapshot facts = endpoint.inspect();
            IpAddress address = facts.address(Family.IPV4).orElseThrow();
            String mac = facts.mac().orElseThrow().toString();
            entries.add(mac + " at " + host.address());
            entries.add(address + " is " + mac);
        }
        return entries;
    }

    /** Returns what the kernel of a host has, read with iproute2. */
    private static Set<String> tables(Underlay.Host host) {
        var tables = new TreeSet<String>();
        for (String present : host.presentPaths()) {
            lines(present, "bridge", "fdb", "show", "dev", "vxlan0")
                    .map(line -> line.split(" "))
                    .filter(words -> words[1].equals("dst"))
                    .forEach(words -> tables.add(words[0] + " at " + words[2]));
            lines(present, "ip", "neigh", "show", "nud", "permanent")
                    .map(line -> line.split(" "))
                    .filter(words -> words[0].indexOf(':') < 0 && words[2].equals("vxlan0"))
                    .forEach(words -> tables.add(words[0] + " is " + words[4]));
        }
        return tables;
    }

    private static Stream<String> lines(String namespace, String... command) {
        var all = new ArrayList<>(List.of("nsenter", "--net=" + namespace));
        all.addAll(List.of(command));
        return TestNetns.inHere(all.toArray(String[]::new)).lines();
    }

    private static void everyHostReachesEveryOther(Underlay underlay) {
        var sandboxes = new ArrayList<Sandbox>();
        for (int i = 1; i <= HOSTS; i++) {
            Optional<Sandbox> first = underlay.host(i).controller().sandboxes().stream()
                    .filter(sandbox -> !sandbox.endpoints().isEmpty())
                    .findFirst();
            first.ifPresent(sandboxes::add);
        }
        assertThat(sandboxes).hasSizeGreaterThan(1);
        for (Sandbox from : sandboxes) {
            for (Sandbox to : sandboxes) {
                String address = Lab.address(to, Family.IPV4);
                Waiting.until(() -> Traffic.echoes(Traffic.in(from), address));
                assertThat(Lab.reaches(from, address))
                        .as("%s to %s", from.containerId(), to.containerId())
                        .isTrue();
            }
        }
    }
}
