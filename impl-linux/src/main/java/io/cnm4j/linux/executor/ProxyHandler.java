package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.rtnetlink.NeighbourMessages;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.NeighbourOp.AddProxy;
import java.util.Optional;

/** Addresses for which the host answers. */
final class ProxyHandler implements Handler<AddProxy> {

    @Override
    public boolean make(AddProxy op, Site site) {
        NeighbourMessages.addProxy(site.messages(), NumberingHandler.index(op, op.link(), site), op.address());
        Refusal.check(site.change(op.namespace(), op), op);
        return true;
    }

    @Override
    public void unmake(AddProxy op, Site site) {
        site.link(op.namespace(), op.link()).ifPresent(link -> {
            NeighbourMessages.deleteProxy(site.messages(), link.index(), op.address());
            Refusal.checkGone(site.change(op.namespace(), op), op);
        });
    }

    @Override
    public Optional<Difference> check(AddProxy op, Site site) {
        Optional<LinkState> link = site.link(op.namespace(), op.link());
        if (link.isEmpty()) {
            return missing(op, "there is no link '" + op.link() + "' in namespace " + op.namespace());
        }
        int index = link.orElseThrow().index();
        return site.proxies(op.namespace()).stream()
                        .anyMatch(proxy ->
                                proxy.link() == index && proxy.address().equals(Optional.of(op.address())))
                ? Optional.empty()
                : missing(op, "nobody answers for " + op.address() + " on '" + op.link() + "'");
    }

    @Override
    public void mend(AddProxy op, Site site) {
        make(op, site);
    }
}
