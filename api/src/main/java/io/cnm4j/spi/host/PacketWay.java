package io.cnm4j.spi.host;

/**
 * A way of packets through the host, on which other programs may have a say.
 *
 * @param kind where it leads
 * @param link the link by which the host forwards; empty to the host itself
 */
public record PacketWay(Kind kind, String link) {
    /** Where a way leads. */
    public enum Kind {
        /** From any other link to this one, the first of a connection that is translated by the host. */
        TO_LINK,
        /** From this link to any other, the first of a connection. */
        FROM_LINK,
        /** Back to this link from any other, in connections that began at it. */
        BACK_TO_LINK,
        /** To a program on the host, the first of a connection. */
        TO_HOST
    }

    /** Returns the way from any other link to this one. */
    public static PacketWay to(String link) {
        return new PacketWay(Kind.TO_LINK, link);
    }

    /** Returns the way from this link to any other. */
    public static PacketWay from(String link) {
        return new PacketWay(Kind.FROM_LINK, link);
    }

    /** Returns the way back to this link. */
    public static PacketWay backTo(String link) {
        return new PacketWay(Kind.BACK_TO_LINK, link);
    }

    /** Returns the way to programs on the host. */
    public static PacketWay toHost() {
        return new PacketWay(Kind.TO_HOST, "");
    }
}
