package io.cnm4j.examples.customdriver;

import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.tck.NetworkDriverContract;
import java.util.Map;
import java.util.Set;

/** All that every driver must do, tested by the kit: this is the whole of it. */
class HostOnlyContractTest extends NetworkDriverContract {
    @Override
    protected NetworkDriver newDriver() {
        return new HostOnlyDriver();
    }

    @Override
    protected Map<String, String> badOptions() {
        return Map.of(); // it has no options
    }

    @Override
    protected Set<KernelFeature> features() {
        return Set.of(KernelFeature.VETH, KernelFeature.NFTABLES_INET, KernelFeature.IPV6);
    }
}
