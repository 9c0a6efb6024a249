package io.cnm4j.linux.dns.codec;

import io.cnm4j.api.model.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What an upstream said. Immutable; its octets are as they came, but for the times in copies. */
public final class Relayed {
    private static final int LONGEST_TTL = 86_400;
    private static final int LONGEST_NEGATIVE_TTL = 3_600;
    private static final int RCODE = 0x0f;
    private static final int TTL_OFFSET = 4; // behind type and class
    private static final int FIXED = 10; // type, class, TTL, length
    private static final int POINTER = 0xc0;

    private final byte[] octets;

    /** Takes a message that {@link Question#isAnsweredBy} found to be an answer; it must not be changed any more. */
    public Relayed(byte[] octets) {
        this.octets = octets;
    }

    /** Returns how long it is. */
    public int size() {
        return octets.length;
    }

    /** Tells whether the upstream could not or would not answer. */
    public boolean isFailure() {
        int rcode = octets[3] & RCODE;
        return rcode == Replies.SERVFAIL
                || rcode == Replies.REFUSED
                || rcode == Replies.NOTIMP
                || rcode == Rcode.FORMERR;
    }

    /** Returns for how many seconds it may be kept; 0 if it may not, or makes no sense: RFC 2181 section 8, RFC 2308. */
    public int ttl() {
        Message message = message();
        if (message == null) {
            return 0;
        }
        int rcode = message.getRcode();
        if (message.getHeader().getFlag(Flags.TC) || (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN)) {
            return 0;
        }
        long least = LONGEST_TTL;
        for (Record record : message.getSection(Section.ANSWER)) {
            least = Math.min(least, record.getTTL());
        }
        boolean negative =
                rcode == Rcode.NXDOMAIN || message.getSection(Section.ANSWER).isEmpty();
        return (int) (negative ? Math.min(least, negative(message)) : least);
    }

    /** Returns the addresses that it gives; none if it makes no sense. */
    public List<IpAddress> addresses() {
        Message message = message();
        return message == null
                ? List.of()
                : message.getSection(Section.ANSWER).stream()
                        .flatMap(record -> address(record).stream())
                        .map(address -> IpAddress.of(address.getAddress()))
                        .toList();
    }

    private static Optional<InetAddress> address(Record record) {
        if (record instanceof ARecord four) {
            return Optional.of(four.getAddress());
        }
        return record instanceof AAAARecord six ? Optional.of(six.getAddress()) : Optional.empty();
    }

    private @Nullable Message message() {
        try {
            return new Message(octets);
        } catch (IOException | RuntimeException junk) {
            return null;
        }
    }

    private static long negative(Message message) {
        for (Record record : message.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa) {
                return Math.min(LONGEST_NEGATIVE_TTL, Math.min(soa.getTTL(), soa.getMinimum()));
            }
        }
        return 0;
    }

    /** Returns the same with so many seconds less for all records. */
    public Relayed older(int seconds) {
        return seconds == 0 ? this : withTimes(ttl -> Math.max(0, ttl - seconds));
    }

    /** Returns the same with this time for all records. */
    public Relayed lasting(int seconds) {
        return withTimes(ttl -> seconds);
    }

    /** Changes times in a copy. Only what {@link #ttl} could read is kept, so the walk finds records where it looks. */
    private Relayed withTimes(LongUnaryOperator change) {
        byte[] copy = octets.clone();
        int at = skipName(Question.HEADER) + 4;
        int records = Question.u16(octets, 6) + Question.u16(octets, 8) + Question.u16(octets, 10);
        for (int i = 0; i < records; i++) {
            at = skipName(at);
            if (at + FIXED > octets.length) {
                return this;
            }
            if (Question.u16(octets, at) != Type.OPT) {
                int place = at + TTL_OFFSET;
                long ttl = (long) Question.u16(octets, place) << 16 | Question.u16(octets, place + 2);
                long changed = change.applyAsLong(ttl);
                for (int shift = 24; shift >= 0; shift -= 8) {
                    copy[place++] = (byte) (changed >>> shift);
                }
            }
            at += FIXED + Question.u16(octets, at + 8);
        }
        return new Relayed(copy);
    }

    private int skipName(int start) {
        int at = start;
        while (at < octets.length && octets[at] != 0 && (octets[at] & POINTER) != POINTER) {
            at += 1 + (octets[at] & 0xff);
        }
        return at < octets.length && octets[at] == 0 ? at + 1 : at + 2;
    }

    /**
     * Returns it as the answer to a question that has this answer: with the client's number and letter case.
     *
     * @param size the most octets that the client takes; one too long comes without its records, and says so
     */
    public byte[] to(Question question, int size) {
        byte[] out = octets.length <= size ? octets.clone() : Replies.truncated(question, octets[3] & RCODE);
        System.arraycopy(question.message(), 0, out, 0, 2);
        System.arraycopy(question.message(), Question.HEADER, out, Question.HEADER, question.end() - Question.HEADER);
        return out;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Relayed relayed && Arrays.equals(octets, relayed.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }
}
