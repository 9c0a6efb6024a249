package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.LinkOp.UseLink;
import java.util.Optional;

/** Links of somebody else: only looked at. */
final class UsedLinkHandler implements Handler<UseLink> {

    @Override
    public boolean make(UseLink op, Site site) {
        check(op, site).ifPresent(difference -> {
            throw new ConflictException(difference.detail() + "; make it, or use another");
        });
        return false;
    }

    @Override
    public void unmake(UseLink op, Site site) {
        // it is not ours
    }

    @Override
    public Optional<Difference> check(UseLink op, Site site) {
        Optional<LinkState> link = site.link(op.namespace(), op.name());
        if (link.isEmpty()) {
            return missing(op, "there is no link '" + op.name() + "' in namespace " + op.namespace());
        }
        String kind = link.orElseThrow().facts().kind();
        return kind.equals(op.kind())
                ? Optional.empty()
                : different(op, "link '" + op.name() + "' is of kind '" + kind + "', not '" + op.kind() + "'");
    }

    @Override
    public void mend(UseLink op, Site site) {
        make(op, site);
    }
}
