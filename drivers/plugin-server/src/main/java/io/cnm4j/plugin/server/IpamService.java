package io.cnm4j.plugin.server;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.PoolAnswer;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.AddressSpace.Scope;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An IPAM driver, served. What is leased is recorded, so that the engine need not say it again after a restart. */
public final class IpamService implements PluginService {
    private static final String LOCAL = "cnm4j-local";
    private static final String GLOBAL = "cnm4j-global";
    private static final String POOL = "pool/";
    private static final String ADDRESS = "address/";

    private final ServedHost host;
    private final ServedRecords records;
    private final Map<String, Ipam> spaces;
    private final Map<String, AddressPoolLease> leases = new TreeMap<>(); // by the id the engine knows

    /** Takes up what the records say. */
    public IpamService(IpamDriver driver, ServedHost host) {
        this.host = host;
        this.records = new ServedRecords(host.records());
        this.spaces = Map.of(LOCAL, driver.open(space(Scope.LOCAL)), GLOBAL, driver.open(space(Scope.GLOBAL)));
        records.all(POOL, fields -> fields).forEach(this::restorePool);
        records.all(ADDRESS, fields -> fields)
                .forEach(fields -> Optional.ofNullable(leases.get(fields.text("pool")))
                        .ifPresent(lease -> lease.restore(IpAddress.parse(fields.text("address")))));
    }

    private AddressSpace space(Scope scope) {
        return new AddressSpace(scope, List.of(), host.id().value());
    }

    private void restorePool(Fields fields) {
        var state = new PoolState(
                fields.text("state"),
                "Docker",
                IpPrefix.parse(fields.text("subnet")),
                Optional.of(fields.text("range"))
                        .filter(text -> !text.isEmpty())
                        .map(IpPrefix::parse));
        leases.put(fields.text("id"), space(fields.text("space")).restorePool(state));
    }

    @Override
    public String type() {
        return Method.IPAM_DRIVER;
    }

    @Override
    public synchronized Optional<Map<String, Object>> answer(Method method, Fields request) {
        return switch (method) {
            case IPAM_CAPABILITIES -> Optional.of(Map.of("RequiresMACAddress", false, "RequiresRequestReplay", false));
            case ADDRESS_SPACES ->
                Optional.of(Map.of("LocalDefaultAddressSpace", LOCAL, "GlobalDefaultAddressSpace", GLOBAL));
            case REQUEST_POOL -> Optional.of(requestPool(request).write());
            case RELEASE_POOL -> Optional.of(releasePool(request.text("PoolID")));
            case REQUEST_ADDRESS -> Optional.of(requestAddress(request));
            case RELEASE_ADDRESS -> Optional.of(releaseAddress(request));
            default -> Optional.empty();
        };
    }

    private Ipam space(String name) {
        return Optional.ofNullable(spaces.get(name))
                .orElseThrow(() -> new InvalidRequestException(
                        "there is no address space '" + name + "'; use one of " + spaces.keySet()));
    }

    private PoolAnswer requestPool(Fields request) {
        Optional<IpPrefix> pool = prefix(request, "Pool");
        String space = request.text("AddressSpace");
        Family family = request.flag("V6") ? Family.IPV6 : Family.IPV4;
        AddressPoolLease lease = space(space)
                .requestPool(new PoolRequest(
                        "Docker",
                        family,
                        pool,
                        prefix(request, "SubPool"),
                        pool.isPresent() ? UsedSubnets.NONE : host.host().subnetsInUse(family),
                        request.textMap("Options")));
        PoolState state = lease.state();
        String id = space + "/" + state.pool()
                + state.range().map(range -> "/" + range).orElse("");
        var record = new LinkedHashMap<String, Object>();
        record.put("id", id);
        record.put("space", space);
        record.put("state", state.id());
        record.put("subnet", state.pool().toString());
        record.put("range", state.range().map(IpPrefix::toString).orElse(""));
        recorded(POOL + id, record, lease::close);
        leases.put(id, lease);
        return new PoolAnswer(id, state.pool());
    }

    private void recorded(String key, Map<String, Object> record, Runnable undo) {
        try {
            records.put(key, record);
        } catch (RuntimeException | Error failure) {
            undo.run();
            throw failure;
        }
    }

    private static Optional<IpPrefix> prefix(Fields request, String name) {
        return Optional.of(request.text(name)).filter(text -> !text.isEmpty()).map(IpPrefix::parse);
    }

    private Map<String, Object> releasePool(String id) {
        AddressPoolLease lease = lease(id);
        var keys = new ArrayList<String>();
        keys.add(POOL + id);
        records.all(ADDRESS, fields -> fields).stream()
                .filter(fields -> fields.text("pool").equals(id))
                .forEach(fields -> keys.add(key(id, fields.text("address"))));
        records.remove(keys);
        lease.close();
        leases.remove(id);
        return Map.of();
    }

    private AddressPoolLease lease(String id) {
        return Optional.ofNullable(leases.get(id))
                .orElseThrow(() -> new NotFoundException("pool '" + id + "' not found; it was released, or never was"));
    }

    private Map<String, Object> requestAddress(Fields request) {
        String pool = request.text("PoolID");
        AddressPoolLease lease = lease(pool);
        Fields options = request.object("Options").orElse(Fields.NONE);
        boolean gateway = options.text("RequestAddressType").equals("com.docker.network.gateway");
        IpAddress address = lease.request(new AddressRequest(
                Optional.of(request.text("Address"))
                        .filter(text -> !text.isEmpty())
                        .map(IpAddress::parse),
                gateway ? Purpose.GATEWAY : Purpose.ENDPOINT,
                options.text("com.docker.network.endpoint.name"),
                Optional.of(options.text("com.docker.network.endpoint.macaddress"))
                        .filter(text -> !text.isEmpty())
                        .map(MacAddress::parse)));
        recorded(
                key(pool, address.toString()),
                Map.of("pool", pool, "address", address.toString()),
                () -> lease.release(address));
        return Map.of("Address", lease.state().pool().withAddress(address).toString(), "Data", Map.of());
    }

    private static String key(String pool, String address) {
        return ADDRESS + pool + "/" + address;
    }

    private Map<String, Object> releaseAddress(Fields request) {
        String pool = request.text("PoolID");
        IpAddress address = IpAddress.parse(request.text("Address"));
        AddressPoolLease lease = lease(pool);
        records.remove(List.of(key(pool, address.toString())));
        lease.release(address);
        return Map.of();
    }
}
