package io.cnm4j.driver.macvlan;

import io.cnm4j.spi.host.KernelFeature;
import java.util.Map;
import java.util.Set;

/** Macvlan on a dummy of its own. */
class MacvlanDummyContractTest extends MacvlanContractTest {
    @Override
    protected Map<String, String> options() {
        return Map.of();
    }

    @Override
    protected Set<KernelFeature> features() {
        return Set.of(KernelFeature.MACVLAN, KernelFeature.DUMMY, KernelFeature.IPV6);
    }
}
