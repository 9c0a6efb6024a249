package io.cnm4j.driver.macvlan;

import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The link on which the children of a network stand, as it was decided when the network was born.
 *
 * @param name its name in the host namespace
 * @param origin where it comes from
 * @param kind its kind as ip-link(8) says it, of one that was there before; else empty
 * @param base the link whose frames a made sub-interface tags; else empty
 * @param tag the 802.1Q tag of a made sub-interface; else 0
 */
record Parent(String name, Origin origin, String kind, String base, int tag) {
    private static final String NAME = "parent";
    private static final String ORIGIN = "parent.origin";
    private static final String KIND = "parent.kind";
    private static final String BASE = "parent.base";
    private static final String TAG = "parent.tag";

    /** Where a parent comes from. */
    enum Origin {
        /** It was there: the user's. */
        USER,
        /** A sub-interface made for the networks on it. */
        VLAN,
        /** A dummy made for one network. */
        DUMMY
    }

    static Parent of(Map<String, String> note) {
        String name = note.get(NAME);
        if (name == null) {
            throw new IllegalStateException("the note of a network of children has no '" + NAME + "': " + note);
        }
        return new Parent(
                name,
                Origin.valueOf(note.getOrDefault(ORIGIN, Origin.USER.name())),
                note.getOrDefault(KIND, ""),
                note.getOrDefault(BASE, ""),
                Integer.parseInt(note.getOrDefault(TAG, "0")));
    }

    /** Returns those of the siblings that stand on it too. */
    Stream<NetworkState> shared(Siblings siblings) {
        return siblings.noting(NAME, name);
    }

    Map<String, String> toMap() {
        var note = new TreeMap<String, String>();
        note.put(NAME, name);
        note.put(ORIGIN, origin.name());
        note.put(KIND, kind);
        if (origin == Origin.VLAN) {
            note.put(BASE, base);
            note.put(TAG, String.valueOf(tag));
        }
        return note;
    }
}
