package io.cnm4j.driver.macvlan;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.ChildLinkDriver;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.IpvlanMode;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Plan;
import java.util.List;
import java.util.Map;

/** Plans ipvlan networks. Options are {@link IpvlanOptions}. Stateless. */
public final class IpvlanDriver implements NetworkDriver, ChildLinkDriver {
    /** Made by {@link java.util.ServiceLoader}. */
    public IpvlanDriver() {}

    @Override
    public String name() {
        return "ipvlan";
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        IpvlanOptions.parse(network.options());
        return new NetworkNeeds(true, false, false, "eth"); // M-08: a gateway only if the user gives one
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        IpvlanOptions options = IpvlanOptions.parse(network.options());
        ParentPlans.checkPools(network);
        context.host().require(KernelFeature.IPVLAN);
        if (options.mode() == IpvlanMode.L3S) {
            context.host().require(KernelFeature.IPVLAN_L3S);
        }
        if (network.ipv6()) {
            context.host().require(KernelFeature.IPV6);
        }
        Parent parent = new ParentDecision(network, context).decide(options.parent(), "di-");
        parent.shared(context.siblings())
                .findFirst()
                .ifPresent(
                        sibling -> { // VL-06: a parent has one mode
                            throw new ConflictException("network '" + network.name() + "' cannot stand on '"
                                    + parent.name() + "' beside network '" + sibling.name()
                                    + "': an ipvlan parent has one network; choose another");
                        });
        return Map.copyOf(parent.toMap());
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return Plan.of(new ParentPlans(network)
                .parentOp(true, IpvlanOptions.parse(network.options()).mtu()));
    }

    @Override
    public Map<String, String> optionsWithMtu(NetworkState network, int mtu) {
        return ParentPlans.optionsWithMtu(network, mtu);
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        if (endpoint.macRequested()) { // VL-09
            throw new InvalidRequestException("endpoint '" + endpoint.name() + "' asks for hardware address "
                    + endpoint.mac() + ", but on an ipvlan network all have that of the parent; leave it out");
        }
        return Map.of();
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        IpvlanOptions options = IpvlanOptions.parse(network.options());
        var plans = new ParentPlans(network);
        var link = new LinkSpec.Ipvlan(
                point.interfaceName(),
                plans.parent().name(),
                options.mode(),
                options.flag(),
                options.mtu(),
                plans.endpointMark(endpoint));
        List<IpAddress> gateways = options.mode() == IpvlanMode.L2 ? plans.gateways(endpoint) : List.of();
        return new Attachment(
                Plan.of(new LinkOp.AddLink(point.namespace(), link)),
                gateways,
                plans.defaultsByLink(endpoint, gateways, point.interfaceName()));
    }
}
