package io.cnm4j.driver.bridge;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.Plan;
import java.util.Map;

/** Plans bridge networks. Options are {@link BridgeOptions}. Stateless. */
public final class BridgeDriver implements NetworkDriver {
    /** Made by {@link java.util.ServiceLoader}. */
    public BridgeDriver() {}

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        BridgeOptions options = options(network);
        return new NetworkNeeds(true, network.ipv4(), network.ipv6(), options.interfacePrefix());
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        return new BridgeDecision(network, options(network), context).decide().toMap();
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return new BridgePlans(network, options(network)).network();
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return Map.of(BridgePlans.HOST_LINK, "veth" + endpoint.id().value().substring(0, 11));
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        return new BridgePlans(network, options(network)).attachment(endpoint, point);
    }

    private static BridgeOptions options(NetworkState network) {
        BridgeOptions options = BridgeOptions.parse(network.options());
        if (!network.ipv4() && !network.ipv6()) {
            throw new InvalidRequestException(
                    "network '" + network.name() + "' has ipv4=false and ipv6=false; turn one on");
        }
        if (network.ipv6() && options.effectiveMtu() < BridgeOptions.LEAST_MTU_IPV6) {
            throw OptionReader.wrong(
                    BridgeOptions.MTU,
                    String.valueOf(options.mtu()),
                    "at least " + BridgeOptions.LEAST_MTU_IPV6 + " with IPv6; raise it or turn IPv6 off");
        }
        if (network.internal() && !options.firewall()) {
            throw OptionReader.wrong(
                    BridgeOptions.FIREWALL, "false", "true on an internal network: the firewall is what cuts it off");
        }
        return options;
    }
}
