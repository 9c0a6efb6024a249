package io.cnm4j.linux.dns.codec;

import io.cnm4j.api.model.Family;
import io.cnm4j.core.names.Addresses;
import io.cnm4j.core.names.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;

/** Our own answers. Stateless. */
public final class Replies {
    /** No error. */
    public static final int NOERROR = 0;
    /** We failed. */
    public static final int SERVFAIL = 2;
    /** No such name. */
    public static final int NXDOMAIN = 3;
    /** We do not do that. */
    public static final int NOTIMP = 4;
    /** We will not do that now. */
    public static final int REFUSED = 5;

    /** How long a local answer may be kept, in seconds: DNS-04. */
    public static final int TTL = 600;

    /** The most we say we take by UDP, and the most we send. */
    public static final int UDP_SIZE = 4096;

    private static final int ANSWERED = 0x8080; // QR and RA
    private static final int TRUNCATED = 0x0200;
    private static final int ASKED = 0x7910; // opcode, RD, CD: as they came
    private static final int POINTER = 0xc00c; // to the question's name
    private static final int OPT_SIZE = 11;

    private Replies() {}

    /** Returns an answer without records. */
    public static byte[] empty(Question question, int rcode) {
        var out = new byte[question.end() + (question.isExtended() ? OPT_SIZE : 0)];
        header(out, question, rcode, 0);
        extension(out, question, question.end());
        return out;
    }

    /** Returns an answer without records that tells the client to ask by TCP. */
    static byte[] truncated(Question question, int rcode) {
        byte[] out = empty(question, rcode);
        put16(out, 2, Question.u16(out, 2) | TRUNCATED);
        return out;
    }

    private static void header(byte[] out, Question question, int rcode, int answers) {
        System.arraycopy(question.message(), 0, out, 0, question.end());
        put16(out, 2, ANSWERED | (question.flags() & ASKED) | rcode);
        put16(out, 4, 1);
        put16(out, 6, answers);
        put16(out, 8, 0);
        put16(out, 10, question.isExtended() ? 1 : 0);
    }

    private static void extension(byte[] out, Question question, int at) {
        if (question.isExtended()) {
            Arrays.fill(out, at, at + OPT_SIZE, (byte) 0);
            put16(out, at + 1, 41);
            put16(out, at + 3, UDP_SIZE);
        }
    }

    private static void put16(byte[] out, int at, int value) {
        out[at] = (byte) (value >> 8);
        out[at + 1] = (byte) value;
    }

    /**
     * Returns an answer with addresses, as many as go into it; none at all is an answer too.
     *
     * @param first which of them comes first, so that clients spread: DNS-04
     * @param size the most octets the client takes
     */
    public static byte[] addresses(Question question, Addresses addresses, Family family, int first, int size) {
        int count = addresses.count(family);
        int each = 12 + family.bits() / 8;
        int tail = question.isExtended() ? OPT_SIZE : 0;
        int fitting = Math.min(count, (size - question.end() - tail) / each);
        var out = new byte[question.end() + fitting * each + tail];
        header(out, question, NOERROR, fitting);
        if (fitting < count) {
            put16(out, 2, Question.u16(out, 2) | TRUNCATED);
        }
        int at = question.end();
        for (int i = 0; i < fitting; i++) {
            put16(out, at, POINTER);
            put16(out, at + 2, question.type());
            put16(out, at + 4, 1);
            put16(out, at + 8, TTL);
            put16(out, at + 10, family.bits() / 8);
            addresses.write(family, (first + i) % count, out, at + 12);
            at += each;
        }
        extension(out, question, at);
        return out;
    }

    /** Returns the answer to a reverse question, or null if the name cannot be written in a message. */
    public static byte @Nullable [] name(Question question, String name, int size) {
        try {
            var message = new Answer(question);
            message.add(new PTRRecord(message.asked, DClass.IN, TTL, Name.fromString(name + ".")), Section.ANSWER);
            return message.toWire(size);
        } catch (TextParseException unspeakable) {
            return null;
        }
    }

    /** Returns the answer to an SRV question: DNS-09. */
    public static byte[] services(
            Question question, List<Zone.Service> services, Function<String, @Nullable Addresses> addresses, int size) {
        var message = new Answer(question);
        for (Zone.Service service : services) {
            try {
                var target = Name.fromString(service.target() + ".");
                message.add(
                        new SRVRecord(
                                message.asked,
                                DClass.IN,
                                TTL,
                                service.port().priority(),
                                service.port().weight(),
                                service.port().port(),
                                target),
                        Section.ANSWER);
                message.add(target, addresses.apply(service.target()));
            } catch (TextParseException unspeakable) {
                // an endpoint's name need not be one of DNS: it is left out
            }
        }
        return message.toWire(size);
    }

    /** A message of records. */
    private static final class Answer {
        private final Message message;
        private final Name asked;

        Answer(Question question) {
            try {
                message = new Message(empty(question, NOERROR));
                asked = message.getQuestion().getName();
            } catch (IOException unreadable) {
                throw new IllegalStateException("what we wrote is a message", unreadable);
            }
        }

        void add(Record record, int section) {
            message.addRecord(record, section);
        }

        void add(Name name, @Nullable Addresses addresses) {
            for (Family family : Family.values()) {
                for (int i = 0; addresses != null && i < addresses.count(family); i++) {
                    InetAddress address = addresses.address(family, i).toInetAddress();
                    add(
                            family == Family.IPV4
                                    ? new ARecord(name, DClass.IN, TTL, address)
                                    : new AAAARecord(name, DClass.IN, TTL, address),
                            Section.ADDITIONAL);
                }
            }
        }

        byte[] toWire(int size) {
            return message.toWire(size);
        }
    }
}
