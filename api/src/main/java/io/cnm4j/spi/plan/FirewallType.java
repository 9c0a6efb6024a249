package io.cnm4j.spi.plan;

/** A type of set key or map value; names as in nft(8), DATA TYPES. */
public enum FirewallType {
    /** Interface name, 16 octets. */
    IFNAME("ifname"),
    /** IPv4 address. */
    IPV4_ADDR("ipv4_addr"),
    /** IPv6 address. */
    IPV6_ADDR("ipv6_addr"),
    /** Protocol family of the packet: ipv4 or ipv6. */
    NF_PROTO("nf_proto"),
    /** Transport protocol, one octet. */
    INET_PROTO("inet_proto"),
    /** Port. */
    INET_SERVICE("inet_service"),
    /** accept or drop. */
    VERDICT("verdict");

    private final String nft;

    FirewallType(String nft) {
        this.nft = nft;
    }

    @Override
    public String toString() {
        return nft;
    }
}
