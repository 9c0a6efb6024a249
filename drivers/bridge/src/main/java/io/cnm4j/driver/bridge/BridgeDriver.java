package io.cnm4j.driver.bridge;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.Exposure.Origin;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.plan.Plan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Plans bridge networks. Options are {@link BridgeOptions}. Stateless. */
public final class BridgeDriver implements NetworkDriver, PortPublisher {
    /** Made by {@link java.util.ServiceLoader}. */
    public BridgeDriver() {}

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        BridgeOptions options = options(network);
        return new NetworkNeeds(
                true,
                network.ipv4() && options.gatewayModeIpv4() != GatewayMode.ISOLATED,
                network.ipv6() && options.gatewayModeIpv6() != GatewayMode.ISOLATED,
                options.interfacePrefix());
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        return new BridgeDecision(network, options(network), context).decide().toMap();
    }

    @Override
    public OptionalInt capacity(NetworkState network) {
        return OptionalInt.of(options(network).shards() * BridgeOptions.PORTS);
    }

    @Override
    public String beyondCapacity(NetworkState network) {
        return Shards.more(options(network).shards());
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return new BridgePlans(network, options(network)).network();
    }

    @Override
    public Map<String, String> optionsWithMtu(NetworkState network, int mtu) {
        var options = new HashMap<>(network.options());
        options.put(BridgeOptions.MTU, String.valueOf(mtu));
        return Map.copyOf(options);
    }

    @Override
    public void admitPools(NetworkState network, List<NetworkPool> added, DriverContext context) {
        new BridgeDecision(network, options(network), context).admit(added);
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        var note = new HashMap<String, String>();
        note.put(BridgePlans.HOST_LINK, "veth" + endpoint.id().value().substring(0, 11));
        int shards = options(network).shards();
        if (shards > 1) {
            note.put(EndpointState.PLACE, Shards.emptiest(network, shards, context.places()));
        }
        return Map.copyOf(note);
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        return new BridgePlans(network, options(network)).attachment(endpoint, point);
    }

    @Override
    public Mode portMode(NetworkState network, Family family) {
        if (network.internal()) { // BP-14
            return Mode.NONE;
        }
        return options(network).gatewayMode(family) == GatewayMode.ROUTED ? Mode.ROUTED : Mode.TRANSLATED;
    }

    @Override
    public Optional<IpAddress> hostAddress(NetworkState network) {
        return options(network).hostBindingIpv4().filter(address -> !address.isUnspecified());
    }

    @Override
    public boolean publishes(NetworkState network, TransportProtocol protocol) {
        BridgeOptions options = options(network);
        return protocol != TransportProtocol.SCTP || (options.firewall() && !options.hostInputPolicy());
    }

    @Override
    public boolean isRelayed(NetworkState network, EndpointState endpoint, PortMapping port) {
        BridgeOptions options = options(network);
        Family inside = PortPlans.target(endpoint, port.family()).family();
        return options.gatewayMode(inside) != GatewayMode.ROUTED
                && (options.hostInputPolicy() || !options.firewall() || inside != port.family());
    }

    @Override
    public Set<Origin> reachedFrom(NetworkState network, PortMapping port) {
        Set<Origin> from = PortPublisher.super.reachedFrom(network, port);
        if (portMode(network, port.family()) == Mode.ROUTED && !options(network).icc()) {
            from.remove(Origin.OWN_NETWORK); // at the host's address it would be reached, BI-03
        }
        return from;
    }

    @Override
    public Plan planPorts(NetworkState network, EndpointState endpoint, List<PortMapping> ports) {
        return new PortPlans(network, options(network)).of(endpoint, ports);
    }

    @Override
    public boolean opensLinks(NetworkState network) {
        return new LinkPlans(network, options(network)).isNeeded();
    }

    @Override
    public Plan planLink(NetworkState network, EndpointState from, EndpointState to, List<ContainerPorts> ports) {
        return new LinkPlans(network, options(network)).link(from, to, ports);
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
        for (Family family : Family.values()) {
            checkMode(network, options, family);
        }
        if (options.shards() > 1) {
            checkShards(options);
        }
        return options;
    }

    private static void checkShards(BridgeOptions options) {
        String asked = String.valueOf(options.shards());
        boolean isolated =
                options.gatewayModeIpv4() == GatewayMode.ISOLATED || options.gatewayModeIpv6() == GatewayMode.ISOLATED;
        if (options.inhibitIpv4() || isolated) {
            throw OptionReader.wrong(
                    BridgeOptions.SHARDS, asked, "1 where a bridge goes without an address: the bridges route");
        }
        if (!options.icc() && !options.firewall()) {
            throw OptionReader.wrong(
                    BridgeOptions.SHARDS,
                    asked,
                    "1 with " + BridgeOptions.ICC + "=false and " + BridgeOptions.FIREWALL
                            + "=false: it is firewall rules that keep endpoints of several bridges apart");
        }
    }

    private static void checkMode(NetworkState network, BridgeOptions options, Family family) {
        GatewayMode mode = options.gatewayMode(family);
        String label = family == Family.IPV4 ? BridgeOptions.GATEWAY_MODE_IPV4 : BridgeOptions.GATEWAY_MODE_IPV6;
        if (mode == GatewayMode.ISOLATED && !network.internal()) {
            throw OptionReader.wrong(label, mode.toString(), "another one, or the network internal");
        }
        if (mode != GatewayMode.NAT && !options.firewall()) {
            throw OptionReader.wrong(
                    label,
                    mode.toString(),
                    "nat with " + BridgeOptions.FIREWALL + "=false: it is firewall rules that make a mode");
        }
    }
}
