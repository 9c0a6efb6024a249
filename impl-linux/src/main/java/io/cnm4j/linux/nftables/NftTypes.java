package io.cnm4j.linux.nftables;

import io.cnm4j.spi.plan.FirewallType;
import java.util.List;

/** Numbers that nft(8) and the kernel agree on: include/datatype.h of nftables, include/uapi/linux/netfilter.h. */
final class NftTypes {
    private static final int BITS = 6; // of one type in a concatenation's number

    private NftTypes() {}

    static int id(List<FirewallType> types) {
        int id = 0;
        for (FirewallType type : types) {
            id = id << BITS
                    | switch (type) {
                        case NF_PROTO -> 2;
                        case IPV4_ADDR -> 7;
                        case IPV6_ADDR -> 8;
                        case INET_PROTO -> 12;
                        case INET_SERVICE -> 13;
                        case IFNAME -> 41;
                        case VERDICT -> 1;
                    };
        }
        return id;
    }

    /** Returns the length in octets; in a concatenation each part fills whole registers of four. */
    static int length(List<FirewallType> types) {
        if (types.size() == 1) {
            return octets(types.get(0));
        }
        return types.stream().mapToInt(type -> octets(type) + 3 & ~3).sum();
    }

    private static int octets(FirewallType type) {
        return switch (type) {
            case NF_PROTO, INET_PROTO -> 1;
            case INET_SERVICE -> 2;
            case IPV4_ADDR -> 4;
            case IPV6_ADDR, IFNAME -> 16;
            case VERDICT -> 0;
        };
    }

    static int hook(String name) {
        return switch (name) {
            case "prerouting" -> 0;
            case "input" -> 1;
            case "forward" -> 2;
            case "output" -> 3;
            case "postrouting" -> 4;
            default -> throw new IllegalArgumentException("no hook of family inet is called " + name);
        };
    }
}
