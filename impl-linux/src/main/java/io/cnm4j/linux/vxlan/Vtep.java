package io.cnm4j.linux.vxlan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import java.nio.ByteBuffer;

/**
 * Another endpoint: where frames for the MACs behind it are sent.
 *
 * @param address its address
 * @param port its UDP port, 1 to 65,535
 */
public record Vtep(IpAddress address, int port) {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCKADDR = 28;

    /** Refuses what cannot be sent to. */
    public Vtep {
        if (port < 1 || port > 65_535 || address.isUnspecified() || address.isMulticast()) {
            throw new InvalidRequestException("an endpoint cannot be at " + address + " port " + port
                    + "; give a unicast address and a port of 1 to 65535");
        }
    }

    /** Returns the endpoint at the port that IANA assigned. */
    public static Vtep at(IpAddress address) {
        return new Vtep(address, VxlanHeader.PORT);
    }

    /** Returns the endpoint at an address in text. */
    public static Vtep at(String address) {
        return at(IpAddress.parse(address));
    }

    /**
     * Writes its sockaddr_in or sockaddr_in6, ip(7) and ipv6(7), and returns the octets of it.
     *
     * @param into of the order of this machine
     */
    int writeSocketAddress(ByteBuffer into, int at) {
        boolean ipv4 = address.family() == Family.IPV4;
        into.putShort(at, (short) (ipv4 ? AF_INET : AF_INET6));
        into.put(at + 2, (byte) (port >>> 8)).put(at + 3, (byte) port);
        if (ipv4) {
            putWord(into, at + 4, (int) address.low());
            into.putLong(at + 8, 0);
            return 16;
        }
        into.putInt(at + 4, 0);
        putWord(into, at + 8, (int) (address.high() >>> 32));
        putWord(into, at + 12, (int) address.high());
        putWord(into, at + 16, (int) (address.low() >>> 32));
        putWord(into, at + 20, (int) address.low());
        into.putInt(at + 24, 0);
        return SOCKADDR;
    }

    private static void putWord(ByteBuffer into, int at, int word) {
        into.put(at, (byte) (word >>> 24)).put(at + 1, (byte) (word >>> 16));
        into.put(at + 2, (byte) (word >>> 8)).put(at + 3, (byte) word);
    }
}
