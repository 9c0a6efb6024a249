package io.cnm4j.plugin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.ControllerId;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.driver.remote.protocol.Json;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The address pools, served: RI-03 to RI-06. */
class IpamServiceTest {
    private final MemoryStore records = new MemoryStore();
    private IpamService service = open();

    private IpamService open() {
        var host = new FakeHost();
        var served = new ServedHost(
                new ControllerId("c".repeat(64)),
                new FakeExecutor(host),
                host,
                records.reopen(),
                new RunDirectory("/run/served"),
                true,
                new Random(1));
        return new IpamService(new PoolIpamDriver(), served);
    }

    private String ask(Method method, String field, Map<String, Object> request) {
        Map<String, Object> answer =
                service.answer(method, Json.read(Json.write(request))).orElseThrow();
        return String.valueOf(answer.get(field));
    }

    private String pool(String subnet, String range) {
        return ask(
                Method.REQUEST_POOL,
                "PoolID",
                Map.of("AddressSpace", "cnm4j-local", "Pool", subnet, "SubPool", range, "V6", subnet.contains(":")));
    }

    private String address(String pool) {
        return ask(Method.REQUEST_ADDRESS, "Address", Map.of("PoolID", pool, "Address", ""));
    }

    @Test
    void eachPoolHasANameOfItsOwn() {
        String four = pool("10.6.0.0/24", "10.6.0.0/25");
        String upper = pool("10.6.0.0/24", "10.6.0.128/25");
        String six = pool("fd00:6::/64", "");
        assertThat(address(four)).startsWith("10.6.0.");
        assertThat(address(six)).startsWith("fd00:6::");
        ask(Method.RELEASE_POOL, "", Map.of("PoolID", six));
        service = open();
        assertThat(address(four)).endsWith("/24");
        assertThat(address(upper)).startsWith("10.6.0.1");
        ask(Method.RELEASE_POOL, "", Map.of("PoolID", four));
        ask(Method.RELEASE_POOL, "", Map.of("PoolID", upper));
        assertThat(records.reopen().list("")).isEmpty();
    }
}
