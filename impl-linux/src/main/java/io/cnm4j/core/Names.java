package io.cnm4j.core;

import io.cnm4j.api.error.ConflictException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Names in use, of records and of what is in flight. A name is taken the moment it is reserved. Thread-safe. */
final class Names {
    private final ConcurrentHashMap<String, String> owners = new ConcurrentHashMap<>();

    /**
     * Takes a name.
     *
     * @param space where it must be unique
     * @param owner the id that gets it
     * @throws ConflictException if another id has it
     */
    void reserve(String space, String name, String owner) {
        String holder = owners.putIfAbsent(space + '/' + name, owner);
        if (holder != null && !holder.equals(owner)) {
            throw new ConflictException("the name '" + name + "' is taken among " + space + " (id " + holder
                    + "); choose another name or delete that one first");
        }
    }

    /** Notes a name that another host has; whoever has it here keeps it. */
    void mirror(String space, String name, String owner) {
        owners.putIfAbsent(space + '/' + name, owner);
    }

    /** Gives a name back, if this owner has it. */
    void release(String space, String name, String owner) {
        owners.remove(space + '/' + name, owner);
    }

    /** Returns the id that has the name. */
    Optional<String> owner(String space, String name) {
        return Optional.ofNullable(owners.get(space + '/' + name));
    }
}
