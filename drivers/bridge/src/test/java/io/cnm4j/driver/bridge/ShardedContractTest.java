package io.cnm4j.driver.bridge;

import java.util.Map;

/** The driver keeps its contract on several bridges too. */
class ShardedContractTest extends BridgeContractTest {
    @Override
    protected Map<String, String> options() {
        return Map.of(BridgeOptions.SHARDS, "3");
    }
}
