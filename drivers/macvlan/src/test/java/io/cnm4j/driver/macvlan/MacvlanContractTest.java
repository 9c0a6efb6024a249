package io.cnm4j.driver.macvlan;

import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.NetworkDriverContract;
import java.util.Map;
import java.util.Set;

/** Macvlan on a link of the host, which two networks share. */
class MacvlanContractTest extends NetworkDriverContract {
    @Override
    protected NetworkDriver newDriver() {
        return new MacvlanDriver();
    }

    @Override
    protected FakeHost newHost() {
        return new FakeHost().withForeignLink("eth0", "");
    }

    @Override
    protected Map<String, String> options() {
        return MacvlanOptions.on("eth0").toOptions();
    }

    @Override
    protected Map<String, String> badOptions() {
        return Map.of(
                MacvlanOptions.MODE, "brigde",
                MacvlanOptions.MTU, "67",
                MacvlanOptions.PARENT, "a name/with 'flaws'",
                MacvlanOptions.HOST_LEG, "perhaps");
    }

    @Override
    protected Set<KernelFeature> features() {
        return Set.of(KernelFeature.MACVLAN, KernelFeature.IPV6);
    }
}
