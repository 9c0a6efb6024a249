package io.cnm4j.driver.remote.conformance;

import static io.cnm4j.driver.remote.conformance.Conformance.require;

import io.cnm4j.driver.remote.protocol.EndpointInterface;
import io.cnm4j.driver.remote.protocol.JoinAnswer;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import java.util.List;
import java.util.Map;

/** The rules of a network plug-in, in the order in which an endpoint lives. */
final class NetworkRules {
    private static final String NETWORK = "c0".repeat(32);
    private static final String ENDPOINT = "e0".repeat(32);
    private static final Map<String, String> NETWORK_ID = Map.of("NetworkID", NETWORK);
    private static final Map<String, String> IDS = Map.of("NetworkID", NETWORK, "EndpointID", ENDPOINT);
    private static final Map<String, Object> CREATE = Map.of(
            "NetworkID",
            NETWORK,
            "Options",
            Map.of("com.docker.network.generic", Map.of()),
            "IPv4Data",
            List.of(Map.of("AddressSpace", "", "Pool", "198.18.7.0/24", "Gateway", "198.18.7.1/24")),
            "IPv6Data",
            List.of());

    private final Conformance engine;

    NetworkRules(Conformance engine) {
        this.engine = engine;
    }

    void run() {
        engine.holds(Rule.R02, () -> engine.ask(Method.NETWORK_CAPABILITIES, Map.of(), NetworkCapabilities::read));
        engine.holds(Rule.R03, () -> engine.refused(Method.CREATE_NETWORK, Map.of("NetworkID", 7)));
        if (engine.holds(Rule.R04, () -> engine.ask(Method.CREATE_NETWORK, CREATE))) {
            engine.holds(Rule.R05, () -> engine.refused(Method.CREATE_NETWORK, CREATE));
            endpoint();
            engine.holds(Rule.R11, () -> {
                engine.ask(Method.DELETE_NETWORK, NETWORK_ID);
                engine.ask(Method.CREATE_NETWORK, CREATE);
                engine.ask(Method.DELETE_NETWORK, NETWORK_ID);
            });
        }
    }

    private void endpoint() {
        boolean made = engine.holds(Rule.R06, () -> {
            EndpointInterface given = engine.ask(
                    Method.CREATE_ENDPOINT,
                    Map.of(
                            "NetworkID",
                            NETWORK,
                            "EndpointID",
                            ENDPOINT,
                            "Options",
                            Map.of(),
                            "Interface",
                            Map.of("Address", "198.18.7.2/24", "AddressIPv6", "", "MacAddress", "")),
                    EndpointInterface::in);
            require(given.ipv4().isEmpty(), "it answers with an address although the endpoint has one");
        });
        if (made) {
            engine.holds(Rule.R07, () -> engine.askOptional(Method.ENDPOINT_INFO, IDS));
            Map<String, Object> join =
                    Map.of("NetworkID", NETWORK, "EndpointID", ENDPOINT, "SandboxKey", "/none", "Options", Map.of());
            engine.holds(Rule.R08, () -> engine.ask(Method.JOIN, join, JoinAnswer::read));
            boolean gone = engine.holds(Rule.R09, () -> {
                engine.ask(Method.LEAVE, IDS);
                engine.ask(Method.DELETE_ENDPOINT, IDS);
            });
            if (gone) {
                engine.holds(Rule.R10, () -> engine.refused(Method.JOIN, join));
            }
        }
    }
}
