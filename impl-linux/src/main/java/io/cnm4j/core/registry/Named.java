package io.cnm4j.core.registry;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.NotFoundException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Services of one kind by name. Thread-safe.
 *
 * @param <S> the service
 */
public final class Named<S> implements AutoCloseable {
    private final String what;
    private final Map<String, S> byName;
    private final Function<String, Optional<S>> others;
    private final Runnable end;
    private final Map<String, S> found = new ConcurrentHashMap<>(); // of the others

    private Named(String what, Map<String, S> byName, Function<String, Optional<S>> others, Runnable end) {
        this.what = what;
        this.byName = byName;
        this.others = others;
        this.end = end;
    }

    /**
     * Returns these services and, for names that none of them has, others that are found when they are asked for.
     *
     * @param more finds them; asked once for each name that it finds
     * @param ending what is to be done when this is closed
     */
    public Named<S> orElse(Function<String, Optional<S>> more, Runnable ending) {
        return new Named<>(what, byName, more, ending);
    }

    /**
     * Finds all services on the class path.
     *
     * @param what what they are called in messages, such as {@code driver}
     * @throws ConfigurationException if two have one name, a name is blank, or one cannot be loaded
     */
    public static <S> Named<S> find(String what, Class<S> type, Function<S, String> name) {
        return of(what, ServiceLoader.load(type), name);
    }

    /** Returns these services by these names. */
    public static <S> Named<S> of(String what, Map<String, S> byName) {
        return new Named<>(what, new TreeMap<>(byName), none -> Optional.empty(), () -> {});
    }

    /** The same for services that are at hand. */
    public static <S> Named<S> of(String what, Iterable<S> services, Function<S, String> name) {
        var byName = new TreeMap<String, S>();
        try {
            for (Iterator<S> found = services.iterator(); found.hasNext(); ) {
                S service = found.next();
                String key = name.apply(service);
                if (key.isBlank()) {
                    throw new ConfigurationException(
                            service.getClass().getName() + " has a blank " + what + " name; it must have one");
                }
                S twin = byName.put(key, service);
                if (twin != null) {
                    throw new ConfigurationException("two " + what + "s are called '" + key + "': "
                            + twin.getClass().getName() + " and "
                            + service.getClass().getName()
                            + "; remove one jar from the class path");
                }
            }
        } catch (ServiceConfigurationError broken) {
            throw new ConfigurationException(
                    "a " + what + " on the class path cannot be loaded: " + broken.getMessage(), broken);
        }
        return new Named<>(what, byName, none -> Optional.empty(), () -> {});
    }

    /**
     * Returns the service of this name.
     *
     * @throws NotFoundException if there is none; the message lists those there are
     */
    public S get(String name) {
        S service = byName.getOrDefault(name, found.get(name));
        if (service != null) {
            return service;
        }
        Optional<S> other = others.apply(name);
        if (other.isEmpty()) {
            throw new NotFoundException("no " + what + " is called '" + name + "'; found " + byName.keySet()
                    + "; use one of these, or add the jar that provides it to the class path");
        }
        found.putIfAbsent(name, other.orElseThrow());
        return java.util.Objects.requireNonNull(found.get(name));
    }

    /** Ends what the others do. */
    @Override
    public void close() {
        end.run();
    }

    /** Returns all services by name. */
    public Map<String, S> all() {
        return java.util.Collections.unmodifiableMap(byName);
    }
}
