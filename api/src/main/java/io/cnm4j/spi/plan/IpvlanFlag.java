package io.cnm4j.spi.plan;

import java.util.Locale;

/** How packets between the children of one ipvlan parent go: IPVLAN_F in include/uapi/linux/if_link.h. */
public enum IpvlanFlag {
    /** Straight. */
    BRIDGE(0),
    /** Not at all. */
    PRIVATE(1),
    /** Out by the parent: a switch may send them back. */
    VEPA(2);

    private final int value;

    IpvlanFlag(int value) {
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
