package io.cnm4j.core;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.registry.Named;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.host.NamespaceAccess;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.store.KeyValueStore;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** A controller on a kernel that is a set of operations, with a driver and an IPAM of a few lines. */
final class CoreFixture {
    final Set<KernelOp> kernel = ConcurrentHashMap.newKeySet();
    final Set<String> leased = ConcurrentHashMap.newKeySet();
    volatile Predicate<KernelOp> refuse = op -> false;
    final CoreController controller;

    CoreFixture(KeyValueStore lasting, KeyValueStore living) {
        var random = new Random(1);
        var ledger = new Ledger(lasting, living, Ledger.identity(lasting, () -> new ControllerId("c".repeat(64))));
        controller = CoreController.open(
                new ControllerParts(
                        ledger,
                        Named.of("driver", List.of(new WireDriver()), NetworkDriver::name),
                        Named.of("IPAM driver", List.of(new CountingIpam()), ipam -> "default"),
                        new EmptyHost(),
                        new SetExecutor(),
                        new NoNamespaces(),
                        new RunDirectory("/run/t"),
                        true,
                        Optional.empty(),
                        false,
                        Clock.systemUTC(),
                        random),
                Duration.ofSeconds(20));
    }

    private static final class WireDriver implements NetworkDriver {
        @Override
        public String name() {
            return "bridge";
        }

        @Override
        public NetworkNeeds needs(NetworkState network) {
            return new NetworkNeeds(true, true, true, "eth");
        }

        @Override
        public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
            return Map.of(
                    "bridge",
                    network.options()
                            .getOrDefault("bridge", "br-" + network.id().shortForm()));
        }

        @Override
        public Plan planNetwork(NetworkState network) {
            String bridge = network.note().get("bridge");
            return Plan.of(
                    new KernelOp.AddTable(HostFirewall.table(network.controller())),
                    new KernelOp.AddLink(
                            NamespaceRef.HOST,
                            new LinkSpec.Bridge(
                                    String.valueOf(bridge), 0, Optional.empty(), "cnm4j 0123456789ab test")));
        }

        @Override
        public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
            return Map.of();
        }

        @Override
        public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
            var peer = new LinkSpec.Peer(point.namespace(), point.interfaceName(), Optional.of(endpoint.mac()));
            var veth = new LinkSpec.Veth(
                    "veth" + endpoint.id().value().substring(0, 11),
                    0,
                    Optional.empty(),
                    "cnm4j 0123456789ab test",
                    peer);
            List<IpAddress> gateways = network.internal()
                    ? List.of()
                    : network.pools().stream()
                            .flatMap(pool -> pool.gateway().stream())
                            .toList();
            return new Attachment(Plan.of(new KernelOp.AddLink(NamespaceRef.HOST, veth)), gateways, List.of());
        }
    }

    /** Subnets 10.N.0.0/16, addresses counted upwards, lowest free first. */
    private final class CountingIpam implements Ipam {
        @Override
        public AddressPoolLease requestPool(PoolRequest request) {
            for (int i = 0; i < 256; i++) {
                IpPrefix pool = request.family() == Family.IPV4
                        ? IpPrefix.parse("10." + i + ".0.0/16")
                        : IpPrefix.parse("fd00:" + Integer.toHexString(i) + "::/64");
                IpPrefix chosen = request.pool().orElse(pool);
                if (leased.add(chosen.toString())) {
                    return new CountingPool(chosen);
                }
            }
            throw new ConflictException("pool " + request + " is taken");
        }

        @Override
        public AddressPoolLease restorePool(PoolState state) {
            leased.add(state.pool().toString());
            return new CountingPool(state.pool());
        }
    }

    private final class CountingPool implements AddressPoolLease {
        private final IpPrefix pool;

        CountingPool(IpPrefix pool) {
            this.pool = pool;
        }

        @Override
        public PoolState state() {
            return new PoolState(pool.toString(), "test", pool, Optional.empty());
        }

        @Override
        public IpAddress request(AddressRequest request) {
            if (request.preferred().isPresent()) {
                if (!leased.add(request.preferred().orElseThrow().toString())) {
                    throw new ConflictException(request.preferred().orElseThrow() + " is taken");
                }
                return request.preferred().orElseThrow();
            }
            for (int i = 1; i < 60_000; i++) {
                IpAddress next = pool.address().plus(i);
                if (leased.add(next.toString())) {
                    return next;
                }
            }
            throw new ExhaustedException(pool + " is full");
        }

        @Override
        public void restore(IpAddress address) {
            leased.add(address.toString());
        }

        @Override
        public void release(IpAddress address) {
            leased.remove(address.toString());
        }

        @Override
        public void close() {
            leased.removeIf(
                    text -> text.contains("/") ? text.equals(pool.toString()) : pool.contains(IpAddress.parse(text)));
        }
    }

    private final class SetExecutor implements PlanExecutor {
        @Override
        public Receipt apply(Plan plan, Deadline deadline) {
            var done = new HashSet<KernelOp>();
            for (KernelOp op : plan.ops()) {
                if (refuse.test(op) || !kernel.add(op)) {
                    kernel.removeAll(done);
                    throw new KernelException(op.render().get(0), 17, "EEXIST", "", "it is a test");
                }
                done.add(op);
            }
            return new Receipt(done.size(), done.size());
        }

        @Override
        public Receipt remove(Plan plan, Deadline deadline) {
            for (KernelOp op : plan.ops()) {
                if (refuse.test(op)) {
                    throw new KernelException(op.render().get(0), 1, "EPERM", "", "it is a test");
                }
            }
            plan.ops().forEach(kernel::remove);
            return new Receipt(plan.ops().size(), plan.ops().size());
        }

        @Override
        public List<Difference> check(Plan plan, Deadline deadline) {
            return plan.ops().stream()
                    .filter(op -> !kernel.contains(op))
                    .map(op -> new Difference(Difference.Kind.MISSING, op, "missing"))
                    .toList();
        }

        @Override
        public Receipt ensure(Plan plan, Deadline deadline) {
            int writes = (int) plan.ops().stream().filter(kernel::add).count();
            return new Receipt(writes, writes);
        }

        @Override
        public List<KernelOp> marked(ControllerId controller, RunDirectory run, Deadline deadline) {
            return kernel.stream()
                    .filter(op -> op.claim().isPresent() && !(op instanceof KernelOp.SetSysctl))
                    .toList();
        }

        @Override
        public Watch watch(ControllerId controller, Runnable changed) {
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private static final class EmptyHost implements HostView {
        @Override
        public Optional<LinkFacts> link(String name) {
            return Optional.empty();
        }

        @Override
        public List<IpPrefix> addresses(String link) {
            return List.of();
        }

        @Override
        public Optional<String> sysctl(String key) {
            return Optional.of("0");
        }

        @Override
        public Set<IpPrefix> subnetsInUse() {
            return Set.of();
        }

        @Override
        public List<IpAddress> nameServers() {
            return List.of(IpAddress.parse("127.0.0.53"), IpAddress.parse("192.0.2.53"));
        }

        @Override
        public void require(KernelFeature feature) {}
    }

    private static final class NoNamespaces implements NamespaceAccess {
        @Override
        public boolean exists(NamespaceRef namespace) {
            return true;
        }

        @Override
        public Map<String, InterfaceStatistics> statistics(NamespaceRef namespace) {
            return Map.of();
        }

        @Override
        public <T> T call(NamespaceRef namespace, Callable<T> task) throws Exception {
            return task.call();
        }

        @Override
        public Process start(NamespaceRef namespace, ProcessBuilder builder) {
            throw new UnsupportedOperationException("no processes here");
        }
    }
}
