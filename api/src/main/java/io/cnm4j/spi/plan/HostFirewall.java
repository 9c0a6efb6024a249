package io.cnm4j.spi.plan;

import static io.cnm4j.spi.plan.FirewallRule.Field.IIFNAME;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP6_DADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP_DADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP_SADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.L4PROTO;
import static io.cnm4j.spi.plan.FirewallRule.Field.NFPROTO;
import static io.cnm4j.spi.plan.FirewallRule.Field.OIFNAME;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.plan.FirewallElement.Goto;
import io.cnm4j.spi.plan.FirewallElement.LinkName;
import io.cnm4j.spi.plan.FirewallElement.Protocol;
import io.cnm4j.spi.plan.FirewallElement.Verdict;
import io.cnm4j.spi.plan.FirewallRule.Established;
import io.cnm4j.spi.plan.FirewallRule.InSet;
import io.cnm4j.spi.plan.FirewallRule.InSubnet;
import io.cnm4j.spi.plan.FirewallRule.NotInSet;
import io.cnm4j.spi.plan.FirewallRule.VerdictMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The one table of a controller. Its chains are fixed; everything that grows is an element.
 *
 * <pre>
 * loopback:     from outside to 127.0.0.0/8 -> drop
 * prerouting,   to an address of the host, at a published port -> to the container
 * output        (from a bridge without ICC: relayed)
 * forward:      translated by that -> accept, but not out of an internal bridge
 *               same bridge? -> what the network says (between containers: accept, or linked)
 *               in or out of an internal bridge -> drop
 *               reply to something allowed -> accept
 *               into a bridge that is open for this family and protocol -> accept
 *               into a guarded bridge from an interface that is not trusted -> drop
 *               to a container's published port -> accept, where networks let that be reached directly
 *               into a bridge of ours -> drop
 *               out of a bridge of ours -> accept
 *               neither -> drop where we turned forwarding on, else not our business
 * linked:       from a container to a port of another to which it links -> accept
 *               what such a connection brings back -> accept
 *               else -> drop
 * home:         translated -> masquerade
 *               else -> keep the source
 * postrouting:  from 127.0.0.0/8 into a bridge of ours -> masquerade
 *               leaves by the bridge it lives on -> home
 *               source in a masqueraded subnet -> masquerade, or the address asked for
 * </pre>
 *
 * Elements of single ports, and of subnets of usual sizes, are in sets that are hashed, so that one more costs the same whatever else
 * there is.
 */
public final class HostFirewall {
    private static final String MEMBERS = "members";
    private static final String INTERNAL = "internal";
    private static final String WITHIN = "within";
    private static final String UNRELATED = "unrelated";
    private static final String OPEN = "open";
    private static final String GUARDED = "guarded";
    private static final String TRUSTED = "trusted";
    private static final String RELAYED = "relayed";
    private static final int RAW = -300; // before connections are tracked
    private static final int DSTNAT = -100;
    private static final int SRCNAT = 100;
    private static final IpPrefix LOOPBACK4 = IpPrefix.parse("127.0.0.0/8");
    private static final IpPrefix LOOPBACK6 = IpPrefix.parse("::1/128");
    private static final IpPrefix LINK_LOCAL = IpPrefix.parse("fe80::/16");
    private static final List<FirewallSet> SETS = sets();
    private static final List<FirewallChain> CHAINS = chains();

    private HostFirewall() {}

    /** Returns the table of this controller. */
    public static FirewallTable table(ControllerId controller) {
        return table(Mark.table(controller));
    }

    /** Returns the table of this name: all controllers' tables are alike. */
    public static FirewallTable table(String name) {
        return new FirewallTable(name, SETS, CHAINS);
    }

    private static List<FirewallSet> sets() {
        var sets = new ArrayList<FirewallSet>();
        sets.add(set(MEMBERS, false, FirewallType.IFNAME));
        sets.add(set(INTERNAL, false, FirewallType.IFNAME));
        sets.add(set(RELAYED, false, FirewallType.IFNAME));
        sets.add(map(WITHIN, false, List.of(FirewallType.VERDICT), FirewallType.IFNAME, FirewallType.IFNAME));
        sets.add(map(UNRELATED, false, List.of(FirewallType.VERDICT), FirewallType.NF_PROTO));
        sets.add(set(OPEN, true, FirewallType.IFNAME, FirewallType.NF_PROTO, FirewallType.INET_PROTO));
        sets.add(set(GUARDED, false, FirewallType.IFNAME, FirewallType.NF_PROTO));
        sets.add(set(TRUSTED, false, FirewallType.IFNAME, FirewallType.IFNAME));
        for (Family family : Family.values()) {
            FirewallType address = family == Family.IPV4 ? FirewallType.IPV4_ADDR : FirewallType.IPV6_ADDR;
            sets.addAll(SourceElements.sets(family, address));
            sets.addAll(PortElements.sets(family, address));
            sets.addAll(LinkElements.sets(family, address));
        }
        return List.copyOf(sets);
    }

    private static List<FirewallChain> chains() {
        return List.of(
                FirewallChain.at("loopback", "filter", "prerouting", RAW, loopback()),
                FirewallChain.at("prerouting", "nat", "prerouting", DSTNAT, translation()),
                FirewallChain.at("output", "nat", "output", DSTNAT, translation()),
                FirewallChain.at("forward", "filter", "forward", 0, forward()),
                LinkElements.chain(),
                SourceElements.home(),
                FirewallChain.at("postrouting", "nat", "postrouting", SRCNAT, postrouting()));
    }

    private static List<FirewallRule> loopback() {
        return List.of(FirewallRule.of(
                FirewallRule.Verdict.DROP, new FirewallRule.FromOutside(), new InSubnet(IP_DADDR, LOOPBACK4)));
    }

    private static List<FirewallRule> translation() {
        var rules = new ArrayList<FirewallRule>();
        rules.add(FirewallRule.of(FirewallRule.Verdict.ACCEPT, new FirewallRule.ToElsewhere()));
        rules.add(FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(List.of(IIFNAME), RELAYED)));
        rules.add(FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSubnet(IP6_DADDR, LOOPBACK6)));
        rules.add(FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSubnet(IP6_DADDR, LINK_LOCAL))); // BI-10
        for (Family family : Family.values()) {
            rules.addAll(PortElements.translation(family));
        }
        return rules;
    }

    private static List<FirewallRule> forward() {
        var rules = new ArrayList<FirewallRule>();
        rules.add(FirewallRule.of(
                FirewallRule.Verdict.ACCEPT,
                new NotInSet(List.of(IIFNAME), INTERNAL),
                new InSet(List.of(OIFNAME), MEMBERS),
                new FirewallRule.Translated()));
        rules.add(FirewallRule.of(new VerdictMap(List.of(IIFNAME, OIFNAME), WITHIN)));
        rules.add(FirewallRule.of(FirewallRule.Verdict.DROP, new InSet(List.of(IIFNAME), INTERNAL)));
        rules.add(FirewallRule.of(FirewallRule.Verdict.DROP, new InSet(List.of(OIFNAME), INTERNAL)));
        rules.add(FirewallRule.of(FirewallRule.Verdict.ACCEPT, new Established()));
        rules.add(FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(List.of(OIFNAME, NFPROTO, L4PROTO), OPEN)));
        rules.add(FirewallRule.of(
                FirewallRule.Verdict.DROP,
                new InSet(List.of(OIFNAME, NFPROTO), GUARDED),
                new NotInSet(List.of(IIFNAME, OIFNAME), TRUSTED)));
        for (Family family : Family.values()) {
            rules.addAll(PortElements.direct(family));
        }
        rules.add(FirewallRule.of(FirewallRule.Verdict.DROP, new InSet(List.of(OIFNAME), MEMBERS)));
        rules.add(FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(List.of(IIFNAME), MEMBERS)));
        rules.add(FirewallRule.of(new VerdictMap(List.of(NFPROTO), UNRELATED)));
        return rules;
    }

    private static List<FirewallRule> postrouting() {
        var rules = new ArrayList<FirewallRule>();
        rules.add(FirewallRule.of(
                FirewallRule.Verdict.MASQUERADE,
                new InSubnet(IP_SADDR, LOOPBACK4),
                new InSet(List.of(OIFNAME), MEMBERS)));
        rules.addAll(SourceElements.rules());
        return rules;
    }

    /** Returns: this bridge is ours; nothing new comes in through it from outside. */
    public static FirewallElement member(String bridge) {
        return new FirewallElement(MEMBERS, List.of(new LinkName(bridge)), List.of());
    }

    /** Returns the bridges of a plan between which and other links something passes. */
    public static List<String> passable(Plan plan) {
        return links(plan, MEMBERS)
                .filter(link -> links(plan, INTERNAL).noneMatch(link::equals))
                .toList();
    }

    private static Stream<String> links(Plan plan, String set) {
        return plan.ops().stream()
                .filter(FirewallOp.AddElements.class::isInstance)
                .flatMap(op -> ((FirewallOp.AddElements) op).elements().stream())
                .filter(element -> element.set().equals(set))
                .map(element -> ((LinkName) element.key().get(0)).value());
    }

    /** Returns: nothing passes between this bridge and anything else. */
    public static FirewallElement internal(String bridge) {
        return new FirewallElement(INTERNAL, List.of(new LinkName(bridge)), List.of());
    }

    /**
     * Returns: what comes from this bridge to published ports is relayed, not translated. Where br_netfilter is on, a translated packet
     * stays in the bridge, whose isolated ports it does not leave.
     */
    public static FirewallElement relayed(String bridge) {
        return new FirewallElement(RELAYED, List.of(new LinkName(bridge)), List.of());
    }

    /** Returns: whether all packets routed from this bridge back into it pass, or only those of links. */
    public static FirewallElement within(String bridge, boolean accept) {
        return within(bridge, bridge, accept);
    }

    /** Returns: whether packets routed from one bridge of a network into another of the same network pass. */
    public static FirewallElement within(String from, String to, boolean accept) {
        return new FirewallElement(
                WITHIN,
                List.of(new LinkName(from), new LinkName(to)),
                List.of(accept ? Verdict.ACCEPT : new Goto(LinkElements.CHAIN)));
    }

    /** Returns: packets between interfaces that are not ours do not pass; for a host that forwarded nothing before us. */
    public static FirewallElement unrelated(Family family) {
        return new FirewallElement(UNRELATED, List.of(new Protocol(family)), List.of(Verdict.DROP));
    }

    /**
     * Returns the step that turns forwarding on where it was off. {@link #unrelated} of the same family, made before it, is its
     * mark: a host that has that element forwards because of us.
     */
    public static KernelOp.SetSysctl forwarding(Family family) {
        String key = family == Family.IPV4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
        return new KernelOp.SetSysctl(NamespaceRef.HOST, key, "1", Optional.of("0"));
    }

    /** Returns: whatever comes to this bridge, of this family, is let in. BR-06 */
    public static FirewallElement open(String bridge, Family family) {
        return open(bridge, family, new FirewallElement.AnyTransport());
    }

    /** Returns: echo requests and the like are let into this bridge. BI-04 */
    public static FirewallElement openForIcmp(String bridge, Family family) {
        return open(bridge, family, new FirewallElement.Transport(family == Family.IPV4 ? 1 : 58));
    }

    private static FirewallElement open(String bridge, Family family, FirewallElement.Value transport) {
        return new FirewallElement(OPEN, List.of(new LinkName(bridge), new Protocol(family), transport), List.of());
    }

    /** Returns: containers' published ports are reached directly from trusted interfaces alone. */
    public static FirewallElement guarded(String bridge, Family family) {
        return new FirewallElement(GUARDED, List.of(new LinkName(bridge), new Protocol(family)), List.of());
    }

    /** Returns: this interface of the host is trusted by a guarded bridge. BR-08 */
    public static FirewallElement trusted(String link, String bridge) {
        return new FirewallElement(TRUSTED, List.of(new LinkName(link), new LinkName(bridge)), List.of());
    }

    static char digit(Family family) {
        return family == Family.IPV4 ? '4' : '6';
    }

    static FirewallSet set(String name, boolean interval, FirewallType... key) {
        return new FirewallSet(name, List.of(key), List.of(), interval);
    }

    static FirewallSet map(String name, boolean interval, List<FirewallType> value, FirewallType... key) {
        return new FirewallSet(name, List.of(key), value, interval);
    }
}
