package io.cnm4j.linux.dns.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks: the first question of a message.
 *
 * <pre>
 * |  id  | QR Opcode AA TC RD RA Z AD CD Rcode | questions | answers | authorities | additionals |
 * </pre> 16 bits each, then the question's name, type and class.
 */
public final class Question {
    /** Octets before the first question. */
    public static final int HEADER = 12;
    /** The least that every client takes by UDP, RFC 1035 section 4.2.1. */
    public static final int PLAIN_SIZE = 512;

    /** A. */
    public static final int A = 1;
    /** PTR. */
    public static final int PTR = 12;
    /** AAAA. */
    public static final int AAAA = 28;
    /** SRV. */
    public static final int SRV = 33;

    private static final int OPT = 41;
    private static final int IN = 1;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LABEL = 63;
    private static final int DNSSEC_OK = 0x8000;
    private static final int RESPONSE = 0x8000;
    private static final int KEPT_FLAGS = 0x0110; // RD and CD

    private final byte[] message;
    private final int end;
    private final String name;
    private final int type;
    private final int dnsClass;
    private int udpSize = PLAIN_SIZE;
    private boolean extended;
    private boolean dnssec;

    private Question(byte[] message, int end, String name, int type, int dnsClass) {
        this.message = message;
        this.end = end;
        this.name = name;
        this.type = type;
        this.dnsClass = dnsClass;
    }

    /** Reads a message from a buffer; null if it is no question or cannot be read as one: DNS-03. The buffer is read to its end. */
    public static @Nullable Question read(ByteBuf in) {
        var message = new byte[in.readableBytes()];
        in.readBytes(message);
        return read(message);
    }

    /** Reads a message, which the question keeps; null if it is no question or cannot be read as one. */
    public static @Nullable Question read(byte[] message) {
        if (message.length < HEADER + 5 || (u16(message, 2) & RESPONSE) != 0 || u16(message, 4) == 0) {
            return null;
        }
        var text = new StringBuilder(32);
        int at = HEADER;
        int label = message[at] & 0xff;
        while (label != 0) {
            if (label > LONGEST_LABEL || at + label + 1 >= message.length || at + label - HEADER > LONGEST_NAME - 2) {
                return null;
            }
            if (!text.isEmpty()) {
                text.append('.');
            }
            for (int i = at + 1; i <= at + label; i++) {
                text.append(lower(message[i]));
            }
            at += label + 1;
            label = message[at] & 0xff;
        }
        if (at + 5 > message.length) {
            return null;
        }
        var question = new Question(message, at + 5, text.toString(), u16(message, at + 1), u16(message, at + 3));
        question.readExtension();
        return question;
    }

    private static char lower(byte octet) {
        int c = octet & 0xff;
        return (char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c == '.' ? 0x1_00 : c); // a dot inside a label is none
    }

    /** Looks for the OPT record (RFC 6891) where clients put it: alone behind one question. */
    private void readExtension() {
        boolean plain = u16(message, 4) == 1 && u16(message, 6) == 0 && u16(message, 8) == 0;
        if (plain
                && u16(message, 10) > 0
                && message.length >= end + 11
                && message[end] == 0
                && u16(message, end + 1) == OPT) {
            extended = true;
            udpSize = Math.max(PLAIN_SIZE, u16(message, end + 3));
            dnssec = (u16(message, end + 7) & DNSSEC_OK) != 0;
        }
    }

    static int u16(byte[] octets, int at) {
        return (octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff);
    }

    /** Returns the client's number for it. */
    public int id() {
        return u16(message, 0);
    }

    /** Returns the flags as they came. */
    public int flags() {
        return u16(message, 2);
    }

    /** Tells whether it is an ordinary question: opcode QUERY, class IN. */
    public boolean isOrdinary() {
        return (flags() & 0x7800) == 0 && dnsClass == IN;
    }

    /** Returns the name in lower case, labels with dots between them, without one at the end; empty for the root. */
    public String name() {
        return name;
    }

    /** Returns the type of record asked for. */
    public int type() {
        return type;
    }

    /** Returns how many octets the client takes in one datagram. */
    public int udpSize() {
        return udpSize;
    }

    /** Tells whether it has an OPT record. */
    public boolean isExtended() {
        return extended;
    }

    /** Returns the whole message; not to be changed. */
    public byte[] message() {
        return message;
    }

    /** Returns where the first question ends in the message. */
    public int end() {
        return end;
    }

    /** Returns what is the same for questions that have the same answer. */
    public String key() {
        return name
                + ' '
                + type
                + ' '
                + dnsClass
                + ' '
                + (flags() & KEPT_FLAGS)
                + (extended ? dnssec ? " d" : " e" : "");
    }

    /** Tells whether a message answers this question: a response with the same question, letter case aside. */
    public boolean isAnsweredBy(byte[] reply) {
        if (reply.length < end || (u16(reply, 2) & RESPONSE) == 0 || u16(reply, 4) != 1) {
            return false;
        }
        for (int i = HEADER; i < end; i++) {
            if (lower(reply[i]) != lower(message[i])) {
                return false;
            }
        }
        return true;
    }
}
