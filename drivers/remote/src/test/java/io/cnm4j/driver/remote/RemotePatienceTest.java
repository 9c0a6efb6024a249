package io.cnm4j.driver.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.spi.driver.DriverSource;
import io.cnm4j.spi.driver.DriverSource.Drivers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.tck.FakePlugin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long callers wait for an IPAM plug-in: RI-03 to RI-06, IPM-51. The plug-in gets far more time than the callers have. */
class RemotePatienceTest {
    private static final PoolState STATE =
            new PoolState("p-10.1.0.0/24", "net", IpPrefix.parse("10.1.0.0/24"), Optional.empty());
    private static final String POOL = "IpamDriver.RequestPool";
    private static final String ADDRESS = "IpamDriver.RequestAddress";

    @TempDir
    Path directory;

    private FakePlugin plugin;
    private Drivers drivers;

    @BeforeEach
    void open() {
        plugin = new FakePlugin(directory.resolve("weave.sock"));
        Limits patient = new Limits(
                Duration.ofMinutes(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1 << 20,
                99,
                Duration.ofSeconds(1));
        drivers =
                new RemoteDriverSource(patient).open(new DriverSource.Setting(List.of(directory), Set.of(), Set.of()));
    }

    @AfterEach
    void close() {
        plugin.close();
        drivers.close();
    }

    private Ipam ipam() {
        return drivers.ipam("weave").orElseThrow().open(new AddressSpace(AddressSpace.Scope.LOCAL, List.of(), "c"));
    }

    private AddressPoolLease restored(String... addresses) {
        AddressPoolLease lease = ipam().restorePool(STATE);
        List.of(addresses).forEach(address -> lease.restore(IpAddress.parse(address)));
        return lease;
    }

    private static Deadline now() {
        return Deadline.after(Duration.ofMillis(200));
    }

    private static Deadline later() {
        return Deadline.after(Duration.ofMinutes(1));
    }

    @Test
    void eachCallEndsAtItsCallersDeadline() {
        List.of(POOL, ADDRESS, "IpamDriver.ReleaseAddress", "IpamDriver.ReleasePool")
                .forEach(plugin::hangs);
        var request = new PoolRequest(
                "net", Family.IPV4, Optional.of(STATE.pool()), Optional.empty(), UsedSubnets.NONE, Map.of());
        assertThatThrownBy(() -> ipam().within(now()).requestPool(request))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContainingAll("weave", POOL);
        AddressPoolLease lease = restored();
        assertThatThrownBy(() -> lease.within(now()).request(AddressRequest.GATEWAY))
                .isInstanceOf(DeadlineException.class);
        assertThatThrownBy(() -> lease.within(now()).release(IpAddress.parse("10.1.0.2")))
                .isInstanceOf(DeadlineException.class);
        assertThatThrownBy(() -> lease.within(now()).close()).isInstanceOf(DeadlineException.class);
    }

    @Test
    void nobodyWaitsForTheReplayOfAnotherLongerThanToHisOwnDeadline() throws Exception {
        plugin.says("IpamDriver.GetCapabilities", "{\"RequiresRequestReplay\":true}");
        var asked = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        plugin.does(POOL, (body, out) -> {
            asked.countDown();
            goOn.await();
            plugin.normal(POOL, body, out);
        });
        AddressPoolLease lease = restored();
        var first = CompletableFuture.supplyAsync(() -> lease.within(later()).request(AddressRequest.GATEWAY));
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> lease.within(now()).request(AddressRequest.GATEWAY))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContainingAll("weave", "10.1.0.0/24");
        goOn.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS)).hasToString("10.1.0.1");
        assertThat(lease.request(AddressRequest.GATEWAY)).hasToString("10.1.0.2");
        assertThat(plugin.calls()).containsOnlyOnce(POOL);
    }

    @Test
    void whoIsCutOffInAReplayLeavesTheRestToTheNext() {
        plugin.says("IpamDriver.GetCapabilities", "{\"RequiresRequestReplay\":true}");
        plugin.hangs(ADDRESS);
        AddressPoolLease lease = restored("10.1.0.1", "10.1.0.2");
        assertThatThrownBy(() -> lease.within(now()).request(AddressRequest.GATEWAY))
                .isInstanceOf(DeadlineException.class);
        plugin.recovers(ADDRESS);
        assertThat(lease.within(later()).request(AddressRequest.GATEWAY)).hasToString("10.1.0.3");
        assertThat(plugin.calls()).containsOnlyOnce(POOL);
        assertThat(plugin.holds())
                .containsExactlyInAnyOrder(
                        "pool p-10.1.0.0/24", "address 10.1.0.1", "address 10.1.0.2", "address 10.1.0.3");
    }
}
