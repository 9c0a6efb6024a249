package io.cnm4j.core.sim;

import io.cnm4j.core.CoreFixture;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.store.KeyValueStore;

/** What may stand between the core and its parts; by default nothing does. */
interface Sabotage {
    /** The core as it is. */
    Sabotage NONE = new Sabotage() {};

    /** Returns what the core takes for its executor. */
    default PlanExecutor executor(PlanExecutor real) {
        return real;
    }

    /** Returns what the core takes for its stores. */
    default KeyValueStore store(KeyValueStore real) {
        return real;
    }

    /** Returns what the core takes for its IPAM. */
    default Ipam ipam(Ipam real) {
        return real;
    }

    /** Returns what the core takes for its driver. */
    default NetworkDriver driver(NetworkDriver real) {
        return real;
    }

    /** Told of every controller that was opened, before anything is asked of it. */
    default void opened(CoreFixture core) {}
}
