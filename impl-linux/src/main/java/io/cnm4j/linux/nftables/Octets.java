package io.cnm4j.linux.nftables;

import java.util.Arrays;

/** Octets of the kernel, equal if their values are; in order as unsigned numbers are. */
final class Octets implements Comparable<Octets> {
    static final Octets NONE = new Octets(new byte[0]);

    private final byte[] octets;

    /** Takes the array, which is not changed any more. */
    Octets(byte[] octets) {
        this.octets = octets;
    }

    boolean isEmpty() {
        return octets.length == 0;
    }

    /** Returns the array; do not change it. */
    byte[] array() {
        return octets;
    }

    @Override
    public int compareTo(Octets other) {
        return Arrays.compareUnsigned(octets, other.octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }
}
