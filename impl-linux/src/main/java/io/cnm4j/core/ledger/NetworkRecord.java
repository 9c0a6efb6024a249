package io.cnm4j.core.ledger;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkSnapshot;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.api.model.SubnetSnapshot;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A network.
 *
 * @param version of this form, 1
 * @param id identity
 * @param name name
 * @param created when
 * @param driver driver's name
 * @param ipam IPAM driver's name
 * @param ipv4 whether endpoints get an IPv4 address
 * @param ipv6 whether endpoints get an IPv6 address
 * @param internal whether it is cut off
 * @param resolution whether sandboxes on it ask our name server
 * @param labels free labels
 * @param options driver options
 * @param ipamOptions IPAM options
 * @param purpose what the controller made it for; none for those of callers
 * @param requested the subnets asked for, to tell whether another request is the same
 * @param pools the subnets leased
 * @param interfacePrefix what interface names in sandboxes begin with
 * @param note the driver's
 */
public record NetworkRecord(
        int version,
        NetworkId id,
        String name,
        Instant created,
        String driver,
        String ipam,
        boolean ipv4,
        boolean ipv6,
        boolean internal,
        boolean resolution,
        Map<String, String> labels,
        Map<String, String> options,
        Map<String, String> ipamOptions,
        Optional<String> purpose,
        List<String> requested,
        List<PoolRecord> pools,
        String interfacePrefix,
        Map<String, String> note) {

    /** Returns the record of a request before anything is leased or decided. */
    public static NetworkRecord draft(NetworkRequest request, NetworkId id, Instant created) {
        return new NetworkRecord(
                1,
                id,
                request.name(),
                created,
                request.driver(),
                request.ipam(),
                request.ipv4(),
                request.ipv6(),
                request.internal(),
                request.resolution(),
                request.labels(),
                request.options(),
                request.ipamOptions(),
                Optional.empty(),
                requested(request),
                List.of(),
                "",
                Map.of());
    }

    /** Returns this record with what was leased. */
    public NetworkRecord withPools(List<PoolRecord> leased, String prefix) {
        return with(labels, options, purpose, requested, leased, prefix, note);
    }

    /** Returns this record with what the driver decided. */
    public NetworkRecord withNote(Map<String, String> decided) {
        return with(labels, options, purpose, requested, pools, interfacePrefix, decided);
    }

    /** Returns this record as one of the controller's own. */
    public NetworkRecord madeFor(Optional<String> reason) {
        return with(labels, options, reason, requested, pools, interfacePrefix, note);
    }

    /** Returns this record with other labels and options. */
    public NetworkRecord altered(Map<String, String> otherLabels, Map<String, String> otherOptions) {
        return with(otherLabels, otherOptions, purpose, requested, pools, interfacePrefix, note);
    }

    /** Returns this record with more subnets: what was asked for, and what was leased. */
    public NetworkRecord grown(List<SubnetRequest> asked, List<PoolRecord> leased) {
        return with(
                labels,
                options,
                purpose,
                Stream.concat(requested.stream(), asked.stream().map(Object::toString))
                        .toList(),
                Stream.concat(pools.stream(), leased.stream()).toList(),
                interfacePrefix,
                note);
    }

    private NetworkRecord with(
            Map<String, String> otherLabels,
            Map<String, String> otherOptions,
            Optional<String> reason,
            List<String> asked,
            List<PoolRecord> leased,
            String prefix,
            Map<String, String> decided) {
        return new NetworkRecord(
                version,
                id,
                name,
                created,
                driver,
                ipam,
                ipv4,
                ipv6,
                internal,
                resolution,
                otherLabels,
                otherOptions,
                ipamOptions,
                reason,
                asked,
                leased,
                prefix,
                decided);
    }

    /** Tells whether the request, made again, would ask for this network. */
    public boolean satisfies(NetworkRequest request) {
        return request.id().map(id::equals).orElse(true)
                && withPools(List.of(), "").withNote(Map.of()).equals(draft(request, id, created));
    }

    /** Returns what the driver sees. */
    public NetworkState state(ControllerId controller) {
        return NetworkState.builder()
                .controller(controller)
                .id(id)
                .name(name)
                .ipv4(ipv4)
                .ipv6(ipv6)
                .internal(internal)
                .options(options)
                .pools(pools.stream()
                        .map(p -> new NetworkPool(p.state().pool(), p.gateway(), p.auxiliary()))
                        .toList())
                .note(note)
                .build();
    }

    /** Returns what a caller sees. */
    public NetworkSnapshot snapshot() {
        return new NetworkSnapshot.Builder()
                .id(id)
                .name(name)
                .created(created)
                .driver(driver)
                .ipam(ipam)
                .ipv4(ipv4)
                .ipv6(ipv6)
                .internal(internal)
                .labels(labels)
                .options(options)
                .subnets(pools.stream()
                        .map(p -> new SubnetSnapshot(p.state().pool(), p.state().range(), p.gateway(), p.auxiliary()))
                        .toList())
                .driverNote(note)
                .build();
    }

    /** Of the id alone: there is no other network with it, and all of a network is a lot to hash. */
    @Override
    public int hashCode() {
        return id.hashCode();
    }

    private static List<String> requested(NetworkRequest request) {
        return request.subnets().stream().map(Object::toString).toList();
    }
}
