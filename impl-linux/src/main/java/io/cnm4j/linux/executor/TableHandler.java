package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.nftables.NftQueries;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.FirewallOp.AddTable;
import java.util.List;
import java.util.Optional;

/** The controller's table. Its name is the mark: one of that name is ours, and is made anew if it is damaged. */
final class TableHandler implements Handler<AddTable> {

    @Override
    public boolean make(AddTable op, Site site) {
        if (check(op, site).isEmpty()) {
            return false;
        }
        mend(op, site);
        return true;
    }

    @Override
    public void unmake(AddTable op, Site site) {
        site.change(site.batch().delete(op.table()), op).ifPresent(refused -> Refusal.checkGone(List.of(refused), op));
    }

    @Override
    public Optional<Difference> check(AddTable op, Site site) {
        var queries = new NftQueries(site.netfilter(), op.table());
        if (!queries.exists()) {
            return missing(op, "there is no table inet " + op.table().name());
        }
        List<String> damage = queries.damage();
        return damage.isEmpty()
                ? Optional.empty()
                : different(op, "table inet " + op.table().name() + ": " + String.join(", ", damage));
    }

    /** Makes it anew and empty: what the elements' own operations say comes back with them. */
    @Override
    public void mend(AddTable op, Site site) {
        site.change(site.batch().replace(op.table()), op).ifPresent(refused -> {
            throw Refusal.of(refused, op);
        });
    }
}
