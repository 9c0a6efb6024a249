package io.cnm4j.core.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.ServicePort;
import io.cnm4j.core.names.SandboxNames.Attached;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SandboxNamesTest {
    private final Zone front = new Zone("front");
    private final Zone back = new Zone("b.c");

    private static Registration endpoint(String id, String address, String... names) {
        return new Registration(
                id,
                List.of(names),
                List.of(IpAddress.parse(address)),
                List.of(ServicePort.of("_x._tcp." + names[0], 9)));
    }

    private SandboxNames asking(Map<String, String> frontLinks, Map<String, String> backLinks) {
        return new SandboxNames(
                "c", List.of(new Attached(front, frontLinks), new Attached(back, backLinks)), List.of(), true, false);
    }

    private static List<String> found(SandboxNames names, String name) {
        Addresses addresses = names.addresses(name);
        var found = new ArrayList<String>();
        for (Family family : Family.values()) {
            for (int i = 0; addresses != null && i < addresses.count(family); i++) {
                found.add(addresses.address(family, i).toString());
            }
        }
        return found;
    }

    @Test
    void aNameOfSeveralHasAllTheirAddressesUntilTheLastGoes() { // SD-03
        Registration one = endpoint("1", "10.0.0.1", "Web", "www");
        Registration two = endpoint("2", "10.0.0.2", "other", "WWW");
        Registration same = endpoint("3", "10.0.0.1", "third", "www");
        front.add(one);
        front.add(two);
        front.add(same);
        SandboxNames names = asking(Map.of(), Map.of());
        assertThat(found(names, "www")).containsExactly("10.0.0.1", "10.0.0.2");
        front.remove(one);
        assertThat(found(names, "www")).containsExactly("10.0.0.2", "10.0.0.1");
        assertThat(names.name(IpAddress.parse("10.0.0.1"))).contains("third.front");
        assertThat(found(names, "web")).isEmpty();
        front.remove(same);
        front.remove(two);
        assertThat(front.size()).isZero();
        assertThat(names.services("_x._tcp.other")).isEmpty();
        assertThat(names.name(IpAddress.parse("10.0.0.1"))).isEmpty();
    }

    @Test
    void theFirstNetworkThatKnowsANameAnswers() { // DNS-11
        front.add(endpoint("1", "10.0.0.1", "web"));
        back.add(endpoint("2", "10.0.1.1", "web", "a"));
        SandboxNames names = asking(Map.of(), Map.of());
        assertThat(found(names, "web")).containsExactly("10.0.0.1");
        assertThat(found(names, "web.b.c")).containsExactly("10.0.1.1");
        assertThat(found(names, "a.b.c")).containsExactly("10.0.1.1");
        assertThat(found(names, "a.front")).isEmpty();
        assertThat(found(names, "a.c")).isEmpty();
    }

    @Test
    void aLinkShadowsARealNameOnItsNetwork() { // SD-08, DNS-11
        front.add(endpoint("1", "10.0.0.1", "web"));
        front.add(endpoint("2", "10.0.0.2", "db"));
        assertThat(found(asking(Map.of("DB", "web"), Map.of()), "db")).containsExactly("10.0.0.1");
        assertThat(found(asking(Map.of("db", "gone"), Map.of()), "db")).isEmpty();
        assertThat(found(asking(Map.of("db", "web"), Map.of()), "db.front")).containsExactly("10.0.0.1");
    }

    @Test
    void whoMayNotAskTheHostDoesNot() { // DNS-14, DNS-21
        var host = new Upstream(IpAddress.parse("127.0.0.53"), true);
        var other = new Upstream(IpAddress.parse("192.0.2.1"), false);
        assertThat(new SandboxNames("c", List.of(), List.of(host, other), false, false).upstreams())
                .containsExactly(other);
    }
}
