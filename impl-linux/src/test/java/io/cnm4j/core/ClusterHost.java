package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.registry.Named;
import io.cnm4j.core.secret.HostKeys;
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
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A host of a cluster in memory: what outlives its controller, and the controller. Its connection to the store is uneven. */
final class ClusterHost {
    final int number;
    final FakeHost kernel;
    final Map<String, KernelOp> tables = TunnelTables.empty();
    final MemoryStore lasting = new MemoryStore();
    final MemoryStore living = new MemoryStore();
    UnevenStore store;
    boolean down;
    NetworkController controller;
    NameDirectory names = new NameDirectory();
    volatile HostKeys keys = HostKeys.NONE;

    private final MemoryStore shared;
    private final Random random;

    ClusterHost(int number, MemoryStore shared, Random random) {
        this.number = number;
        this.shared = shared;
        this.random = random;
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
        for (int attempt = 0; ; attempt++) {
            names = new NameDirectory();
            store = new UnevenStore(shared.reopen(), random.nextLong());
            var board = new KeyBoard();
            board.follow(now -> keys = now);
            try {
                controller = new ControllerParts(
                                new Ledger(lasting.reopen(), living.reopen(), id),
                                Named.of("driver", List.of(new OverlayDriver()), NetworkDriver::name),
                                ipams(),
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
                                        number % 2 == 0,
                                        Duration.ofSeconds(1),
                                        board,
                                        Duration.ofSeconds(1),
                                        Duration.ofMillis(20),
                                        ipams())))
                        .open(Duration.ofSeconds(20));
                return;
            } catch (CnmException bad) {
                assertThat(attempt).as("attempts to open, last: " + bad).isLessThan(20);
            }
        }
    }

    private Named<Ipam> ipams() {
        var space = new AddressSpace(AddressSpace.Scope.GLOBAL, List.of(), "h" + number);
        return Named.of("IPAM driver", Map.of("default", new PoolIpamDriver().open(space)));
    }
}
