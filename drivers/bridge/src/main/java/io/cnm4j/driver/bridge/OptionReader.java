package io.cnm4j.driver.bridge;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads options from text. */
final class OptionReader {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True"); // strconv.ParseBool of Go
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    private final Map<String, String> options;

    OptionReader(Map<String, String> options) {
        this.options = options;
    }

    BridgeOptions read() {
        return BridgeOptions.builder()
                .bridgeName(text(BridgeOptions.BRIDGE_NAME))
                .mtu(number(BridgeOptions.MTU, 0, "a number of octets"))
                .shards(number(BridgeOptions.SHARDS, 1, "a number of bridges"))
                .masquerade(flag(BridgeOptions.MASQUERADE, true))
                .icc(flag(BridgeOptions.ICC, true))
                .hostIpv4(address(BridgeOptions.HOST_IPV4))
                .hostIpv6(address(BridgeOptions.HOST_IPV6))
                .inhibitIpv4(flag(BridgeOptions.INHIBIT_IPV4, false))
                .interfacePrefix(text(BridgeOptions.INTERFACE_PREFIX).orElse("eth"))
                .gatewayModeIpv4(mode(BridgeOptions.GATEWAY_MODE_IPV4))
                .gatewayModeIpv6(mode(BridgeOptions.GATEWAY_MODE_IPV6))
                .hostBindingIpv4(address(BridgeOptions.HOST_BINDING_IPV4))
                .trustedHostInterfaces(text(BridgeOptions.TRUSTED_HOST_INTERFACES)
                        .map(names -> List.of(names.split(":", -1)))
                        .orElse(List.of()))
                .allowDirectRouting(flag(BridgeOptions.ALLOW_DIRECT_ROUTING, false))
                .hostInputPolicy(flag(BridgeOptions.HOST_INPUT_POLICY, false))
                .firewall(flag(BridgeOptions.FIREWALL, true))
                .build();
    }

    private Optional<String> text(String label) {
        return Optional.ofNullable(options.get(label)).filter(value -> !value.isEmpty());
    }

    private boolean flag(String label, boolean usual) {
        String value = options.get(label);
        if (value == null) {
            return usual;
        }
        if (!TRUE.contains(value) && !FALSE.contains(value)) {
            throw wrong(label, value, "true or false");
        }
        return TRUE.contains(value);
    }

    private int number(String label, int usual, String what) {
        String value = options.getOrDefault(label, String.valueOf(usual));
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong(label, value, what);
        }
    }

    private Optional<IpAddress> address(String label) {
        return text(label).map(value -> {
            try {
                return IpAddress.parse(value);
            } catch (InvalidRequestException e) {
                throw wrong(label, value, "an address of the host");
            }
        });
    }

    private GatewayMode mode(String label) {
        String mode = text(label).orElse(GatewayMode.NAT.toString());
        for (GatewayMode one : GatewayMode.values()) {
            if (one.toString().equals(mode)) {
                return one;
            }
        }
        throw wrong(label, mode, "nat, nat-unprotected, routed or isolated");
    }

    static InvalidRequestException wrong(String label, String value, String right) {
        return new InvalidRequestException("option " + label + "='" + value + "' must be " + right);
    }
}
