package io.cnm4j.linux.nftables;

import io.cnm4j.linux.nftables.RuleReader.Certainty;
import io.cnm4j.linux.nftables.RuleReader.Reading;
import io.cnm4j.linux.nftables.RuleReader.Verdict;
import io.cnm4j.spi.host.PacketWay;
import java.nio.ByteBuffer;

/** One rule of iptables-legacy: struct ipt_entry or ip6t_entry, its matches, its target. */
final class LegacyRule {
    static final Form IPV4 = new Form(0, 8, 16, 80, 2, 83, 88, 112);
    static final Form IPV6 = new Form(41, 32, 64, 128, 4, 132, 140, 168);

    private static final int IFNAMSIZ = 16;
    private static final int INVERTED_IN = 1; // IPT_INV_VIA_IN
    private static final int INVERTED_OUT = 2; // IPT_INV_VIA_OUT
    private static final int HEADER = 32; // of a match and of a target: size, name, revision
    private static final int REVISION = 31;
    private static final int NAME = 29;
    private static final int RETURN = -5; // XT_RETURN

    private final Form form;
    private final ByteBuffer entries;
    private final int at;

    /**
     * Where a family has what.
     *
     * @param level the level of its socket options
     * @param masks those of source and destination, up to the interfaces
     * @param links names of the interfaces in and out, then their masks
     * @param protocol the transport protocol, 16 bits
     * @param leaves the flag of a jump that does not come back
     * @param inverted flags of conditions that are to be false; those of the rule are the octet before
     * @param target the offset of the target, then that of the next entry, 16 bits each
     * @param matches where the matches begin
     */
    record Form(int level, int masks, int links, int protocol, int leaves, int inverted, int target, int matches) {}

    LegacyRule(Form form, ByteBuffer entries, int at) {
        this.form = form;
        this.entries = entries;
        this.at = at;
    }

    int next() {
        return at + Math.max(form.matches, half(at + form.target + Short.BYTES));
    }

    /** Tells whether this is no rule but the head of a chain of the user's. */
    boolean beginsChain() {
        return target().equals("ERROR");
    }

    private String target() {
        return name(at + half(at + form.target));
    }

    private int half(int offset) {
        return entries.getShort(offset) & 0xffff;
    }

    private String name(int entry) {
        return RuleReader.text(octets(entry + Short.BYTES, NAME));
    }

    private byte[] octets(int offset, int length) {
        byte[] octets = new byte[length];
        entries.get(offset, octets);
        return octets;
    }

    Reading reading(PacketWay way) {
        var reader = new RuleReader(way);
        link(reader, 0, INVERTED_IN);
        link(reader, 1, INVERTED_OUT);
        boolean anyAddress = isZero(form.masks, form.links - form.masks);
        if (!anyAddress || half(at + form.protocol) != 0) {
            reader.require(Certainty.PERHAPS);
        }
        int end = at + half(at + form.target);
        for (int match = at + form.matches; match < end; match += Math.max(HEADER, half(match))) {
            int length = Math.max(0, half(match) - HEADER);
            reader.match(name(match), entries.get(match + REVISION), octets(match + HEADER, length));
        }
        int leads = entries.getInt(end + HEADER);
        return reader.reading(verdict(leads), String.valueOf(leads));
    }

    private boolean isZero(int offset, int length) {
        for (byte octet : octets(at + offset, length)) {
            if (octet != 0) {
                return false;
            }
        }
        return true;
    }

    /** A mask covers the NUL behind a whole name, and not that behind the beginning of one. */
    private void link(RuleReader reader, int which, int inverted) {
        byte[] mask = octets(at + form.links + (2 + which) * IFNAMSIZ, IFNAMSIZ);
        int length = 0;
        while (length < IFNAMSIZ && mask[length] != 0) {
            length++;
        }
        if (length > 0) {
            byte[] name = octets(at + form.links + which * IFNAMSIZ, length);
            boolean equal = (entries.get(at + form.inverted) & inverted) == 0;
            if (which == 0) {
                reader.in(name, equal);
            } else {
                reader.out(name, equal);
            }
        }
    }

    /** A rule without a target leads to the next one. */
    private Verdict verdict(int leads) {
        String target = target();
        if (!target.isEmpty()) {
            return RuleReader.target(target, Verdict.NONE);
        } else if (leads == RETURN) {
            return Verdict.RETURN;
        } else if (leads < 0) {
            return leads == -1 ? Verdict.DROP : leads == -2 ? Verdict.ACCEPT : Verdict.NONE;
        } else if (leads == next()) {
            return Verdict.NONE;
        }
        return (entries.get(at + form.inverted - 1) & form.leaves) != 0 ? Verdict.GOTO : Verdict.JUMP;
    }
}
