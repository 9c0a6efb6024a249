package io.cnm4j.linux.nftables;

import io.cnm4j.api.model.Family;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.nftables.RuleReader.Certainty;
import io.cnm4j.linux.nftables.RuleReader.Reading;
import io.cnm4j.linux.nftables.RuleReader.Verdict;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.PacketWay;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds base chains, whoever has them, that drop what goes a certain way. A chain lets pass what it accepts whatever it is, and what a
 * rule accepts, or sends to another chain that accepts it, because of the link or because its destination was translated; what a rule
 * accepts for other reasons, such as a port, says nothing about the way. Changes nothing.
 */
public final class Barriers {
    private static final int SUBSYSTEM = 10 << 8; // NFNL_SUBSYS_NFTABLES
    private static final int GETCHAIN = SUBSYSTEM | 4;
    private static final int GETRULE = SUBSYSTEM | 7;
    private static final int NFGENMSG = 4;
    private static final int INPUT = 1; // NF_INET_LOCAL_IN
    private static final int FORWARD = 2; // NF_INET_FORWARD
    private static final int DROP = 0; // NF_DROP
    private static final int DEEPEST = 16; // NFT_JUMP_STACK_SIZE
    private static final Map<Integer, String> FAMILIES = Map.of(1, "inet", 2, "ip", 10, "ip6");

    private final NetlinkSocket netfilter;
    private final List<BaseChain> baseChains;
    private final Map<String, Map<String, List<ByteBuffer>>> tables = new HashMap<>(); // those that were read
    private final Map<Family, LegacyFilter> legacy = new EnumMap<>(Family.class);

    /** Asks through this socket, of NETLINK_NETFILTER. */
    public Barriers(NetlinkSocket netfilter) {
        this.netfilter = netfilter;
        this.baseChains = baseChains();
        for (Family family : Family.values()) {
            LegacyFilter.read(family).ifPresent(filter -> legacy.put(family, filter));
        }
    }

    private record BaseChain(int family, String table, String name, int hook, boolean drops) {}

    private enum Outcome {
        PASSES,
        DROPPED,
        GOES_ON
    }

    /** Returns the chains: family, table, chain, and {@link HostView#LEGACY} behind those of iptables-legacy. */
    public List<String> on(PacketWay way) {
        int hook = way.kind() == PacketWay.Kind.TO_HOST ? INPUT : FORWARD;
        var found = new ArrayList<String>();
        baseChains.stream()
                .filter(chain -> chain.hook() == hook && isBarrier(chain, way))
                .forEach(chain -> found.add(FAMILIES.get(chain.family()) + " " + chain.table() + " " + chain.name()));
        legacy.forEach((family, filter) -> {
            var walk = new Walk(chain -> filter.rules(chain, way));
            if (walk.isStopped(filter.chain(hook), filter.drops(hook))) {
                found.add((family == Family.IPV4 ? "ip" : "ip6") + " filter " + (hook == INPUT ? "INPUT" : "FORWARD")
                        + HostView.LEGACY);
            }
        });
        return found;
    }

    private boolean isBarrier(BaseChain chain, PacketWay way) {
        Map<String, List<ByteBuffer>> chains =
                tables.computeIfAbsent(chain.family() + " " + chain.table(), table -> rules(chain));
        var walk = new Walk(name -> chains.getOrDefault(name, List.of()).stream()
                .map(rule -> RuleReader.read(new AttributeCursor(rule), way))
                .toList());
        return walk.isStopped(chain.name(), chain.drops());
    }

    /** One packet's way through the chains of a table. */
    private static final class Walk {
        private final Function<String, List<Reading>> rules; // of a chain
        private final Map<String, Outcome> known = new HashMap<>();

        private Walk(Function<String, List<Reading>> rules) {
            this.rules = rules;
        }

        /** Tells whether the packet ends in a base chain, whose policy is this. */
        private boolean isStopped(String chain, boolean drops) {
            Outcome outcome = through(chain, true, false, 0);
            return outcome == Outcome.DROPPED || (outcome == Outcome.GOES_ON && drops);
        }

        /**
         * @param sure whether the packet certainly comes to the chain
         * @param meant whether a rule on the way spoke of packets like this one
         */
        private Outcome through(String chain, boolean sure, boolean meant, int depth) {
            String key = chain + " " + sure + " " + meant;
            Outcome before = known.get(key);
            if (before == null) {
                before = depth > DEEPEST ? Outcome.GOES_ON : walk(chain, sure, meant, depth);
                known.put(key, before);
            }
            return before;
        }

        private Outcome walk(String chain, boolean sure, boolean meant, int depth) {
            for (Reading reading : rules.apply(chain)) {
                if (reading.certainty() == Certainty.NO) {
                    continue;
                }
                boolean surely = sure && reading.certainty() == Certainty.YES;
                boolean ours = meant || reading.meant();
                Outcome outcome = switch (reading.verdict()) {
                    case ACCEPT -> ours || surely ? Outcome.PASSES : Outcome.GOES_ON;
                    case DROP -> surely ? Outcome.DROPPED : Outcome.GOES_ON;
                    case JUMP, GOTO -> through(reading.chain(), surely, ours, depth + 1);
                    case RETURN, NONE -> Outcome.GOES_ON;
                };
                boolean leaves = reading.verdict() == Verdict.RETURN || reading.verdict() == Verdict.GOTO;
                if (outcome != Outcome.GOES_ON || (leaves && reading.certainty() == Certainty.YES)) {
                    return outcome;
                }
            }
            return Outcome.GOES_ON;
        }
    }

    private List<BaseChain> baseChains() {
        var messages = new MessageBuilder();
        messages.begin(GETCHAIN, MessageBuilder.DUMP).u8(0).u8(0).u16(0); // of all families
        var chains = new ArrayList<BaseChain>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            int family = payload.get(0) & 0xff;
            if (FAMILIES.containsKey(family)) {
                baseChain(family, payload).ifPresent(chains::add);
            }
        }
        return chains;
    }

    private static Optional<BaseChain> baseChain(int family, ByteBuffer payload) {
        AttributeCursor at = attributes(payload);
        String table = "";
        String chain = "";
        int hook = -1;
        int policy = -1;
        while (at.next()) {
            switch (at.type()) {
                case 1 -> table = at.text();
                case 3 -> chain = at.text();
                case 4 -> hook = hook(at.nested());
                case 5 -> policy = RuleReader.number(at);
                default -> {}
            }
        }
        at.finish();
        return hook < 0 ? Optional.empty() : Optional.of(new BaseChain(family, table, chain, hook, policy == DROP));
    }

    private static int hook(AttributeCursor at) {
        int hook = -1;
        while (at.next()) {
            if (at.type() == 1) {
                hook = RuleReader.number(at);
            }
        }
        return hook;
    }

    /** Returns the expressions of the rules of each chain of a table. */
    private Map<String, List<ByteBuffer>> rules(BaseChain of) {
        var messages = new MessageBuilder();
        messages.begin(GETRULE, MessageBuilder.DUMP).u8(of.family()).u8(0).u16(0);
        messages.attr(1, of.table());
        var rules = new HashMap<String, List<ByteBuffer>>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            AttributeCursor at = attributes(payload);
            String table = "";
            String chain = "";
            Optional<ByteBuffer> expressions = Optional.empty();
            while (at.next()) {
                switch (at.type()) {
                    case 1 -> table = at.text();
                    case 2 -> chain = at.text();
                    case 4 -> expressions = Optional.of(at.nested().rest());
                    default -> {}
                }
            }
            at.finish();
            if (table.equals(of.table())) { // older kernels give all
                expressions.ifPresent(rules.computeIfAbsent(chain, name -> new ArrayList<>())::add);
            }
        }
        return rules;
    }

    private static AttributeCursor attributes(ByteBuffer payload) {
        return new AttributeCursor(payload.slice(NFGENMSG, payload.limit() - NFGENMSG));
    }
}
