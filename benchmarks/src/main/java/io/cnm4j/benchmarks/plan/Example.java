package io.cnm4j.benchmarks.plan;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** One bridge network with one endpoint, as records know them. */
final class Example {
    static final AttachPoint POINT =
            new AttachPoint(NamespaceRef.at("/run/cnm4j/cccccccccccc/netns/dddddddddddd"), "eth0");
    static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:02");
    static final String MARK = "cnm4j cccccccccccc endpoint eeeeeeeeeeee";

    static final NetworkState NETWORK = NetworkState.builder()
            .controller(new ControllerId("c".repeat(64)))
            .id(new NetworkId("a".repeat(64)))
            .name("web")
            .ipv4(true)
            .ipv6(false)
            .internal(false)
            .addPools(
                    new NetworkPool(IpPrefix.parse("10.5.0.0/16"), Optional.of(IpAddress.parse("10.5.0.1")), Map.of()))
            .putNote("bridge", "br-aaaaaaaaaaaa")
            .putNote("bridge.creator", "cnm4j")
            .putNote("bridge.mac", "02:00:00:00:00:01")
            .putNote("kernel.ipv6", "yes")
            .build();

    static final EndpointState ENDPOINT = EndpointState.builder()
            .id(new EndpointId("e".repeat(64)))
            .name("one")
            .addAddresses(IpPrefix.parse("10.5.0.2/16"))
            .mac(MAC)
            .putNote("host.link", "vetheeeeeeeeeee")
            .build();

    private Example() {}

    static NetworkDriver bridge() {
        return ServiceLoader.load(NetworkDriver.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(driver -> driver.name().equals("bridge"))
                .findFirst()
                .orElseThrow();
    }

    static LinkSpec.Veth veth() {
        return new LinkSpec.Veth(
                "vetheeeeeeeeeee",
                1500,
                Optional.of(new LinkSpec.BridgePort("br-aaaaaaaaaaaa", true, false)),
                MARK,
                new LinkSpec.Peer(POINT.namespace(), POINT.interfaceName(), Optional.of(MAC)));
    }
}
