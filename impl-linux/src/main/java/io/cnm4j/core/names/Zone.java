package io.cnm4j.core.names;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A network's name and the names on it. Thread-safe: a name has all its addresses of before a change or all of after; readers wait
 * for nobody. A change costs the same among ten names and a hundred thousand.
 */
public final class Zone {
    private final String network;
    private final NameTable names = new NameTable(); // written to by one at a time
    private final Map<IpAddress, List<Registration>> holders = new ConcurrentHashMap<>();
    private final Map<String, List<Service>> services = new ConcurrentHashMap<>();

    /**
     * A service of an endpoint.
     *
     * @param owner the endpoint's id
     * @param port where it is
     * @param target the endpoint's name
     */
    public record Service(String owner, ServicePort port, String target) {}

    /** Makes the zone of a network without names. */
    public Zone(String network) {
        this.network = Registration.plain(network);
    }

    /** Returns the network's name, in lower case. */
    public String network() {
        return network;
    }

    /** Returns how many names there are. */
    public int size() {
        return names.size();
    }

    /** Adds an endpoint. */
    public synchronized void add(Registration endpoint) {
        for (String name : endpoint.names()) {
            names.put(name, plus(others(name, endpoint.owner()), endpoint));
        }
        endpoint.addresses().forEach(address -> holders.put(address, plus(holders.get(address), endpoint)));
        for (ServicePort port : endpoint.services()) {
            var service = new Service(endpoint.owner(), port, endpoint.names().get(0));
            String name = Registration.plain(port.name());
            services.put(name, plus(services.get(name), service));
        }
    }

    /** Returns who else has the name. */
    private List<Registration> others(String name, String owner) {
        Addresses there = names.get(name);
        return there == null
                ? List.of()
                : there.holders().stream()
                        .filter(other -> !other.owner().equals(owner))
                        .toList();
    }

    private static <T> List<T> plus(@Nullable List<T> list, T one) {
        var all = list == null ? new ArrayList<T>() : new ArrayList<>(list);
        all.add(one);
        return List.copyOf(all);
    }

    /** Takes an endpoint away; what others have too stays theirs. */
    public synchronized void remove(Registration endpoint) {
        String owner = endpoint.owner();
        for (String name : endpoint.names()) {
            names.put(name, others(name, owner));
        }
        endpoint.addresses()
                .forEach(address -> holders.computeIfPresent(
                        address,
                        (same, there) -> orNull(there.stream()
                                .filter(other -> !other.owner().equals(owner))
                                .toList())));
        endpoint.services()
                .forEach(port -> services.computeIfPresent(
                        Registration.plain(port.name()),
                        (same, there) -> orNull(there.stream()
                                .filter(other -> !other.owner().equals(owner))
                                .toList())));
    }

    private static <T> @Nullable List<T> orNull(List<T> list) {
        return list.isEmpty() ? null : list;
    }

    /** Returns what a name has, or null. */
    @Nullable
    Addresses addresses(String name) {
        return names.get(name);
    }

    /** Returns the first name of whoever has the address first, or null. */
    @Nullable
    String name(IpAddress address) {
        List<Registration> there = holders.get(address);
        return there == null ? null : there.get(0).names().get(0);
    }

    /** Returns who serves what is asked for. */
    List<Service> services(String name) {
        return services.getOrDefault(name, List.of());
    }
}
