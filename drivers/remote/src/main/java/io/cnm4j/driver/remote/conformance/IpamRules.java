package io.cnm4j.driver.remote.conformance;

import static io.cnm4j.driver.remote.conformance.Conformance.require;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.PoolAnswer;
import java.util.Map;

/** The rules of an IPAM plug-in, in the order in which a pool lives. */
final class IpamRules {
    private static final IpPrefix POOL = IpPrefix.parse("198.18.8.0/24");
    private static final String WISH = "198.18.8.77";

    private final Conformance engine;
    private String space = "";
    private String pool = "";
    private String first = "";

    IpamRules(Conformance engine) {
        this.engine = engine;
    }

    void run() {
        engine.holds(Rule.R21, () -> {
            space = engine.ask(Method.ADDRESS_SPACES, Map.of(), fields -> fields.text("LocalDefaultAddressSpace"));
            require(!space.isEmpty(), "LocalDefaultAddressSpace is empty");
        });
        if (engine.holds(Rule.R22, this::requestPool)) {
            engine.holds(Rule.R23, this::twoAddresses);
            engine.holds(Rule.R24, () -> {
                IpPrefix given = address(WISH);
                require(given.address().toString().equals(WISH), "asked for " + WISH + ", it gives " + given);
                engine.refused(Method.REQUEST_ADDRESS, request(WISH));
            });
            engine.holds(Rule.R25, () -> {
                engine.ask(Method.RELEASE_ADDRESS, Map.of("PoolID", pool, "Address", WISH));
                address(WISH);
            });
            giveBack(WISH);
            giveBack(first);
            engine.holds(Rule.R26, () -> {
                engine.ask(Method.RELEASE_POOL, Map.of("PoolID", pool));
                requestPool();
                engine.ask(Method.RELEASE_POOL, Map.of("PoolID", pool));
            });
        }
    }

    private void requestPool() {
        PoolAnswer given = engine.ask(
                Method.REQUEST_POOL,
                Map.of("AddressSpace", space, "Pool", POOL.toString(), "SubPool", "", "Options", Map.of(), "V6", false),
                PoolAnswer::read);
        require(given.pool().equals(POOL), "asked for " + POOL + ", it gives " + given.pool());
        pool = given.id();
    }

    private void twoAddresses() {
        IpPrefix one = address("");
        first = one.address().toString();
        IpPrefix two = address("");
        giveBack(two.address().toString());
        require(POOL.contains(one.address()) && POOL.contains(two.address()), one + " or " + two + " is outside");
        require(one.length() == POOL.length(), one + " has not the length of " + POOL);
        require(!one.equals(two), one + " is given twice");
    }

    private Map<String, Object> request(String wish) {
        return Map.of("PoolID", pool, "Address", wish, "Options", Map.of());
    }

    private IpPrefix address(String wish) {
        return engine.ask(Method.REQUEST_ADDRESS, request(wish), PoolAnswer::address);
    }

    private void giveBack(String address) {
        if (!address.isEmpty()) {
            try {
                engine.ask(Method.RELEASE_ADDRESS, Map.of("PoolID", pool, "Address", address));
            } catch (io.cnm4j.api.error.CnmException already) {
                return; // what is broken is told by its rule
            }
        }
    }
}
