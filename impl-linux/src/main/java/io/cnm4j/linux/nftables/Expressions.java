package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;

/** Compares expressions of rules as we write them with what the kernel says, which adds defaults. */
final class Expressions {
    private Expressions() {}

    /** Tells whether two lists have the same expressions in the same order. */
    static boolean alike(AttributeCursor wanted, AttributeCursor found) {
        boolean same = true;
        while (same && wanted.next()) {
            same = nextThatDoes(found) && holds(found.nested(), wanted.nested());
        }
        return same && !nextThatDoes(found);
    }

    /** Moves to the next expression; passes over swaps of the octets of what is one octet long, which nft(8) 1.0 writes in ranges. */
    private static boolean nextThatDoes(AttributeCursor found) {
        boolean more = found.next();
        while (more && swapsOneOctet(found.nested())) {
            more = found.next();
        }
        return more;
    }

    private static boolean swapsOneOctet(AttributeCursor expression) {
        String name = "";
        int length = 0;
        while (expression.next()) {
            if (expression.type() == 1) {
                name = expression.text();
            } else if (expression.type() == 2 && name.equals("byteorder")) {
                length = length(expression.nested());
            }
        }
        return length == 1;
    }

    private static int length(AttributeCursor byteorder) {
        int length = 0;
        while (byteorder.next()) {
            if (byteorder.type() == 4) { // NFTA_BYTEORDER_LEN
                length = ByteBuffer.wrap(byteorder.octets()).getInt();
            }
        }
        return length;
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
