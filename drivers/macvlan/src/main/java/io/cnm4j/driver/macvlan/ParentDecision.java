package io.cnm4j.driver.macvlan;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.driver.macvlan.Parent.Origin;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.Mark;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at the host and decides on which link a new network stands. VL-03, VL-04, VL-05 */
final class ParentDecision {
    private static final String LOOPBACK = "lo";
    private static final Pattern TAGGED = Pattern.compile("([^.]+)\\.([0-9]{1,4})");
    private static final int MOST = 4094;

    private final NetworkState network;
    private final HostView host;

    ParentDecision(NetworkState network, DriverContext context) {
        this.network = network;
        this.host = context.host();
    }

    /**
     * Returns the parent.
     *
     * @param wish the name asked for, if one was
     * @param dummyPrefix what the name of a dummy begins with
     */
    Parent decide(Optional<String> wish, String dummyPrefix) {
        if (wish.isEmpty()) {
            host.require(KernelFeature.DUMMY);
            return new Parent(dummyPrefix + network.id().shortForm(), Origin.DUMMY, "", "", 0);
        }
        String name = wish.orElseThrow();
        Optional<LinkFacts> there = host.link(name);
        if (name.equals(LOOPBACK) || (there.isEmpty() && !TAGGED.matcher(name).matches())) {
            throw wrong(
                    name,
                    name.equals(LOOPBACK)
                            ? "another link than the loopback"
                            : "a link of the host, or a tagged one to be made on such a link, as in eth0.10");
        }
        if (there.isPresent() && !isOurTagged(there.orElseThrow())) {
            refuseMarked(there.orElseThrow());
            return new Parent(name, Origin.USER, there.orElseThrow().kind(), "", 0);
        }
        return tagged(name);
    }

    private Parent tagged(String name) {
        Matcher parts = TAGGED.matcher(name);
        if (!parts.matches()) {
            throw new IllegalStateException("made as a tagged link: " + name);
        }
        String base = parts.group(1);
        int tag = Integer.parseInt(parts.group(2));
        if (tag < 1 || tag > MOST) {
            throw wrong(name, "tagged 1 to " + MOST + ", as in " + base + ".10");
        }
        if (base.equals(LOOPBACK) || host.link(base).isEmpty()) {
            throw wrong(name, "a tagged link on one that the host has; it has no '" + base + "' that could carry tags");
        }
        host.require(KernelFeature.VLAN);
        return new Parent(name, Origin.VLAN, "", base, tag);
    }

    private boolean isOurTagged(LinkFacts link) {
        return link.kind().equals("vlan") && link.alias().equals(mark(link.name()));
    }

    private String mark(String name) {
        return mark(network, name);
    }

    /** Returns the mark of a tagged link: the same whichever network it is made for. */
    static String mark(NetworkState network, String name) {
        return Mark.of(network.controller(), "parent " + name);
    }

    private void refuseMarked(LinkFacts link) {
        Mark.owner(link.alias()).ifPresent(owner -> {
            throw new ConflictException(
                    "option " + ParentOptions.PARENT + "='" + link.name() + "': that link is marked '"
                            + link.alias() + "', so it belongs to controller " + owner
                            + " and may go at any time; choose a link that is the host's");
        });
    }

    private InvalidRequestException wrong(String name, String right) {
        return new InvalidRequestException("option " + ParentOptions.PARENT + "='" + name + "' of network '"
                + network.name() + "' must be " + right);
    }
}
