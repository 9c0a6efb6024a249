package io.cnm4j.driver.remote;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.PoolState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool that a plug-in gave. One that is restored is asked for again, where the plug-in wants that, before the first address is. Thread-safe.
 */
final class RemotePool implements AddressPoolLease {
    private static final Logger LOG = LoggerFactory.getLogger(RemotePool.class);

    private final RemoteIpamDriver ipam;
    private final PoolState state;
    private final Map<String, String> options;
    private final Set<IpAddress> restored = ConcurrentHashMap.newKeySet();
    private boolean replay; // guarded by restored

    RemotePool(RemoteIpamDriver ipam, PoolState state, Map<String, String> options, boolean restored) {
        this.ipam = ipam;
        this.state = state;
        this.options = options;
        this.replay = restored;
    }

    @Override
    public PoolState state() {
        return state;
    }

    @Override
    public IpAddress request(AddressRequest request) { // RI-05
        replay();
        var more = new TreeMap<String, Object>(options);
        if (request.purpose() == Purpose.GATEWAY) {
            more.put("RequestAddressType", "com.docker.network.gateway");
        }
        request.mac().ifPresent(mac -> more.put("com.docker.network.endpoint.macaddress", mac.toString()));
        if (!request.endpoint().isEmpty()) {
            more.put("com.docker.network.endpoint.name", request.endpoint());
        }
        return ask(request.preferred().map(IpAddress::toString).orElse(""), more);
    }

    private IpAddress ask(String address, Map<String, Object> more) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("PoolID", state.id());
        fields.put("Address", address);
        fields.put("Options", more);
        return ipam.plugin()
                .call(Method.REQUEST_ADDRESS, fields, ipam.deadline(), answer -> ipam.address(answer, state));
    }

    /** IPM-51: what a plug-in forgets with its process it is told again; a conflict is only logged. */
    private void replay() {
        synchronized (restored) {
            if (!replay) {
                return;
            }
            if (ipam.requires("RequiresRequestReplay")) {
                tell(() -> ipam.plugin().call(Method.REQUEST_POOL, request(), ipam.deadline(), Fields::values));
                restored.forEach(address -> tell(() -> ask(address.toString(), Map.of())));
            }
            replay = false;
        }
    }

    private Map<String, Object> request() {
        return RemoteIpamDriver.poolRequest(
                "", state.pool().family(), Optional.of(state.pool()), state.range(), options);
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (CnmException conflict) {
            LOG.info("plug-in '{}' knows better about {}", ipam.name(), state, conflict);
        }
    }

    @Override
    public void restore(IpAddress address) {
        restored.add(address);
    }

    @Override
    public void release(IpAddress address) { // RI-06
        restored.remove(address);
        var fields = new LinkedHashMap<String, Object>();
        fields.put("PoolID", state.id());
        fields.put("Address", address.toString());
        Absent.isFine(() -> ipam.plugin().call(Method.RELEASE_ADDRESS, fields, ipam.deadline(), Fields::values));
    }

    @Override
    public void close() { // RI-04
        Absent.isFine(() ->
                ipam.plugin().call(Method.RELEASE_POOL, Map.of("PoolID", state.id()), ipam.deadline(), Fields::values));
    }
}
