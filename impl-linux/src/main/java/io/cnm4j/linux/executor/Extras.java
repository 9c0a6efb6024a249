package io.cnm4j.linux.executor;

import io.cnm4j.linux.rtnetlink.AddressState;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What bridges of a plan have beyond it. A sandbox may do with its own interfaces what it likes: these are not looked at. */
final class Extras {
    private Extras() {}

    static List<Difference> of(Plan plan, Site site) {
        var extras = new ArrayList<Difference>();
        for (KernelOp op : plan.ops()) {
            if (op instanceof KernelOp.AddLink link && link.link() instanceof LinkSpec.Bridge bridge) {
                Optional<LinkState> there =
                        site.link(op.namespace(), bridge.name()).filter(state -> state.isFor(bridge));
                there.ifPresent(state -> addresses(plan, link, state.index(), site, extras));
            }
        }
        return extras;
    }

    private static void addresses(Plan plan, KernelOp.AddLink link, int index, Site site, List<Difference> extras) {
        for (AddressState found : site.queries(link.namespace()).addresses(index)) {
            var op = new KernelOp.AddAddress(link.namespace(), link.link().name(), found.address());
            if (!found.linkLocal() && !plan.ops().contains(op)) {
                extras.add(new Difference(
                        Difference.Kind.EXTRA,
                        op,
                        "link '" + op.link() + "' has address " + op.address() + " that nothing asked for"));
            }
        }
    }
}
