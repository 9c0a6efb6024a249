package io.cnm4j.driver.remote;

import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.PoolState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A pool that a plug-in gave, asked until a deadline. Thread-safe. */
final class RemotePool implements AddressPoolLease {
    private final RemoteIpamDriver ipam;
    private final PoolState state;
    private final Map<String, String> options;
    private final PoolReplay replay;
    private final Supplier<Deadline> limit;

    private RemotePool(
            RemoteIpamDriver ipam,
            PoolState state,
            Map<String, String> options,
            PoolReplay replay,
            Supplier<Deadline> limit) {
        this.ipam = ipam;
        this.state = state;
        this.options = options;
        this.replay = replay;
        this.limit = limit;
    }

    static RemotePool of(RemoteIpamDriver ipam, PoolState state, Map<String, String> options, boolean restored) {
        return new RemotePool(ipam, state, options, new PoolReplay(restored), ipam::deadline);
    }

    @Override
    public AddressPoolLease within(Deadline deadline) {
        return new RemotePool(ipam, state, options, replay, () -> deadline);
    }

    @Override
    public PoolState state() {
        return state;
    }

    @Override
    public IpAddress request(AddressRequest request) { // RI-05
        Deadline deadline = limit.get();
        replay.before(this, deadline);
        var more = new TreeMap<String, Object>(options);
        if (request.purpose() == Purpose.GATEWAY) {
            more.put("RequestAddressType", "com.docker.network.gateway");
        }
        request.mac().ifPresent(mac -> more.put("com.docker.network.endpoint.macaddress", mac.toString()));
        if (!request.endpoint().isEmpty()) {
            more.put("com.docker.network.endpoint.name", request.endpoint());
        }
        return ask(request.preferred().map(IpAddress::toString).orElse(""), more, deadline);
    }

    private IpAddress ask(String address, Map<String, Object> more, Deadline deadline) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("PoolID", state.id());
        fields.put("Address", address);
        fields.put("Options", more);
        return ipam.plugin().call(Method.REQUEST_ADDRESS, fields, deadline, answer -> ipam.address(answer, state));
    }

    /** Tells whether the plug-in wants to be told again what it gave. */
    boolean wantsReplay(Deadline deadline) {
        return ipam.requires("RequiresRequestReplay", deadline);
    }

    /**
     * Asks for the pool again.
     *
     * @throws PluginException of kind {@code REFUSED} if the plug-in knows better
     */
    void askAgain(Deadline deadline) {
        Map<String, Object> request = RemoteIpamDriver.poolRequest(
                "", state.pool().family(), Optional.of(state.pool()), state.range(), options);
        ipam.plugin().call(Method.REQUEST_POOL, request, deadline, Fields::values);
    }

    /** Asks for an address again, in the same way. */
    void askAgain(IpAddress address, Deadline deadline) {
        ask(address.toString(), Map.of(), deadline);
    }

    @Override
    public void restore(IpAddress address) {
        replay.add(address);
    }

    @Override
    public void release(IpAddress address) { // RI-06
        replay.drop(address);
        var fields = new LinkedHashMap<String, Object>();
        fields.put("PoolID", state.id());
        fields.put("Address", address.toString());
        Absent.isFine(() -> ipam.plugin().call(Method.RELEASE_ADDRESS, fields, limit.get(), Fields::values));
    }

    @Override
    public void close() { // RI-04
        Absent.isFine(() ->
                ipam.plugin().call(Method.RELEASE_POOL, Map.of("PoolID", state.id()), limit.get(), Fields::values));
    }

    @Override
    public String toString() {
        return "pool " + state.pool() + " of plug-in '" + ipam.name() + "'";
    }
}
