package io.cnm4j.linux.relay;

import java.util.Arrays;
import java.util.HexFormat;

/** A client of a UDP port, as recvmsg(2) names it: struct sockaddr_in or sockaddr_in6. Equal if the octets are. */
final class ClientAddress {
    private final byte[] octets;

    ClientAddress(byte[] octets) {
        this.octets = octets;
    }

    /** Returns the octets; not to be changed. */
    byte[] octets() {
        return octets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClientAddress client && Arrays.equals(octets, client.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets);
    }
}
