package io.cnm4j.core.sim;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.CoreFixture;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.PoolRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What must be true between two calls. Each law throws an AssertionError that says what is not. */
final class Laws {
    private static final Deadline NONE = Deadline.after(Duration.ofDays(1));

    private final World world;
    private final CoreFixture core;

    Laws(World world) {
        this.world = world;
        this.core = world.core();
    }

    /** Looks at all laws; at those of a sound host only if it is one. */
    void hold(boolean sound) {
        Map<String, Plan> recorded = core.recorded();
        leasesAreThoseOfTheRecords();
        namesAreThoseOfTheRecords();
        gatewaysAreUnique();
        claimsAreThoseOfTheRecords(recorded);
        if (sound) {
            List<Finding> found = core.controller().check();
            if (!found.isEmpty()) {
                throw new AssertionError("check finds " + found);
            }
            nothingIsAnOrphan(recorded);
        }
        waysOutAreOfOneSandboxEach();
    }

    private void claimsAreThoseOfTheRecords(Map<String, Plan> recorded) {
        Map<String, Plan> claimed = core.claimed();
        if (!claimed.equals(recorded)) {
            throw new AssertionError(
                    "claimed is " + claimed.keySet() + ", recorded " + recorded.keySet() + "; or the plans differ");
        }
    }

    /** A doctor of our own: what carries our mark and is in no record's plan. */
    private void nothingIsAnOrphan(Map<String, Plan> recorded) {
        Set<Object> wanted = new HashSet<>();
        recorded.values().forEach(plan -> plan.ops().forEach(op -> objects(op, wanted)));
        for (KernelOp op : world.operator.marked(World.CONTROLLER, World.RUN, List.of(), NONE)) {
            Set<Object> marked = new HashSet<>();
            objects(op, marked);
            if (!wanted.containsAll(marked)) {
                throw new AssertionError("an orphan: " + op.render());
            }
        }
    }

    private static void objects(KernelOp op, Set<Object> into) {
        if (op instanceof FirewallOp.AddElements elements) {
            into.addAll(elements.elements());
        } else {
            op.claim().ifPresent(claim -> into.add(claim.object()));
        }
    }

    private void leasesAreThoseOfTheRecords() {
        Set<String> recorded = new TreeSet<>();
        for (NetworkRecord network : core.ledger().networks()) {
            for (PoolRecord pool : network.pools()) {
                add(recorded, pool.state().pool().toString());
                pool.gateway().ifPresent(gateway -> add(recorded, gateway.toString()));
                pool.auxiliary().values().forEach(address -> add(recorded, address.toString()));
            }
        }
        for (EndpointRecord endpoint : core.ledger().endpoints()) {
            for (IpPrefix address : endpoint.addresses()) {
                add(recorded, address.address().toString());
            }
        }
        if (!recorded.equals(world.leases().leased())) {
            throw new AssertionError("leased is " + world.leases().leased() + ", recorded " + recorded);
        }
    }

    private static void add(Set<String> recorded, String address) {
        if (!recorded.add(address)) {
            throw new AssertionError("two records have " + address);
        }
    }

    private void namesAreThoseOfTheRecords() {
        for (String name : Verbs.NETWORKS) {
            Optional<NetworkRecord> network = core.ledger().networks().stream()
                    .filter(n -> n.name().equals(name))
                    .findFirst();
            same("network " + name, core.networkNamed(name), network.map(n -> n.id().value()));
            network.ifPresent(this::endpointNamesAreThoseOfTheRecords);
        }
        for (String name : Verbs.CONTAINERS) {
            Optional<SandboxRecord> sandbox = core.ledger().sandboxes().stream()
                    .filter(s -> s.containerId().equals(name))
                    .findFirst();
            same("container " + name, core.sandboxNamed(name), sandbox.map(s -> s.id().value()));
        }
    }

    private void endpointNamesAreThoseOfTheRecords(NetworkRecord network) {
        for (String name : Verbs.ENDPOINTS) {
            Optional<EndpointRecord> endpoint = core.ledger().endpointsOn(network.id()).stream()
                    .filter(e -> e.name().equals(name))
                    .findFirst();
            same("endpoint " + name, core.endpointNamed(network, name), endpoint.map(e -> e.id().value()));
        }
    }

    private static void same(String what, Optional<String> named, Optional<String> recorded) {
        if (!named.equals(recorded)) {
            throw new AssertionError("the name of " + what + " belongs to " + named + ", the record is " + recorded);
        }
    }

    /** No sandbox has two ways out, none has one of another's. Whether it should have one a check says. */
    private void waysOutAreOfOneSandboxEach() {
        Set<Object> led = new HashSet<>();
        for (EndpointRecord endpoint : core.ledger().endpoints()) {
            endpoint.wayOutOf().ifPresent(sandbox -> {
                if (!endpoint.isIn(sandbox) || !led.add(sandbox)) {
                    throw new AssertionError("a way out of nobody, or a second one: " + endpoint);
                }
            });
        }
    }

    private void gatewaysAreUnique() {
        for (SandboxRecord sandbox : core.ledger().sandboxes()) {
            for (Family family : Family.values()) {
                long able = core.ledger().endpointsIn(sandbox.id()).stream()
                        .filter(endpoint -> core.canBeGateway(endpoint, family))
                        .count();
                long are = core.ledger().endpointsIn(sandbox.id()).stream()
                        .filter(endpoint ->
                                endpoint.joined().orElseThrow().gatewayFor().contains(family))
                        .count();
                if (are != Math.min(1, able)) {
                    throw new AssertionError("sandbox of " + sandbox.containerId() + " has " + are + " gateways for "
                            + family + " of " + able);
                }
            }
        }
    }

    /** Forwarding that was off at first is on only while the firewall lets nothing unrelated through. */
    static void nothingIsForwardedUnguarded(World world) {
        for (Family family : Family.values()) {
            String key = HostFirewall.forwarding(family).key();
            var guard = new FirewallOp.AddElements(
                    Mark.table(World.CONTROLLER), List.of(HostFirewall.unrelated(family)), true);
            if (!world.forwards
                    && world.host.sysctl(key).equals(Optional.of("1"))
                    && !world.operator.check(Plan.of(guard), NONE).isEmpty()) {
                throw new AssertionError(key + " is on without its guard");
            }
        }
    }
}
