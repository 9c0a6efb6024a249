package io.cnm4j.driver.bridge;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.InterfaceNames;
import io.cnm4j.api.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.immutables.value.Value;

/** What a bridge network can be told; the labels are Docker's. */
@Value.Immutable
public interface BridgeOptions {
    /** Name of the bridge. */
    String BRIDGE_NAME = "com.docker.network.bridge.name";
    /** Whether packets leave with an address of the host. */
    String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
    /** Whether containers of the network reach each other. */
    String ICC = "com.docker.network.bridge.enable_icc";
    /** Whether the bridge goes without an IPv4 address. */
    String INHIBIT_IPV4 = "com.docker.network.bridge.inhibit_ipv4";
    /** How packets get in and out, IPv4. */
    String GATEWAY_MODE_IPV4 = "com.docker.network.bridge.gateway_mode_ipv4";
    /** How packets get in and out, IPv6. */
    String GATEWAY_MODE_IPV6 = "com.docker.network.bridge.gateway_mode_ipv6";
    /** MTU in octets. */
    String MTU = "com.docker.network.driver.mtu";
    /** What interface names in containers begin with. */
    String INTERFACE_PREFIX = "com.docker.network.container_iface_prefix";
    /** The address with which packets leave, IPv4. */
    String HOST_IPV4 = "com.docker.network.host_ipv4";
    /** The address with which packets leave, IPv6. */
    String HOST_IPV6 = "com.docker.network.host_ipv6";
    /** The host's IPv4 address at which ports are published that name none. */
    String HOST_BINDING_IPV4 = "com.docker.network.bridge.host_binding_ipv4";
    /** Interfaces of the host from which containers' published ports are reached directly too, in mode nat. */
    String TRUSTED_HOST_INTERFACES = "com.docker.network.bridge.trusted_host_interfaces";
    /** Whether that is so from all interfaces; ours, of Docker's daemon it is an option. */
    String ALLOW_DIRECT_ROUTING = "cnm4j.bridge.allow_direct_routing";
    /** Whether the host's own rules of input decide about published ports too; ours, not Docker's. */
    String HOST_INPUT_POLICY = "cnm4j.bridge.host_input_policy";
    /** Whether the host's firewall is used at all; ours, not Docker's. */
    String FIREWALL = "cnm4j.bridge.firewall";

    /** On how many bridges the network is, so that it can have more endpoints than one has ports; ours, not Docker's. */
    String SHARDS = "cnm4j.bridge.shards";

    /** How many ports a bridge has, and so how many joined endpoints: BR_MAX_PORTS of net/bridge/br_private.h less the one that is never given. */
    int PORTS = 1023;

    /** On how many bridges a network can be. */
    int MOST_SHARDS = 64;

    /** The MTU of a network that asks for none. */
    int DEFAULT_MTU = 1500;

    /** The least MTU that IPv6 allows, RFC 8200 section 5. */
    int LEAST_MTU_IPV6 = 1280;

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /**
     * Returns what these options say; labels that mean nothing here are ignored.
     *
     * @throws InvalidRequestException if a value is wrong; the message names label and value
     */
    static BridgeOptions parse(Map<String, String> options) {
        return new OptionReader(options).read();
    }

    /** The name of the bridge; one made from the network's id if absent. */
    Optional<String> bridgeName();

    /** MTU of the bridge and of both ends of each veth pair in octets; 0 means {@value #DEFAULT_MTU}. */
    @Value.Default
    default int mtu() {
        return 0;
    }

    /** Whether packets leave with an address of the host; default true. */
    @Value.Default
    default boolean masquerade() {
        return true;
    }

    /** Whether containers of the network reach each other; default true. */
    @Value.Default
    default boolean icc() {
        return true;
    }

    /** The host's IPv4 address with which packets leave; that of the outgoing interface if absent. */
    Optional<IpAddress> hostIpv4();

    /** The host's IPv6 address with which packets leave; that of the outgoing interface if absent. */
    Optional<IpAddress> hostIpv6();

    /** How packets get in and out, IPv4; default {@link GatewayMode#NAT}. */
    @Value.Default
    default GatewayMode gatewayModeIpv4() {
        return GatewayMode.NAT;
    }

    /** How packets get in and out, IPv6; default {@link GatewayMode#NAT}. */
    @Value.Default
    default GatewayMode gatewayModeIpv6() {
        return GatewayMode.NAT;
    }

    /** The host's IPv4 address at which ports are published that name none; any, of both families, if absent. */
    Optional<IpAddress> hostBindingIpv4();

    /** Interfaces of the host from which published ports are reached at the container's own address too, in mode nat. */
    List<String> trustedHostInterfaces();

    /** Whether published ports are reached at the container's own address from everywhere, in mode nat; default false. */
    @Value.Default
    default boolean allowDirectRouting() {
        return false;
    }

    /**
     * Whether the host's own rules of input (chain {@code INPUT}, ufw, firewalld) decide about published ports too; default false. Then
     * ports are relayed by this process, not translated by the firewall, and containers see the bridge's address as client. In mode
     * {@link GatewayMode#ROUTED} there are no ports of the host.
     */
    @Value.Default
    default boolean hostInputPolicy() {
        return false;
    }

    /** Whether the bridge goes without an IPv4 address, and containers without an IPv4 gateway; default false. */
    @Value.Default
    default boolean inhibitIpv4() {
        return false;
    }

    /** What interface names in containers begin with; default {@code eth}. */
    @Value.Default
    default String interfacePrefix() {
        return "eth";
    }

    /**
     * Whether the host's firewall is used; default true. Without it nothing is masqueraded and nothing is blocked: for hosts
     * whose firewall is somebody else's business.
     */
    @Value.Default
    default boolean firewall() {
        return true;
    }

    /** On how many bridges the network is, 1 to {@value #MOST_SHARDS}; default 1. With more, endpoints have their addresses alone, and are routed. */
    @Value.Default
    default int shards() {
        return 1;
    }

    /** Returns the MTU to use in octets. */
    default int effectiveMtu() {
        return mtu() == 0 ? DEFAULT_MTU : mtu();
    }

    /** Returns how packets of this family get in and out. */
    default GatewayMode gatewayMode(Family family) {
        return family == Family.IPV4 ? gatewayModeIpv4() : gatewayModeIpv6();
    }

    /** Returns the address with which packets of this family leave, if one was asked for. */
    default Optional<IpAddress> sourceAddress(Family family) {
        return family == Family.IPV4 ? hostIpv4() : hostIpv6();
    }

    /** Returns these options as a network request takes them; what is default is left out. */
    default Map<String, String> toOptions() {
        var options = new TreeMap<String, String>();
        bridgeName().ifPresent(name -> options.put(BRIDGE_NAME, name));
        hostIpv4().ifPresent(address -> options.put(HOST_IPV4, address.toString()));
        hostIpv6().ifPresent(address -> options.put(HOST_IPV6, address.toString()));
        BridgeOptions defaults = builder().build();
        putUnless(options, MTU, mtu(), defaults.mtu());
        putUnless(options, MASQUERADE, masquerade(), defaults.masquerade());
        putUnless(options, ICC, icc(), defaults.icc());
        putUnless(options, INHIBIT_IPV4, inhibitIpv4(), defaults.inhibitIpv4());
        putUnless(options, INTERFACE_PREFIX, interfacePrefix(), defaults.interfacePrefix());
        putUnless(options, GATEWAY_MODE_IPV4, gatewayModeIpv4(), defaults.gatewayModeIpv4());
        putUnless(options, GATEWAY_MODE_IPV6, gatewayModeIpv6(), defaults.gatewayModeIpv6());
        putUnless(options, ALLOW_DIRECT_ROUTING, allowDirectRouting(), defaults.allowDirectRouting());
        putUnless(options, TRUSTED_HOST_INTERFACES, String.join(":", trustedHostInterfaces()), "");
        hostBindingIpv4().ifPresent(address -> options.put(HOST_BINDING_IPV4, address.toString()));
        putUnless(options, HOST_INPUT_POLICY, hostInputPolicy(), defaults.hostInputPolicy());
        putUnless(options, SHARDS, shards(), defaults.shards());
        putUnless(options, FIREWALL, firewall(), defaults.firewall());
        return Map.copyOf(options);
    }

    private static void putUnless(Map<String, String> options, String label, Object value, Object usual) {
        if (!value.equals(usual)) {
            options.put(label, value.toString());
        }
    }

    /** Refuses names, sizes and addresses that cannot be. */
    @Value.Check
    default void check() {
        checkName(INTERFACE_PREFIX, interfacePrefix(), interfacePrefix() + "0");
        if (mtu() != 0 && (mtu() < 68 || mtu() > 65535)) {
            throw OptionReader.wrong(MTU, String.valueOf(mtu()), "68 to 65535, or 0 for " + DEFAULT_MTU);
        }
        if (shards() < 1 || shards() > MOST_SHARDS) {
            throw OptionReader.wrong(SHARDS, String.valueOf(shards()), "1 to " + MOST_SHARDS);
        }
        bridgeName()
                .ifPresent(name -> Shards.names(name, shards()).forEach(each -> checkName(BRIDGE_NAME, name, each)));
        trustedHostInterfaces().forEach(name -> checkName(TRUSTED_HOST_INTERFACES, name, name));
        hostBindingIpv4()
                .filter(address -> address.family() != Family.IPV4 || address.isMulticast())
                .ifPresent(address -> {
                    throw OptionReader.wrong(HOST_BINDING_IPV4, address.toString(), "an IPv4 address of the host");
                });
        checkFamily(HOST_IPV4, hostIpv4(), Family.IPV4);
        checkFamily(HOST_IPV6, hostIpv6(), Family.IPV6);
    }

    private static void checkName(String label, String value, String name) {
        try {
            InterfaceNames.check(name);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException("option " + label + "='" + value + "': " + e.getMessage());
        }
    }

    private static void checkFamily(String label, Optional<IpAddress> address, Family family) {
        address.filter(a -> a.family() != family || a.isUnspecified() || a.isMulticast())
                .ifPresent(a -> {
                    throw OptionReader.wrong(label, a.toString(), "an " + family + " address of the host");
                });
    }

    /** Builds options. Not thread-safe. */
    final class Builder extends ImmutableBridgeOptions.Builder {}
}
