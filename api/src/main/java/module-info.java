/** The Container Network Model: what an embedding program calls, and what drivers, IPAM drivers and stores implement. */
module io.cnm4j.api {
    requires static org.immutables.value.annotations;
    requires static transitive org.jspecify;

    exports io.cnm4j.api;
    exports io.cnm4j.api.error;
    exports io.cnm4j.api.model;
    exports io.cnm4j.spi.driver;
    exports io.cnm4j.spi.host;
    exports io.cnm4j.spi.ipam;
    exports io.cnm4j.spi.plan;
    exports io.cnm4j.spi.store;

    uses io.cnm4j.spi.host.ControllerProvider;
}
