package io.cnm4j.core;

import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an owner has, and what it is to have: more than before, and links with another MTU. Nothing goes.
 *
 * @param owner the owner
 * @param before what it has
 * @param after what it is to have
 */
record Alteration(Owner owner, Plan before, Plan after) {

    /** Returns the steps from one to the other, in the order of the plan. */
    Plan steps() {
        Map<String, AddLink> links = new HashMap<>();
        for (KernelOp op : before.ops()) {
            if (op instanceof AddLink link) {
                links.put(object(link), link);
            }
        }
        var steps = new ArrayList<KernelOp>();
        for (KernelOp op : after.beyond(before).ops()) {
            AddLink was = op instanceof AddLink link ? links.get(object(link)) : null;
            steps.addAll(was == null ? List.of(op) : LinkMtu.between(was, (AddLink) op));
        }
        return new Plan(steps);
    }

    private static String object(AddLink link) {
        return link.namespace() + " " + link.link().name();
    }
}
