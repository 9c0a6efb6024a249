package io.cnm4j.core;

import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.LinkOp.SetMtu;
import io.cnm4j.spi.plan.LinkSpec;
import java.util.List;

/** Links that differ in nothing but their MTU. */
final class LinkMtu {
    private LinkMtu() {}

    /** Returns the steps from one to the other: both ends of a pair. */
    static List<KernelOp> between(AddLink before, AddLink after) {
        int from = before.link().mtu();
        int to = after.link().mtu();
        if (from == 0 || to == 0 || !with(before.link(), to).equals(after.link())) {
            throw new IllegalStateException("a link that is there cannot become another: " + before.render() + " to "
                    + after.render() + "; a driver changes nothing but its MTU");
        }
        var ofThis = new SetMtu(after.namespace(), after.link().name(), to, from);
        return after.link() instanceof LinkSpec.Veth veth
                ? List.of(
                        ofThis, new SetMtu(veth.peer().namespace(), veth.peer().name(), to, from))
                : List.of(ofThis);
    }

    private static LinkSpec with(LinkSpec link, int mtu) {
        if (link instanceof LinkSpec.Bridge it) {
            return new LinkSpec.Bridge(it.name(), mtu, it.mac(), it.mark());
        } else if (link instanceof LinkSpec.Veth it) {
            return new LinkSpec.Veth(it.name(), mtu, it.port(), it.mark(), it.peer());
        } else if (link instanceof LinkSpec.Macvlan it) {
            return new LinkSpec.Macvlan(it.name(), it.parent(), it.mode(), mtu, it.mac(), it.mark());
        } else if (link instanceof LinkSpec.Ipvlan it) {
            return new LinkSpec.Ipvlan(it.name(), it.parent(), it.mode(), it.flag(), mtu, it.mark());
        } else if (link instanceof LinkSpec.Dummy it) {
            return new LinkSpec.Dummy(it.name(), mtu, it.mac(), it.mark());
        }
        return link;
    }
}
