package io.cnm4j.driver.remote;

import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.driver.remote.client.Plugin;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.PoolAnswer;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A plug-in as an IPAM driver: rows RI. Thread-safe. */
final class RemoteIpamDriver implements IpamDriver, Ipam {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteIpamDriver.class);
    private static final int MOST_TRIES = 64;

    private final Plugin plugin;
    private final Limits limits;

    RemoteIpamDriver(Plugin plugin, Limits limits) {
        this.plugin = plugin;
        this.limits = limits;
    }

    @Override
    public String name() {
        return plugin.name();
    }

    @Override
    public Ipam open(AddressSpace space) {
        return this;
    }

    @Override
    public boolean external() {
        return true;
    }

    Plugin plugin() {
        return plugin;
    }

    /** Returns the deadline of who has none of his own. */
    Deadline deadline() {
        return Deadline.after(limits.call());
    }

    /** Tells a capability; a plug-in that cannot say has none. RI-01 */
    boolean requires(String capability, Deadline deadline) {
        try {
            return plugin.callOptional(Method.IPAM_CAPABILITIES, Map.of(), deadline, fields -> fields.flag(capability))
                    .orElse(false);
        } catch (PluginException legacy) {
            if (legacy.answer() != PluginException.Answer.REFUSED) {
                throw legacy;
            }
            LOG.debug("plug-in '{}' does not tell its capabilities", name(), legacy);
            return false;
        }
    }

    @Override
    public Ipam within(Deadline deadline) {
        return new Bounded(deadline);
    }

    @Override
    public AddressPoolLease requestPool(PoolRequest request) {
        return requestPool(request, deadline());
    }

    private AddressPoolLease requestPool(PoolRequest request, Deadline deadline) { // RI-02, RI-03
        String space = plugin.call(
                Method.ADDRESS_SPACES, Map.of(), deadline, fields -> fields.text("LocalDefaultAddressSpace"));
        var held = new ArrayList<PoolAnswer>();
        try {
            while (true) {
                PoolAnswer given = ask(request, space, deadline);
                if (request.pool().isPresent() || !overlapsExcluded(request, given.pool())) {
                    return lease(request, given);
                }
                held.add(given); // asked for again while it is held, so that another comes
                if (held.size() >= MOST_TRIES) {
                    throw new ExhaustedException("plug-in '" + name() + "' gave " + held.size()
                            + " pools that the host uses itself, the last " + given.pool() + "; ask for a subnet");
                }
            }
        } finally {
            held.forEach(this::release);
        }
    }

    private AddressPoolLease lease(PoolRequest request, PoolAnswer given) {
        if (given.pool().family() != request.family()) {
            release(given);
            throw plugin.senseless(Method.REQUEST_POOL, "Pool " + given.pool() + " for " + request.family(), null);
        }
        var state = new PoolState(given.id(), request.owner(), given.pool().subnet(), request.range());
        return RemotePool.of(this, state, request.options(), false);
    }

    private PoolAnswer ask(PoolRequest request, String space, Deadline deadline) {
        return plugin.call(
                Method.REQUEST_POOL,
                poolRequest(space, request.family(), request.pool(), request.range(), request.options()),
                deadline,
                PoolAnswer::read);
    }

    static Map<String, Object> poolRequest(
            String space,
            Family family,
            Optional<IpPrefix> pool,
            Optional<IpPrefix> range,
            Map<String, String> options) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("AddressSpace", space);
        fields.put("Pool", pool.map(IpPrefix::toString).orElse(""));
        fields.put("SubPool", range.map(IpPrefix::toString).orElse(""));
        fields.put("Options", new TreeMap<>(options));
        fields.put("V6", family == Family.IPV6);
        return fields;
    }

    private static boolean overlapsExcluded(PoolRequest request, IpPrefix pool) {
        return pool.length() > 0 && request.inUse().overlapping(pool).isPresent();
    }

    private void release(PoolAnswer given) {
        Absent.isFine(() -> plugin.call(Method.RELEASE_POOL, Map.of("PoolID", given.id()), deadline(), Fields::values));
    }

    @Override
    public AddressPoolLease restorePool(PoolState state) {
        return RemotePool.of(this, state, Map.of(), true);
    }

    /** The same plug-in, asked for pools only until a deadline. */
    private final class Bounded implements Ipam {
        private final Deadline deadline;

        Bounded(Deadline deadline) {
            this.deadline = deadline;
        }

        @Override
        public boolean external() {
            return true;
        }

        @Override
        public Ipam within(Deadline other) {
            return new Bounded(other);
        }

        @Override
        public AddressPoolLease requestPool(PoolRequest request) {
            return RemoteIpamDriver.this.requestPool(request, deadline);
        }

        @Override
        public AddressPoolLease restorePool(PoolState state) {
            return RemoteIpamDriver.this.restorePool(state);
        }
    }

    /** Reads an address of a pool. */
    IpAddress address(Fields fields, PoolState pool) {
        IpPrefix given = PoolAnswer.address(fields);
        if (given.address().family() != pool.pool().family()) {
            throw fields.wrong("Address", "of the family of " + pool.pool(), given);
        }
        return given.address();
    }
}
