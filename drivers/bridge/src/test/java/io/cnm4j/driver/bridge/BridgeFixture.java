package io.cnm4j.driver.bridge;

import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.SampleRecords;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** A bridge driver on a fake host. */
final class BridgeFixture {
    static final AttachPoint POINT = new AttachPoint(NamespaceRef.at("/run/ns"), "eth0");

    final BridgeDriver driver = new BridgeDriver();
    final FakeHost host;
    boolean mayForward = true;

    BridgeFixture(FakeHost host) {
        this.host = host;
    }

    static NetworkState.Builder ipv4() {
        return SampleRecords.requested(1).ipv6(false).addPools(SampleRecords.pool("10.9.1.0/24"));
    }

    static NetworkState.Builder ipv6() {
        return SampleRecords.requested(1).ipv4(false).addPools(SampleRecords.pool("fd00:9:1::/64"));
    }

    NetworkState decide(NetworkState.Builder network, NetworkState... siblings) {
        NetworkState requested = network.build();
        var context = new DriverContext(host, Siblings.of(List.of(siblings)), new Random(1), mayForward);
        return NetworkState.builder()
                .from(requested)
                .note(driver.decideNetwork(requested, context))
                .build();
    }

    Plan plan(NetworkState.Builder network, NetworkState... siblings) {
        return driver.planNetwork(decide(network, siblings));
    }

    Attachment attach(NetworkState network, EndpointState.Builder endpoint) {
        EndpointState born = endpoint.build();
        var context = new DriverContext(host, Siblings.NONE, new Random(1), mayForward);
        EndpointState noted = EndpointState.builder()
                .from(born)
                .note(driver.decideEndpoint(network, born, context))
                .build();
        return driver.planAttachment(network, noted, POINT);
    }

    Attachment attach(NetworkState.Builder network) {
        NetworkState decided = decide(network);
        return attach(decided, SampleRecords.endpoint(5, decided));
    }

    /** Returns the plan's lines without those that make the table, which is the same for all. */
    static String text(Plan plan) {
        return text(plan.render());
    }

    static String text(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.matches("nft '?add (table|set|map|chain|rule) .*"))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
