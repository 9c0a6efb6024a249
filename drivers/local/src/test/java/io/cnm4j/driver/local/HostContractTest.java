package io.cnm4j.driver.local;

import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.tck.NetworkDriverContract;
import java.util.Map;
import java.util.Set;

/** HN-01, HN-03, *43 (host/null TestDriver). */
class HostContractTest extends NetworkDriverContract {
    @Override
    protected NetworkDriver newDriver() {
        return new HostDriver();
    }

    @Override
    protected Map<String, String> badOptions() {
        return Map.of(); // it has no options
    }

    @Override
    protected Set<KernelFeature> features() {
        return Set.of();
    }

    @Override
    protected boolean single() {
        return true;
    }
}
