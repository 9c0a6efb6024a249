package io.cnm4j.driver.macvlan;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.ChildLinkDriver;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.MacvlanMode;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans macvlan networks. Options are {@link MacvlanOptions}. Stateless. */
public final class MacvlanDriver implements NetworkDriver, ChildLinkDriver {
    private static final String LEG_MAC = "leg.mac";
    private static final String IPV6 = "kernel.ipv6";

    /** Made by {@link java.util.ServiceLoader}. */
    public MacvlanDriver() {}

    @Override
    public String name() {
        return "macvlan";
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        MacvlanOptions.parse(network.options());
        return new NetworkNeeds(true, false, false, "eth"); // M-08: a gateway only if the user gives one
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        MacvlanOptions options = MacvlanOptions.parse(network.options());
        ParentPlans.checkPools(network);
        context.host().require(KernelFeature.MACVLAN);
        if (network.ipv6()) {
            context.host().require(KernelFeature.IPV6);
        }
        Parent parent = new ParentDecision(network, context).decide(options.parent(), "dm-");
        checkSiblings(network, options, parent, context);
        var note = new java.util.TreeMap<>(parent.toMap());
        if (options.hostLeg()) {
            checkLeg(network);
            note.put(
                    LEG_MAC,
                    MacAddress.localUnicast(context.random().nextLong()).toString());
            boolean ipv6 =
                    context.host().sysctl("net.ipv6.conf.default.accept_ra").isPresent();
            note.put(IPV6, ipv6 ? "yes" : "no");
        }
        return Map.copyOf(note);
    }

    /** A parent has many networks, or one in mode passthru. VL-06 */
    private static void checkSiblings(
            NetworkState network, MacvlanOptions options, Parent parent, DriverContext context) {
        Optional<NetworkState> beside = parent.shared(context.siblings()).findFirst(); // one tells for all
        beside.ifPresent(sibling -> {
            if (options.mode() == MacvlanMode.PASSTHRU
                    || MacvlanOptions.parse(sibling.options()).mode() == MacvlanMode.PASSTHRU) {
                throw new ConflictException("network '" + network.name() + "' cannot stand on '" + parent.name()
                        + "' beside network '" + sibling.name()
                        + "': in mode passthru a parent has one network; choose another parent");
            }
        });
    }

    private static void checkLeg(NetworkState network) {
        if (legAddresses(network).isEmpty()) {
            throw new InvalidRequestException("network '" + network.name() + "' has option " + MacvlanOptions.HOST_LEG
                    + "=true and no auxiliary address " + MacvlanOptions.LEG_IPV4 + " or " + MacvlanOptions.LEG_IPV6
                    + " for it; give one of the subnet");
        }
    }

    private static List<IpPrefix> legAddresses(NetworkState network) {
        var addresses = new ArrayList<IpPrefix>();
        network.pools().forEach(pool -> {
            String label = pool.subnet().family() == Family.IPV4 ? MacvlanOptions.LEG_IPV4 : MacvlanOptions.LEG_IPV6;
            Optional.ofNullable(pool.auxiliary().get(label)).ifPresent(address -> addresses.add(alone(address)));
        });
        return addresses;
    }

    private static IpPrefix alone(IpAddress address) {
        return new IpPrefix(address, address.family().bits());
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        MacvlanOptions options = MacvlanOptions.parse(network.options());
        var plans = new ParentPlans(network);
        var ops = new ArrayList<KernelOp>();
        ops.add(plans.parentOp(options.mode() == MacvlanMode.PASSTHRU, options.mtu()));
        if (options.hostLeg()) {
            addLeg(network, options, plans, ops);
        }
        return new Plan(ops);
    }

    private static void addLeg(NetworkState network, MacvlanOptions options, ParentPlans plans, List<KernelOp> ops) {
        String leg = leg(network);
        Optional<MacAddress> mac =
                Optional.ofNullable(network.note().get(LEG_MAC)).map(MacAddress::parse);
        ops.add(new LinkOp.AddLink(
                NamespaceRef.HOST,
                new LinkSpec.Macvlan(
                        leg, plans.parent().name(), MacvlanMode.BRIDGE, options.mtu(), mac, plans.networkMark())));
        if ("yes".equals(network.note().get(IPV6))) { // a container must not tell the host its routes
            ops.add(new KernelOp.SetSysctl(
                    NamespaceRef.HOST, "net.ipv6.conf." + leg + ".accept_ra", "0", Optional.empty()));
        }
        legAddresses(network).forEach(address -> ops.add(new KernelOp.AddAddress(NamespaceRef.HOST, leg, address)));
    }

    private static String leg(NetworkState network) {
        return "mh-" + network.id().shortForm();
    }

    @Override
    public Map<String, String> optionsWithMtu(NetworkState network, int mtu) {
        return ParentPlans.optionsWithMtu(network, mtu);
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return Map.of();
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        MacvlanOptions options = MacvlanOptions.parse(network.options());
        var plans = new ParentPlans(network);
        var ops = new ArrayList<KernelOp>();
        ops.add(new LinkOp.AddLink(
                point.namespace(),
                new LinkSpec.Macvlan(
                        point.interfaceName(),
                        plans.parent().name(),
                        options.mode(),
                        options.mtu(),
                        options.mode() == MacvlanMode.PASSTHRU ? Optional.empty() : Optional.of(endpoint.mac()),
                        plans.endpointMark(endpoint))));
        if (options.hostLeg()) {
            List<Family> reached =
                    legAddresses(network).stream().map(IpPrefix::family).toList();
            endpoint.addresses().stream()
                    .filter(address -> reached.contains(address.family()))
                    .forEach(address -> ops.add(new KernelOp.AddRoute(
                            NamespaceRef.HOST,
                            new RouteSpec(alone(address.address()), Optional.empty(), leg(network)))));
        }
        List<IpAddress> gateways = plans.gateways(endpoint);
        return new Attachment(new Plan(ops), gateways, plans.defaultsByLink(endpoint, gateways, point.interfaceName()));
    }
}
