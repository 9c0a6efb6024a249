package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.nftables.NameRules;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Name servers: sockets of this process inside a sandbox, and the rules there that bring questions to them. Where the kernel has no
 * such rules the server takes port 53 itself.
 */
final class NamesHandler implements Handler<ServeNames> {
    private static final byte[] ADDRESS = IpAddress.parse(ServeNames.ADDRESS).octets();
    private static final int DOMAIN = 53;

    @Override
    public boolean make(ServeNames op, Site site) {
        return serve(op, site, false);
    }

    private static boolean serve(ServeNames op, Site site, boolean ask) {
        int port = open(op, site, ServeNames.PORT);
        if (port != DOMAIN) {
            bring(op, site, port, ask);
        }
        site.servers().ready(op.namespace());
        return true;
    }

    /**
     * Makes the rules, or else takes the port that questions come to without them.
     *
     * @param ask whether they may be there already
     */
    private static void bring(ServeNames op, Site site, int port, boolean ask) {
        Optional<Reply> refused = rules(op, site, rules -> rule(op, site, rules, port, ask));
        if (refused.isPresent()) {
            site.servers().close(op.namespace());
            if (!isUnknown(refused.orElseThrow())) {
                throw Refusal.of(refused.orElseThrow(), op);
            }
            open(op, site, DOMAIN);
        }
    }

    private static int open(ServeNames op, Site site, int wish) {
        return site.servers().open(op.namespace(), () -> site.descriptor(op.namespace()), wish);
    }

    private static Optional<Reply> rule(ServeNames op, Site site, NameRules rules, int port, boolean ask) {
        if (ask && rules.isThere(ADDRESS, port)) {
            return Optional.empty();
        }
        CountingTap tap = (CountingTap) site.tap();
        Optional<Reply> refused = tap.around(op, () -> rules.make(ADDRESS, port)); // as a rule there is none
        if (refused.isEmpty() || refused.orElseThrow().errno() != Errno.EEXIST) {
            return refused;
        }
        return rules.isThere(ADDRESS, port) ? Optional.empty() : tap.around(op, () -> rules.replace(ADDRESS, port));
    }

    private static boolean isUnknown(Reply refused) {
        return refused.errno() == Errno.EOPNOTSUPP
                || refused.errno() == Errno.EAFNOSUPPORT
                || refused.errno() == Errno.ENOENT; // no such kind of chain or expression
    }

    private static boolean isRuled(ServeNames op, Site site, int port) {
        return rules(op, site, rules -> rules.isThere(ADDRESS, port));
    }

    private static <T> T rules(ServeNames op, Site site, Function<NameRules, T> work) {
        try (NetlinkSocket netfilter = site.inside(op.namespace(), () -> NetlinkSocket.open(NetlinkSocket.NETFILTER))) {
            return work.apply(new NameRules(netfilter, site.messages(), op.table()));
        }
    }

    @Override
    public void letGo(ServeNames op, Site site) {
        site.atEnd(site.servers().ending(op.namespace()));
    }

    /** Ends the server and its rules, in a namespace that stays. */
    @Override
    public void unmake(ServeNames op, Site site) {
        site.servers().close(op.namespace());
        if (site.exists(op.namespace())) {
            Optional<Reply> refused = rules(op, site, rules -> ((CountingTap) site.tap()).around(op, rules::delete));
            refused.filter(reply -> !isUnknown(reply)).ifPresent(reply -> {
                throw Refusal.of(reply, op);
            });
        }
    }

    @Override
    public Optional<Difference> check(ServeNames op, Site site) {
        OptionalInt port = site.servers().port(op.namespace());
        if (!site.exists(op.namespace())) {
            return missing(op, "there is no network namespace " + op.namespace() + " to answer in");
        } else if (port.isEmpty()) {
            return missing(op, "no name server of this process answers in " + op.namespace());
        }
        return port.getAsInt() == DOMAIN || isRuled(op, site, port.getAsInt())
                ? Optional.empty()
                : different(
                        op,
                        "table netdev " + op.table() + " in " + op.namespace() + " brings no questions to port "
                                + port.getAsInt());
    }

    @Override
    public void mend(ServeNames op, Site site) {
        make(op, site);
    }

    /** What a process before this one left needs its server alone: nothing is written then. */
    @Override
    public boolean ensure(ServeNames op, Site site) {
        return site.servers().port(op.namespace()).isEmpty() ? serve(op, site, true) : Handler.super.ensure(op, site);
    }
}
