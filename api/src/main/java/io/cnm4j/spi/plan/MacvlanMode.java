package io.cnm4j.spi.plan;

import java.util.Locale;

/** How frames between the children of one macvlan parent go: MACVLAN_MODE in include/uapi/linux/if_link.h. */
public enum MacvlanMode {
    /** Not at all. */
    PRIVATE(1),
    /** Out by the parent: a switch may send them back. */
    VEPA(2),
    /** Straight. */
    BRIDGE(4),
    /** There is one child, which has the parent for itself. */
    PASSTHRU(8);

    private final int value;

    MacvlanMode(int value) {
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
