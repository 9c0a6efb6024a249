package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.foreign;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.LinkOp.MoveLink;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Optional;

/** Links of somebody else, moved and handed back by one message each; while they are away they carry our mark. */
final class MovedLinkHandler implements Handler<MoveLink> {
    private static final NamespaceRef HOME =
            NamespaceRef.at("/proc/thread-self/ns/net"); // workers are at home in the host's

    @Override
    public boolean make(MoveLink op, Site site) {
        int index = site.index(NamespaceRef.HOST, op.source());
        if (index == 0) {
            throw new ConflictException("link '" + op.source() + "', to be moved to namespace " + op.target()
                    + ", is not there; see why whoever offered it did not make it");
        }
        if (site.index(op.target(), op.name()) != 0) {
            throw new ConflictException("namespace " + op.target() + " already has a link '" + op.name()
                    + "'; choose another interface name");
        }
        LinkMessages.move(site.messages(), index, site.descriptor(op.target()), op.name(), op.mark(), op.mac(), true);
        Refusal.check(site.change(NamespaceRef.HOST, op), op);
        return true;
    }

    @Override
    public void unmake(MoveLink op, Site site) {
        site.link(op.target(), op.name())
                .filter(link -> link.facts().alias().equals(op.mark()))
                .ifPresent(link -> {
                    LinkMessages.move(
                            site.messages(),
                            link.index(),
                            site.descriptor(HOME),
                            op.source(),
                            "",
                            Optional.empty(),
                            false);
                    Refusal.checkGone(site.change(op.target(), op), op);
                });
    }

    @Override
    public Optional<Difference> check(MoveLink op, Site site) {
        Optional<LinkState> there = site.link(op.target(), op.name());
        if (there.isEmpty()) {
            return missing(op, "there is no link '" + op.name() + "' in namespace " + op.target());
        }
        LinkState link = there.orElseThrow();
        if (!link.facts().alias().equals(op.mark())) {
            return foreign(
                    op,
                    "link '" + op.name() + "' in namespace " + op.target() + " carries '"
                            + link.facts().alias() + "', not '" + op.mark() + "'");
        }
        return link.facts().up() ? Optional.empty() : different(op, "link '" + op.name() + "' is down");
    }

    @Override
    public void mend(MoveLink op, Site site) {
        LinkMessages.up(site.messages(), site.index(op.target(), op.name()));
        Refusal.check(site.change(op.target(), op), op);
    }
}
