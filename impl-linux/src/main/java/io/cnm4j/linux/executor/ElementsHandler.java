package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.nftables.NftQueries.Presence;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp.AddElements;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.HostFirewall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Elements of the controller's table: all of an operation in one transaction. */
final class ElementsHandler implements Handler<AddElements> {

    @Override
    public boolean make(AddElements op, Site site) {
        site.change(site.batch().add(table(op), op.elements()), op).ifPresent(refused -> {
            throw Refusal.of(refused, op);
        });
        TranslatedFlows.appeared(op, op.elements(), site);
        return true;
    }

    private static FirewallTable table(AddElements op) {
        return HostFirewall.table(op.table());
    }

    @Override
    public void unmake(AddElements op, Site site) {
        Optional<Reply> refused = site.change(site.batch().delete(table(op), op.elements()), op);
        if (refused.isPresent() && Refusal.saysGone(refused.orElseThrow())) { // at least one is: the others one by one
            refused = Optional.empty();
            List<FirewallElement> there = those(op, site, Presence.SAME, Presence.OTHER_VALUE);
            if (!there.isEmpty()) {
                refused = site.change(site.batch().delete(table(op), there), op);
            }
        }
        refused.ifPresent(reply -> Refusal.checkGone(List.of(reply), op));
        TranslatedFlows.gone(op, op.elements(), site);
    }

    private static List<FirewallElement> those(AddElements op, Site site, Presence... wanted) {
        List<Presence> presence = site.elements(table(op)).presence(op.elements());
        var those = new ArrayList<FirewallElement>();
        for (int i = 0; i < presence.size(); i++) {
            if (List.of(wanted).contains(presence.get(i))) {
                those.add(op.elements().get(i));
            }
        }
        return those;
    }

    @Override
    public Optional<Difference> check(AddElements op, Site site) {
        List<FirewallElement> absent = those(op, site, Presence.ABSENT);
        List<FirewallElement> other = those(op, site, Presence.OTHER_VALUE);
        if (absent.isEmpty() && other.isEmpty()) {
            return Optional.empty();
        }
        var needed = new AddElements(op.table(), new ArrayList<>(absent), op.shared());
        return absent.size() == op.elements().size()
                ? missing(op, "not in table inet " + op.table() + ": " + needed.render())
                : different(
                        op,
                        "table inet " + op.table() + " lacks " + needed.render() + " and has another value for "
                                + other);
    }

    @Override
    public void mend(AddElements op, Site site) {
        List<FirewallElement> other = those(op, site, Presence.OTHER_VALUE);
        List<FirewallElement> wanted = those(op, site, Presence.OTHER_VALUE, Presence.ABSENT);
        site.change(site.batch().delete(table(op), other).add(table(op), wanted), op)
                .ifPresent(refused -> {
                    throw Refusal.of(refused, op);
                });
        TranslatedFlows.appeared(op, wanted, site);
    }
}
