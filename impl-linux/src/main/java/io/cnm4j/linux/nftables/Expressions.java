package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import java.util.Arrays;
import java.util.HashMap;

/** Compares expressions of rules as we write them with what the kernel says, which adds defaults. */
final class Expressions {
    private Expressions() {}

    /** Tells whether two lists have the same expressions in the same order. */
    static boolean alike(AttributeCursor wanted, AttributeCursor found) {
        boolean same = true;
        while (same && wanted.next()) {
            same = found.next() && holds(found.nested(), wanted.nested());
        }
        return same && !found.next();
    }

    /** Tells whether all attributes that are wanted are among those found. */
    private static boolean holds(AttributeCursor found, AttributeCursor wanted) {
        var octets = new HashMap<Integer, byte[]>();
        var nested = new HashMap<Integer, AttributeCursor>();
        while (found.next()) {
            octets.put(found.type(), found.octets());
            nested.put(found.type(), found.nested());
        }
        boolean holds = true;
        while (holds && wanted.next()) {
            AttributeCursor inside = nested.get(wanted.type());
            holds = wanted.isNest()
                    ? inside != null && holds(inside, wanted.nested())
                    : Arrays.equals(octets.get(wanted.type()), wanted.octets());
        }
        return holds;
    }
}
