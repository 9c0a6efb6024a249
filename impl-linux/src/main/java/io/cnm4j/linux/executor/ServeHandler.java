package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.TunnelOp.Serve;
import java.util.Optional;

/** Ends of encrypted tunnels in this process: nothing of them is left when it ends, but the link. */
final class ServeHandler implements Handler<Serve> {

    @Override
    public boolean make(Serve op, Site site) {
        int index = NumberingHandler.index(op, op.link(), site);
        LinkState link = site.link(op.namespace(), op.link()).orElseThrow();
        ((CountingTap) site.tap()).around(op, () -> {
            site.tunnels().serve(op, link.facts());
            return index;
        });
        LinkMessages.get(site.messages(), op.link()); // its bridge learns at once that it has a carrier now
        site.ask(op.namespace());
        return true;
    }

    @Override
    public void unmake(Serve op, Site site) {
        ((CountingTap) site.tap()).around(op, () -> {
            site.tunnels().end(op);
            return op;
        });
    }

    /** An open device would keep its namespace. */
    @Override
    public void letGo(Serve op, Site site) {
        site.tunnels().end(op);
    }

    @Override
    public Optional<Difference> check(Serve op, Site site) {
        Optional<LinkState> link = site.link(op.namespace(), op.link());
        if (link.isEmpty()) {
            return missing(op, "there is no link '" + op.link() + "' in namespace " + op.namespace() + " to serve");
        }
        return site.tunnels().isServed(op, link.orElseThrow().index())
                ? Optional.empty()
                : different(
                        op,
                        "this process does not encrypt what enters '" + op.link() + "' in " + op.namespace()
                                + ": nothing passes");
    }

    @Override
    public void mend(Serve op, Site site) {
        make(op, site);
    }
}
