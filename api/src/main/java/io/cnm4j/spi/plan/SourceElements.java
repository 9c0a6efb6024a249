package io.cnm4j.spi.plan;

import static io.cnm4j.spi.plan.FirewallRule.Field.IP6_SADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP_SADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.OIFNAME;
import static io.cnm4j.spi.plan.HostFirewall.digit;
import static io.cnm4j.spi.plan.HostFirewall.map;
import static io.cnm4j.spi.plan.HostFirewall.set;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.plan.FirewallElement.Address;
import io.cnm4j.spi.plan.FirewallElement.LinkName;
import io.cnm4j.spi.plan.FirewallElement.Subnet;
import io.cnm4j.spi.plan.FirewallElement.Value;
import io.cnm4j.spi.plan.FirewallRule.Action;
import io.cnm4j.spi.plan.FirewallRule.Field;
import io.cnm4j.spi.plan.FirewallRule.Goto;
import io.cnm4j.spi.plan.FirewallRule.InSet;
import io.cnm4j.spi.plan.FirewallRule.InSubnets;
import io.cnm4j.spi.plan.FirewallRule.SourceMap;
import io.cnm4j.spi.plan.FirewallRule.Translated;
import io.cnm4j.spi.plan.FirewallRule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * As whom packets leave, by the subnet of their source, in the table of {@link HostFirewall}.
 *
 * <p>The kernel looks at a whole set of ranges whenever one comes or goes. So subnets of the sizes of which there may be thousands are in
 * sets that are hashed, each as {@linkplain SubnetSize its middle}, with a rule for each size; those of other sizes are ranges, and so are the
 * few that leave with an address of their own.
 */
public final class SourceElements {
    /** The chain of packets that leave by the bridge they live on. */
    private static final String HOME = "home";

    private static final String KEEP = "keep";
    private static final String MASQUERADE = "masquerade";
    private static final String SNAT = "snat";
    private static final String RANGE = "range";
    private static final List<SubnetSize> SIZES4 = sizes(Family.IPV4, 22, 23, 24, 25, 26, 27, 28, 29);
    private static final List<SubnetSize> SIZES6 = sizes(Family.IPV6, 64, 80, 96, 112);

    private SourceElements() {}

    static List<FirewallSet> sets(Family family, FirewallType address) {
        char digit = digit(family);
        var sets = new ArrayList<FirewallSet>();
        for (boolean range : List.of(false, true)) {
            sets.add(set(name(KEEP, range, digit), range, FirewallType.IFNAME, address));
            sets.add(set(name(MASQUERADE, range, digit), range, address));
        }
        sets.add(map(SNAT + digit, true, List.of(address), address));
        return sets;
    }

    private static String name(String name, boolean range, char digit) {
        return name + (range ? RANGE : "") + digit;
    }

    static FirewallChain home() {
        return new FirewallChain(
                HOME,
                Optional.empty(),
                List.of(FirewallRule.of(Verdict.MASQUERADE, new Translated()), FirewallRule.of(Verdict.ACCEPT)));
    }

    static List<FirewallRule> rules() {
        var rules = new ArrayList<FirewallRule>();
        for (Family family : Family.values()) {
            rules.addAll(rules(family, new Goto(HOME), List.of(OIFNAME, source(family)), KEEP));
        }
        for (Family family : Family.values()) {
            rules.addAll(rules(family, Verdict.MASQUERADE, List.of(source(family)), MASQUERADE));
        }
        for (Family family : Family.values()) {
            rules.add(FirewallRule.of(new SourceMap(source(family), SNAT + digit(family))));
        }
        return rules;
    }

    private static List<FirewallRule> rules(Family family, Action action, List<Field> fields, String set) {
        char digit = digit(family);
        var rules = new ArrayList<FirewallRule>();
        for (SubnetSize size : sizes(family)) {
            rules.add(FirewallRule.of(action, new InSubnets(fields, size, name(set, false, digit))));
        }
        rules.add(FirewallRule.of(action, new InSet(fields, name(set, true, digit))));
        return rules;
    }

    private static Field source(Family family) {
        return family == Family.IPV4 ? IP_SADDR : IP6_SADDR;
    }

    private static List<SubnetSize> sizes(Family family) {
        return family == Family.IPV4 ? SIZES4 : SIZES6;
    }

    private static List<SubnetSize> sizes(Family family, Integer... lengths) {
        return Stream.of(lengths).map(length -> new SubnetSize(family, length)).toList();
    }

    /** Returns: packets from this subnet keep their source when they leave by their own bridge. */
    public static FirewallElement keep(String bridge, IpPrefix subnet) {
        return new FirewallElement(name(KEEP, subnet), List.of(new LinkName(bridge), key(subnet)), List.of());
    }

    /** Returns: packets from this subnet leave with the address of the interface by which they leave. */
    public static FirewallElement masquerade(IpPrefix subnet) {
        return new FirewallElement(name(MASQUERADE, subnet), List.of(key(subnet)), List.of());
    }

    /** Returns: packets from this subnet leave with this address. */
    public static FirewallElement translate(IpPrefix subnet, IpAddress address) {
        return new FirewallElement(
                SNAT + digit(subnet.family()), List.of(new Subnet(subnet)), List.of(new Address(address)));
    }

    private static String name(String name, IpPrefix subnet) {
        return name(name, !isHashed(subnet), digit(subnet.family()));
    }

    private static Value key(IpPrefix subnet) {
        return isHashed(subnet) ? new Address(SubnetSize.middle(subnet)) : new Subnet(subnet);
    }

    private static boolean isHashed(IpPrefix subnet) {
        return sizes(subnet.family()).contains(new SubnetSize(subnet.family(), subnet.length()));
    }
}
