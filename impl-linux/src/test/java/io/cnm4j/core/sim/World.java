package io.cnm4j.core.sim;

import io.cnm4j.api.ControllerId;
import io.cnm4j.core.CoreFixture;
import io.cnm4j.core.LeaseWatch;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A host and its stores, which stay, and the controller on them, which comes and goes. */
final class World {
    /** The identity of every controller in here. */
    static final ControllerId CONTROLLER = new ControllerId("c".repeat(64));

    /** Where every controller in here keeps its files. */
    static final RunDirectory RUN = new RunDirectory("/run/t");

    /** A namespace that is not ours. */
    static final NamespaceRef FOREIGN = NamespaceRef.at("/run/foreign");

    final FakeHost host = new FakeHost()
            .withForeignLink("br-user", "bridge", "10.99.0.1/24")
            .withForeignLink("uplink", "", "192.0.2.10/24")
            .withNamespace(FOREIGN);
    /** Changes the host behind the controller's back, or looks at it. */
    final PlanExecutor operator = new FakeExecutor(host);

    final MemoryStore lasting = new MemoryStore();
    final MemoryStore living = new MemoryStore();
    /** Whether the host forwards packets without us. */
    final boolean forwards;

    private final Faults faults;
    private final Sabotage sabotage;
    private final RandomGenerator random;
    private LeaseWatch leases = new LeaseWatch();
    private Optional<CoreFixture> core = Optional.empty();

    World(Faults faults, Sabotage sabotage, RandomGenerator random) {
        this.faults = faults;
        this.sabotage = sabotage;
        this.random = random;
        this.forwards = random.nextInt(4) == 0;
        if (forwards) {
            host.withSysctl("net.ipv4.ip_forward", "1").withSysctl("net.ipv6.conf.all.forwarding", "1");
        }
    }

    /** Returns the open controller. */
    CoreFixture core() {
        return core.orElseThrow();
    }

    /** Tells whether a controller is open. */
    boolean isOpen() {
        return core.isPresent();
    }

    /** Returns what is leased from the open controller's pools. */
    LeaseWatch leases() {
        return leases;
    }

    /** Starts a process that opens a controller. */
    void open() {
        core = Optional.empty();
        faults.start();
        leases = new LeaseWatch();
        var executor = new FakeExecutor(host);
        executor.tap(faults);
        var opened = new CoreFixture(
                CoreFixture.parts(
                        host,
                        sabotage.executor(executor),
                        sabotage.driver(new BridgeDriver()),
                        sabotage.ipam(leases),
                        sabotage.store(new FaultyStore(lasting.reopen(), faults)),
                        sabotage.store(new FaultyStore(living.reopen(), faults)),
                        random),
                faults::now);
        sabotage.opened(opened);
        core = Optional.of(opened);
    }

    /** Ends the controller as it should end. */
    void close() {
        core().controller().close();
        core = Optional.empty();
    }
}
