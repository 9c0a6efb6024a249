package io.cnm4j.core.sim;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;

/** Networks as callers ask for them. {@code place} is a number of the network's own, for subnets that do not overlap. */
enum NetworkKind {
    PLAIN(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {}
    },
    DUAL(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.ipv6(true);
        }
    },
    ONLY_IPV6(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.ipv4(false).ipv6(true);
        }
    },
    INTERNAL(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.internal(true);
        }
    },
    FIXED(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            String prefix = "10." + (200 + place) + ".0.";
            request.addSubnets(SubnetRequest.builder()
                    .pool(IpPrefix.parse(prefix + "0/24"))
                    .range(IpPrefix.parse(prefix + "128/25"))
                    .gateway(IpAddress.parse(prefix + "1"))
                    .putAuxiliary("printer", IpAddress.parse(prefix + "9"))
                    .putAuxiliary("DefaultGatewayIPv4", IpAddress.parse(prefix + "2"))
                    .build());
        }
    },
    TINY(false) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.addSubnets(SubnetRequest.of("10." + (220 + place) + ".0.0/30"));
        }
    },
    APART(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.putOptions(BridgeOptions.ICC, "false")
                    .putOptions(BridgeOptions.MASQUERADE, "false")
                    .putOptions(BridgeOptions.MTU, "1400")
                    .putIpamOptions("com.docker.network.ipam.serial", "true");
        }
    },
    SHARDED(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.ipv6(true).internal(place == 2).putOptions(BridgeOptions.SHARDS, "3");
        }
    },
    ADOPTED(false) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.putOptions(BridgeOptions.BRIDGE_NAME, "br-user").addSubnets(SubnetRequest.of("10.99.0.0/24"));
        }
    },
    NAMED(false) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.putOptions(BridgeOptions.BRIDGE_NAME, "br-named");
        }
    },
    INWARD(true) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.driver("inward");
        }
    },
    UNGUARDED(false) {
        @Override
        void ask(NetworkRequest.Builder request, int place) {
            request.putOptions(BridgeOptions.FIREWALL, "false");
        }
    };

    /** Whether a host that is sound always has room for one, and one endpoint more. */
    final boolean sure;

    NetworkKind(boolean sure) {
        this.sure = sure;
    }

    abstract void ask(NetworkRequest.Builder request, int place);

    NetworkRequest request(String name, int place) {
        var request = NetworkRequest.builder().name(name).putLabels("kind", name());
        ask(request, place);
        return request.build();
    }
}
