package io.cnm4j.core.names;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names and who has them: a hash table whose entries are one object and one array each, so that a look-up among very many waits for few
 * lines of memory. Entries and chains of them are immutable. One writer at a time; readers wait for nobody.
 */
final class NameTable {
    private static final VarHandle CHAIN = MethodHandles.arrayElementVarHandle(Addresses[].class);
    private static final int PRIME = 0x0100_0193; // FNV-1a

    private final int seed = new SecureRandom().nextInt(); // whoever chooses names does not choose chains
    private volatile @Nullable Addresses[] chains = new Addresses[16]; // a power of two
    private volatile int size;

    /** Returns how many names there are. */
    int size() {
        return size;
    }

    /** Returns what the name has, or null. */
    @Nullable
    Addresses get(String name) {
        int hash = hash(name);
        Addresses at = chain(chains, hash);
        while (at != null && !at.is(hash, name)) {
            at = at.next();
        }
        return at;
    }

    /** Lets these have the name, in place of those who had it; nobody if there are none. */
    void put(String name, List<Registration> holders) {
        int hash = hash(name);
        int before = get(name) == null ? 0 : 1;
        @Nullable Addresses[] all = chains;
        @Nullable Addresses chain = without(chain(all, hash), hash, name);
        if (!holders.isEmpty()) {
            chain = new Addresses(name, hash, holders).before(chain);
        }
        CHAIN.setRelease(all, hash & all.length - 1, chain);
        size = size - before + (holders.isEmpty() ? 0 : 1);
        if (size > all.length) {
            grow(all);
        }
    }

    private void grow(@Nullable Addresses[] from) {
        @Nullable Addresses[] more = new Addresses[2 * from.length];
        for (Addresses first : from) {
            for (Addresses at = first; at != null; at = at.next()) {
                int place = at.hash() & more.length - 1;
                more[place] = at.before(more[place]);
            }
        }
        chains = more;
    }

    private static @Nullable Addresses chain(@Nullable Addresses[] all, int hash) {
        return (Addresses) CHAIN.getAcquire(all, hash & all.length - 1);
    }

    private static @Nullable Addresses without(@Nullable Addresses chain, int hash, String name) {
        @Nullable Addresses left = null;
        for (Addresses at = chain; at != null; at = at.next()) {
            if (!at.is(hash, name)) {
                left = at.before(left);
            }
        }
        return left;
    }

    private int hash(String name) {
        int hash = seed;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * PRIME;
        }
        return hash ^ hash >>> 15;
    }
}
