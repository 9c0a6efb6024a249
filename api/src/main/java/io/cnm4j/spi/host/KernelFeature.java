package io.cnm4j.spi.host;

/** Something a kernel may lack. Probed by trying it in a namespace of its own, once. */
public enum KernelFeature {
    /** Bridge links. */
    BRIDGE("bridge links", "2.4", "CONFIG_BRIDGE"),
    /** Veth links. */
    VETH("veth links", "2.6.24", "CONFIG_VETH"),
    /** IPv6. */
    IPV6("IPv6", "2.6", "CONFIG_IPV6"),
    /** nftables tables of family inet with nat and concatenated intervals. */
    NFTABLES_INET(
            "nftables tables of family inet with nat and concatenated ranges",
            "5.6",
            "CONFIG_NF_TABLES_INET, CONFIG_NFT_NAT"),
    /** Isolated bridge ports. */
    BRIDGE_PORT_ISOLATION("isolated bridge ports", "4.18", "CONFIG_BRIDGE"),
    /** Macvlan links. */
    MACVLAN("macvlan links", "2.6.23", "CONFIG_MACVLAN"),
    /** Ipvlan links of modes l2 and l3. */
    IPVLAN("ipvlan links", "4.2", "CONFIG_IPVLAN"),
    /** Ipvlan links of mode l3s. */
    IPVLAN_L3S("ipvlan links of mode l3s", "4.9", "CONFIG_IPVLAN_L3S"),
    /** 802.1Q links. */
    VLAN("802.1Q links", "2.6.23", "CONFIG_VLAN_8021Q"),
    /** Dummy links. */
    DUMMY("dummy links", "2.6.23", "CONFIG_DUMMY"),
    /** TAP devices with whole frames, and a {@code /dev/net/tun} that can be opened. */
    TAP("TAP devices", "2.6.27", "CONFIG_TUN"),
    /** ESP with AES-256-GCM, in UDP, over IPv4. */
    ESP("ESP in UDP over IPv4", "2.6.39", "CONFIG_XFRM_USER, CONFIG_INET_ESP, CONFIG_CRYPTO_GCM"),
    /** The same over IPv6. */
    ESP6("ESP in UDP over IPv6", "5.8", "CONFIG_XFRM_USER, CONFIG_INET6_ESP, CONFIG_CRYPTO_GCM");

    private final String label;
    private final String since;
    private final String option;

    KernelFeature(String label, String since, String option) {
        this.label = label;
        this.since = since;
        this.option = option;
    }

    /** Returns a few words that name it. */
    public String label() {
        return label;
    }

    /** Returns the first kernel version that has it, such as {@code 5.6}. */
    public String since() {
        return since;
    }

    /** Returns the kernel's build options that bring it. */
    public String option() {
        return option;
    }
}
