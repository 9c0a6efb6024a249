package io.cnm4j.spi.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a follower has been told, so that a store can tell it the rest: for stores that learn of changes by listing. Not thread-safe.
 */
public final class Mirror {
    private final Map<String, Long> told = new HashMap<>();

    /** Makes one that has been told nothing. */
    public Mirror() {}

    /**
     * Returns what is new when the store holds exactly these entries, in the order of their revisions.
     *
     * @param entries all entries there are
     * @param revision of the listing: what is gone went by then
     */
    public List<Change> listed(Collection<Entry> entries, long revision) {
        var gone = new HashSet<>(told.keySet());
        var changes = new ArrayList<Change>();
        for (Entry entry : entries) {
            gone.remove(entry.key());
            changes.addAll(put(entry));
        }
        for (String key : gone) {
            changes.addAll(removed(key, revision));
        }
        changes.sort(Comparator.comparingLong(Change::revision));
        return changes;
    }

    /** Returns what is new when there is this entry: nothing if it was told already. */
    public List<Change> put(Entry entry) {
        Long before = told.get(entry.key());
        if (before != null && before >= entry.revision()) {
            return List.of();
        }
        told.put(entry.key(), entry.revision());
        return List.of(new Change(entry.key(), Optional.of(entry.value()), entry.revision()));
    }

    /** Returns what is new when there is no entry of this key: nothing if none was told. */
    public List<Change> removed(String key, long revision) {
        Long before = told.get(key);
        if (before == null || before > revision) {
            return List.of();
        }
        told.remove(key);
        return List.of(new Change(key, Optional.empty(), revision));
    }

    /** Returns the changes that were not told yet, and keeps them in mind. */
    public List<Change> told(List<Change> changes) {
        var fresh = new ArrayList<Change>();
        for (Change change : changes) {
            fresh.addAll(
                    change.value().isPresent()
                            ? put(new Entry(change.key(), change.value().orElseThrow(), change.revision()))
                            : removed(change.key(), change.revision()));
        }
        return fresh;
    }
}
