package io.cnm4j.spi.plan;

import java.util.Locale;

/** At which layer an ipvlan parent tells its children apart: IPVLAN_MODE in include/uapi/linux/if_link.h. */
public enum IpvlanMode {
    /** By their addresses, broadcasts included. */
    L2(0),
    /** By routing: no broadcasts, no neighbours. */
    L3(1),
    /** Like L3, passing the host's netfilter. */
    L3S(2);

    private final int value;

    IpvlanMode(int value) {
        this.value = value;
    }

    /** Returns the word of ip-link(8). */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the kernel's number. */
    public int value() {
        return value;
    }
}
