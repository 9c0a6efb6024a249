package io.cnm4j.spi.plan;

import static io.cnm4j.spi.plan.FirewallRule.Field.IIFNAME;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP6_SADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP_SADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.NFPROTO;
import static io.cnm4j.spi.plan.FirewallRule.Field.OIFNAME;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.plan.FirewallElement.Address;
import io.cnm4j.spi.plan.FirewallElement.LinkName;
import io.cnm4j.spi.plan.FirewallElement.Protocol;
import io.cnm4j.spi.plan.FirewallElement.Subnet;
import io.cnm4j.spi.plan.FirewallElement.Verdict;
import io.cnm4j.spi.plan.FirewallRule.Established;
import io.cnm4j.spi.plan.FirewallRule.InSet;
import io.cnm4j.spi.plan.FirewallRule.SourceMap;
import io.cnm4j.spi.plan.FirewallRule.VerdictMap;
import java.util.List;
import java.util.Optional;

/**
 * The one table of a controller. Its chains are fixed; everything that grows is an element.
 *
 * <pre>
 * forward:      same bridge? -> what the network says (between containers: accept or drop)
 *               in or out of an internal bridge -> drop
 *               reply to something allowed -> accept
 *               into a bridge of ours -> drop (published ports excepted)
 *               out of a bridge of ours -> accept
 *               neither -> drop where we turned forwarding on, else not our business
 * postrouting:  leaves by the bridge it lives on -> keep the source
 *               source in a masqueraded subnet -> masquerade, or the address asked for
 * </pre>
 */
public final class HostFirewall {
    private static final String MEMBERS = "members";
    private static final String INTERNAL = "internal";
    private static final String WITHIN = "within";
    private static final String UNRELATED = "unrelated";

    private HostFirewall() {}

    /** Returns the table of this controller. */
    public static FirewallTable table(ControllerId controller) {
        return table(Mark.table(controller));
    }

    /** Returns the table of this name: all controllers' tables are alike. */
    public static FirewallTable table(String name) {
        return new FirewallTable(
                name,
                List.of(
                        set(MEMBERS, false, FirewallType.IFNAME),
                        set(INTERNAL, false, FirewallType.IFNAME),
                        map(WITHIN, false, FirewallType.VERDICT, FirewallType.IFNAME, FirewallType.IFNAME),
                        map(UNRELATED, false, FirewallType.VERDICT, FirewallType.NF_PROTO),
                        set("keep4", true, FirewallType.IFNAME, FirewallType.IPV4_ADDR),
                        set("keep6", true, FirewallType.IFNAME, FirewallType.IPV6_ADDR),
                        set("masquerade4", true, FirewallType.IPV4_ADDR),
                        set("masquerade6", true, FirewallType.IPV6_ADDR),
                        map("snat4", true, FirewallType.IPV4_ADDR, FirewallType.IPV4_ADDR),
                        map("snat6", true, FirewallType.IPV6_ADDR, FirewallType.IPV6_ADDR)),
                List.of(forward(), postrouting()));
    }

    private static FirewallChain forward() {
        return new FirewallChain(
                "forward",
                "filter",
                "forward",
                0,
                List.of(
                        FirewallRule.of(new VerdictMap(List.of(IIFNAME, OIFNAME), WITHIN)),
                        FirewallRule.of(FirewallRule.Verdict.DROP, new InSet(List.of(IIFNAME), INTERNAL)),
                        FirewallRule.of(FirewallRule.Verdict.DROP, new InSet(List.of(OIFNAME), INTERNAL)),
                        FirewallRule.of(FirewallRule.Verdict.ACCEPT, new Established()),
                        FirewallRule.of(FirewallRule.Verdict.DROP, new InSet(List.of(OIFNAME), MEMBERS)),
                        FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(List.of(IIFNAME), MEMBERS)),
                        FirewallRule.of(new VerdictMap(List.of(NFPROTO), UNRELATED))));
    }

    private static FirewallChain postrouting() {
        return new FirewallChain(
                "postrouting",
                "nat",
                "postrouting",
                100,
                List.of(
                        FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(List.of(OIFNAME, IP_SADDR), "keep4")),
                        FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(List.of(OIFNAME, IP6_SADDR), "keep6")),
                        FirewallRule.of(FirewallRule.Verdict.MASQUERADE, new InSet(List.of(IP_SADDR), "masquerade4")),
                        FirewallRule.of(FirewallRule.Verdict.MASQUERADE, new InSet(List.of(IP6_SADDR), "masquerade6")),
                        FirewallRule.of(new SourceMap(IP_SADDR, "snat4")),
                        FirewallRule.of(new SourceMap(IP6_SADDR, "snat6"))));
    }

    /** Returns: this bridge is ours; nothing new comes in through it from outside. */
    public static FirewallElement member(String bridge) {
        return new FirewallElement(MEMBERS, List.of(new LinkName(bridge)), Optional.empty());
    }

    /** Returns: nothing passes between this bridge and anything else. */
    public static FirewallElement internal(String bridge) {
        return new FirewallElement(INTERNAL, List.of(new LinkName(bridge)), Optional.empty());
    }

    /** Returns: whether packets routed from this bridge back into it pass. */
    public static FirewallElement within(String bridge, boolean accept) {
        return new FirewallElement(
                WITHIN,
                List.of(new LinkName(bridge), new LinkName(bridge)),
                Optional.of(accept ? Verdict.ACCEPT : Verdict.DROP));
    }

    /** Returns: packets between interfaces that are not ours do not pass; for a host that forwarded nothing before us. */
    public static FirewallElement unrelated(Family family) {
        return new FirewallElement(UNRELATED, List.of(new Protocol(family)), Optional.of(Verdict.DROP));
    }

    /**
     * Returns the step that turns forwarding on where it was off. {@link #unrelated} of the same family, made before it, is its
     * mark: a host that has that element forwards because of us.
     */
    public static KernelOp.SetSysctl forwarding(Family family) {
        String key = family == Family.IPV4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
        return new KernelOp.SetSysctl(NamespaceRef.HOST, key, "1", Optional.of("0"));
    }

    /** Returns: packets from this subnet keep their source when they leave by their own bridge. */
    public static FirewallElement keepSource(String bridge, IpPrefix subnet) {
        return new FirewallElement(
                "keep" + digit(subnet.family()), List.of(new LinkName(bridge), new Subnet(subnet)), Optional.empty());
    }

    /** Returns: packets from this subnet leave with the address of the interface by which they leave. */
    public static FirewallElement masquerade(IpPrefix subnet) {
        return new FirewallElement(
                "masquerade" + digit(subnet.family()), List.of(new Subnet(subnet)), Optional.empty());
    }

    /** Returns: packets from this subnet leave with this address. */
    public static FirewallElement sourceAddress(IpPrefix subnet, IpAddress address) {
        return new FirewallElement(
                "snat" + digit(subnet.family()), List.of(new Subnet(subnet)), Optional.of(new Address(address)));
    }

    private static char digit(Family family) {
        return family == Family.IPV4 ? '4' : '6';
    }

    private static FirewallSet set(String name, boolean interval, FirewallType... key) {
        return new FirewallSet(name, List.of(key), Optional.empty(), interval);
    }

    private static FirewallSet map(String name, boolean interval, FirewallType value, FirewallType... key) {
        return new FirewallSet(name, List.of(key), Optional.of(value), interval);
    }
}
