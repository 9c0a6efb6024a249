package io.cnm4j.core.names;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The names of one network. Immutable; a change costs the same in a table of ten and of a hundred thousand. */
public final class NameTable {
    /** The table without names. */
    public static final NameTable EMPTY =
            new NameTable(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty());

    private final PersistentMap<String, Addresses> names;
    private final PersistentMap<IpAddress, List<Registration>> holders;
    private final PersistentMap<String, List<Service>> services;

    /**
     * A service of an endpoint.
     *
     * @param owner the endpoint's id
     * @param port where it is
     * @param target the endpoint's name
     */
    public record Service(String owner, ServicePort port, String target) {}

    private NameTable(
            PersistentMap<String, Addresses> names,
            PersistentMap<IpAddress, List<Registration>> holders,
            PersistentMap<String, List<Service>> services) {
        this.names = names;
        this.holders = holders;
        this.services = services;
    }

    /** Returns how many names there are. */
    public int size() {
        return names.size();
    }

    /** Returns this table with an endpoint that was not in it. */
    public NameTable with(Registration endpoint) {
        PersistentMap<String, Addresses> byName = names;
        for (String name : endpoint.names()) {
            Addresses there = byName.get(name);
            byName = byName.with(name, there == null ? Addresses.of(endpoint) : there.with(endpoint));
        }
        PersistentMap<IpAddress, List<Registration>> byAddress = holders;
        for (IpAddress address : endpoint.addresses()) {
            byAddress = byAddress.with(address, plus(byAddress.get(address), endpoint));
        }
        PersistentMap<String, List<Service>> byService = services;
        for (ServicePort port : endpoint.services()) {
            var service = new Service(endpoint.owner(), port, endpoint.names().get(0));
            String name = Registration.plain(port.name());
            byService = byService.with(name, plus(byService.get(name), service));
        }
        return new NameTable(byName, byAddress, byService);
    }

    private static <T> List<T> plus(@Nullable List<T> list, T one) {
        var all = list == null ? new ArrayList<T>() : new ArrayList<>(list);
        all.add(one);
        return List.copyOf(all);
    }

    /** Returns this table without an endpoint; what others have too stays theirs. */
    public NameTable without(Registration endpoint) {
        PersistentMap<String, Addresses> byName = names;
        for (String name : endpoint.names()) {
            Addresses there = byName.get(name);
            List<Registration> left = there == null ? List.of() : there.without(endpoint.owner());
            byName = left.isEmpty() ? byName.without(name) : byName.with(name, Addresses.ofAll(left));
        }
        PersistentMap<IpAddress, List<Registration>> byAddress = holders;
        for (IpAddress address : endpoint.addresses()) {
            List<Registration> there =
                    Optional.ofNullable(byAddress.get(address)).orElse(List.of());
            List<Registration> left = there.stream()
                    .filter(other -> !other.owner().equals(endpoint.owner()))
                    .toList();
            byAddress = left.isEmpty() ? byAddress.without(address) : byAddress.with(address, left);
        }
        PersistentMap<String, List<Service>> byService = services;
        for (ServicePort port : endpoint.services()) {
            String name = Registration.plain(port.name());
            List<Service> there = Optional.ofNullable(byService.get(name)).orElse(List.of());
            List<Service> left = there.stream()
                    .filter(other -> !other.owner().equals(endpoint.owner()))
                    .toList();
            byService = left.isEmpty() ? byService.without(name) : byService.with(name, left);
        }
        return new NameTable(byName, byAddress, byService);
    }

    /** Returns what a name has, or null. */
    @Nullable
    Addresses addresses(String name) {
        return names.get(name);
    }

    /** Returns the first name of whoever has the address first. */
    Optional<String> name(IpAddress address) {
        return Optional.ofNullable(holders.get(address))
                .flatMap(list -> list.get(0).names().stream().findFirst());
    }

    /** Returns who serves what is asked for. */
    List<Service> services(String name) {
        return Optional.ofNullable(services.get(name)).orElse(List.of());
    }
}
