package io.cnm4j.driver.macvlan;

import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.tck.NetworkDriverContract;
import java.util.Map;
import java.util.Set;

/** Ipvlan, each network on a dummy of its own. */
class IpvlanContractTest extends NetworkDriverContract {
    @Override
    protected NetworkDriver newDriver() {
        return new IpvlanDriver();
    }

    @Override
    protected Map<String, String> badOptions() {
        return Map.of(
                IpvlanOptions.MODE, "l4",
                IpvlanOptions.FLAG, "public",
                IpvlanOptions.MTU, "much",
                IpvlanOptions.PARENT, "a name/with 'flaws'");
    }

    @Override
    protected Set<KernelFeature> features() {
        return Set.of(KernelFeature.IPVLAN, KernelFeature.DUMMY, KernelFeature.IPV6);
    }
}
