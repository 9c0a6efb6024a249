package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.LinkOp.SetMtu;
import java.util.Optional;

/** The MTU of links that are there. */
final class MtuHandler implements Handler<SetMtu> {

    @Override
    public boolean make(SetMtu op, Site site) {
        LinkMessages.mtu(site.messages(), NumberingHandler.index(op, op.link(), site), op.mtu());
        Refusal.check(site.change(op.namespace(), op), op);
        return true;
    }

    @Override
    public void unmake(SetMtu op, Site site) {
        site.link(op.namespace(), op.link())
                .filter(link -> link.facts().mtu() == op.mtu())
                .ifPresent(link -> {
                    LinkMessages.mtu(site.messages(), link.index(), op.before());
                    Refusal.checkGone(site.change(op.namespace(), op), op);
                });
    }

    @Override
    public Optional<Difference> check(SetMtu op, Site site) {
        Optional<LinkState> there = site.link(op.namespace(), op.link());
        if (there.isEmpty()) {
            return missing(op, "there is no link '" + op.link() + "' in namespace " + op.namespace());
        }
        int mtu = there.orElseThrow().facts().mtu();
        return mtu == op.mtu()
                ? Optional.empty()
                : different(op, "link '" + op.link() + "': mtu is " + mtu + ", not " + op.mtu());
    }

    @Override
    public void mend(SetMtu op, Site site) {
        make(op, site);
    }
}
