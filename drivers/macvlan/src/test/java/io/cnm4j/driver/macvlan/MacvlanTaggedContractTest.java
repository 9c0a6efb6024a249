package io.cnm4j.driver.macvlan;

import io.cnm4j.spi.host.KernelFeature;
import java.util.Map;
import java.util.Set;

/** Macvlan on a tagged link that is made for it and shared. */
class MacvlanTaggedContractTest extends MacvlanContractTest {
    @Override
    protected Map<String, String> options() {
        return MacvlanOptions.on("eth0.10").toOptions();
    }

    @Override
    protected Set<KernelFeature> features() {
        return Set.of(KernelFeature.MACVLAN, KernelFeature.VLAN, KernelFeature.IPV6);
    }
}
