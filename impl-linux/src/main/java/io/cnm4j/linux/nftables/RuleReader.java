package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.spi.host.PacketWay;
import io.cnm4j.spi.host.PacketWay.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What a rule of another program does with a packet that goes a certain way, as far as the way tells. */
final class RuleReader {
    private static final Set<String> WITHOUT_CONDITION = Set.of("counter", "log", "last", "notrack", "objref");
    private static final Set<String> LOADING = Set.of("payload", "fib", "rt", "socket", "exthdr", "byteorder");
    private static final byte[] NONE = {};
    private static final int DNAT = 1 << 5; // IPS_DST_NAT
    private static final int ESTABLISHED = 1 << 1; // NF_CT_STATE_BIT
    private static final int NEW = 1 << 3;
    private static final int MATCH_FLAGS = 146; // in struct xt_conntrack_mtinfo3
    private static final int STATE_MASK = 150;
    private static final int STATES = 1; // XT_CONNTRACK_STATE, and no other condition
    private static final int DESTINATION_STATE = 1 << 7; // XT_CONNTRACK_STATE_DNAT

    private final PacketWay way;
    private final Map<Integer, Loaded> registers = new HashMap<>();
    private Certainty certainty = Certainty.YES;
    private boolean meant;
    private Verdict verdict = Verdict.NONE;
    private String chain = "";

    /** Whether the conditions of a rule hold. */
    enum Certainty {
        NO,
        PERHAPS,
        YES
    }

    /** What a rule says then. */
    enum Verdict {
        NONE,
        ACCEPT,
        DROP,
        JUMP,
        GOTO,
        RETURN
    }

    /**
     * What is known of a rule.
     *
     * @param meant whether it speaks of the link of the way, or of translated destinations
     * @param chain where it leads; empty unless it is a jump
     */
    record Reading(Certainty certainty, boolean meant, Verdict verdict, String chain) {}

    private enum Loaded {
        IN,
        OUT,
        STATE,
        STATUS,
        STATE_BIT,
        NO_STATE_BIT,
        DNAT_BIT,
        ELSE
    }

    RuleReader(PacketWay way) {
        this.way = way;
    }

    /** Reads the expressions of a rule. */
    static Reading read(AttributeCursor expressions, PacketWay way) {
        var reader = new RuleReader(way);
        while (expressions.next()) {
            reader.expression(expressions.nested());
        }
        expressions.finish();
        return reader.reading(reader.verdict, reader.chain);
    }

    /** Returns what is known of a rule that says this. */
    Reading reading(Verdict says, String leads) {
        return new Reading(certainty, meant, says, leads);
    }

    /** Returns a number in network order; -1 if it is none. */
    static int number(AttributeCursor at) {
        byte[] octets = at.octets();
        return octets.length < Integer.BYTES ? -1 : ByteBuffer.wrap(octets).getInt();
    }

    private void expression(AttributeCursor at) {
        String name = "";
        var parts = new HashMap<Integer, byte[]>();
        while (at.next()) {
            if (at.type() == 1) {
                name = at.text();
            } else if (at.type() == 2) {
                parts.putAll(parts(at.nested()));
            }
        }
        switch (name) {
            case "meta" ->
                load(parts, 1, number(parts, 2) == 6 ? Loaded.IN : number(parts, 2) == 7 ? Loaded.OUT : Loaded.ELSE);
            case "ct" ->
                load(
                        parts,
                        1,
                        number(parts, 2) == 0 ? Loaded.STATE : number(parts, 2) == 2 ? Loaded.STATUS : Loaded.ELSE);
            case "bitwise" -> load(parts, 2, masked(parts));
            case "cmp" -> compare(parts);
            case "immediate" -> immediate(parts);
            case "lookup" -> lookup(parts);
            case "reject" -> verdict = Verdict.DROP;
            case "target" -> verdict = target(text(parts, 1), verdict);
            case "match" -> match(text(parts, 1), number(parts, 2), parts.getOrDefault(3, NONE));
            default -> {
                if (!WITHOUT_CONDITION.contains(name) && !LOADING.contains(name)) {
                    require(Certainty.PERHAPS);
                }
            }
        }
    }

    /** Returns a cursor on each attribute. */
    private static Map<Integer, byte[]> parts(AttributeCursor at) {
        var parts = new HashMap<Integer, byte[]>();
        while (at.next()) {
            parts.put(at.type(), at.octets());
        }
        return parts;
    }

    private static Map<Integer, byte[]> parts(byte[] octets) {
        return parts(new AttributeCursor(ByteBuffer.wrap(octets)));
    }

    private static int number(Map<Integer, byte[]> parts, int type) {
        byte[] octets = parts.getOrDefault(type, NONE);
        return octets.length < Integer.BYTES ? -1 : ByteBuffer.wrap(octets).getInt();
    }

    private static String text(Map<Integer, byte[]> parts, int type) {
        return text(parts.getOrDefault(type, NONE));
    }

    /** Returns a name that ends with NUL, or with the octets. */
    static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8).replaceAll("\0.*", "");
    }

    /** Returns what a target of iptables that has a name does; of those that are no verdict {@code otherwise}. */
    static Verdict target(String name, Verdict otherwise) {
        return name.equals("REJECT") ? Verdict.DROP : otherwise;
    }

    /** Returns the value inside NFTA_DATA_VALUE. */
    private static byte[] value(Map<Integer, byte[]> parts, int type) {
        return parts(parts.getOrDefault(type, NONE)).getOrDefault(1, NONE);
    }

    /** Sets of states are not read: they are written for connections that are known, to let them pass. */
    private void lookup(Map<Integer, byte[]> parts) {
        boolean states = registers.get(number(parts, 2)) == Loaded.STATE && number(parts, 5) < 1;
        if (!states) {
            require(Certainty.PERHAPS);
        } else if (way.kind() != Kind.BACK_TO_LINK) {
            require(Certainty.NO);
        } else if (parts.containsKey(3)) {
            verdict = Verdict.ACCEPT; // a map to verdicts
        }
    }

    /** A condition of iptables. */
    void match(String name, int revision, byte[] info) {
        if (name.equals("conntrack") && revision == 3 && info.length > STATE_MASK + 1) {
            ByteBuffer words = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
            if (words.getInt(MATCH_FLAGS) == STATES) { // flags, and no inverted ones
                int states = words.getShort(STATE_MASK);
                boolean translated = way.kind() == Kind.TO_LINK && (states & DESTINATION_STATE) != 0;
                require(translated || (states & state()) != 0 ? Certainty.YES : Certainty.NO);
                meant |= translated;
                return;
            }
        }
        require(name.equals("comment") ? Certainty.YES : Certainty.PERHAPS);
    }

    private int state() {
        return way.kind() == Kind.BACK_TO_LINK ? ESTABLISHED : NEW;
    }

    private void load(Map<Integer, byte[]> parts, int register, Loaded loaded) {
        if (parts.containsKey(register)) {
            registers.put(number(parts, register), loaded);
        }
    }

    private Loaded masked(Map<Integer, byte[]> parts) {
        byte[] mask = value(parts, 4);
        int bits = mask.length < Integer.BYTES
                ? 0
                : ByteBuffer.wrap(mask).order(ByteOrder.nativeOrder()).getInt();
        return switch (registers.getOrDefault(number(parts, 1), Loaded.ELSE)) {
            case STATE -> (bits & state()) != 0 ? Loaded.STATE_BIT : Loaded.NO_STATE_BIT;
            case STATUS -> bits == DNAT ? Loaded.DNAT_BIT : Loaded.ELSE;
            default -> Loaded.ELSE;
        };
    }

    private void compare(Map<Integer, byte[]> parts) {
        boolean equal = number(parts, 2) == 0;
        byte[] octets = value(parts, 3);
        switch (registers.getOrDefault(number(parts, 1), Loaded.ELSE)) {
            case IN -> in(octets, equal);
            case OUT -> out(octets, equal);
            case STATE_BIT -> require(equal ? Certainty.NO : Certainty.YES); // with zero
            case NO_STATE_BIT -> require(equal ? Certainty.YES : Certainty.NO);
            case DNAT_BIT -> translated(!equal);
            default -> require(Certainty.PERHAPS);
        }
    }

    private void translated(boolean wanted) {
        boolean is = way.kind() == Kind.TO_LINK;
        require(is == wanted ? Certainty.YES : Certainty.NO);
        meant |= is && wanted;
    }

    /** A condition of the link by which a packet comes. */
    void in(byte[] name, boolean equal) {
        link(name, equal, way.kind() == Kind.FROM_LINK);
    }

    /** A condition of the link by which a packet goes. */
    void out(byte[] name, boolean equal) {
        link(name, equal, way.kind() == Kind.TO_LINK || way.kind() == Kind.BACK_TO_LINK);
    }

    /** A name that ends with NUL is a whole one, another is the beginning of one. */
    private void link(byte[] octets, boolean equal, boolean ours) {
        String name = new String(octets, StandardCharsets.UTF_8);
        int end = name.indexOf('\0');
        boolean whole = end >= 0;
        boolean fits =
                whole ? way.link().equals(name.substring(0, end)) : way.link().startsWith(name);
        if (ours) {
            require(fits == equal ? Certainty.YES : Certainty.NO);
            meant |= fits && equal;
        } else {
            require(fits && whole ? (equal ? Certainty.NO : Certainty.YES) : Certainty.PERHAPS);
        }
    }

    private void immediate(Map<Integer, byte[]> parts) {
        if (number(parts, 1) != 0) { // NFT_REG_VERDICT
            return;
        }
        Map<Integer, byte[]> words = parts(parts(parts.getOrDefault(2, NONE)).getOrDefault(2, NONE));
        chain = text(words, 2);
        verdict = switch (number(words, 1)) {
            case 0 -> Verdict.DROP;
            case 1 -> Verdict.ACCEPT;
            case -3 -> Verdict.JUMP;
            case -4 -> Verdict.GOTO;
            case -5 -> Verdict.RETURN;
            default -> Verdict.NONE;
        };
    }

    void require(Certainty other) {
        certainty = certainty.compareTo(other) < 0 ? certainty : other;
    }
}
