package io.cnm4j.driver.bridge;

import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.tck.NetworkDriverContract;
import java.util.Map;
import java.util.Set;

class BridgeContractTest extends NetworkDriverContract {
    @Override
    protected NetworkDriver newDriver() {
        return new BridgeDriver();
    }

    @Override
    protected Map<String, String> badOptions() {
        return Map.of(
                BridgeOptions.MTU, "67", BridgeOptions.BRIDGE_NAME, "sixteen-letters-", BridgeOptions.ICC, "perhaps");
    }

    @Override
    protected Set<KernelFeature> features() {
        return Set.of(KernelFeature.BRIDGE, KernelFeature.VETH, KernelFeature.IPV6, KernelFeature.NFTABLES_INET);
    }
}
