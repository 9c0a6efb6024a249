package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.Locale;

/** A protocol that has ports; text forms are lower case. */
public enum TransportProtocol {
    /** RFC 9293. */
    TCP(6),
    /** RFC 768. */
    UDP(17),
    /** RFC 9260. */
    SCTP(132);

    private final int number;

    TransportProtocol(int number) {
        this.number = number;
    }

    /** Returns its number in an IP header. */
    public int number() {
        return number;
    }

    /**
     * Returns the protocol of this name, in upper or lower case.
     *
     * @throws InvalidRequestException if there is none
     */
    public static TransportProtocol parse(String text) {
        for (TransportProtocol protocol : values()) {
            if (protocol.name().equalsIgnoreCase(text)) {
                return protocol;
            }
        }
        throw new InvalidRequestException(
                "protocol '" + text + "' has no ports that could be published; use tcp, udp or sctp");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
