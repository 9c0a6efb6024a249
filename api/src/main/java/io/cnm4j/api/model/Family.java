package io.cnm4j.api.model;

/** An IP address family. */
public enum Family {
    /** IPv4, RFC 791. */
    IPV4(32),
    /** IPv6, RFC 8200. */
    IPV6(128);

    private final int bits;

    Family(int bits) {
        this.bits = bits;
    }

    /** Returns the length of an address in bits: 32 or 128. */
    public int bits() {
        return bits;
    }
}
