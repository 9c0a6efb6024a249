package io.cnm4j.linux.vxlan.codec;

/** Why a packet went no further. Each has a counter. */
public enum Drop {
    /** Shorter than its headers say, or than they need. */
    TRUNCATED,
    /** Neither IPv4 nor IPv6, or not UDP inside. */
    NOT_UDP,
    /** An IP or UDP checksum is wrong, or lacks over IPv6. */
    BAD_CHECKSUM,
    /** A part of an outer packet: RFC 7348 section 4.3 lets an endpoint drop them. */
    FRAGMENT,
    /** For another UDP port. */
    FOREIGN_PORT,
    /** VXLAN flags or reserved bits are not those of RFC 7348; the kernel drops these as well. */
    BAD_FLAGS,
    /** Of another VNI. */
    FOREIGN_VNI,
    /** From an address that is none of the known endpoints. */
    UNKNOWN_PEER,
    /** The source MAC belongs to another endpoint. */
    SPOOFED,
    /** For a MAC that is behind no known endpoint, and there is nobody to flood to. */
    UNKNOWN_DESTINATION,
    /** Larger than the device or the path takes. */
    TOO_BIG,
    /** A descriptor refused it: no route, or out of memory. */
    REFUSED,
    /** There is no key to send with to this endpoint. */
    NO_KEY,
    /** The key has sealed as many packets as it may; another is due. */
    KEY_EXHAUSTED,
    /** Encrypted with a key that is not known, or not this endpoint's. */
    UNKNOWN_KEY,
    /** It was received before, or is older than the window. */
    REPLAYED,
    /** The tag of the cipher is wrong. */
    NOT_AUTHENTIC;

    private static final Drop[] ALL = values();

    /** Returns its place among all reasons, from 0. */
    @SuppressWarnings("EnumOrdinal") // the number never leaves the process
    public int index() {
        return ordinal();
    }

    /** Returns this reason as a decoder's result. */
    public long code() {
        return -1L - index();
    }

    /** Tells whether a decoder's result is a reason to drop. */
    public static boolean isDrop(long result) {
        return result < 0;
    }

    /**
     * Returns the reason in a decoder's result.
     *
     * @param result negative
     */
    public static Drop of(long result) {
        return ALL[(int) (-1L - result)];
    }
}
